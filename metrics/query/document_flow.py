"""What became of outgoing documents, told apart further than the catalogue's figures: form by signature, type over time, days to completion.

Rows and populations are those of the catalogue (documents and deliveries that were not recalled), so every sum here is one of its figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.query.coverage import clipped
from metrics.query.statements import row_statement
from metrics.rows import RowKind
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units

FORMS = ("electronic", "parallel", "paper", "unknown")
SIGNATURES = ("both", "one", "none")


def form_by_signature(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """Outgoing documents by form and signature: form (of FORMS), signature (of SIGNATURES), documents; every pair is listed.

    `both` are signed by signer and organisation, `one` by either. Raises ConfigurationError for an unknown unit or group.
    """
    found = _asked(
        snapshot,
        "document",
        period,
        scope,
        """
SELECT
    CASE WHEN is_electronic THEN 'electronic' WHEN is_parallel THEN 'parallel' WHEN is_paper THEN 'paper' ELSE 'unknown' END AS form,
    CASE WHEN is_organ_signed AND is_signer_signed THEN 'both' WHEN is_organ_signed OR is_signer_signed THEN 'one' ELSE 'none' END AS signature,
    COUNT(*) AS documents
FROM scoped_row
WHERE NOT is_recalled
GROUP BY 1, 2
""",
    )
    pairs = pl.DataFrame({"form": FORMS}).join(pl.DataFrame({"signature": SIGNATURES}), how="cross")
    return pairs.join(found, on=["form", "signature"], how="left", maintain_order="left").with_columns(
        pl.col("documents").fill_null(0).cast(pl.Int64)
    )


def types_over_time(snapshot: Snapshot, period: Period, parts: Sequence[Period], scope: Scope | None = None) -> pl.DataFrame:
    """Documents issued with a paper copy beside, by type and part of the period: doc_type, part, parallel, documents.

    `part` is the position in `parts`, which must lie within `period` and not overlap; a type without a document in a part is
    not listed there. Documents without a type have an empty one. Raises ConfigurationError for an unknown unit or group.
    """
    by_day = _asked(
        snapshot,
        "document",
        period,
        scope,
        """
SELECT
    COALESCE(doc_type, '') AS doc_type,
    tree_on AS issued_on,
    COUNT(*) FILTER (WHERE is_parallel) AS parallel,
    COUNT(*) AS documents
FROM scoped_row
WHERE NOT is_recalled
GROUP BY 1, 2
""",
    )
    spans = pl.DataFrame(
        [(number, part.from_on, part.to_on) for number, part in enumerate(parts)],
        schema={"part": pl.Int64, "from_on": pl.Date, "to_on": pl.Date},
        orient="row",
    )
    placed = by_day.join_where(spans, pl.col("issued_on") >= pl.col("from_on"), pl.col("issued_on") <= pl.col("to_on"))
    return placed.group_by("doc_type", "part").agg(pl.col("parallel", "documents").sum().cast(pl.Int64)).sort("doc_type", "part")


def completion_days(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """Deliveries completed in the period by working days from arrival: working_days, deliveries; the metrics' percentiles are of these.

    Raises ConfigurationError for an unknown unit or group.
    """
    select = "SELECT working_days, COUNT(*) AS deliveries FROM scoped_row WHERE NOT is_recalled GROUP BY working_days ORDER BY working_days"
    return _asked(snapshot, "completed_delivery", period, scope, select).select(pl.col("working_days", "deliveries").cast(pl.Int64))


def _asked(snapshot: Snapshot, kind: RowKind, period: Period, scope: Scope | None, select: str) -> pl.DataFrame:
    question = row_statement(snapshot, kind, clipped(snapshot.info, period), scoped_units(snapshot, scope or Scope(), period), select)
    return snapshot.query(question.sql, question.params)

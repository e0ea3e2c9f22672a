"""What units declared beside what was measured: a declaration never replaces a measurement, and what is missing is named."""

from __future__ import annotations

import polars as pl

from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import units_of_scope

BASE = "administrative_documents"


def declarations(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """Each declaration of administrative documents that reaches into the period, by unit and first day.

    Columns: unit_code, from_on, to_on, value (declared), issued (measured on the same days: electronic or parallel, not
    recalled), declared_at (UTC), declared_by and approved_by (keyed hashes, null where not given), source_note. A declaration
    with issued > value cannot be right. Each unit without its subtree. Raises ConfigurationError for an unknown unit or group.
    """
    inside = units_of_scope(snapshot, scope or Scope(), period).select("unit_code")
    found = snapshot.query(
        """
SELECT
    declared_total.unit_code,
    declared_total.from_on,
    declared_total.to_on,
    declared_total.value,
    CAST(COUNT(document.document_key) AS BIGINT) AS issued,
    epoch_us(declared_total.declared_at) AS declared_at,
    declared_total.declared_by,
    declared_total.approved_by,
    declared_total.source_note
FROM declared_total
LEFT JOIN document
    ON document.unit_code = declared_total.unit_code
    AND document.issued_on >= declared_total.from_on
    AND document.issued_on <= declared_total.to_on
    AND (document.is_electronic OR document.is_parallel)
    AND NOT document.is_recalled
WHERE declared_total.metric_base = $base AND declared_total.from_on <= $to_on AND declared_total.to_on >= $from_on
GROUP BY ALL
""",
        {"from_on": period.from_on, "to_on": period.to_on, "base": BASE},
    )
    return (
        found.with_columns(pl.col("declared_at").cast(pl.Datetime("us", "UTC")))
        .join(inside, on="unit_code", how="semi")
        .sort("unit_code", "from_on", "to_on")
    )


def undeclared(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """Units that issued documents on days of the period that no declaration of theirs covers: unit_code, days, documents; most first.

    Documents of any form that were not recalled; `days` are those with such a document. Raises ConfigurationError for an
    unknown unit or group.
    """
    inside = units_of_scope(snapshot, scope or Scope(), period).select("unit_code")
    found = snapshot.query(
        """
SELECT document.unit_code, CAST(COUNT(DISTINCT document.issued_on) AS BIGINT) AS days, CAST(COUNT(*) AS BIGINT) AS documents
FROM document
WHERE document.issued_on BETWEEN $from_on AND $to_on
    AND NOT document.is_recalled
    AND NOT EXISTS (
        SELECT 1 FROM declared_total
        WHERE declared_total.unit_code = document.unit_code
            AND declared_total.metric_base = $base
            AND declared_total.from_on <= document.issued_on
            AND declared_total.to_on >= document.issued_on
    )
GROUP BY document.unit_code
""",
        {"from_on": period.from_on, "to_on": period.to_on, "base": BASE},
    )
    return found.join(inside, on="unit_code", how="semi").sort("documents", "unit_code", descending=[True, False])

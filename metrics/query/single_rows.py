"""What is left to do for a ratio, row by row: the accounts or documents of its denominator that have not joined its numerator."""

from __future__ import annotations

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Ratio
from metrics.periods import Period
from metrics.query.why import rows_behind
from metrics.rows import ROWS
from metrics.tree.scope import Scope


def open_rows(snapshot: Snapshot, name: str, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """unit_code, row_key and number of each row that is still open, by unit.

    `row_key` of accounts is a pseudonym; `number` is the document's own number, null for accounts. For those allowed to see rows.
    Raises ConfigurationError for a metric of which rows say nothing: no ratio, or one that compares sums.
    """
    one = metric(name)
    if not isinstance(one, Ratio) or ROWS[one.of].measures:
        raise ConfigurationError(f"{name} has no rows that could still join it. Ask for a ratio of accounts, documents or deliveries.")
    whole = rows_behind(snapshot, name, period, scope, "denominator", at_most=1_000_000)
    reached = rows_behind(snapshot, name, period, scope, "numerator", at_most=1_000_000)
    rest = whole.join(reached, on=["unit_code", "row_key"], how="anti", nulls_equal=True)
    if one.of == "account":
        return rest.with_columns(number=pl.lit(None, dtype=pl.String))
    numbers = snapshot.query("SELECT document_key AS row_key, number FROM document")
    return rest.join(numbers, on="row_key", how="left", maintain_order="left")

"""An answer of `metric_values` as it is told to people and programs outside: by command, and at `/api/v1`. Both tell the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from data.language import Language
from metrics.catalog import METRICS
from metrics.periods import Period
from metrics.query.metric_values import By


def told_rows(frame: pl.DataFrame, names: Sequence[str], by: By | None, language: Language, units: pl.DataFrame) -> pl.DataFrame:
    """The frame with labels in the language, and with what its parts are.

    by unit: `unit_name`. by week and month: `is_whole_part`, false of a part that an end of the period cuts off, null for the whole period.
    names: the metrics that were asked for. units: `metrics.tree.units.units`.
    """
    if language == "en":
        frame = frame.with_columns(label=pl.col("metric").replace_strict({declared.name: declared.label_en for declared in METRICS}))
    if by == "week" or by == "month":
        parts = zip(frame["period_from"], frame["period_to"], strict=True)
        is_part = pl.int_range(pl.len()) >= len(dict.fromkeys(names))  # the whole period stands first
        whole = pl.Series([Period(*part).is_whole(by) for part in parts], dtype=pl.Boolean)
        frame = frame.with_columns(is_whole_part=pl.when(is_part).then(whole))
    if by == "unit":
        names_of_units = dict(units.select("unit_code", "name").iter_rows())
        frame = frame.with_columns(unit_name=pl.col("unit_code").replace_strict(names_of_units, default=None, return_dtype=pl.String))
    return frame


def json_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON holds it: a count is a whole number, although it shares its column with ratios; days are YYYY-MM-DD."""
    if isinstance(row.get("value"), float) and row.get("denominator", 0) is None:
        row = {**row, "value": int(row["value"])}
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in row.items()}

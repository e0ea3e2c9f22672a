"""Targets: from a CSV, per unit or level and date; how far a unit is, in whole accounts or documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import polars as pl

from data.errors import ConfigurationError
from data.settings_csv import csv_rows
from metrics.catalog import metric
from metrics.model import Ratio

COLUMNS = ("metric", "unit_code", "level", "from_on", "target")
SCHEMA: dict[str, type[pl.DataType]] = {
    "metric": pl.String,
    "unit_code": pl.String,
    "level": pl.String,
    "from_on": pl.Date,
    "target": pl.Float64,
}


def read_targets(path: Path) -> pl.DataFrame:
    """Targets from a CSV (UTF-8, comma) with the columns COLUMNS; `unit_code` and `level` empty: for every unit.

    `target` is a ratio ("0.9" or "90%") for ratios, else a number. Raises ConfigurationError naming the line.
    """
    frame = pl.DataFrame([_target(*row) for row in csv_rows(path, COLUMNS)], schema=SCHEMA, orient="row")
    twice = frame.filter(frame.select("metric", "unit_code", "level", "from_on").is_duplicated())
    if twice.height:
        raise ConfigurationError(f"{path}: {twice['metric'][0]} has two targets from {twice['from_on'][0]} for the same units. Keep one.")
    return frame


def _target(values: dict[str, str], line: str) -> tuple[str, str | None, str | None, date, float]:
    if values["unit_code"] and values["level"]:
        raise ConfigurationError(f"{line}: give a unit_code or a level, not both.")
    is_ratio = isinstance(metric(values["metric"]), Ratio)
    try:
        from_on = date.fromisoformat(values["from_on"])
        number = Decimal(values["target"].rstrip("%")) / (100 if values["target"].endswith("%") else 1)
    except (ValueError, InvalidOperation):
        raise ConfigurationError(f"{line}: from_on must be YYYY-MM-DD and target a number such as 0.9 or 90%.") from None
    if not number.is_finite() or number < 0 or (is_ratio and number > 1):
        raise ConfigurationError(f"{line}: the target {values['target']} is not {'between 0 and 100%' if is_ratio else 'a number from 0'}.")
    return values["metric"], values["unit_code"] or None, values["level"] or None, from_on, float(number)


def with_targets(values: pl.DataFrame, units: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """`values` of `metric_values` with `target` and `gap` (value less target); null where there is none.

    The newest target that began by the end of the row's period counts; one of the unit before one of its level before one for all.
    units: unit_code, level.
    """
    numbered = values.with_row_index("_row")
    placed = numbered.select("_row", "metric", "unit_code", "period_to").join(
        units.select("unit_code", own_level="level"), on="unit_code", how="left", maintain_order="left"
    )
    offered = placed.join(targets.rename({"unit_code": "target_unit", "level": "target_level"}), on="metric").filter(
        pl.col("from_on") <= pl.col("period_to"),
        pl.col("target_unit").is_null() | (pl.col("target_unit") == pl.col("unit_code")),
        pl.col("target_level").is_null() | (pl.col("target_level") == pl.col("own_level")),
    )
    nearness = pl.when(pl.col("target_unit").is_not_null()).then(2).when(pl.col("target_level").is_not_null()).then(1).otherwise(0)
    best = offered.with_columns(nearness=nearness).sort("nearness", "from_on", descending=True).unique("_row", keep="first", maintain_order=True)
    joined = numbered.join(best.select("_row", "target"), on="_row", how="left", maintain_order="left").drop("_row")
    return joined.with_columns(gap=pl.col("value") - pl.col("target"))


def missing_to_target(numerator: int, denominator: int, target: float) -> int:
    """How many more of the denominator have to join the numerator to reach the target ratio; 0 where it is reached.

    Exact: the target is taken as the decimal that was written, so 90% of 70 are 63 and not 64.
    """
    needed = Fraction(repr(target)) * denominator - numerator
    return max(0, -(-needed.numerator // needed.denominator))

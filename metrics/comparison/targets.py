"""Targets: from a CSV, per unit or level and date, over a window and by a day; how far a unit is, in whole accounts or documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import polars as pl

from data.configuration import Section
from data.csv_forms.settings_csv import csv_named_in_settings, csv_rows
from data.errors import ConfigurationError
from data.paths import REFERENCE, Home
from metrics.catalog import metric
from metrics.model import Ratio
from metrics.periods import Period

COLUMNS = ("metric", "unit_code", "level", "from_on", "target")
OPTIONAL = ("window", "by_on", "document", "checked")
LEGAL = REFERENCE / "targets_legal.csv"
"""Targets that the law sets for state bodies, each with the document that decided it; a home switches them on."""
WINDOWS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""Over how many whole months a target speaks."""
SCHEMA: dict[str, type[pl.DataType]] = {
    "metric": pl.String,
    "unit_code": pl.String,
    "level": pl.String,
    "from_on": pl.Date,
    "target": pl.Float64,
    "window": pl.String,
    "by_on": pl.Date,
    "document": pl.String,
}


@dataclass(frozen=True)
class Aim:
    """A target as it is said: the ratio, over which window (null: any), the day by which it is to be reached, and the document that decided it."""

    ratio: float
    window: str | None = None
    by_on: date | None = None
    document: str | None = None


AIM_COLUMNS = ("target", "target_window", "target_by", "target_document")
"""The columns of `with_targets` that make an Aim."""


def read_targets(path: Path) -> pl.DataFrame:
    """Targets from a CSV (UTF-8, comma) with the columns COLUMNS and, if they like, OPTIONAL; `unit_code` and `level` empty: for every unit.

    `target` is a ratio ("0.9" or "90%") for ratios, else a number. `window` is one of WINDOWS: a rate of what happened in a period grows with its
    length, so a target for a month says nothing of a week. Empty: any period. `by_on` is the day by which it is to be reached,
    `document` what decided it, by number, day and article; `checked` says when and where somebody looked that up, and is not read.

    Raises ConfigurationError naming the line.
    """
    frame = pl.DataFrame([_target(*row) for row in csv_rows(path, COLUMNS, OPTIONAL)], schema=SCHEMA, orient="row")
    twice = frame.filter(frame.select("metric", "unit_code", "level", "from_on", "window").is_duplicated())
    if twice.height:
        raise ConfigurationError(f"{path}: {twice['metric'][0]} has two targets from {twice['from_on'][0]} for the same units. Keep one.")
    return frame


def home_targets(home: Home, configuration: Section, read: Callable[[Path], pl.DataFrame] = read_targets) -> pl.DataFrame:
    """The targets of a home, in the columns SCHEMA: those of the CSV that `targets` in [dashboard] of vanban.toml names and, with
    `legal_targets = true` there, LEGAL for the metrics of which that CSV says nothing.

    `read` reads a file as `read_targets` does. Raises ConfigurationError where a setting or a file cannot be used.
    """
    path = csv_named_in_settings(home, configuration, "targets")
    own = read(path) if path else pl.DataFrame(schema=SCHEMA)
    is_legal = configuration.get("dashboard", {}).get("legal_targets", False)
    if not isinstance(is_legal, bool):
        raise ConfigurationError(f"vanban.toml: legal_targets in [dashboard] is {is_legal!r}. Write legal_targets = true, or leave it out.")
    return pl.concat([own, read(LEGAL).join(own, on="metric", how="anti")]) if is_legal else own


_Row = tuple[str, str | None, str | None, date, float, str | None, date | None, str | None]


def _target(values: dict[str, str], line: str) -> _Row:
    if values["unit_code"] and values["level"]:
        raise ConfigurationError(f"{line}: give a unit_code or a level, not both.")
    one = metric(values["metric"])
    is_ratio = isinstance(one, Ratio)
    if (window := values["window"]) and window not in WINDOWS:
        raise ConfigurationError(f"{line}: the window {window!r} is none of {', '.join(WINDOWS)}. Leave it empty for any period.")
    if window and one.is_state:
        raise ConfigurationError(f"{line}: {one.name} tells what is there on the last day, whatever the window. Leave the window empty.")
    try:
        from_on = date.fromisoformat(values["from_on"])
        by_on = date.fromisoformat(values["by_on"]) if values["by_on"] else None
        number = Decimal(values["target"].rstrip("%")) / (100 if values["target"].endswith("%") else 1)
    except (ValueError, InvalidOperation):
        raise ConfigurationError(f"{line}: from_on and by_on must be YYYY-MM-DD and target a number such as 0.9 or 90%.") from None
    if not number.is_finite() or number < 0 or (is_ratio and number > 1):
        raise ConfigurationError(f"{line}: the target {values['target']} is not {'between 0 and 100%' if is_ratio else 'a number from 0'}.")
    place = (values["unit_code"] or None, values["level"] or None)
    return values["metric"], *place, from_on, float(number), window or None, by_on, values["document"] or None


def with_targets(values: pl.DataFrame, units: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """`values` of `metric_values` with `target`, `target_window`, `target_by`, `target_document` and `gap` (value less target); null where
    there is none.

    The newest target that began by the end of the row's period counts; one of the unit before one of its level before one for all. One with a
    window counts for periods of just so many whole months, and not where the data speak of a part of them. units: unit_code, level.
    """
    numbered = values.with_row_index("_row")
    days = [column for column in ("period_from", "period_to", "covered_from", "covered_to") if column in values.columns]
    placed = numbered.select("_row", "metric", "unit_code", "period_to", _months=_months_of(values.select(days))).join(
        units.select("unit_code", own_level="level"), on="unit_code", how="left", maintain_order="left"
    )
    offered = placed.join(targets.rename({"unit_code": "target_unit", "level": "target_level"}), on="metric").filter(
        pl.col("from_on") <= pl.col("period_to"),
        pl.col("target_unit").is_null() | (pl.col("target_unit") == pl.col("unit_code")),
        pl.col("target_level").is_null() | (pl.col("target_level") == pl.col("own_level")),
        pl.col("window").is_null() | (pl.col("window").replace_strict(WINDOWS, default=None, return_dtype=pl.Int64) == pl.col("_months")),
    )
    nearness = pl.when(pl.col("target_unit").is_not_null()).then(2).when(pl.col("target_level").is_not_null()).then(1).otherwise(0)
    has_window = pl.col("window").is_not_null()
    best = (
        offered.with_columns(nearness=nearness, has_window=has_window)
        .sort("nearness", "from_on", "has_window", descending=True)
        .unique("_row", keep="first", maintain_order=True)
    )
    found = best.select("_row", "target", target_window="window", target_by="by_on", target_document="document")
    joined = numbered.join(found, on="_row", how="left", maintain_order="left").drop("_row")
    return joined.with_columns(gap=pl.col("value") - pl.col("target"))


def _months_of(days: pl.DataFrame) -> pl.Series:
    """How many whole months each row's period has: 0 where it is no whole number of them, or the data speak of a part."""

    def months(row: tuple[date, ...]) -> int:
        period = Period(*row[:2])
        return period.months if len(row) < 4 or row[2:] == row[:2] else 0

    known = {row: months(row) for row in days.unique().rows()} if len(days.columns) > 1 else {}
    return pl.Series([known.get(row, 0) for row in days.iter_rows()], dtype=pl.Int64)


def missing_to_target(numerator: int, denominator: int, target: float) -> int:
    """How many more of the denominator have to join the numerator to reach the target ratio; 0 where it is reached.

    Exact: the target is taken as the decimal that was written, so 90% of 70 are 63 and not 64.
    """
    needed = Fraction(repr(target)) * denominator - numerator
    return max(0, -(-needed.numerator // needed.denominator))

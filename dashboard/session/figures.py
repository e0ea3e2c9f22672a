"""Figures as a page says them: a frame of `metric_values` by name, and the words for no activity and no data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.ui import format as written
from dashboard.ui.format import Language
from dashboard.ui.translations import catalogue, language, t
from metrics.catalog import metric
from metrics.comparison.targets import Aim
from metrics.model import Duration


@dataclass(frozen=True)
class Figure:
    """One metric for one unit and period. `value` is None without activity (denominator 0) and without data."""

    metric: str
    unit_code: str | None
    from_on: date
    to_on: date
    numerator: int | None
    denominator: int | None
    value: float | None

    @property
    def is_known(self) -> bool:
        """False where the snapshot cannot speak of it; that is neither 0 nor `–`."""
        return self.numerator is not None

    @property
    def cases(self) -> int | None:
        """On how many cases it rests: a ratio's denominator, the rows of a duration; None of a count, and without data."""
        return self.numerator if isinstance(metric(self.metric), Duration) else self.denominator

    @property
    def count_text(self) -> str:
        """The count (a ratio's numerator); `chưa có số liệu` without data."""
        return t("value.no_data") if self.numerator is None else written.number(self.numerator, language())

    @property
    def rate_text(self) -> str:
        """`61,68%`, `–` without activity, `chưa có số liệu` without data; never 0% in their place."""
        if not self.is_known:
            return t("value.no_data")
        return written.NO_ACTIVITY if self.value is None else written.percent(self.value, language(), of=self.denominator)

    @property
    def counts_text(self) -> str:
        """`1.848/2.996`; empty without data."""
        if self.numerator is None or self.denominator is None:
            return ""
        return f"{written.number(self.numerator, language())}/{written.number(self.denominator, language())}"


def all_figures(frame: pl.DataFrame) -> Iterable[Figure]:
    """Every row of a `metric_values` frame."""
    for name, unit_code, from_on, to_on, numerator, denominator, value in frame.select(
        "metric", "unit_code", "period_from", "period_to", "numerator", "denominator", "value"
    ).iter_rows():
        yield Figure(name, unit_code, from_on, to_on, numerator, denominator, value)


def whole(frame: pl.DataFrame, unit_code: str | None) -> dict[str, Figure]:
    """The figures of the whole by metric (the first row of each metric)."""
    found: dict[str, Figure] = {}
    for figure in all_figures(frame):
        if figure.unit_code == unit_code:
            found.setdefault(figure.metric, figure)
    return found


def by_unit(frame: pl.DataFrame, unit_code: str | None) -> dict[str, dict[str, Figure]]:
    """The figures of each group by unit and metric, the whole left out."""
    found: dict[str, dict[str, Figure]] = {}
    for figure in all_figures(frame):
        if figure.unit_code is not None and figure.unit_code != unit_code:
            found.setdefault(figure.unit_code, {})[figure.metric] = figure
    return found


def over_time(frame: pl.DataFrame, metric: str) -> list[Figure]:
    """The figures of one metric in each part of the period, in order, each with the days of its part that the data speak of, where there are some.

    The whole comes first in such a frame, and is left out by position: a period of one part has the same days as its part.
    """
    days = {f"period_{end}": pl.coalesce(f"covered_{end}", f"period_{end}") for end in ("from", "to")}
    return list(all_figures(frame.filter(pl.col("metric") == metric).with_columns(**days)))[1:]


def aim_text(aim: Aim, language: Language) -> str:
    """A target in words, alike on pages and in reports: `90%`, `90% tính trong một tháng`, `90% tính trong một tháng, chậm nhất ngày 30/06/2027`,
    and behind it the document that decided it.
    """
    words = catalogue(language)
    said = written.target(aim.ratio, language)
    if aim.window is not None:
        said = f"{said} {words[f'aim.{aim.window}']}"
    if aim.by_on is not None:
        said = f"{said}, {words['aim.by'].format(day=written.day(aim.by_on, language))}"
    return said if aim.document is None else f"{said} ({words['aim.document'].format(document=aim.document)})"

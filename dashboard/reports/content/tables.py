"""Cells of the reports' tables: the number for spreadsheets, its print for everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from dashboard.reports.content.blocks import Cell, Column, Figure, Kind, Language, Table
from dashboard.reports.content.text import NO_DATA, NOTHING_AROSE, aim, official_day
from dashboard.reports.layout.printable_text import printable
from dashboard.ui import format as written
from data.language import in_words
from metrics.catalog import metric
from metrics.rounding import decimals_for

Row = TypeVar("Row")
DOUBTFUL = "(*)"
"""Behind a figure that a failed check concerns."""


def table(
    key: str,
    caption: str,
    rows: Iterable[Row],
    columns: Sequence[tuple[Column, Callable[[Row], Cell]]],
    note: str = "",
    strong_rows: frozenset[int] = frozenset(),
) -> Table:
    """A table of one row for each of `rows`; every column says beside its title how its cell comes from the row."""
    cells = tuple(tuple(cell(row) for _, cell in columns) for row in rows)
    return Table(key, in_words(caption, "vi"), tuple(column for column, _ in columns), cells, in_words(note, "vi"), strong_rows)


def text_cell(text: str, indent: int = 0) -> Cell:
    return Cell(printable(text), indent=indent)


def count_cell(figure: Figure | None, language: Language = "vi") -> Cell:
    """The count of a figure, a ratio's numerator; words where it is not known, a dash where there is no figure."""
    if figure is None or figure.numerator is None:
        return Cell(written.NO_ACTIVITY if figure is None else NO_DATA[language])
    if figure.kind == "days":
        return Cell(figure.text if figure.value is not None else written.NO_ACTIVITY, figure.value, figure.key)
    return Cell(written.number(figure.numerator, language), figure.numerator, figure.key)


def under_cell(figure: Figure | None, language: Language = "vi") -> Cell:
    """A ratio's denominator."""
    if figure is None or figure.denominator is None:
        return Cell(written.NO_ACTIVITY if figure is None or figure.kind != "rate" else NO_DATA[language])
    return Cell(written.number(figure.denominator, language), figure.denominator, figure.key)


def rate_cell(figure: Figure | None, language: Language = "vi") -> Cell:
    """The rate; words where nothing arose and where the data do not speak of it, a dash where there is no figure."""
    if figure is None:
        return Cell(written.NO_ACTIVITY)
    if figure.value is None:
        return Cell(NO_DATA[language] if figure.numerator is None or figure.denominator else NOTHING_AROSE[language])
    return Cell(written.percent(figure.value, language, of=figure.denominator), figure.value, figure.key, kind=kind_of_rate(figure.denominator))


def counted_cell(figure: Figure | None, language: Language = "vi") -> Cell:
    """A rate with its counts beside it: `61,68% (1.848/2.996)`; words where there is no number."""
    if figure is None:
        return Cell(written.NO_ACTIVITY)
    if figure.value is None or figure.denominator is None:
        return Cell(figure.text, figure=figure.key)
    counts = f"{written.number(figure.numerator or 0, language)}/{written.number(figure.denominator, language)}"
    return Cell(f"{written.percent(figure.value, language, of=figure.denominator)} ({counts})", figure=figure.key)


def number_cell(value: int | None, language: Language = "vi") -> Cell:
    """A number that is no figure: an ordinal, a distance."""
    return Cell(written.NO_ACTIVITY) if value is None else Cell(written.number(value, language), value)


def kind_of_rate(cases: int | None) -> Kind:
    """How a rate of so many cases is to be read."""
    return "rate" if decimals_for(cases) else "whole_rate"


def target_cell(figure: Figure, target: float | None, language: Language = "vi") -> Cell:
    """The target of a figure: `90%`, and `≤ 30%` where less is better."""
    if target is None:
        return Cell(written.NO_ACTIVITY)
    return Cell(f"≤ {aim(target, language)}") if metric(figure.metric).good == "down" else Cell(aim(target, language), target)


def day_cell(on: date | None, language: Language = "vi") -> Cell:
    return Cell(written.NO_ACTIVITY) if on is None else Cell(official_day(on, language), on)

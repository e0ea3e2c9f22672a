"""Then and now: each figure of a pinned report that today's data give otherwise, and why: late rows, correction, definition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from dashboard.ledger import Pin, Record
from dashboard.reports.archive.json_record import figure_of, request_of
from dashboard.reports.content.blocks import Figure
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Inputs, Request, Restated
from dashboard.reports.content.text import official_day
from dashboard.session.queries import AccessDenied, Reader
from dashboard.session.state import Selection, population_of_group
from data.errors import ConfigurationError
from metrics.catalog import METRICS
from metrics.periods import Period

Cause = Literal["definition", "late_rows", "correction", "unknown"]
CAUSES: dict[Cause, str] = {
    "definition": "định nghĩa thay đổi",
    "late_rows": "dữ liệu đến muộn",
    "correction": "dữ liệu được sửa",
    "unknown": "không xác định được",
}


@dataclass(frozen=True)
class Difference:
    """One figure that reads differently now."""

    figure: Figure
    """As it was pinned."""
    now: Figure
    cause: Cause

    def as_values(self) -> dict[str, Any]:
        """As JSON values, for the ledger."""
        sides = {"key": self.figure.key, "then": self.figure.text, "now": self.now.text, "cause": self.cause}
        return sides | {"label": self.figure.label, "unit_code": self.figure.unit_code}


def differences(reader: Reader, pin: Pin, record: Record, inputs: Inputs) -> list[Difference]:
    """The figures of a pinned report that read differently on the reader's snapshot, in the report's order.

    A figure that this program no longer knows (a metric that is gone, a unit that the snapshot lost) counts as a changed definition.
    """
    found = []
    pinned = [figure_of(values) for values in record.figures]
    now = _today(reader, request_of(record.request), inputs, pinned)
    for figure in pinned:
        today = now.get(figure.key)
        if today is None:
            gone = replace(figure, numerator=None, denominator=None, value=None, text="–")
            found.append(Difference(figure, gone, "definition"))
        elif (figure.numerator, figure.denominator, figure.value) != (today.numerator, today.denominator, today.value):
            found.append(Difference(figure, today, _cause(reader, pin, figure, today)))
    return found


def restated(reader: Reader, pin: Pin, record: Record, inputs: Inputs) -> tuple[Restated, ...]:
    """The differences as an annex prints them."""
    data = ReportData(reader, request_of(record.request), inputs)
    return tuple(
        Restated(
            label=one.figure.label,
            scope=data.name_of(one.figure.unit_code),
            period=f"{official_day(one.figure.period_from, 'vi')} – {official_day(one.figure.period_to, 'vi')}",
            then=one.figure.text,
            now=one.now.text,
            cause=CAUSES[one.cause],
            report=pin.title,
        )
        for one in differences(reader, pin, record, inputs)
    )


def _today(reader: Reader, request: Request, inputs: Inputs, pinned: Iterable[Figure]) -> dict[str, Figure]:
    """The same figures on the reader's snapshot, by key; each window is one question for the whole and one for the units."""
    data = ReportData(reader, request, inputs)
    windows: dict[Period, dict[bool, list[str]]] = {}
    for figure in pinned:
        sides = windows.setdefault(Period(figure.period_from, figure.period_to), {True: [], False: []})
        sides[figure.unit_code == request.unit_code].append(figure.metric)
    found: dict[str, Figure] = {}
    for period, sides in windows.items():
        for is_whole, names in sides.items():
            known = _known_names(names)
            if not known:
                continue
            if is_whole:
                found |= {figure.key: figure for figure in data.figures(known, period).values()}
            else:
                found |= {figure.key: figure for figures in data.by_unit(known, period).values() for figure in figures.values()}
    return found


def _known_names(names: Iterable[str]) -> list[str]:
    known = {one.name for one in METRICS}
    return [name for name in dict.fromkeys(names) if name in known]


def _cause(reader: Reader, pin: Pin, figure: Figure, today: Figure) -> Cause:
    if figure.definition_version != today.definition_version:
        return "definition"
    earlier = reader.path.with_name(f"{pin.snapshot}.duckdb")
    population = population_of_group(figure.group)
    selection = Selection(figure.unit_code, figure.period_from, figure.period_to, population)
    try:
        # Without a difference of rows the same rows are counted otherwise: only the program can have changed.
        return reader.revision_cause(earlier, figure.metric, selection) or "definition"
    except (AccessDenied, ConfigurationError):  # the earlier snapshot is not kept any more
        return "unknown"

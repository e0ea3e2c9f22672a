"""Native charts for Word and PowerPoint: the chart as DrawingML (`templates/chart.xml`), and the workbook that "Edit data" opens."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.reports.content.blocks import Chart
from dashboard.reports.layout.chart_values import (
    ACCENT,
    FAINT,
    FILLS,
    GREY,
    HAIRLINE,
    INK,
    LINES,
    MIDDLE,
    ON_FILLS,
    PALE,
    PAPER,
    axis_end,
    axis_format,
    drawn,
    has_labels,
    has_legend,
    names_every,
    names_size,
    number_format,
)
from dashboard.reports.writers.filled import filled
from dashboard.ui.format import Language

WORKBOOK_RELATIONSHIP = "rId1"
"""The chart part's relationship to its workbook."""
PALE_LINES = (PALE, FAINT, MIDDLE)
"""Too pale for the names at their ends, which are grey instead."""
NEAR = 0.07
"""Lines that end nearer than this share of the axis would print their names over each other."""
SMALLEST_PART = 0.07
"""Of the axis: a thinner part of a stack has no room for its value."""


@dataclass(frozen=True)
class DrawnSeries:
    """One series as it is drawn; `place` counts all series of the chart, `last` is the place of its last value."""

    place: int
    name: str
    values: tuple[float | None, ...]
    is_target: bool
    is_line: bool
    colour: str
    dash: str
    label_colour: str
    thin: tuple[int, ...]
    """Places of the parts of a stack that are too thin for their values."""
    is_below: bool
    """The name at a line's end stands below it, because another line ends right above."""

    @property
    def column(self) -> str:
        """Letter of its column in the workbook."""
        return chr(ord("B") + self.place)

    @property
    def last(self) -> int | None:
        return max((place for place, value in enumerate(self.values) if value is not None), default=None)


def chart_xml(chart: Chart, language: Language, font: str = "Arial", size_pt: float = 12) -> bytes:
    """The chart part: `c:chartSpace` with cached values, its workbook under WORKBOOK_RELATIONSHIP."""
    categories, _ = drawn(chart, language)
    series = _drawn_series(chart, language)
    over = [one for one in series if one.is_target and chart.kind in ("columns", "stacked")]
    has_target = chart.target is not None
    xml = filled(
        "chart.xml",
        chart=chart,
        language=language,
        font=font,
        size_pt=size_pt,
        categories=categories,
        rows=[one for one in series if one not in over],
        over=over,
        code=number_format(chart.values_are, language),
        axis_code=axis_format(chart.values_are, language),
        is_bars=chart.kind == "bars",
        overlap=100 if chart.kind == "stacked" or (has_target and len(chart.series) == 1) else 0,
        has_labels=has_labels(chart),
        has_legend=has_legend(chart),
        names_every=names_every(chart),
        names_size=names_size(chart, size_pt),
        end=axis_end(chart),
        INK=INK,
        GREY=GREY,
        HAIRLINE=HAIRLINE,
        FAINT=FAINT,
        PAPER=PAPER,
    )
    return xml.encode("utf-8")


def chart_workbook(chart: Chart, language: Language, at: datetime) -> bytes:
    """The chart's data as a workbook: categories down, series across; texts are never formulas, and `at` stands as the time it was made."""
    import xlsxwriter

    categories, series = drawn(chart, language)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": at.replace(tzinfo=None)})
    sheet = book.add_worksheet("Sheet1")
    style = book.add_format({"num_format": number_format(chart.values_are, language)})
    for row, name in enumerate(categories, start=1):
        sheet.write_string(row, 0, name)
    for column, (name, values) in enumerate(series, start=1):
        sheet.write_string(0, column, name)
        for row, value in enumerate(values, start=1):
            if value is not None:
                sheet.write_number(row, column, value, style)
    sheet.set_column(0, 0, 32)
    book.close()
    return file.getvalue()


def _drawn_series(chart: Chart, language: Language) -> list[DrawnSeries]:
    _, series = drawn(chart, language)
    end = axis_end(chart) or 0.0
    below = _labels_below([values for _, values in series], end or 1.0) if chart.kind == "line" else frozenset()
    found = []
    for place, (name, values) in enumerate(series):
        is_target = place == len(chart.series)
        is_line = chart.kind == "line" or (is_target and chart.kind != "bars")
        colour, dash = FILLS[place % len(FILLS)], "solid"
        label_colour = ON_FILLS[place % len(ON_FILLS)] if chart.kind == "stacked" else INK
        if is_target:
            colour, dash = (ACCENT, "dash") if is_line else (GREY, "solid")
            label_colour = ACCENT
        elif is_line:
            colour, dash = LINES[place % len(LINES)]
            label_colour = GREY if colour in PALE_LINES else colour
        least = SMALLEST_PART * end if chart.kind == "stacked" else 0.0
        thin = tuple(number for number, value in enumerate(values) if value is not None and value < least)
        found.append(DrawnSeries(place, name, values, is_target, is_line, colour, dash, label_colour, thin, place in below))
    return found


def _labels_below(series: Sequence[Sequence[float | None]], end: float) -> frozenset[int]:
    """Places of the lines whose name stands below their end, because another line ends right above it."""
    ends = [(known[-1], place) for place, values in enumerate(series) if (known := [value for value in values if value is not None])]
    ends.sort(reverse=True)
    return frozenset(place for (above, _), (value, place) in itertools.pairwise(ends) if above - value < NEAR * end)

"""Native charts for Word and PowerPoint: the chart as DrawingML (`templates/chart.xml`), and the workbook that "Edit data" opens."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from datetime import datetime

from dashboard.reports.content.blocks import Chart
from dashboard.reports.layout import chart_values
from dashboard.reports.layout.chart_values import drawn, drawn_series, number_format
from dashboard.reports.writers.filled import filled
from dashboard.ui.format import Language

WORKBOOK_RELATIONSHIP = "rId1"
"""The chart part's relationship to its workbook."""
NEAR = 0.07
"""Lines that end nearer than this share of the axis would print their names over each other."""


def chart_xml(chart: Chart, language: Language, font: str = "Arial", size_pt: float = 12) -> bytes:
    """The chart part: `c:chartSpace` with cached values, its workbook under WORKBOOK_RELATIONSHIP."""
    series = drawn_series(chart, language)
    end = chart_values.axis_end(chart)
    xml = filled(
        "chart.xml",
        chart=chart,
        language=language,
        font=font,
        size_pt=size_pt,
        categories=drawn(chart, language)[0],
        series=series,
        end=end,
        below=_labels_below([one.values for one in series], end or 1.0) if chart.kind == "line" else (),
        looks=chart_values,
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


def _labels_below(series: Sequence[Sequence[float | None]], end: float) -> frozenset[int]:
    """Places of the lines whose name stands below their end, because another line ends right above it."""
    ends = [(known[-1], place) for place, values in enumerate(series) if (known := [value for value in values if value is not None])]
    ends.sort(reverse=True)
    return frozenset(place for (above, _), (value, place) in itertools.pairwise(ends) if above - value < NEAR * end)

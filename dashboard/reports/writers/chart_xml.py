"""Native charts for Word and PowerPoint: the chart as DrawingML, and the workbook that "Edit data" opens.

ECMA-376 part 1, 21.2. Series keep apart in greyscale by lightness and by the dashes of their lines, values stand beside their marks, and a target
is a line over columns and lines, a hollow bar around bars.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from dashboard.reports.content.blocks import Chart, Kind
from dashboard.reports.layout.printable_text import clipped
from dashboard.ui.format import Language
from dashboard.ui.translations import catalogue

WORKBOOK_RELATIONSHIP = "rId1"
"""The chart part's relationship to its workbook."""

INK, ACCENT, GREY, HAIRLINE = "14213D", "B3202C", "5B6577", "D9DEE6"
FILLS = ("1B3E73", "98B0D2", "D9DEE6", "5B6577", "6788B8", "C3D1E6")
LINES = (("1B3E73", "solid"), ("5B6577", "sysDash"), ("98B0D2", "dash"), ("8B94A3", "sysDot"), ("14213D", "lgDash"), ("6788B8", "dashDot"))
ON_FILLS = ("FFFFFF", "14213D", "14213D", "FFFFFF", "FFFFFF", "14213D")
LONGEST_NAME = 60
MOST_LABELS, MOST_BAR_LABELS = 24, 60
"""More values than this are not printed beside their marks; the axis is shown instead."""
MOST_NAMES = 16
NEAR = 0.07
"""Lines that end nearer than this share of the axis would print their names over each other."""
SMALLEST_PART = 0.07
"""Of the axis: a thinner part of a stack has no room for its value."""
HEADROOM = 1.15
"""The axis ends this far beyond the largest value, so that the value beside it has room."""

NUMBER_FORMATS: dict[Kind, str] = {"rate": "0.00%", "count": "#,##0", "days": "#,##0.0", "text": "General", "date": "d/m/yyyy"}
VIETNAMESE = "[$-42A]"
"""Locale of a number format: programs that heed it print `61,7%` on any machine, the others as the reader's own settings say."""

_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True)
class _Row:
    """One series as it is drawn; `place` counts all series of the chart."""

    place: int
    name: str
    values: tuple[float | None, ...]
    is_target: bool = False

    @property
    def column(self) -> str:
        return chr(ord("B") + self.place)


def target_name(language: Language) -> str:
    """How the series that is the target is called."""
    return catalogue(language)["report_file.target"]


def drawn(chart: Chart, language: Language) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[float | None, ...]], ...]]:
    """Categories, and the series by name with the target as the last, as chart and workbook both hold them."""
    categories = tuple(clipped(name, LONGEST_NAME) for name in chart.categories)
    series = [(clipped(one.name, LONGEST_NAME), one.values) for one in chart.series]
    if chart.target is not None:
        series.append((target_name(language), (chart.target,) * len(categories)))
    return categories, tuple(series)


def axis_format(kind: Kind, language: Language) -> str:
    """The code for an axis: whole percent are enough there."""
    return "0%" if kind == "rate" else number_format(kind, language)


def number_format(kind: Kind, language: Language) -> str:
    """The spreadsheet's code for values of a kind."""
    return f"{VIETNAMESE}{NUMBER_FORMATS[kind]}" if language == "vi" and kind in ("rate", "count", "days") else NUMBER_FORMATS[kind]


def axis_end(chart: Chart) -> float | None:
    """Where the value axis ends: beyond the largest value or sum of a stack; None where there is nothing to show."""
    if chart.axis_top is not None:
        return chart.axis_top
    if chart.kind == "stacked":
        tops = [sum(values) for values in zip(*([value or 0.0 for value in one.values] for one in chart.series), strict=True)]
    else:
        tops = [value for one in chart.series for value in one.values if value is not None]
    top = max([*tops, chart.target or 0.0], default=0.0)
    return top * HEADROOM if top > 0 else None


def has_labels(chart: Chart) -> bool:
    """Whether every value is printed beside its mark: few enough, and no lines, whose ends alone are named."""
    most = MOST_BAR_LABELS if chart.kind == "bars" else MOST_LABELS
    return chart.kind != "line" and len(chart.categories) * len(chart.series) <= most


def names_every(chart: Chart) -> int:
    """Which step of the categories is named on a time axis, so that the names do not run into one another."""
    return -(-len(chart.categories) // MOST_NAMES)


def names_size(chart: Chart, size_pt: float) -> float:
    """Smaller names where a time axis has many: programs that cannot leave some out would break them into two lines."""
    return size_pt if chart.kind == "bars" else max(size_pt * 0.6, min(size_pt, size_pt * 22 / max(1, len(chart.categories))))


def chart_xml(chart: Chart, language: Language, font: str = "Arial", size_pt: float = 12) -> bytes:
    """The chart part: `c:chartSpace` with cached values, its workbook under WORKBOOK_RELATIONSHIP."""
    categories, series = drawn(chart, language)
    rows = [_Row(place, name, values, chart.target is not None and place == len(series) - 1) for place, (name, values) in enumerate(series)]
    plot = _plot(chart, rows, categories, language, size_pt)
    shown = [row for row in rows if not row.is_target]
    legend = ""
    if (len(shown) > 1 and chart.kind != "line") or (chart.target is not None and chart.kind == "bars"):
        legend = f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{_text(size_pt, INK)}</c:legend>'
    xml = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace {_NAMESPACES}><c:date1904 val="0"/>'
        f'<c:lang val="{"vi-VN" if language == "vi" else "en-GB"}"/><c:roundedCorners val="0"/>'
        f'<c:chart><c:autoTitleDeleted val="1"/>{plot}{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text(size_pt, INK, font)}"
        f'<c:externalData r:id="{WORKBOOK_RELATIONSHIP}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
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


def _plot(chart: Chart, rows: Sequence[_Row], categories: Sequence[str], language: Language, size_pt: float) -> str:
    is_bars, labels = chart.kind == "bars", has_labels(chart)
    code, axis = number_format(chart.values_are, language), axis_format(chart.values_are, language)
    below = _labels_below(rows, axis_end(chart))
    measured = [row for row in rows if not row.is_target]
    targets = [row for row in rows if row.is_target]
    over = targets if chart.kind in ("columns", "stacked") else []
    series = "".join(_series(row, chart, categories, code, labels, size_pt, row.place in below) for row in rows if row not in over)
    axes = '<c:axId val="1001"/><c:axId val="1002"/>'
    if chart.kind == "line":
        body = f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{axes}</c:lineChart>'
    else:
        direction, grouping = ("bar" if is_bars else "col"), ("stacked" if chart.kind == "stacked" else "clustered")
        overlap = 100 if chart.kind == "stacked" or (targets and len(measured) == 1) else 0
        body = (
            f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
            f'<c:gapWidth val="{45 if len(measured) == 1 else 60}"/><c:overlap val="{overlap}"/>{axes}</c:barChart>'
        )
    if over:
        lines = "".join(_series(row, chart, categories, code, False, size_pt, False) for row in over)
        body += f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{lines}<c:marker val="1"/>{axes}</c:lineChart>'
    return f"<c:plotArea><c:layout/>{body}{_axes(chart, axis, labels, size_pt)}</c:plotArea>"


def _series(row: _Row, chart: Chart, categories: Sequence[str], code: str, labels: bool, size_pt: float, is_below: bool) -> str:
    is_line = chart.kind == "line" or (row.is_target and chart.kind != "bars")
    last = max((place for place, value in enumerate(row.values) if value is not None), default=None)
    if row.is_target:
        width, colour, dash = (15875, ACCENT, "dash") if is_line else (9525, GREY, "solid")
        edge = f'<a:ln w="{width}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:prstDash val="{dash}"/></a:ln>'
        look = f"<c:spPr>{'' if is_line else '<a:noFill/>'}{edge}</c:spPr>"
    elif is_line:
        colour, dash = LINES[row.place % len(LINES)]
        line = f'<a:ln w="28575" cap="rnd"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:prstDash val="{dash}"/><a:round/></a:ln>'
        look = f"<c:spPr>{line}</c:spPr>"
    else:
        edge = '<a:ln w="6350"><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:ln>' if chart.kind == "stacked" else "<a:ln><a:noFill/></a:ln>"
        look = f'<c:spPr><a:solidFill><a:srgbClr val="{FILLS[row.place % len(FILLS)]}"/></a:solidFill>{edge}</c:spPr>'
    marker = '<c:marker><c:symbol val="none"/></c:marker>' if is_line else '<c:invertIfNegative val="0"/>'
    shown = ""
    if is_line and last is not None:
        shown = _end_label(last, row, code, size_pt, is_below)
    elif labels and not row.is_target:
        shown = _labels(chart, row, code, size_pt)
    elif not is_line:
        shown = f"<c:dLbls>{_shows()}</c:dLbls>"
    end, smooth = len(categories) + 1, '<c:smooth val="0"/>' if is_line else ""
    return (
        f'<c:ser><c:idx val="{row.place}"/><c:order val="{row.place}"/><c:tx><c:strRef><c:f>Sheet1!${row.column}$1</c:f><c:strCache>'
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(row.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>{look}{marker}{shown}'
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${end}</c:f><c:strCache>{_points(categories)}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${row.column}$2:${row.column}${end}</c:f><c:numCache>"
        f"<c:formatCode>{escape(code)}</c:formatCode>{_points(row.values)}</c:numCache></c:numRef></c:val>"
        f"{smooth}</c:ser>"
    )


def _points(values: Sequence[str | float | None]) -> str:
    points = "".join(
        f'<c:pt idx="{place}"><c:v>{escape(value) if isinstance(value, str) else repr(value)}</c:v></c:pt>'
        for place, value in enumerate(values)
        if value is not None
    )
    return f'<c:ptCount val="{len(values)}"/>{points}'


def _labels(chart: Chart, row: _Row, code: str, size_pt: float) -> str:
    is_stacked = chart.kind == "stacked"
    colour = ON_FILLS[row.place % len(ON_FILLS)] if is_stacked else INK
    position = "ctr" if is_stacked else "outEnd"
    least = SMALLEST_PART * (axis_end(chart) or 0.0) if is_stacked else 0.0
    thin = [place for place, value in enumerate(row.values) if value is not None and value < least]
    hidden = "".join(f'<c:dLbl><c:idx val="{place}"/><c:delete val="1"/></c:dLbl>' for place in thin)
    return (
        f'<c:dLbls>{hidden}<c:numFmt formatCode="{_attribute(code)}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f'{_text(size_pt, colour)}<c:dLblPos val="{position}"/>{_shows(value=True)}</c:dLbls>'
    )


def _end_label(place: int, row: _Row, code: str, size_pt: float, is_below: bool) -> str:
    """The name and the value at the end of a line, in place of a legend."""
    colour = ACCENT if row.is_target else LINES[row.place % len(LINES)][0]
    colour = GREY if colour in ("98B0D2", "8B94A3", "6788B8") else colour
    return (
        f'<c:dLbls><c:dLbl><c:idx val="{place}"/><c:numFmt formatCode="{_attribute(code)}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>'
        f'{_text(size_pt, colour)}<c:dLblPos val="{"b" if is_below else "t"}"/>{_shows(value=True, name=True)}'
        f"<c:separator> </c:separator></c:dLbl>{_shows()}</c:dLbls>"
    )


def _labels_below(rows: Sequence[_Row], end: float | None) -> frozenset[int]:
    """Places of the lines whose name stands below their end, because another line ends right above it."""
    ends = [(values[-1], row.place) for row in rows if (values := [value for value in row.values if value is not None])]
    ends.sort(reverse=True)
    near = NEAR * (end or 1.0)
    return frozenset(place for (above, _), (value, place) in itertools.pairwise(ends) if above - value < near)


def _shows(value: bool = False, name: bool = False) -> str:
    return (
        f'<c:showLegendKey val="0"/><c:showVal val="{int(value)}"/><c:showCatName val="0"/><c:showSerName val="{int(name)}"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
    )


def _axes(chart: Chart, axis: str, labels: bool, size_pt: float) -> str:
    is_bars, end = chart.kind == "bars", axis_end(chart)
    order = "maxMin" if is_bars else "minMax"
    limit = f'<c:max val="{end!r}"/>' if end is not None else ""
    hairline = f'<a:ln w="6350"><a:solidFill><a:srgbClr val="{HAIRLINE}"/></a:solidFill></a:ln>'
    grid = "" if labels else f"<c:majorGridlines><c:spPr>{hairline}</c:spPr></c:majorGridlines>"
    hidden = "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
    names = _text(names_size(chart, size_pt), INK)
    skip = f'<c:tickLblSkip val="{1 if is_bars else names_every(chart)}"/>'
    line = '<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="8B94A3"/></a:solidFill></a:ln></c:spPr>'
    return (
        f'<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{"l" if is_bars else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{line}{names}<c:crossAx val="1002"/><c:crosses val="autoZero"/>'
        f'<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/>{skip}<c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/>{limit}<c:min val="0"/></c:scaling><c:delete val="{int(labels)}"/>'
        f'<c:axPos val="{"b" if is_bars else "l"}"/>{grid}<c:numFmt formatCode="{_attribute(axis)}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{hidden}{_text(size_pt, GREY)}<c:crossAx val="1001"/>'
        f'<c:crosses val="{"max" if is_bars else "autoZero"}"/><c:crossBetween val="between"/></c:valAx>'
    )


def _text(size_pt: float, colour: str, font: str = "") -> str:
    faces = f'<a:latin typeface="{_attribute(font)}"/><a:ea typeface="{_attribute(font)}"/><a:cs typeface="{_attribute(font)}"/>' if font else ""
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(size_pt * 100)}" b="0">{fill}{faces}</a:defRPr></a:pPr>'
        '<a:endParaRPr lang="vi-VN"/></a:p></c:txPr>'
    )


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})

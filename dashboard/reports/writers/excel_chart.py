"""Charts of the workbook, drawn from the cells that stand above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.reports.content.blocks import Chart
from dashboard.reports.layout.chart_values import (
    GREY,
    HAIRLINE,
    INK,
    DrawnSeries,
    axis_end,
    axis_format,
    drawn_series,
    has_labels,
    names_every,
    names_size,
)
from dashboard.ui.format import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart as NativeChart

DASHES = {"solid": "solid", "sysDash": "square_dot", "dash": "dash", "sysDot": "round_dot", "lgDash": "long_dash", "dashDot": "dash_dot"}
FONT = {"name": "Times New Roman", "size": 10, "color": f"#{INK}"}


def chart_height(chart: Chart, is_landscape: bool = False) -> int:
    """Pixels: bars grow with their names as far as a page goes, the others have a fixed height."""
    most = 540 if is_landscape else 860
    return min(most, max(180, 90 + 26 * len(chart.categories) * max(1, len(chart.series)))) if chart.kind == "bars" else 320


def chart_of(book: Workbook, chart: Chart, sheet: str, corner: tuple[int, int], code: str, language: Language) -> NativeChart:
    """The native chart of the block whose numbers stand on the sheet from `corner` (row, column): names down, series across."""
    series = drawn_series(chart, language)
    head, left = corner
    rows = (head + 1, head + len(chart.categories))
    shape = {"bars": "bar", "line": "line"}.get(chart.kind, "column")
    native = book.add_chart({"type": shape, "subtype": "stacked"} if chart.kind == "stacked" else {"type": shape})
    over = book.add_chart({"type": "line"}) if shape == "column" and chart.target is not None else None
    for one in series:
        column = left + one.place + 1
        onto = over if one.is_target and over is not None else native
        onto.add_series(
            {
                "name": [sheet, head, column],
                "categories": [sheet, rows[0], left, rows[1], left],
                "values": [sheet, rows[0], column, rows[1], column],
                **_looks(chart, one, code),
            }
        )
    if over is not None:
        native.combine(over)
    _axes(native, chart, language)
    native.set_title({"none": True})
    if len(series) > 1:
        native.set_legend({"position": "top", "font": FONT})
    else:
        native.set_legend({"none": True})
    native.set_chartarea({"border": {"none": True}})
    return native


def _looks(chart: Chart, one: DrawnSeries, code: str) -> dict[str, Any]:
    colour = f"#{one.colour}"
    if one.is_line:
        line = {"color": colour, "width": 1.25 if one.is_target else 2.25, "dash_type": DASHES[one.dash]}
        return {"line": line, "marker": {"type": "none"}}
    if one.is_target:
        return {"border": {"color": colour, "width": 0.75}, "fill": {"none": True}}
    looks: dict[str, Any] = {"fill": {"color": colour}, "gap": 45 if len(chart.series) == 1 else 60}
    if chart.kind != "stacked":
        looks["overlap"] = 100 if chart.target is not None and chart.kind == "bars" and len(chart.series) == 1 else 0
    if has_labels(chart):
        position, shown = ("center", f"{code};;") if chart.kind == "stacked" else ("outside_end", code)
        looks["data_labels"] = {"value": True, "position": position, "num_format": shown, "font": FONT | {"color": f"#{one.label_colour}"}}
    return looks


def _axes(native: NativeChart, chart: Chart, language: Language) -> None:
    labels, end = has_labels(chart), axis_end(chart)
    names: dict[str, Any] = {
        "num_font": FONT | {"size": names_size(chart, 10)},
        "line": {"color": f"#{GREY}"},
        "major_tick_mark": "none",
        "minor_tick_mark": "none",
        "label_position": "low",
    }
    values: dict[str, Any] = {
        "num_font": FONT | {"color": f"#{GREY}"},
        "num_format": axis_format(chart.values_are, language),
        "min": 0,
        "line": {"none": True},
        "major_tick_mark": "none",
        "major_gridlines": {"visible": not labels, "line": {"color": f"#{HAIRLINE}", "width": 0.5}},
        "visible": not labels,
    }
    if end is not None:
        values["max"] = end
    names["interval_unit"] = 1 if chart.kind == "bars" else names_every(chart)
    if chart.kind == "bars":  # XlsxWriter means the upright axis by y, and the names stand upright here
        native.set_y_axis(names | {"reverse": True})
        native.set_x_axis(values)
    else:
        native.set_x_axis(names)
        native.set_y_axis(values)

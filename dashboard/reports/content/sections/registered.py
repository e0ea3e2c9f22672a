"""Documents that came in or were made for use within, and what became of them; nothing where a source delivers none."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Cell, Column, Figure
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import count_cell, counted_cell, table, text_cell
from dashboard.reports.content.text import span

TITLE = "Văn bản đến, văn bản nội bộ"
DIRECTIONS = ("incoming", "internal")
SPEAKS_OF = tuple(f"{one}_documents" for one in DIRECTIONS)


def write(data: ReportData) -> list[Block]:
    """The counts and ratios of each direction of which there are any, with a column for each of the report's windows."""
    shown = [one for one in DIRECTIONS if data.figure(f"{one}_documents").numerator]
    names = [f"{one}_{what}" for one in shown for what in ("documents", "electronic_ratio", "processed_ratio", "on_time_ratio")]
    if not names:
        return [data.say("registered.none", is_known=any(data.figure(name).numerator is not None for name in SPEAKS_OF))]

    def cell(figure: Figure) -> Cell:
        return counted_cell(figure) if figure.kind == "rate" else count_cell(figure)

    by_window = data.by_window(names)
    told = [tuple(by_window[0][1][f"{one}_{what}"] for what in ("documents", "processed_ratio", "on_time_ratio")) for one in shown]
    columns = [
        (Column("Nội dung", weight=2.6), lambda name: text_cell(by_window[0][1][name].label)),
        *((Column(span(period), "count", 1.3), lambda name, figures=figures: cell(figures[name])) for period, figures in by_window),
    ]
    note = "Tỷ lệ chỉ tính trên những văn bản mà nguồn có ghi điều được hỏi."
    return [data.say("registered.told", told=told), table("registered", TITLE, names, columns, note)]

"""II.3. The national axis and the internal channel: documents and deliveries, which are counted apart."""

from __future__ import annotations

from collections.abc import Set

from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.kinds import CHANNELS
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import count_cell, counted_cell, table, text_cell
from dashboard.reports.content.text import span

TITLE = "Gửi, nhận qua Trục liên thông và nội bộ {sector}"
INTERNAL = ("internal_outgoing", "internal_incoming")
NAMES = CHANNELS

SPEAKS_OF = NAMES


def title_where(known: Set[str]) -> str:
    """The ways to send that there are."""
    if not known & set(INTERNAL):
        return "Gửi, nhận văn bản qua Trục liên thông"
    return TITLE if known & (set(NAMES) - set(INTERNAL)) else "Gửi, nhận văn bản nội bộ {sector}"


def write(data: ReportData) -> list[Block]:
    """What went through the axis, what stayed inside, and why the two sides of the internal channel do not add up."""
    figures = data.figures(NAMES)
    if all(figure.numerator is None for figure in figures.values()):
        return [data.say("channels.no_data")]
    told = {"axis": ("axis_outgoing", "axis_incoming"), "internal": INTERNAL}
    blocks: list[Block] = [
        data.say(f"channels.{channel}", **figures) for channel, names in told.items() if any(figures[name].numerator is not None for name in names)
    ]
    shown = figures
    if data.flow is not None:
        shown = data.figures(NAMES, data.flow)
        if any(shown[name].numerator is not None for name in INTERNAL):
            blocks.append(data.say("channels.second_window", **shown))
    if (
        all(shown[name].numerator is not None for name in INTERNAL)
        and shown["internal_outgoing"].numerator
        and shown["internal_outgoing"].numerator != shown["internal_incoming"].numerator
    ):
        blocks.append(data.say("channels.reading", **shown))
    caption = title_where(data.known).replace("nhận qua", "nhận văn bản qua")
    return [*blocks, exchange_table(data, "channels", caption, NAMES)]


def exchange_table(
    data: ReportData,
    key: str,
    caption: str,
    names: tuple[str, ...],
    weights: tuple[float, float, float] = (2.6, 1.1, 1.3),
    has_flow: bool = True,
) -> Table:
    """What was sent and received, with a column for the period and, with `has_flow`, one for the second window.

    `weights` of what, of its unit, and of each window.
    """

    def unit(name: str) -> str:
        return "tỷ lệ" if by_window[0][1][name].kind == "rate" else "văn bản" if name.endswith("outgoing") else "lượt nhận"

    def cell(figure: Figure) -> Cell:
        return counted_cell(figure) if figure.kind == "rate" else count_cell(figure)

    names = data.shown(names)
    by_window = data.by_window(names)[: None if has_flow else 1]
    columns = [
        (Column("Nội dung", weight=weights[0]), lambda name: text_cell(by_window[0][1][name].label)),
        (Column("Đơn vị tính", weight=weights[1]), lambda name: text_cell(unit(name))),
        *((Column(span(period), "count", weights[2]), lambda name, figures=figures: cell(figures[name])) for period, figures in by_window),
    ]
    return table(key, caption, names, columns)

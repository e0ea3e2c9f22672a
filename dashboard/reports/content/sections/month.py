"""The monthly report's figures beside those of the period before and of the same period last year."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.accounts import changes, targets
from dashboard.reports.content.sections.documents import over_time_chart
from dashboard.reports.content.sections.unit_sheet import RATES as OF_UNITS
from dashboard.reports.content.tables import count_cell, rate_cell, share_cell, table, text_cell, under_cell
from dashboard.reports.content.text import change_text, window
from dashboard.ui.format import NO_ACTIVITY

TITLE = "Kết quả trong kỳ"
RATES = (*OF_UNITS, "axis_success_ratio")
COUNTS = ("provisioned_accounts", "outgoing_documents", "internal_outgoing", "internal_incoming", "axis_outgoing", "axis_incoming", "overdue")
NOTHING = {"provisioned_accounts": "tài khoản", "outgoing_documents": "văn bản đi", "overdue": "lượt nhận có hạn"}
SUMMARY = ("activation_rate", "login_rate", "outgoing_documents", "on_time_ratio")


def write(data: ReportData) -> list[Block]:
    """One paragraph each on accounts, documents and deadlines, then rates and counts of the three periods."""
    figures = data.figures([*RATES, *COUNTS])
    if all(figure.numerator is None for figure in figures.values()):
        return [data.say("month.no_data")]
    nothing = [word for name, word in NOTHING.items() if figures[name].numerator is not None]
    # What did not arise in the period is left to the tables.
    summary = data.say("month.summary", arose=[figures[name] for name in SUMMARY if figures[name].value], nothing=nothing, **figures)
    blocks: list[Block] = [summary, data.say("month.cutoff")]
    blocks += changes(data, figures, ("activation_rate", "login_rate", "fully_electronic_ratio", "digitally_signed_ratio", "on_time_ratio"))
    blocks += [*targets(data, figures), _rates(data, figures), _counts(data, figures)]
    return [*blocks, *over_time_chart(data)] if figures["outgoing_documents"].numerator else blocks


def _others(data: ReportData, names: tuple[str, ...]) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """The figures of the period before and of the same period last year; empty where the calendar has none."""
    before = data.figures(names, data.earlier) if data.earlier else {}
    return before, data.figures(names, data.period.same_last_year())


def _rates(data: ReportData, figures: dict[str, Figure]) -> Table:
    before, last_year = _others(data, RATES)
    columns = [
        (Column("Chỉ số", weight=2.6), lambda name: text_cell(figures[name].label)),
        (Column("Tử số", "count", 0.9), lambda name: count_cell(figures[name])),
        (Column("Mẫu số", "count", 0.9), lambda name: under_cell(figures[name])),
        (Column("Kỳ này", "rate"), lambda name: rate_cell(figures[name])),
        (Column("Kỳ trước", "rate"), lambda name: rate_cell(before.get(name))),
        (Column("Thay đổi", weight=1.2), lambda name: _change(figures[name], before.get(name))),
        (Column("Cùng kỳ năm trước", "rate", 1.1), lambda name: rate_cell(last_year[name])),
        (Column("Chỉ tiêu", "rate", 0.9), lambda name: share_cell(data.target(figures[name]))),
    ]
    note = f"Kỳ này: {window(data.period, data.language)}."
    if data.earlier is not None:
        note += f" Kỳ trước: {window(data.earlier, data.language)}. Thay đổi tính bằng điểm phần trăm."
    return table("month.rates", "Các tỷ lệ trong kỳ", data.shown(RATES), columns, note)


def _counts(data: ReportData, figures: dict[str, Figure]) -> Table:
    before, last_year = _others(data, COUNTS)
    columns = [
        (Column("Chỉ số", weight=2.6), lambda name: text_cell(figures[name].label)),
        (Column("Kỳ này", "count"), lambda name: count_cell(figures[name])),
        (Column("Kỳ trước", "count"), lambda name: count_cell(before.get(name))),
        (Column("Thay đổi", weight=1.2), lambda name: _change(figures[name], before.get(name))),
        (Column("Cùng kỳ năm trước", "count", 1.1), lambda name: count_cell(last_year[name])),
    ]
    return table("month.counts", "Số lượng trong kỳ", data.shown(COUNTS), columns)


def _change(now: Figure, before: Figure | None) -> Cell:
    change = change_text(now, before, "vi") if before is not None else None
    return Cell(change.removesuffix(" điểm phần trăm") if change else NO_ACTIVITY)

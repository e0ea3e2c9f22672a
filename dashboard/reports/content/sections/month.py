"""The monthly report's figures beside those of the period before and of the same period last year."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.accounts import changes, targets
from dashboard.reports.content.sections.documents import over_time_chart
from dashboard.reports.content.sections.unit_sheet import RATES as OF_UNITS
from dashboard.reports.content.tables import count_cell, counted_cell, rate_cell, table, target_cell, text_cell, under_cell
from dashboard.reports.content.text import window
from dashboard.ui.format import NO_ACTIVITY, number
from metrics.working_days import working_days

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


def _is_known(figures: dict[str, Figure]) -> bool:
    """Whether any is: columns of "no data" alone say no more than one sentence of those days."""
    return any(figure.numerator is not None for figure in figures.values())


def _rates(data: ReportData, figures: dict[str, Figure]) -> Table:
    before, last_year = _others(data, RATES)
    columns = [
        (Column("Chỉ số", weight=2.6), lambda name: text_cell(figures[name].label)),
        (Column("Tử số", "count", 0.9), lambda name: count_cell(figures[name])),
        (Column("Mẫu số", "count", 0.9), lambda name: under_cell(figures[name])),
        (Column("Kỳ này", "rate"), lambda name: rate_cell(figures[name])),
    ]
    note = f"Kỳ này: {window(data.period, data.language)}."
    if data.earlier is not None and _is_known(before):
        columns.append((Column("Kỳ trước", weight=1.5), lambda name: counted_cell(before.get(name))))
        columns.append((Column("Thay đổi", weight=1.2), lambda name: _change(data, figures[name], before.get(name))))
        note += f" Kỳ trước: {window(data.earlier, data.language)}. Thay đổi tính bằng điểm phần trăm."
    if _is_known(last_year):
        columns.append((Column("Cùng kỳ năm trước", weight=1.5), lambda name: counted_cell(last_year[name])))
    else:
        note += " Cùng kỳ năm trước chưa có số liệu."
    columns.append((Column("Chỉ tiêu", "rate", 0.9), lambda name: target_cell(figures[name], data.target(figures[name]))))
    return table("month.rates", "Các tỷ lệ trong kỳ", data.shown(RATES), columns, note)


def _counts(data: ReportData, figures: dict[str, Figure]) -> Table:
    before, last_year = _others(data, COUNTS)
    columns = [
        (Column("Chỉ số", weight=2.6), lambda name: text_cell(figures[name].label)),
        (Column("Kỳ này", "count"), lambda name: count_cell(figures[name])),
    ]
    if _is_known(before):
        columns.append((Column("Kỳ trước", "count"), lambda name: count_cell(before.get(name))))
        columns.append((Column("Thay đổi", weight=1.2), lambda name: _change(data, figures[name], before.get(name))))
    if _is_known(last_year):
        columns.append((Column("Cùng kỳ năm trước", "count", 1.1), lambda name: count_cell(last_year[name])))
    return table("month.counts", "Số lượng trong kỳ", data.shown(COUNTS), columns, _per_working_day(data, figures, before))


def _per_working_day(data: ReportData, now: dict[str, Figure], before: dict[str, Figure]) -> str:
    """Documents per working day of both periods: a month with a holiday has fewer documents, and not for that fewer a day."""
    name, changes = "outgoing_documents", data.reader.day_changes()
    if data.earlier is None or data.change(now[name], before.get(name)) is None:
        return ""
    told = []
    for period, figure in ((data.period, now[name]), (data.earlier, before[name])):
        days = working_days(period, changes)
        if not days:
            return ""
        told.append(f"{number((figure.numerator or 0) / days, 'vi', 1)} ({days} ngày)")
    return f"Văn bản đi mỗi ngày làm việc: kỳ này {told[0]}, kỳ trước {told[1]}."


def _change(data: ReportData, now: Figure, before: Figure | None) -> Cell:
    change = data.change(now, before)
    return Cell(change.removesuffix(" điểm phần trăm") if change else NO_ACTIVITY)

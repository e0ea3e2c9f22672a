"""The monthly report's figures beside those of the period before and of the same period last year."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.accounts import changes, targets
from dashboard.reports.content.sections.documents import over_time_chart
from dashboard.reports.content.sections.unit_sheet import RATES as OF_UNITS
from dashboard.reports.content.tables import count_cell, rate_cell, share_cell, text_cell, under_cell
from dashboard.reports.content.text import clauses, clock, moved, say, window
from dashboard.ui import format as written

RATES = (*OF_UNITS, "axis_success_ratio")
COUNTS = ("provisioned_accounts", "outgoing_documents", "internal_outgoing", "internal_incoming", "axis_outgoing", "axis_incoming", "overdue")


def write(material: Material) -> list[Block]:
    """One paragraph each on accounts, documents and deadlines, then rates and counts of the three periods."""
    figures = material.figures([*RATES, *COUNTS])
    if all(figure.numerator is None for figure in figures.values()):
        return [say("month.no_data", "Chưa có số liệu {window}.", window=window(material.period))]
    blocks: list[Block] = [_summary(material, figures), _cut_off(material)]
    blocks += changes(material, figures, ("activation_rate", "login_rate", "fully_electronic_ratio", "digitally_signed_ratio", "on_time_ratio"))
    blocks += targets(material, figures)
    blocks += [_rates(material, figures), _counts(material, figures)]
    return [*blocks, over_time_chart(material)] if figures["outgoing_documents"].numerator else blocks


def _summary(material: Material, figures: dict[str, Figure]) -> Block:
    """The main figures in one sentence; what did not arise in the period is left to the tables."""
    words = {
        "activation_rate": "tỷ lệ kích hoạt tài khoản là {figure}",
        "login_rate": "tỷ lệ đăng nhập trên tài khoản đã kích hoạt là {figure}",
        "outgoing_documents": "các đơn vị phát hành {figure} văn bản đi, trong đó hoàn toàn điện tử {electronic}, có ký số {signed}",
        "on_time_ratio": "tỷ lệ xử lý văn bản đến đúng hạn là {figure}",
    }
    shares = {"electronic": figures["fully_electronic_ratio"], "signed": figures["digitally_signed_ratio"]}
    parts = [say("", template, figure=figures[name], **shares) for name, template in words.items() if figures[name].value]
    if not parts:
        return say("month.summary", "Trong kỳ {window} không phát sinh tài khoản, văn bản đi và lượt nhận có hạn.", window=window(material.period))
    return clauses("month.summary", say("", "Tính {window}, ", window=window(material.period)), parts)


def _cut_off(material: Material) -> Block:
    info = material.info
    synthetic = "; toàn bộ là dữ liệu mô phỏng" if info.is_synthetic else ""
    return say("month.cutoff", "Dữ liệu nguồn cập nhật đến {cutoff}{synthetic}.", cutoff=clock(info.cutoff_at, info.time_zone), synthetic=synthetic)


def _others(material: Material, names: tuple[str, ...]) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """The figures of the period before and of the same period last year; empty where the calendar has none."""
    earlier = material.earlier
    before = material.figures(names, earlier) if earlier else {}
    return before, material.figures(names, material.period.same_last_year())


def _rates(material: Material, figures: dict[str, Figure]) -> Table:
    before, last_year = _others(material, RATES)
    columns = (
        Column("Chỉ số", weight=2.6),
        Column("Tử số", "count", 0.9),
        Column("Mẫu số", "count", 0.9),
        Column("Kỳ này", "rate"),
        Column("Kỳ trước", "rate"),
        Column("Thay đổi", weight=1.2),
        Column("Cùng kỳ năm trước", "rate", 1.1),
        Column("Chỉ tiêu", "rate", 0.9),
    )
    rows = tuple(
        (
            text_cell(figures[name].label),
            count_cell(figures[name]),
            under_cell(figures[name]),
            rate_cell(figures[name]),
            rate_cell(before.get(name)),
            _change(figures[name], before.get(name)),
            rate_cell(last_year[name]),
            share_cell(material.target(figures[name])),
        )
        for name in RATES
    )
    note = f"Kỳ này: {window(material.period)}."
    if material.earlier is not None:
        note += f" Kỳ trước: {window(material.earlier)}. Thay đổi tính bằng điểm phần trăm."
    return Table("month.rates", "Các tỷ lệ trong kỳ", columns, rows, note)


def _counts(material: Material, figures: dict[str, Figure]) -> Table:
    before, last_year = _others(material, COUNTS)
    columns = (
        Column("Chỉ số", weight=2.6),
        Column("Kỳ này", "count"),
        Column("Kỳ trước", "count"),
        Column("Thay đổi", weight=1.2),
        Column("Cùng kỳ năm trước", "count", 1.1),
    )
    rows = tuple(
        (
            text_cell(figures[name].label),
            count_cell(figures[name]),
            count_cell(before.get(name)),
            _change(figures[name], before.get(name)),
            count_cell(last_year[name]),
        )
        for name in COUNTS
    )
    return Table("month.counts", "Số lượng trong kỳ", columns, rows)


def _change(now: Figure, before: Figure | None) -> Cell:
    said = moved(now, before) if before is not None else None
    return Cell(said.removesuffix(" điểm phần trăm") if said else written.NO_ACTIVITY)

"""Annex I: every unit with its figures, accounts first, documents second; the whole in the first row of each table."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.accounts import whose
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, text_cell, under_cell
from dashboard.reports.content.text import sentence_case, window

ACCOUNTS = ("activation_rate", "login_rate", "login_rate_of_provisioned", "processing_rate")
DOCUMENTS = ("outgoing_documents", "fully_electronic_ratio", "parallel_ratio", "digitally_signed_ratio", "electronic_issue_ratio", "on_time_ratio")
NARROW = 1.0

Cells = Callable[[dict[str, Figure]], tuple[Cell, ...]]


def write(material: Material) -> list[Block]:
    """Two tables over the units of the report."""
    return [accounts_table(material), documents_table(material)]


def accounts_table(material: Material) -> Table:
    columns = (
        Column("TT", "count", 0.5),
        Column("Đơn vị", weight=3.4),
        Column("Được cấp", "count", NARROW),
        Column("Đã kích hoạt", "count", NARROW),
        Column("Tỷ lệ kích hoạt", "rate", NARROW),
        Column("Có đăng nhập", "count", NARROW),
        Column("Tỷ lệ trên đã kích hoạt", "rate", 1.2),
        Column("Tỷ lệ trên được cấp", "rate", 1.2),
        Column("Có xử lý văn bản", "count", NARROW),
        Column("Tỷ lệ trên đã kích hoạt", "rate", 1.2),
    )

    def cells(figures: dict[str, Figure]) -> tuple[Cell, ...]:
        activation, login, of_given, processing = (figures.get(name) for name in ACCOUNTS)
        return (
            under_cell(activation),
            count_cell(activation),
            rate_cell(activation),
            count_cell(login),
            rate_cell(login),
            rate_cell(of_given),
            count_cell(processing),
            rate_cell(processing),
        )

    by_unit = {code: figures for code, figures in material.by_unit(ACCOUNTS).items() if (figures[ACCOUNTS[0]].denominator or 0) > 0}
    note = (
        f"Tài khoản của {whose(material)}; số liệu {window(material.period)}. Số liệu của đơn vị cấp trên gồm cả các đơn vị trực thuộc (ghi thụt vào"
        f" bên dưới)."
    )
    rows = _rows(material, by_unit, cells, material.figures(ACCOUNTS))
    return Table("annex.accounts", "Tài khoản, đăng nhập và xử lý văn bản theo đơn vị", columns, rows, note, frozenset({0}))


def documents_table(material: Material) -> Table:
    columns = (
        Column("TT", "count", 0.5),
        Column("Đơn vị", weight=3.4),
        Column("Văn bản đi", "count", NARROW),
        Column("Hoàn toàn điện tử", "count", NARROW),
        Column("Tỷ lệ", "rate", NARROW),
        Column("Song song bản giấy", "count", NARROW),
        Column("Tỷ lệ", "rate", NARROW),
        Column("Có ký số", "count", NARROW),
        Column("Tỷ lệ", "rate", NARROW),
        Column("Phát hành điện tử / khai báo", "count", 1.5),
        Column("Tỷ lệ", "rate", NARROW),
        Column("Đúng hạn", "rate", NARROW),
    )

    def cells(figures: dict[str, Figure]) -> tuple[Cell, ...]:
        outgoing, electronic, parallel, signed, issued, on_time = (figures.get(name) for name in DOCUMENTS)
        return (
            count_cell(outgoing),
            count_cell(electronic),
            rate_cell(electronic),
            count_cell(parallel),
            rate_cell(parallel),
            count_cell(signed),
            rate_cell(signed),
            _against_declared(issued),
            rate_cell(issued),
            rate_cell(on_time),
        )

    by_unit = {
        code: figures
        for code, figures in material.by_unit(DOCUMENTS).items()
        if any(figures[name].numerator or figures[name].denominator for name in DOCUMENTS if name in figures)
    }
    note = (
        f"Số liệu {window(material.period)}; không tính văn bản đã thu hồi và văn bản mang bí mật nhà nước. Cột “khai báo” là tổng số văn bản hành"
        f" chính không"
        " mật do đơn vị khai báo; “chưa có số liệu” là đơn vị chưa khai báo phủ kín kỳ."
    )
    rows = _rows(material, by_unit, cells, material.figures(DOCUMENTS))
    return Table("annex.documents", "Văn bản đi, ký số và tiến độ xử lý theo đơn vị", columns, rows, note, frozenset({0}))


def _against_declared(figure: Figure | None) -> Cell:
    if figure is None or figure.numerator is None or figure.denominator is None:
        return Cell("–")
    return Cell(f"{count_cell(figure).text}/{under_cell(figure).text}", figure=figure.key)


def _rows(material: Material, by_unit: dict[str, dict[str, Figure]], cells: Cells, whole: dict[str, Figure]) -> tuple[tuple[Cell, ...], ...]:
    top = text_cell("Tổng số" if material.request.unit_code is None else material.called(material.request.unit_code))
    rows: list[tuple[Cell, ...]] = [(text_cell(""), top, *cells(whole))]
    for place, code in enumerate((code for code in by_unit if code != material.top), start=1):
        unit = material.tree.units[code]
        indent = 0 if unit.parent_code == material.top or unit.parent_code not in by_unit else 1
        rows.append((number_cell(place), text_cell(sentence_case(material.called(unit)), indent), *cells(by_unit[code])))
    return tuple(rows)

"""Annex I: every unit with its figures, accounts first, documents second; the whole in the first row of each table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, table, text_cell, under_cell
from dashboard.reports.content.text import sentence_case, window

TITLE = "Số liệu theo đơn vị"
ACCOUNTS = ("activation_rate", "login_rate", "login_rate_of_provisioned", "processing_rate")
DOCUMENTS = ("outgoing_documents", "fully_electronic_ratio", "parallel_ratio", "digitally_signed_ratio", "electronic_issue_ratio", "on_time_ratio")


@dataclass(frozen=True)
class Row:
    """One unit of the annex, or the whole."""

    place: Cell
    name: Cell
    figures: dict[str, Figure]


Columns = list[tuple[Column, Callable[[Row], Cell]]]


def write(data: ReportData) -> list[Block]:
    """Two tables over the units of the report."""
    return [_accounts_table(data), _documents_table(data)]


def _of(name: str, cell: Callable[[Figure | None], Cell]) -> Callable[[Row], Cell]:
    return lambda row: cell(row.figures.get(name))


def _accounts_table(data: ReportData) -> Table:
    columns: Columns = [
        *_heads(),
        (Column("Được cấp", "count"), _of("activation_rate", under_cell)),
        (Column("Đã kích hoạt", "count"), _of("activation_rate", count_cell)),
        (Column("Tỷ lệ kích hoạt", "rate"), _of("activation_rate", rate_cell)),
        (Column("Có đăng nhập", "count"), _of("login_rate", count_cell)),
        (Column("Tỷ lệ trên đã kích hoạt", "rate", 1.2), _of("login_rate", rate_cell)),
        (Column("Tỷ lệ trên được cấp", "rate", 1.2), _of("login_rate_of_provisioned", rate_cell)),
        (Column("Có xử lý văn bản", "count"), _of("processing_rate", count_cell)),
        (Column("Tỷ lệ trên đã kích hoạt", "rate", 1.2), _of("processing_rate", rate_cell)),
    ]
    note = (
        f"Tài khoản của {data.whose_accounts}; số liệu {window(data.period, data.language)}. Số liệu của đơn vị cấp trên gồm cả các đơn vị trực thuộc"
        " (ghi thụt vào bên dưới)."
    )
    rows = _rows(data, ACCOUNTS, lambda figures: bool(figures[ACCOUNTS[0]].denominator))
    return table("annex.accounts", "Tài khoản, đăng nhập và xử lý văn bản theo đơn vị", rows, columns, note, frozenset({0}))


def _documents_table(data: ReportData) -> Table:
    columns: Columns = [
        *_heads(),
        (Column("Văn bản đi", "count"), _of("outgoing_documents", count_cell)),
        (Column("Hoàn toàn điện tử", "count"), _of("fully_electronic_ratio", count_cell)),
        (Column("Tỷ lệ", "rate"), _of("fully_electronic_ratio", rate_cell)),
        (Column("Song song bản giấy", "count"), _of("parallel_ratio", count_cell)),
        (Column("Tỷ lệ", "rate"), _of("parallel_ratio", rate_cell)),
        (Column("Có ký số", "count"), _of("digitally_signed_ratio", count_cell)),
        (Column("Tỷ lệ", "rate"), _of("digitally_signed_ratio", rate_cell)),
        (Column("Phát hành điện tử / khai báo", "count", 1.5), _of("electronic_issue_ratio", _against_declared)),
        (Column("Tỷ lệ", "rate"), _of("electronic_issue_ratio", rate_cell)),
        (Column("Đúng hạn", "rate"), _of("on_time_ratio", rate_cell)),
    ]
    note = (
        f"Số liệu {window(data.period, data.language)}; không tính văn bản đã thu hồi và văn bản mang bí mật nhà nước. Cột “khai báo” là"
        " tổng số văn bản hành chính không mật do đơn vị khai báo; “chưa có số liệu” là đơn vị chưa khai báo phủ kín kỳ."
    )
    rows = _rows(data, DOCUMENTS, lambda figures: any(figure.numerator or figure.denominator for figure in figures.values()))
    return table("annex.documents", "Văn bản đi, ký số và tiến độ xử lý theo đơn vị", rows, columns, note, frozenset({0}))


def _heads() -> Columns:
    return [(Column("TT", "count", 0.5), lambda row: row.place), (Column("Đơn vị", weight=3.4), lambda row: row.name)]


def _against_declared(figure: Figure | None) -> Cell:
    if figure is None or figure.numerator is None or figure.denominator is None:
        return Cell("–")
    return Cell(f"{count_cell(figure).text}/{under_cell(figure).text}", figure=figure.key)


def _rows(data: ReportData, names: tuple[str, ...], has_content: Callable[[dict[str, Figure]], bool]) -> list[Row]:
    """The whole, then every unit with content in tree order, indented below the unit that it belongs to."""
    by_unit = {code: figures for code, figures in data.by_unit(names).items() if has_content(figures)}
    whole = "Tổng số" if data.request.unit_code is None else data.name_of(data.request.unit_code)
    rows = [Row(text_cell(""), text_cell(whole), data.figures(names))]
    for place, code in enumerate((code for code in by_unit if code != data.whole_code), start=1):
        unit = data.tree.units[code]
        indent = 0 if unit.parent_code == data.whole_code or unit.parent_code not in by_unit else 1
        rows.append(Row(number_cell(place), text_cell(sentence_case(data.name_of(unit)), indent), by_unit[code]))
    return rows

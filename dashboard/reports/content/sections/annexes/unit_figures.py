"""Annex I: every unit with its figures, accounts first, documents second; the whole in the first row of each table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, table, text_cell, under_cell
from dashboard.reports.content.text import NO_DATA, NOTHING_AROSE, sentence_case, window

TITLE = "Số liệu theo đơn vị"
SHORT = {NO_DATA["vi"]: "cc", NOTHING_AROSE["vi"]: "kps"}
ACCOUNTS = ("activation_rate", "login_rate", "login_rate_of_provisioned", "processing_rate")
DOCUMENTS = ("outgoing_documents", "fully_electronic_ratio", "parallel_ratio", "digitally_signed_ratio", "electronic_issue_ratio", "on_time_ratio")


@dataclass(frozen=True)
class Row:
    """One unit of the annex, or the whole."""

    place: Cell
    name: Cell
    figures: dict[str, Figure]


Columns = list[tuple[Column, Callable[[Row], Cell]]]
OfFigures = tuple[tuple[str, Column, Callable[[Figure | None], Cell]], ...]
"""Metric, head and cell of each column."""


def write(data: ReportData) -> list[Block]:
    """Two tables over the units of the report; a sentence where nothing is known of any."""
    if all(figure.numerator is None for figure in data.figures((*ACCOUNTS, *DOCUMENTS)).values()):
        return [data.say("annex.units_none")]
    return [_in_short(one) for one in (_accounts_table(data), *([_documents_table(data)] if data.shown(DOCUMENTS) else []))]


def _in_short(whole: Table) -> Table:
    """The table with what is no number in a few letters, which the note spells out: in its narrow columns words would break into many lines."""
    used = {cell.text for row in whole.rows for cell in row} & set(SHORT)
    rows = tuple(tuple(replace(cell, text=SHORT.get(cell.text, cell.text)) for cell in row) for row in whole.rows)
    note = "; ".join(f"“{SHORT[words]}”: {words}" for words in sorted(used))
    return replace(whole, rows=rows, note=f"{whole.note} {note}.") if note else whole


def _columns(data: ReportData, of_figures: OfFigures) -> Columns:
    """Place and name, then the columns of metrics that are known."""
    found = [(column, lambda row, name=name, cell=cell: cell(row.figures.get(name))) for name, column, cell in of_figures if name in data.known]
    return [(Column("TT", "count", 0.5), lambda row: row.place), (Column("Đơn vị", weight=3.4), lambda row: row.name), *found]


def _accounts_table(data: ReportData) -> Table:
    columns: OfFigures = (
        ("activation_rate", Column("Được cấp", "count"), under_cell),
        ("activation_rate", Column("Đã kích hoạt", "count"), count_cell),
        ("activation_rate", Column("Tỷ lệ kích hoạt", "rate"), rate_cell),
        ("login_rate", Column("Có đăng nhập", "count"), count_cell),
        ("login_rate", Column("Tỷ lệ trên đã kích hoạt", "rate", 1.2), rate_cell),
        ("login_rate_of_provisioned", Column("Tỷ lệ trên được cấp", "rate", 1.2), rate_cell),
        ("processing_rate", Column("Có xử lý văn bản", "count"), count_cell),
        ("processing_rate", Column("Tỷ lệ trên đã kích hoạt", "rate", 1.2), rate_cell),
    )
    note = (
        f"Tài khoản của {data.whose_accounts}; số liệu {window(data.period, data.language)}. Số liệu của đơn vị cấp trên gồm cả các đơn vị trực thuộc"
        " (ghi thụt vào bên dưới)."
    )
    rows = _rows(data, ACCOUNTS, lambda figures: bool(figures[ACCOUNTS[0]].denominator))
    return table("annex.accounts", "Tài khoản, đăng nhập và xử lý văn bản theo đơn vị", rows, _columns(data, columns), note, frozenset({0}))


def _documents_table(data: ReportData) -> Table:
    columns: OfFigures = (
        ("outgoing_documents", Column("Văn bản đi", "count"), count_cell),
        ("fully_electronic_ratio", Column("Hoàn toàn điện tử", "count"), count_cell),
        ("fully_electronic_ratio", Column("Tỷ lệ", "rate"), rate_cell),
        ("parallel_ratio", Column("Song song bản giấy", "count"), count_cell),
        ("parallel_ratio", Column("Tỷ lệ", "rate"), rate_cell),
        ("digitally_signed_ratio", Column("Có ký số", "count"), count_cell),
        ("digitally_signed_ratio", Column("Tỷ lệ", "rate"), rate_cell),
        ("electronic_issue_ratio", Column("Phát hành điện tử / khai báo", "count", 1.5), _over_under),
        ("electronic_issue_ratio", Column("Tỷ lệ", "rate"), rate_cell),
        ("on_time_ratio", Column("Đúng hạn / có hạn", "count", 1.5), _over_under),
        ("on_time_ratio", Column("Tỷ lệ", "rate"), rate_cell),
    )
    note = (
        f"Số liệu {window(data.period, data.language)}; không tính văn bản đã thu hồi và văn bản {{secret}}."
        + " Cột “khai báo” là tổng số văn bản hành chính không mật do đơn vị khai báo, chỉ tính đơn vị khai báo phủ kín kỳ."
        * ("electronic_issue_ratio" in data.known)
    )
    rows = _rows(data, DOCUMENTS, lambda figures: any(figure.numerator or figure.denominator for figure in figures.values()))
    return table("annex.documents", "Văn bản đi, ký số và tiến độ xử lý theo đơn vị", rows, _columns(data, columns), note, frozenset({0}))


def _over_under(figure: Figure | None) -> Cell:
    """Both counts in one cell: `27/32`."""
    if figure is None or figure.numerator is None or figure.denominator is None:
        return count_cell(figure)
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

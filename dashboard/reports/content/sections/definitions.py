"""Annex II: what each figure of the report means, what it leaves out, and what was declared rather than measured."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dashboard.reports.content.blocks import Block, Cell, Column, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.tables import day_cell, number_cell, text_cell
from dashboard.reports.content.text import how_many, say
from metrics.catalog import METRICS, metric

NAMED = tuple(one.name for one in METRICS)


def write(material: Material) -> list[Block]:
    """Definitions, then declarations beside what was measured on the same days."""
    return [_definitions(material), *_declared(material)]


def _definitions(material: Material) -> Table:
    columns = (
        Column("Chỉ số", weight=1.6),
        Column("Định nghĩa (tử số / mẫu số)", weight=3.4),
        Column("Đối tượng tính", weight=1.3),
        Column("Loại trừ", weight=1.8),
        Column("Nguồn định nghĩa", weight=1.4),
        Column("Phiên bản", "count", 0.8),
    )
    rows = tuple(
        (
            text_cell(one.label),
            text_cell(one.definition),
            text_cell(one.population.label),
            text_cell(one.exclusions or "–"),
            text_cell(one.source),
            number_cell(one.version),
        )
        for one in map(metric, NAMED)
    )
    return Table("annex.definitions", "Định nghĩa chỉ số", columns, rows)


def _declared(material: Material) -> list[Block]:
    declared, undeclared = material.reader.declarations(material.request.selection)
    declared = declared.filter(declared["unit_code"].is_in(list(material.units)))
    if declared.is_empty():
        return [say("annex.declared_none", "Trong kỳ, chưa có đơn vị nào khai báo tổng số văn bản hành chính.")]
    zone = ZoneInfo(material.info.time_zone)
    order = {code: place for place, code in enumerate(material.units)}
    rows: list[tuple[Cell, ...]] = []
    for place, row in enumerate(sorted(declared.iter_rows(named=True), key=lambda row: (order[row["unit_code"]], row["from_on"])), start=1):
        state = "đã duyệt" if row["approved_by"] else "chưa duyệt"
        if row["issued"] > row["value"]:
            state += "; nhỏ hơn số đo được"
        rows.append(
            (
                number_cell(place),
                text_cell(material.called(row["unit_code"])),
                day_cell(row["from_on"]),
                day_cell(row["to_on"]),
                number_cell(row["value"]),
                number_cell(row["issued"]),
                day_cell(row["declared_at"].astimezone(zone).date() if row["declared_at"] else None),
                text_cell(state),
                text_cell(row["source_note"] or ""),
            )
        )
    columns = (
        Column("TT", "count", 0.5),
        Column("Đơn vị", weight=3.0),
        Column("Từ ngày", "date", 1.1),
        Column("Đến ngày", "date", 1.1),
        Column("Số khai báo", "count"),
        Column("Phát hành điện tử đo được", "count", 1.2),
        Column("Ngày khai báo", "date", 1.1),
        Column("Trạng thái", weight=1.4),
        Column("Ghi chú", weight=1.2),
    )
    note = (
        "Số khai báo do đơn vị chịu trách nhiệm và không thay thế số đo được từ phần mềm; mỗi dòng chỉ tính riêng đơn vị, không gồm đơn vị trực"
        " thuộc."
    )
    if undeclared.height:
        note += f" Ngoài ra, {how_many(undeclared.height)} đơn vị có phát hành văn bản trong những ngày chưa được khai báo nào phủ."
    return [Table("annex.declared", "Tổng số văn bản hành chính không mật do đơn vị khai báo", columns, tuple(rows), note)]

"""Annex II: what each figure of the report means, what it leaves out, and what was declared rather than measured."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from dashboard.reports.content.blocks import Block, Column, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import day_cell, number_cell, table, text_cell
from dashboard.reports.content.text import official_count, sentence_case, window
from data.language import in_language, source_in_language
from metrics.catalog import METRICS

TITLE = "Định nghĩa chỉ số, phạm vi loại trừ, số liệu khai báo"


def write(data: ReportData) -> list[Block]:
    """Definitions, then declarations beside what was measured on the same days."""
    declared = [_declared(data)] if "electronic_issue_ratio" in data.known else []
    quality = [_quality(data)] if data.known else []
    return [_definitions(data), *quality, *declared]


def _definitions(data: ReportData) -> Table:
    """Of the metrics that this installation has figures of."""
    columns = [
        (Column("Chỉ số", weight=1.6), lambda one: text_cell(in_language(one, "label", "vi"))),
        (Column("Định nghĩa (tử số / mẫu số)", weight=3.4), lambda one: text_cell(in_language(one, "definition", "vi"))),
        (Column("Đối tượng tính", weight=1.3), lambda one: text_cell(in_language(one.population, "label", "vi"))),
        (Column("Loại trừ", weight=1.8), lambda one: text_cell(in_language(one, "exclusions", "vi") or "–")),
        (Column("Nguồn định nghĩa", weight=1.4), lambda one: text_cell(source_in_language(one, "vi"))),
        (Column("Phiên bản", "count", 0.8), lambda one: number_cell(one.version)),
    ]
    return table("annex.definitions", "Định nghĩa chỉ số", [one for one in METRICS if one.name in data.known], columns)


def _quality(data: ReportData) -> Table:
    """What each figure of the whole can bear in this period: the line that the dashboard shows behind "Cách tính"."""
    figures = data.figures([one.name for one in METRICS if one.name in data.known])
    columns = [
        (Column("Chỉ số", weight=1.6), lambda figure: text_cell(figure.label)),
        (Column("Chất lượng số liệu trong kỳ", weight=4.4), lambda figure: text_cell(sentence_case(data.quality_of(figure)))),
    ]
    note = "Mức phủ, phần chưa biết ở thời điểm chốt, số trường hợp nhỏ và số liệu đã điều chỉnh so với báo cáo trước; tính cho toàn phạm vi báo cáo."
    return table("annex.quality", f"Chất lượng số liệu {window(data.period, data.language)}", list(figures.values()), columns, note)


def _declared(data: ReportData) -> Block:
    declared, undeclared = data.reader.declarations(data.request.selection)
    declared = declared.filter(declared["unit_code"].is_in(list(data.units)))
    if declared.is_empty():
        return data.say("annex.declared_none")
    zone = ZoneInfo(data.info.time_zone)
    order = {code: place for place, code in enumerate(data.units)}
    rows = sorted(declared.iter_rows(named=True), key=lambda row: (order[row["unit_code"]], row["from_on"]))

    def state(row: dict[str, Any]) -> str:
        return ("đã duyệt" if row["approved_by"] else "chưa duyệt") + ("; nhỏ hơn số đo được" if row["issued"] > row["value"] else "")

    columns = [
        (Column("TT", "count", 0.5), lambda row: number_cell(row["place"])),
        (Column("Đơn vị", weight=3.0), lambda row: text_cell(data.name_of(row["unit_code"]))),
        (Column("Từ ngày", "date", 1.1), lambda row: day_cell(row["from_on"])),
        (Column("Đến ngày", "date", 1.1), lambda row: day_cell(row["to_on"])),
        (Column("Số khai báo", "count"), lambda row: number_cell(row["value"])),
        (Column("Phát hành điện tử đo được", "count", 1.2), lambda row: number_cell(row["issued"])),
        (Column("Ngày khai báo", "date", 1.1), lambda row: day_cell(row["declared_at"].astimezone(zone).date() if row["declared_at"] else None)),
        (Column("Trạng thái", weight=1.4), lambda row: text_cell(state(row))),
        (Column("Ghi chú", weight=1.2), lambda row: text_cell(row["source_note"] or "")),
    ]
    note = (
        "Số khai báo do đơn vị chịu trách nhiệm và không thay thế số đo được từ phần mềm; mỗi dòng chỉ tính riêng đơn vị,"
        " không gồm đơn vị trực thuộc."
    )
    if undeclared.height:
        note += (
            f" Ngoài ra, {official_count(undeclared.height, data.language)} đơn vị có phát hành văn bản trong những ngày chưa được khai báo nào phủ."
        )
    numbered = [{**row, "place": place} for place, row in enumerate(rows, start=1)]
    return table("annex.declared", "Tổng số văn bản hành chính không mật do đơn vị khai báo", numbered, columns, note)

"""Annex III: do the figures hold together, which ones differ from what was published before, and what all of it was computed from."""

from __future__ import annotations

import polars as pl

from dashboard.reports.content.blocks import Block, Column, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import number_cell, table, text_cell
from dashboard.reports.content.text import official_time, window
from dashboard.ui.translations import catalogue, outcomes_in_words
from data.outcomes import Outcome
from metrics.periods import Period

TITLE = "Kiểm tra nhất quán, số liệu điều chỉnh, nguồn số liệu"
COUNTS = {"rows_in": "Số dòng đọc", "rows_loaded": "Đưa vào", "rows_duplicate": "Trùng", "rows_filtered": "Lọc bỏ", "rows_rejected": "Từ chối"}


def write(data: ReportData) -> list[Block]:
    """Checks of each window, figures that read otherwise today, and the snapshot."""
    blocks: list[Block] = [_verdict(data), _checks(data, data.period, "annex.checks")]
    if data.flow is not None:
        blocks.append(_checks(data, data.flow, "annex.checks_second_window"))
    return [*blocks, _read_otherwise_today(data), _snapshot(data), *_accounting(data)]


def _verdict(data: ReportData) -> Block:
    outcomes = [check.outcome for period in (data.period, data.flow) if period for check in data.checks(period)]
    # A check of which nothing was delivered holds of nothing; it is no reason to call the figures coherent.
    if not data.known or all(figure.numerator is None for figure in data.figures(sorted(data.known)).values()):
        outcomes = []
    told = outcomes_in_words(outcomes, data.language).replace(" · ", ", ")
    return data.say("annex.verdict", outcomes=told, failed=outcomes.count(Outcome.FAILED))


def _checks(data: ReportData, period: Period, key: str) -> Table:
    told = [check for check in data.checks(period) if check.is_told(data.known)]
    columns = [
        (Column("TT", "count", 0.5), lambda row: number_cell(row[0])),
        (Column("Nội dung kiểm tra", weight=3.0), lambda row: text_cell(row[1].label)),
        (Column("Kết quả", weight=1.1), lambda row: text_cell(catalogue(data.language)[f"outcome.{row[1].outcome}"])),
        (Column("Số liệu đối chiếu", weight=4.0), lambda row: text_cell(data.with_unit_names(row[1].detail, row[1].unit_codes))),
        (Column("Đơn vị chưa đạt", weight=2.0), lambda row: text_cell(", ".join(map(data.name_of, row[1].unit_codes)) or "–")),
    ]
    return table(key, f"Kiểm tra nhất quán số liệu {window(period, data.language)}", list(enumerate(told, start=1)), columns, _of_whom(data))


def _of_whom(data: ReportData) -> str:
    """Why a total of a check may be larger than the report's own."""
    if data.request.population == "all" or data.request.unit_code is not None:
        return ""
    return (
        "Kiểm tra được thực hiện trên toàn bộ dữ liệu, kể cả tài khoản và văn bản ngoài phạm vi của báo cáo; vì vậy tổng số tại bảng này"
        " có thể lớn hơn số liệu nêu trong báo cáo."
    )


def _read_otherwise_today(data: ReportData) -> Block:
    """What an earlier pinned report said and the data now say otherwise."""
    earlier, differences = data.inputs.compared_with, data.inputs.restated
    if earlier is None:
        return data.say("annex.restated_none")
    if not differences:
        return data.say("annex.restated_same", report=earlier)
    columns = [
        (Column("Chỉ số", weight=2.4), lambda one: text_cell(one.label)),
        (Column("Phạm vi", weight=1.6), lambda one: text_cell(one.scope)),
        (Column("Thời gian", weight=1.6), lambda one: text_cell(one.period)),
        (Column("Đã công bố", weight=1.6), lambda one: text_cell(one.then)),
        (Column("Tính lại", weight=1.6), lambda one: text_cell(one.now)),
        (Column("Nguyên nhân", weight=1.6), lambda one: text_cell(one.cause)),
    ]
    return table("annex.restated", f"Số liệu điều chỉnh so với {earlier}", differences, columns)


def _snapshot(data: ReportData) -> Block:
    info = data.info
    published = official_time(info.published_at, info.time_zone, data.language)
    return data.say("annex.snapshot", published=published)


def _accounting(data: ReportData) -> list[Block]:
    """Where the rows of every source went; only whoever may see how the snapshot was made is told."""
    frame = data.accounting()
    if frame is None or frame.is_empty():
        return []
    entities = catalogue(data.language)
    columns = [
        (Column("Loại dữ liệu", weight=1.8), lambda row: text_cell(entities.get(f"pipeline.entity.{row['entity']}", row["entity"]))),
        *((Column(title, "count"), lambda row, name=name: number_cell(int(row[name]))) for name, title in COUNTS.items()),
    ]
    rows = frame.group_by("entity", maintain_order=True).agg(pl.col(*COUNTS).sum()).rows(named=True)
    note = "Số dòng đọc = đưa vào + trùng + lọc bỏ + từ chối. Lọc bỏ gồm văn bản {secret} hoặc không rõ độ mật."
    return [table("annex.accounting", "Đối soát dữ liệu nguồn", rows, columns, note)]

"""Annex III: do the figures hold together, which ones differ from what was published before, and what all of it was computed from."""

from __future__ import annotations

import polars as pl

from dashboard.reports.content.blocks import Block, Column, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.tables import number_cell, text_cell
from dashboard.reports.content.text import clock, how_many, say, window
from dashboard.ui.translations import catalogue
from metrics.coherence.checks import CheckResult
from metrics.periods import Period


def write(material: Material) -> list[Block]:
    """Checks of each window, restated figures, and the snapshot."""
    blocks: list[Block] = [_verdict(material)]
    blocks.append(_checks(material, material.period, "annex.checks"))
    if material.flow is not None:
        blocks.append(_checks(material, material.flow, "annex.checks_second_window"))
    return [*blocks, *_restated(material), _snapshot(material), *_accounting(material)]


def _verdict(material: Material) -> Block:
    checked = [check for period in (material.period, material.flow) if period for check in material.checks(period) if check.has_data]
    failed = [check for check in checked if not check.is_passed]
    if not checked:
        return say("annex.verdict", "Chưa có số liệu để kiểm tra tính nhất quán.")
    if not failed:
        return say("annex.verdict", "Toàn bộ {count} kiểm tra nhất quán đều đạt.", count=how_many(len(checked)))
    return say(
        "annex.verdict",
        "{passed}/{all} kiểm tra nhất quán đạt; {failed} kiểm tra chưa đạt, số liệu liên quan được ghi trong bảng dưới đây và cần được rà soát.",
        passed=how_many(len(checked) - len(failed)),
        all=how_many(len(checked)),
        failed=how_many(len(failed)),
    )


def _checks(material: Material, period: Period, key: str) -> Table:
    columns = (
        Column("TT", "count", 0.5),
        Column("Nội dung kiểm tra", weight=3.0),
        Column("Kết quả", weight=1.1),
        Column("Số liệu đối chiếu", weight=4.0),
        Column("Đơn vị chưa đạt", weight=2.0),
    )
    rows = tuple(
        (
            number_cell(place),
            text_cell(check.label),
            text_cell(_result(check)),
            text_cell(material.with_names(check.detail)),
            text_cell(", ".join(material.called(code) for code in check.unit_codes) or "–"),
        )
        for place, check in enumerate(material.checks(period), start=1)
    )
    return Table(key, f"Kiểm tra nhất quán số liệu {window(period)}", columns, rows)


def _result(check: CheckResult) -> str:
    if not check.has_data:
        return "không phát sinh"
    return "đạt" if check.is_passed else "chưa đạt"


def _restated(material: Material) -> list[Block]:
    """What an earlier pinned report said and the data now say otherwise."""
    earlier = material.inputs.compared_with
    if earlier is None:
        return [say("annex.restated_none", "Chưa có báo cáo kỳ trước được ghim trên hệ thống để đối chiếu số liệu điều chỉnh.")]
    if not material.inputs.restated:
        return [say("annex.restated_same", "Số liệu đã công bố tại {report} không thay đổi khi tính lại trên dữ liệu hiện nay.", report=earlier)]
    columns = (
        Column("Chỉ số", weight=2.4),
        Column("Phạm vi", weight=1.6),
        Column("Thời gian", weight=1.6),
        Column("Đã công bố", weight=1.6),
        Column("Tính lại", weight=1.6),
        Column("Nguyên nhân", weight=1.6),
    )
    rows = tuple(
        tuple(text_cell(text) for text in (one.label, one.scope, one.period, one.then, one.now, one.cause)) for one in material.inputs.restated
    )
    return [Table("annex.restated", f"Số liệu điều chỉnh so với {earlier}", columns, rows)]


def _snapshot(material: Material) -> Block:
    info = material.info
    text = (
        "Báo cáo được lập từ bản chụp số liệu {snapshot} (mã kiểm tra nội dung {hash}), công bố lúc {published}, dữ liệu nguồn cập nhật đến {cutoff}."
        " Lập lại báo cáo từ bản chụp này, với cùng tham số, cho kết quả giống hệt."
    )
    return say(
        "annex.snapshot",
        text,
        snapshot=info.snapshot,
        hash=info.content_hash,
        published=clock(info.published_at, info.time_zone),
        cutoff=clock(info.cutoff_at, info.time_zone),
    )


def _accounting(material: Material) -> list[Block]:
    """Where the rows of every source went; only whoever may see how the snapshot was made is told."""
    frame = material.accounting()
    if frame is None or frame.is_empty():
        return []
    columns = (
        Column("Nguồn", weight=1.5),
        Column("Loại dữ liệu", weight=1.8),
        Column("Số dòng đọc", "count"),
        Column("Đưa vào", "count"),
        Column("Trùng", "count"),
        Column("Lọc bỏ", "count"),
        Column("Từ chối", "count"),
    )
    entities = catalogue(material.language)
    counts = ("rows_in", "rows_loaded", "rows_duplicate", "rows_filtered", "rows_rejected")
    summed = frame.group_by("source", "entity", maintain_order=True).agg(pl.col(*counts).sum())
    rows = tuple(
        (
            text_cell(row["source"]),
            text_cell(entities.get(f"pipeline.entity.{row['entity']}", row["entity"])),
            *(number_cell(int(row[name])) for name in counts),
        )
        for row in summed.iter_rows(named=True)
    )
    note = "Số dòng đọc = đưa vào + trùng + lọc bỏ + từ chối. Lọc bỏ gồm văn bản mang bí mật nhà nước hoặc không rõ độ mật."
    return [Table("annex.accounting", "Đối soát dữ liệu nguồn", columns, rows, note)]

"""II.4. How soon incoming documents are dealt with: on time, overdue, working days."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.accounts import changes
from dashboard.reports.content.text import Shown, aim, how_many, say, window
from dashboard.ui.format import number

NAMES = ("on_time_ratio", "overdue", "median_working_days", "p90_working_days")


def write(material: Material) -> list[Block]:
    """On time against the target, then the time it takes."""
    figures = material.figures(NAMES)
    on_time, overdue, median, most = (figures[name] for name in NAMES)
    if on_time.numerator is None:
        return [say("progress.no_data", "Trong kỳ này chưa có số liệu về tiến độ xử lý văn bản đến.")]
    if on_time.value is None:
        return [say("progress.none", "Trong kỳ không phát sinh lượt nhận văn bản có hạn xử lý.")]
    text = "Trong các lượt nhận văn bản có hạn xử lý {window}, tỷ lệ xử lý đúng hạn đạt {on_time}; "
    text += "{overdue} lượt nhận quá hạn." if overdue.numerator else "không có lượt nhận nào quá hạn."
    target, missing = material.target(on_time), material.missing(on_time)
    if target is not None and missing is not None:
        text += " Chỉ tiêu {aim} đã đạt." if not missing else " So với chỉ tiêu {aim}, cần thêm {missing} lượt xử lý đúng hạn."
    days = window(material.period)
    blocks: list[Block] = [
        say("progress.on_time", text, window=days, on_time=on_time, overdue=overdue, aim=aim(target or 0), missing=number(missing or 0, "vi"))
    ]
    if median.value is not None and most.value is not None:
        blocks.append(
            say(
                "progress.days",
                "Trong số {count} lượt nhận xử lý xong trong kỳ, một nửa được xử lý trong không quá {median} ngày làm việc kể từ ngày nhận, 90%"
                " trong không quá {most} ngày làm việc (không tính thứ Bảy, Chủ nhật và ngày nghỉ lễ).",
                count=Shown(median, number(median.numerator or 0, "vi")),
                median=Shown(median, how_many(int(median.value))),
                most=Shown(most, how_many(int(most.value))),
            )
        )
    return [*blocks, *changes(material, figures, ("on_time_ratio",), "progress.change")]

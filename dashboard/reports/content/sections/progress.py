"""II.4. How soon incoming documents are dealt with: on time, overdue, working days."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.accounts import changes
from dashboard.reports.content.text import Shown, official_count

TITLE = "Tiến độ xử lý văn bản"
NAMES = ("on_time_ratio", "overdue", "median_working_days", "p90_working_days")
OPEN = ("open_deliveries", "open_overdue", "open_without_due_date")
"""What stands open on the last day, beside the ratio that says nothing of it."""

SPEAKS_OF = NAMES


def write(data: ReportData) -> list[Block]:
    """On time against the target, then the time it takes."""
    figures = data.figures([*NAMES, *OPEN])
    on_time, median, most = (figures[name] for name in ("on_time_ratio", "median_working_days", "p90_working_days"))
    if on_time.numerator is None:
        return [data.say("progress.no_data")]
    if on_time.value is None:
        return [data.say("progress.none")]
    blocks: list[Block] = [data.say("progress.on_time", target=data.aim(on_time), missing=data.missing(on_time), **figures)]
    if figures["open_deliveries"].numerator is not None:
        blocks.append(data.say("progress.open", **figures))
    if median.value is not None and most.value is not None:
        days = {
            "median": Shown(median, official_count(int(median.value), data.language)),
            "most": Shown(most, official_count(int(most.value), data.language)),
        }
        blocks.append(data.say("progress.days", **figures, **days))
    return [*blocks, *changes(data, figures, ("on_time_ratio",), "progress.change")]

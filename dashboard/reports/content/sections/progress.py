"""II.4. How soon incoming documents are dealt with: on time, overdue, working days."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.accounts import changes
from dashboard.reports.content.text import Shown, how_many

TITLE = "Tiến độ xử lý văn bản"
NAMES = ("on_time_ratio", "overdue", "median_working_days", "p90_working_days")


def write(material: Material) -> list[Block]:
    """On time against the target, then the time it takes."""
    figures = material.figures(NAMES)
    on_time, median, most = (figures[name] for name in ("on_time_ratio", "median_working_days", "p90_working_days"))
    if on_time.numerator is None:
        return [material.say("progress.no_data")]
    if on_time.value is None:
        return [material.say("progress.none")]
    blocks: list[Block] = [material.say("progress.on_time", target=material.target(on_time), missing=material.missing(on_time), **figures)]
    if median.value is not None and most.value is not None:
        days = {"median": Shown(median, how_many(int(median.value))), "most": Shown(most, how_many(int(most.value)))}
        blocks.append(material.say("progress.days", **figures, **days))
    return [*blocks, *changes(material, figures, ("on_time_ratio",), "progress.change")]

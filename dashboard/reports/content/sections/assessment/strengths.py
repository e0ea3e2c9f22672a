"""III.1. What went well: targets that are reached, and the department's own words; nothing where neither is known."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.assessment.tasks import GOALS
from dashboard.reports.content.text import in_sentence

TITLE = "Ưu điểm"


def write(data: ReportData) -> list[Block]:
    """Each target that is reached with its figure, then what was written."""
    figures = data.figures(list(GOALS))
    reached = [(in_sentence(figures[name].label), figures[name], data.aim_text(figures[name])) for name in GOALS if data.missing(figures[name]) == 0]
    return [*([data.say("strengths.reached", reached=reached)] if reached else []), *data.own("strengths")]

"""I.1. How the work was directed: the department's own words; left out where it wrote none."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import ReportData

TITLE = "Chỉ đạo, tổ chức thực hiện"


def write(data: ReportData) -> list[Block]:
    """What was written of it."""
    return [*data.own("guidance")]

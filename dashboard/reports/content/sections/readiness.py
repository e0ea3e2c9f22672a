"""I.3. What users were given to work with: training, certificates, infrastructure, support, in the department's own words."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import ReportData

TITLE = "Tập huấn, chứng thư số, hạ tầng, hỗ trợ"
PASSAGES = ("training", "certificates", "infrastructure", "support")


def write(data: ReportData) -> list[Block]:
    """What was written of each, in this order."""
    return [paragraph for name in PASSAGES for paragraph in data.own(name)]

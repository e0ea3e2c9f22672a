"""The sections of the reports, in the order in which a review report has them: add a section here, and a file with `write(material)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections import (
    accounts,
    brief,
    channels,
    comparison,
    consistency,
    definitions,
    deployment,
    difficulties,
    documents,
    month,
    progress,
    proposals,
    unit_figures,
    unit_sheet,
)


@dataclass(frozen=True)
class Section:
    """One section: its title as a heading, and what writes its blocks (headings apart)."""

    name: str
    title: str
    write: Callable[[Material], list[Block]]


SECTIONS: tuple[Section, ...] = (
    Section("deployment", "Tình hình triển khai", deployment.write),
    Section("accounts", "Tài khoản và đăng nhập", accounts.write),
    Section("documents", "Văn bản điện tử phát hành, song song bản giấy, ký số", documents.write),
    Section("channels", "Gửi, nhận qua Trục liên thông và nội bộ ngành", channels.write),
    Section("progress", "Tiến độ xử lý văn bản", progress.write),
    Section("comparison", "So sánh giữa các đơn vị", comparison.write),
    Section("difficulties", "Khó khăn, vướng mắc, nguyên nhân", difficulties.write),
    Section("proposals", "Giải pháp, kiến nghị", proposals.write),
    Section("brief", "Tóm tắt", brief.write),
    Section("month", "Kết quả trong kỳ", month.write),
    Section("unit_sheet", "Số liệu của đơn vị", unit_sheet.write),
    Section("unit_figures", "Số liệu theo đơn vị", unit_figures.write),
    Section("definitions", "Định nghĩa chỉ số, phạm vi loại trừ, số liệu khai báo", definitions.write),
    Section("consistency", "Kiểm tra nhất quán, số liệu điều chỉnh, bản chụp số liệu", consistency.write),
)

_BY_NAME = {section.name: section for section in SECTIONS}


def section(name: str) -> Section:
    """The section of that name; a KeyError is a mistake in a kind of report."""
    return _BY_NAME[name]

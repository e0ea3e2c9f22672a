"""The form in which units declare: what the dashboard gives out, the sample fills in and the source of declarations reads."""

from __future__ import annotations

SHEET = "Khai báo"
HEADER_ROW = 4
"""1-based; the rows above are the title of the form."""
HEADINGS = (
    "STT",
    "Mã đơn vị",
    "Tên đơn vị",
    "Từ ngày",
    "Đến ngày",
    "Tổng số văn bản hành chính (không mật)",
    "Người khai",
    "Ngày khai",
    "Người duyệt",
    "Ghi chú",
)

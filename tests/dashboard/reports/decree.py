"""Decree 30/2020/NĐ-CP, annex I, part I, as a table to measure documents against; written from the decree, not from the writers.

`article` is section, clause and point of that part. Lengths are millimetres, type sizes points.
"""

from __future__ import annotations

from dataclasses import dataclass

MM = 25.4 / 72
PAGE = (210.0, 297.0)  # I.1
TOP, BOTTOM, LEFT, RIGHT = (20.0, 25.0), (20.0, 25.0), (30.0, 35.0), (15.0, 20.0)  # I.3
FIRST_LINE = (10.0, 12.7)  # II.6.e, one or the other
PARAGRAPH_GAP_PT = 6.0  # II.6.e, at least
LINES = (1.0, 1.5)  # II.6.e
RULE_SHARE = (1 / 3, 1 / 2)  # II.2.b, II.5.b
FAMILY = "Times New Roman"  # I.4


@dataclass(frozen=True)
class Part:
    """How one part of the form is to look."""

    text: str
    sizes: tuple[float, float]
    article: str
    is_bold: bool = False
    is_italic: bool = False
    style: str = ""
    """Name of the paragraph style that carries it in Word."""


def parts_of_the_sample() -> tuple[Part, ...]:
    """Every part of `sample_report()`, in print order."""
    return (
        Part("VIỆN KIỂM SÁT", (12, 13), "II.2.b", style="Cơ quan chủ quản"),
        Part("CỤC THỐNG KÊ TỘI PHẠM", (12, 13), "II.2.b", is_bold=True, style="Cơ quan ban hành"),
        Part("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (12, 13), "II.1.a", is_bold=True, style="Quốc hiệu"),
        Part("Độc lập - Tự do - Hạnh phúc", (13, 14), "II.1.b", is_bold=True, style="Tiêu ngữ"),
        Part("Số: 05/BC-C2", (13, 13), "II.3.c", style="Số và ký hiệu"),
        Part("Hà Nội, ngày 02 tháng 8 năm 2024", (13, 14), "II.4.c", is_italic=True, style="Địa danh và thời gian"),
        Part("BÁO CÁO", (13, 14), "II.5.b", is_bold=True, style="Title"),
        Part("Sơ kết thí điểm Phần mềm Quản lý văn bản", (13, 14), "II.5.b", is_bold=True, style="Subtitle"),
        Part("Kính gửi: Lãnh đạo Viện kiểm sát nhân dân tối cao", (13, 14), "II.9.d", style="Kính gửi"),
        Part("I. TÌNH HÌNH TRIỂN KHAI", (13, 14), "V.6.b", is_bold=True, style="Heading 1"),
        Part("1. Tài khoản và đăng nhập", (13, 14), "V.6.b", is_bold=True, style="Heading 2"),
        Part("a) Văn bản đi", (13, 14), "V.6.b", style="Heading 3"),
        Part("- Chưa kích hoạt: 1.148 tài khoản.", (13, 14), "II.6.e", style="Body Text"),
        Part("Nơi nhận:", (12, 12), "II.9.d", is_bold=True, is_italic=True, style="Nơi nhận"),
        Part("- Lưu: VT, C2.", (11, 11), "II.9.d", style="Danh sách nơi nhận"),
        Part("KT. CỤC TRƯỞNG", (13, 14), "II.7.đ", is_bold=True, style="Quyền hạn và chức vụ"),
        Part("PHÓ CỤC TRƯỞNG", (13, 14), "II.7.đ", is_bold=True, style="Quyền hạn và chức vụ"),
        Part("Phụ lục I", (14, 14), "III.1.b", is_bold=True, style="Phụ lục"),
        Part("SỐ LIỆU THEO ĐƠN VỊ", (13, 14), "III.1.b", is_bold=True, style="Tên phụ lục"),
        Part(
            "(Kèm theo Báo cáo số 05/BC-C2 ngày 02 tháng 8 năm 2024 của Cục Thống kê tội phạm và Công nghệ thông tin)",
            (13, 14),
            "III.1.c",
            is_italic=True,
            style="Kèm theo",
        ),
    )

"""Styles of the Word document: one for each part of the official form, and Word's own headings, which its navigation knows.

`templates/word/styles.xml` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.chart_values import ACCENT
from dashboard.reports.layout.official_form import SIZES, Running
from dashboard.reports.layout.table_fit import SIZES as TABLE_SIZES


@dataclass(frozen=True)
class Style:
    """A paragraph style; lengths in points."""

    id: str
    name: str
    size: float
    align: str = "left"
    is_bold: bool = False
    is_italic: bool = False
    before: float = 0.0
    after: float = 0.0
    lines: float = 1.0
    first_line: float = 0.0
    keeps_next: bool = False
    outline: int | None = None
    colour: str = ""

    @property
    def is_custom(self) -> bool:
        """Whether Word has no style of that name itself."""
        return self.name[:1].isupper() and self.name not in ("Body Text", "Title", "Subtitle")


_FIRST = official.FIRST_LINE_MM * official.POINTS_PER_MM
_GAP = official.OFFICIAL.gap


def running_styles(running: Running) -> tuple[Style, ...]:
    """Styles of text and headings."""
    size, gap, lines = running.size, running.gap, running.lines
    return (
        Style("BodyText", "Body Text", size, "both", before=gap, lines=lines, first_line=_FIRST),
        Style("Heading1", "heading 1", size, "both", True, before=2 * gap, lines=lines, first_line=_FIRST, keeps_next=True, outline=0),
        Style("Heading2", "heading 2", size, "both", True, before=gap, lines=lines, first_line=_FIRST, keeps_next=True, outline=1),
        Style("Heading3", "heading 3", size, "both", before=gap, lines=lines, first_line=_FIRST, keeps_next=True, outline=2),
    )


STYLES = (
    Style("Nation", "Quốc hiệu", SIZES.nation, "center", True),
    Style("Motto", "Tiêu ngữ", SIZES.motto, "center", True),
    Style("ParentOrgan", "Cơ quan chủ quản", SIZES.organ, "center"),
    Style("Organ", "Cơ quan ban hành", SIZES.organ, "center", True),
    Style("DocumentNumber", "Số và ký hiệu", SIZES.number, "center", before=_GAP),
    Style("PlaceAndDate", "Địa danh và thời gian", SIZES.place_and_date, "center", is_italic=True, before=_GAP),
    Style("Title", "Title", SIZES.type_name, "center", True, keeps_next=True),
    Style("Subtitle", "Subtitle", SIZES.abstract, "center", True, keeps_next=True),
    Style("Addressee", "Kính gửi", SIZES.addressee, before=_GAP, lines=official.OFFICIAL.lines),
    Style("Authority", "Quyền hạn và chức vụ", SIZES.signature, "center", True, keeps_next=True),
    Style("Signer", "Họ tên người ký", SIZES.signature, "center", True),
    Style("RecipientsTitle", "Nơi nhận", SIZES.recipients_title, is_bold=True, is_italic=True, keeps_next=True),
    Style("Recipients", "Danh sách nơi nhận", SIZES.recipients),
    Style("AnnexNumber", "Phụ lục", SIZES.annex_number, "center", True, keeps_next=True, outline=0),
    Style("AnnexTitle", "Tên phụ lục", SIZES.annex_title, "center", True, keeps_next=True),
    Style("AnnexReference", "Kèm theo", SIZES.annex_reference, "center", is_italic=True, keeps_next=True),
    Style("Caption", "caption", SIZES.caption, "center", True, before=2 * _GAP, after=4, keeps_next=True),
    Style("Picture", "Biểu đồ", SIZES.body, "center", after=_GAP),
    Style("Note", "Ghi chú", SIZES.note, before=3, is_italic=True),
    Style("Header", "header", SIZES.page_number, "center"),
    Style("Footer", "footer", SIZES.mark, "center", True, colour=ACCENT),
    *(Style(f"Table{size:.0f}", f"Bảng {size:.0f}", size, before=2, after=2) for size in TABLE_SIZES),
)


def styles(running: Running) -> tuple[Style, ...]:
    """Every paragraph style of a document whose text runs so."""
    return *running_styles(running), *STYLES

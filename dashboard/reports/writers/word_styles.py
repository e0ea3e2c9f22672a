"""Styles of the Word document: one for each part of the official form, and Word's own headings, which its navigation knows.

`templates/word/styles.xml` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.chart_values import ACCENT
from dashboard.reports.layout.official_form import Running
from dashboard.reports.layout.table_fit import SIZES


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
    Style("Nation", "Quốc hiệu", official.NATION, "center", True),
    Style("Motto", "Tiêu ngữ", official.MOTTO, "center", True),
    Style("ParentOrgan", "Cơ quan chủ quản", official.ORGAN, "center"),
    Style("Organ", "Cơ quan ban hành", official.ORGAN, "center", True),
    Style("DocumentNumber", "Số và ký hiệu", official.NUMBER, "center", before=_GAP),
    Style("PlaceAndDate", "Địa danh và thời gian", official.PLACE_AND_DATE, "center", is_italic=True, before=_GAP),
    Style("Title", "Title", official.TYPE_NAME, "center", True, keeps_next=True),
    Style("Subtitle", "Subtitle", official.ABSTRACT, "center", True, keeps_next=True),
    Style("Addressee", "Kính gửi", official.ADDRESSEE, before=_GAP, lines=official.OFFICIAL.lines),
    Style("Authority", "Quyền hạn và chức vụ", official.SIGNATURE, "center", True, keeps_next=True),
    Style("Signer", "Họ tên người ký", official.SIGNATURE, "center", True),
    Style("RecipientsTitle", "Nơi nhận", official.RECIPIENTS_TITLE, is_bold=True, is_italic=True, keeps_next=True),
    Style("Recipients", "Danh sách nơi nhận", official.RECIPIENTS),
    Style("AnnexNumber", "Phụ lục", official.ANNEX_NUMBER, "center", True, keeps_next=True, outline=0),
    Style("AnnexTitle", "Tên phụ lục", official.ANNEX_TITLE, "center", True, keeps_next=True),
    Style("AnnexReference", "Kèm theo", official.ANNEX_REFERENCE, "center", is_italic=True, keeps_next=True),
    Style("Caption", "caption", official.CAPTION, "center", True, before=2 * _GAP, after=4, keeps_next=True),
    Style("Picture", "Biểu đồ", official.BODY, "center", after=_GAP),
    Style("Note", "Ghi chú", official.NOTE, before=3, is_italic=True),
    Style("Header", "header", official.PAGE_NUMBER, "center"),
    Style("Footer", "footer", official.MARK, "center", True, colour=ACCENT),
    *(Style(f"Table{size:.0f}", f"Bảng {size:.0f}", size, before=2, after=2) for size in SIZES),
)


def styles(running: Running) -> tuple[Style, ...]:
    """Every paragraph style of a document whose text runs so."""
    return *running_styles(running), *STYLES

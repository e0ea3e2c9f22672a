"""Styles of the Word document: one for each part of the official form, and Word's own headings, which its navigation knows.

ECMA-376 part 1, 17.7. Sizes are half points, lengths twentieths of a point.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.official_form import Running
from dashboard.reports.layout.table_fit import SIZES
from dashboard.reports.layout.text_width import TWIN
from dashboard.ui.format import Language

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LOCALES: dict[Language, str] = {"vi": "vi-VN", "en": "en-GB"}
MARK_COLOUR = "B3202C"


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
    Style("Footer", "footer", official.MARK, "center", True, colour=MARK_COLOUR),
    *(Style(f"Table{size:.0f}", f"Bảng {size:.0f}", size, before=2, after=2) for size in SIZES),
)


def styles_xml(language: Language, running: Running) -> str:
    locale = LOCALES[language]
    font = f'<w:rFonts w:ascii="{TWIN}" w:hAnsi="{TWIN}" w:eastAsia="{TWIN}" w:cs="{TWIN}"/>'
    return (
        f'<w:styles {NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>{font}<w:color w:val="000000"/><w:kern w:val="0"/><w:sz w:val="28"/>'
        f'<w:szCs w:val="28"/><w:lang w:val="{locale}" w:eastAsia="{locale}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/>'
        '<w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        f"{_grid()}{''.join(_style(style) for style in (*running_styles(running), *STYLES))}{_rule()}</w:styles>"
    )


def _style(style: Style) -> str:
    keep = "<w:keepNext/>" if style.keeps_next else ""
    indent = f'<w:ind w:firstLine="{twips(style.first_line)}"/>' if style.first_line else ""
    outline = f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else ""
    looks = ("<w:b/><w:bCs/>" if style.is_bold else "") + ("<w:i/><w:iCs/>" if style.is_italic else "")
    colour = f'<w:color w:val="{style.colour}"/>' if style.colour else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="{int(style.name[:1].isupper() and style.name not in ("Body Text", "Title", "Subtitle"))}" '
        f'w:styleId="{style.id}"><w:name w:val="{style.name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f'<w:pPr>{keep}<w:spacing w:before="{twips(style.before)}" w:after="{twips(style.after)}" w:line="{round(240 * style.lines)}" '
        f'w:lineRule="auto"/>{indent}<w:jc w:val="{style.align}"/>{outline}</w:pPr>'
        f'<w:rPr>{looks}{colour}<w:sz w:val="{round(2 * style.size)}"/><w:szCs w:val="{round(2 * style.size)}"/></w:rPr></w:style>'
    )


def _grid() -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>"
    )


def _rule() -> str:
    """A line of one point that carries the rules below motto, organ and abstract as its upper border; also ends sections unseen."""
    return (
        '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Rule"><w:name w:val="Đường kẻ"/><w:basedOn w:val="Normal"/>'
        '<w:pPr><w:spacing w:before="60" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr>'
        '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:style>'
    )


def twips(points: float) -> int:
    """Twentieths of a point."""
    return round(20 * points)

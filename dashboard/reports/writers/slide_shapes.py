"""Shapes of a slide as PresentationML (ECMA-376 part 1, 19.3): text, tables with hairlines, frames of charts. Lengths are points."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from dashboard.reports.content.blocks import Paragraph, Run
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.layout.slide_plan import BULLET, CELL_PAD, Box, TableBox

INK, ACCENT, GREY, HAIRLINE, WASH, WHITE = "14213D", "B3202C", "5B6577", "D9DEE6", "EEF1F5", "FFFFFF"
EMU_PER_POINT = 12_700
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""The built-in table style without fills and lines."""


def emu(points: float) -> int:
    return round(points * EMU_PER_POINT)


def attribute(text: str) -> str:
    return escape(printable(text), {'"': "&quot;"})


def run(text: str, size: float, language: str, colour: str = INK, is_bold: bool = False, is_italic: bool = False) -> str:
    """A stretch of text."""
    marks = f' b="{int(is_bold)}"{" i=" + chr(34) + "1" + chr(34) if is_italic else ""}'
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    return f'<a:r><a:rPr lang="{language}" sz="{round(size * 100)}"{marks} dirty="0">{fill}</a:rPr><a:t>{escape(printable(text))}</a:t></a:r>'


def paragraph(runs: str, before: float = 0.0, align: str = "l", hanging: float = 0.0) -> str:
    """One paragraph of runs; `before` in points, `hanging` the indent of all lines but the first."""
    indent = f' marL="{emu(hanging)}" indent="-{emu(hanging)}"' if hanging else ' marL="0" indent="0"'
    space = f'<a:spcBef><a:spcPts val="{round(before * 100)}"/></a:spcBef>'
    return f'<a:p><a:pPr algn="{align}"{indent}>{space}<a:buNone/></a:pPr>{runs}</a:p>'


def text_shape(number: int, name: str, box: Box, paragraphs: str, anchor: str = "t", placeholder: str = "", outline: str = "") -> str:
    """A box of text without inner margins; `placeholder` makes it one that the layout knows (its `p:ph`)."""
    left, top, width, height = map(emu, box)
    kind = f"<p:nvPr>{placeholder}</p:nvPr>"
    locks = '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>' if placeholder else '<p:cNvSpPr txBox="1"/>'
    line = f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{outline}"/></a:solidFill></a:ln>' if outline else "<a:ln><a:noFill/></a:ln>"
    return (
        f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{attribute(name)}"/>{locks}{kind}</p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>{line}</p:spPr>'
        f'<p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{paragraphs}</p:txBody></p:sp>"
    )


def texts(paragraphs: Sequence[Paragraph], size: float, language: str, gap: float, colour: str = INK) -> str:
    """Paragraphs of a report, strong and stressed runs as such, items with a dash."""
    return "".join(
        paragraph(
            (run(BULLET, size, language, colour) if one.is_item else "") + "".join(_run(part, size, language, colour) for part in one.runs),
            before=0.0 if place == 0 else gap * size,
            hanging=0.8 * size if one.is_item else 0.0,
        )
        for place, one in enumerate(paragraphs)
    )


def _run(part: Run, size: float, language: str, colour: str) -> str:
    return run(part.text, size, language, colour, part.is_strong, part.is_emphasis)


def line_shape(number: int, box: Box, colour: str = HAIRLINE) -> str:
    """A hairline along the box's longer side; decoration that a screen reader passes over."""
    left, top, width, height = map(emu, box)
    hidden = (
        '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">'
        '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
    )
    return (
        f'<p:cxnSp {NAMESPACES}><p:nvCxnSpPr><p:cNvPr id="{number}" name="Line {number}">{hidden}</p:cNvPr><p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></p:spPr></p:cxnSp>'
    )


def chart_frame(number: int, name: str, alt: str, box: Box, relationship: str) -> str:
    """The frame that shows the chart part of a relationship."""
    content = f'<c:chart xmlns:c="{_CHART}" r:id="{relationship}"/>'
    return _frame(number, name, alt, box, _CHART, content)


def table_frame(number: int, name: str, alt: str, placed: TableBox, top: float, language: str) -> str:
    """A table with a line of ink below its head and hairlines below its rows."""
    table, size = placed.table, placed.size
    columns = "".join(f'<a:gridCol w="{emu(width)}"/>' for width in placed.widths)
    kinds = [column.kind for column in table.columns]
    head = "".join(
        _cell(column.title, size, language, is_bold=True, is_right=place > 0 and column.kind != "text", line=INK, fill="", indent=0.0)
        for place, column in enumerate(table.columns)
    )
    rows = [f'<a:tr h="{emu(placed.heights[0])}">{head}</a:tr>']
    for place, (cells, height) in enumerate(zip(table.rows, placed.heights[1:], strict=True)):
        is_strong = place in table.strong_rows
        drawn = "".join(
            _cell(
                cell.text,
                size,
                language,
                is_bold=is_strong or cell.is_strong,
                is_right=kind != "text",
                line=HAIRLINE,
                fill=WASH if is_strong else "",
                indent=cell.indent * size * 0.8,
            )
            for cell, kind in zip(cells, kinds, strict=True)
        )
        rows.append(f'<a:tr h="{emu(height)}">{drawn}</a:tr>')
    content = (
        f'<a:tbl><a:tblPr firstRow="1"><a:tableStyleId>{_PLAIN_TABLE}</a:tableStyleId></a:tblPr>'
        f"<a:tblGrid>{columns}</a:tblGrid>{''.join(rows)}</a:tbl>"
    )
    box = (placed.box[0], top, sum(placed.widths), sum(placed.heights))
    return _frame(number, name, alt, box, _TABLE, content)


def _cell(text: str, size: float, language: str, *, is_bold: bool, is_right: bool, line: str, fill: str, indent: float) -> str:
    sides = f'marL="{emu(CELL_PAD[0] + indent)}" marR="{emu(CELL_PAD[0])}" marT="{emu(CELL_PAD[1])}" marB="{emu(CELL_PAD[1])}"'
    inside = paragraph(run(text, size, language, is_bold=is_bold), align="r" if is_right else "l")
    filled = f'<a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>' if fill else "<a:noFill/>"
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{inside}</a:txBody><a:tcPr {sides} anchor="ctr">'
        f'<a:lnB w="{12700 if line == INK else 6350}"><a:solidFill><a:srgbClr val="{line}"/></a:solidFill></a:lnB>{filled}</a:tcPr></a:tc>'
    )


def _frame(number: int, name: str, alt: str, box: Box, kind: str, content: str) -> str:
    left, top, width, height = map(emu, box)
    return (
        f'<p:graphicFrame {NAMESPACES}><p:nvGraphicFramePr><p:cNvPr id="{number}" name="{attribute(name)}" descr="{attribute(alt)}"/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'<p:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></p:xfrm>'
        f'<a:graphic><a:graphicData uri="{kind}">{content}</a:graphicData></a:graphic></p:graphicFrame>'
    )

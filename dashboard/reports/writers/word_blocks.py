"""Blocks of a report as WordprocessingML; a table is one string, built at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from dashboard.reports.content.blocks import Block, Chart, Heading, Paragraph, Run, Table
from dashboard.reports.layout import chart_fit as official_chart
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.official_form import Area, literal
from dashboard.reports.layout.table_fit import BEGUN_ROWS, INDENT_PT, KEPT_ROWS, PADDING_PT, fitted
from dashboard.reports.writers.word_styles import twips

BOLD, ITALIC = "<w:b/><w:bCs/>", "<w:i/><w:iCs/>"
CENTRED_TITLE = '<w:keepNext/><w:jc w:val="center"/>'
EMU_PER_POINT = 12700


def text_xml(text: str, looks: str = "") -> str:
    """A run of finished text."""
    properties = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph_xml(style: str, content: str, properties: str = "") -> str:
    """A paragraph; `properties` follow the style in the schema's order."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def lines_xml(style: str, lines: Iterable[str]) -> str:
    """Lines of one paragraph, broken where they were measured to break."""
    return paragraph_xml(style, "<w:r><w:br/></w:r>".join(text_xml(line) for line in lines))


def rule_xml(length: float, width: float) -> str:
    """A centred horizontal rule of `length` points in a column of `width` points."""
    indent = twips((width - length) / 2)
    border = '<w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
    return paragraph_xml("Rule", "", f'<w:keepNext/>{border}<w:ind w:left="{indent}" w:right="{indent}"/>')


def blocks_xml(blocks: Sequence[Block], charts: list[Chart], area: Area, keeps_last: bool = False) -> str:
    """All blocks in order, the last ones kept with the signature if wanted.

    Charts are appended to `charts`; their place in it, from 1, is their part's number.
    """
    return "".join(_block(block, charts, area, keeps_last and official.stays_with_signature(blocks, place)) for place, block in enumerate(blocks))


def _block(block: Block, charts: list[Chart], area: Area, keeps_next: bool) -> str:
    if isinstance(block, Heading):
        return paragraph_xml(f"Heading{block.level}", text_xml(official.heading_text(block)))
    if isinstance(block, Paragraph):
        return paragraph_xml("BodyText", "".join(_run(run) for run in official.paragraph_runs(block) if run.text), _keep(keeps_next))
    if isinstance(block, Table):
        return _table(block, area.width, keeps_next)
    return "".join(_chart(panel, charts, area, keeps_next) for panel in official_chart.panels(block, area))


def _keep(with_next: bool) -> str:
    return "<w:keepNext/>" if with_next else ""


def _run(run: Run) -> str:
    return text_xml(run.text, (BOLD if run.is_strong else "") + (ITALIC if run.is_emphasis else ""))


def _caption(text: str) -> str:
    return paragraph_xml("Caption", text_xml(literal(text))) if text else ""


def _note(text: str, keeps_next: bool) -> str:
    return paragraph_xml("Note", text_xml(literal(text)), _keep(keeps_next)) if text else ""


def _table(table: Table, width: float, keeps_next: bool) -> str:
    fit = fitted(table, width)
    style = f"Table{fit.size:.0f}"
    widths = [twips(column) for column in fit.widths]
    keeps_all = len(fit.rows) <= KEPT_ROWS
    cells = [f'<w:tc><w:tcPr><w:tcW w:w="{column}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>' for column in widths]
    aligned = ["left" if column.kind == "text" else "center" if column.kind == "date" else "right" for column in table.columns]
    title = "".join(f"{cell}{paragraph_xml(style, text_xml(text, BOLD), CENTRED_TITLE)}</w:tc>" for cell, text in zip(cells, fit.titles, strict=True))
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{title}</w:tr>"]
    for place, (row, texts) in enumerate(zip(table.rows, fit.rows, strict=True)):
        is_last = place == len(fit.rows) - 1
        keep = _keep(bool(table.note) or keeps_next if is_last else keeps_all or place < BEGUN_ROWS - 1)
        starts = [
            f'{head}<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{_indent(cell.indent)}<w:jc w:val="{align}"/></w:pPr>'
            for head, cell, align in zip(cells, row, aligned, strict=True)
        ]
        looks = [BOLD if place in table.strong_rows or cell.is_strong else "" for cell in row]
        body = "".join(f"{start}{text_xml(*text)}</w:p></w:tc>" for start, text in zip(starts, zip(texts, looks, strict=True), strict=True))
        rows.append(f"<w:tr>{'' if place in fit.tall_rows else '<w:trPr><w:cantSplit/></w:trPr>'}{body}</w:tr>")
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in widths)
    padding = twips(PADDING_PT)
    after = _note(table.note, keeps_next) or paragraph_xml("Rule", "", f'{_keep(keeps_next)}<w:spacing w:before="0"/>')
    return (
        f'{_caption(table.caption)}<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{padding}" w:type="dxa"/><w:right w:w="{padding}" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{after}"
    )


def _indent(level: int) -> str:
    return f'<w:ind w:left="{twips(INDENT_PT * level)}"/>' if level else ""


def _chart(chart: Chart, charts: list[Chart], area: Area, keeps_next: bool) -> str:
    charts.append(chart)
    number, alt = len(charts), escape(literal(chart.alt), {'"': "&quot;"})
    across, down = round(area.width * EMU_PER_POINT), round(official_chart.height_pt(chart, area) * EMU_PER_POINT)
    frame = (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
        f'<wp:docPr id="{number}" name="Chart {number}" descr="{alt}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="rIdChart{number}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
    picture = paragraph_xml("Picture", frame, _keep(bool(chart.note) or keeps_next))
    return f"{_caption(chart.caption)}{picture}{_note(chart.note, keeps_next)}"

"""Head, addressees and signature of an official document as WordprocessingML (Decree 30/2020/NĐ-CP, annex I, part I, II)."""

from __future__ import annotations

from dashboard.reports.content.blocks import Annex, OfficialForm
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.official_form import POINTS_PER_MM, Lines, Parts
from dashboard.reports.writers.word_blocks import lines_xml, paragraph_xml, rule_xml, text_xml
from dashboard.reports.writers.word_styles import twips
from dashboard.ui.format import Language


def head_xml(parts: Parts) -> str:
    """Organ and nation, number and date, type and abstract, addressees; two rows so that number and date stand on one line."""
    width = official.area().width
    left = official.HEAD_SPLIT_MM * POINTS_PER_MM
    right = width - left
    organ = (lines_xml("ParentOrgan", parts.parent) if parts.parent else "") + _ruled("Organ", parts.organ, left)
    nation = paragraph_xml("Nation", text_xml(parts.nation)) + _ruled("Motto", parts.motto, right)
    number = paragraph_xml("DocumentNumber", text_xml(parts.number))
    date = paragraph_xml("PlaceAndDate", text_xml(parts.place_and_date))
    table = unruled_table((left, right), ((organ, nation), (number, date)))
    title = paragraph_xml("Title", text_xml(parts.type_name), f'<w:spacing w:before="{twips(18)}"/>') + _ruled("Subtitle", parts.abstract, width)
    return f"{table}{title}{_addressees(parts, width)}"


def signature_xml(parts: Parts) -> str:
    """Recipients to the left, authority and name to the right, on one page."""
    width = official.area().width
    recipients = paragraph_xml("RecipientsTitle", text_xml(parts.recipients_title)) + "".join(
        paragraph_xml("Recipients", text_xml(line)) for line in parts.recipients
    )
    authority = "".join(paragraph_xml("Authority", text_xml(line)) for line in parts.authority)
    name = paragraph_xml("Signer", text_xml(parts.signer), f'<w:spacing w:before="{twips(official.SIGNING_SPACE_PT)}"/>')
    space = paragraph_xml("Rule", "", f'<w:keepNext/><w:spacing w:before="{twips(18)}"/>')
    return space + unruled_table((width / 2, width / 2), ((recipients if parts.recipients else "<w:p/>", authority + name),))


def annex_head_xml(annex: Annex, form: OfficialForm | None, language: Language) -> str:
    """Number, title and the line that ties the annex to its document."""
    head = official.annex_head(annex, form, language)
    titled = paragraph_xml("AnnexNumber", text_xml(head.number)) + lines_xml("AnnexTitle", head.title)
    if not head.reference:
        return titled
    return titled + lines_xml("AnnexReference", head.reference) + rule_xml(official.ANNEX_RULE_PT, official.area(annex.is_landscape).width)


def unruled_table(widths: tuple[float, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """A table that only places things: no borders, no padding; widths in points, each cell's content as XML."""
    columns = [twips(width) for width in widths]
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>' for width, cell in zip(columns, row, strict=True))
        + "</w:tr>"
        for row in rows
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
        f'<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'
    )


def _ruled(style: str, text: Lines, width: float) -> str:
    return lines_xml(style, text.lines) + rule_xml(text.rule_pt, width)


def _addressees(parts: Parts, width: float) -> str:
    if not parts.addressees:
        return ""
    if len(parts.addressees) == 1:
        return paragraph_xml("Addressee", text_xml(f"{parts.to} {parts.addressees[0]}"), f'<w:spacing w:before="{twips(12)}"/><w:jc w:val="center"/>')
    left, dashes = official.addressee_indents(parts, width)
    hanging = twips(official.dash_pt())
    lines = paragraph_xml("Addressee", text_xml(parts.to), f'<w:keepNext/><w:spacing w:before="{twips(12)}"/><w:ind w:left="{twips(left)}"/>')
    for line in parts.addressees:
        lines += paragraph_xml("Addressee", text_xml(line), f'<w:ind w:left="{twips(dashes) + hanging}" w:hanging="{hanging}"/>')
    return lines

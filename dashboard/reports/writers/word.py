"""The report as a Word document in the official form: WordprocessingML written by hand, so that equal reports are equal bytes.

ECMA-376 part 1. Charts are native: each is a chart part with its workbook, so Word's "Edit data" works.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from xml.sax.saxutils import escape

from dashboard.reports.content.blocks import Chart, Provenance, Report
from dashboard.reports.layout import chart_fit as official_chart
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.official_form import POINTS_PER_MM, literal
from dashboard.reports.layout.text_width import TWIN
from dashboard.reports.writers.chart_xml import WORKBOOK_RELATIONSHIP, chart_workbook, chart_xml
from dashboard.reports.writers.word_blocks import blocks_xml, lines_xml, paragraph_xml, text_xml
from dashboard.reports.writers.word_form import annex_head_xml, head_xml, signature_xml
from dashboard.reports.writers.word_styles import LOCALES, NAMESPACE, styles_xml, twips
from dashboard.reports.writers.zip_package import NO_TIME
from dashboard.ui.format import Language

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_NAMESPACES = (
    f'{NAMESPACE} xmlns:r="{_OFFICE}/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
_PARTS = ("styles", "settings", "fontTable", "header1", "header2", "footer1", "footer2")
"""Parts that every document has; header1 and footer1 are for the first page of a section."""


def write(report: Report) -> bytes:
    """The DOCX file; its times are those of the snapshot, and nobody stands as its author."""
    charts: list[Chart] = []
    parts: dict[str, str | bytes] = {
        "_rels/.rels": _package_relationships(),
        "docProps/core.xml": _core(report.title, report.provenance, report.language),
        "docProps/app.xml": _app(),
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{_body(report, charts)}</w:body></w:document>",
        "word/styles.xml": styles_xml(report.language, official.running(report)),
        "word/settings.xml": _settings(report.language),
        "word/fontTable.xml": _font_table(),
        "word/header1.xml": f"<w:hdr {NAMESPACE}>{paragraph_xml('Header', '')}</w:hdr>",
        "word/header2.xml": f"<w:hdr {NAMESPACE}>{paragraph_xml('Header', _page_field())}</w:hdr>",
    }
    mark = text_xml(official.WORDS[report.language].synthetic) if report.provenance.is_synthetic else ""
    for place in (1, 2):
        parts[f"word/footer{place}.xml"] = f"<w:ftr {NAMESPACE}>{paragraph_xml('Footer', mark)}</w:ftr>"
    for number, chart in enumerate(charts, start=1):
        parts[f"word/charts/chart{number}.xml"] = chart_xml(chart, report.language, TWIN, official_chart.TEXT_PT)
        parts[f"word/charts/_rels/chart{number}.xml.rels"] = _relationships(
            ((WORKBOOK_RELATIONSHIP, f"{_OFFICE}/relationships/package", f"../embeddings/chart{number}.xlsx"),)
        )
        parts[f"word/embeddings/chart{number}.xlsx"] = chart_workbook(chart, report.language, report.provenance.published_at.astimezone(UTC))
    parts["word/_rels/document.xml.rels"] = _document_relationships(len(charts))
    return _packed({"[Content_Types].xml": _content_types(len(charts)), **parts})


def _body(report: Report, charts: list[Chart]) -> str:
    blocks, form, area = official.body(report), report.form, official.area()
    if form is None:
        title = official.balanced(literal(report.title), official.TYPE_NAME, area.width * 0.9, is_bold=True)
        main = lines_xml("Title", title) + blocks_xml(blocks, charts, area)
    else:
        texts = official.parts(form, report.language)
        main = head_xml(texts) + blocks_xml(blocks, charts, area, keeps_last=True) + signature_xml(texts)
    sections = [main]
    for annex in report.annexes:
        sections.append(
            annex_head_xml(annex, form, report.language) + blocks_xml(official.annex_blocks(annex, form), charts, official.area(annex.is_landscape))
        )
    sides = [False, *(annex.is_landscape for annex in report.annexes)]
    ended = [f"{section}{paragraph_xml('Rule', '', _section(is_landscape))}" for section, is_landscape in zip(sections, sides, strict=True)]
    return "".join(ended[:-1]) + sections[-1] + _section(sides[-1])


def _section(is_landscape: bool) -> str:
    """Page, margins and page numbers of a section; each begins at 1 and does not show it (I.7, III.1.đ)."""
    across, down = (twips(side * POINTS_PER_MM) for side in (reversed(official.PAGE_MM) if is_landscape else official.PAGE_MM))
    side = ' w:orient="landscape"' if is_landscape else ""
    top, bottom, left, right, edge = (
        twips(length * POINTS_PER_MM)
        for length in (
            official.MARGIN_TOP_MM,
            official.MARGIN_BOTTOM_MM,
            official.MARGIN_LEFT_MM,
            official.MARGIN_RIGHT_MM,
            official.PAGE_NUMBER_FROM_EDGE_MM,
        )
    )
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdheader2"/><w:headerReference w:type="first" r:id="rIdheader1"/>'
        '<w:footerReference w:type="default" r:id="rIdfooter2"/><w:footerReference w:type="first" r:id="rIdfooter1"/><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{across}" w:h="{down}"{side}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="{edge}" w:footer="{edge}" w:gutter="0"/>'
        '<w:pgNumType w:fmt="decimal" w:start="1"/><w:titlePg/></w:sectPr>'
    )


def _page_field() -> str:
    return f'<w:fldSimple w:instr=" PAGE ">{text_xml("2")}</w:fldSimple>'


def _settings(language: Language) -> str:
    decimal, separator = (",", ";") if language == "vi" else (".", ",")
    return (
        f'<w:settings {NAMESPACE}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'<w:themeFontLang w:val="{LOCALES[language]}"/><w:decimalSymbol w:val="{decimal}"/><w:listSeparator w:val="{separator}"/></w:settings>'
    )


def _font_table() -> str:
    return (
        f'<w:fonts {NAMESPACE}><w:font w:name="{TWIN}"><w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/><w:family w:val="roman"/>'
        '<w:pitch w:val="variable"/></w:font></w:fonts>'
    )


def _core(title: str, provenance: Provenance, language: Language) -> str:
    time = provenance.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(literal(title))}</dc:title><dc:identifier>{escape(literal(provenance.snapshot))}</dc:identifier>"
        f'<dc:language>{LOCALES[language]}</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">{time}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{time}</dcterms:modified></cp:coreProperties>'
    )


def _app() -> str:
    return f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>vanban</Application></Properties>'


def _content_types(charts: int) -> str:
    kinds = {"header1": "header", "header2": "header", "footer1": "footer", "footer2": "footer"}
    named = [("/word/document.xml", f"{_WORD_TYPE}.document.main+xml")]
    named += [(f"/word/{part}.xml", f"{_WORD_TYPE}.{kinds.get(part, part)}+xml") for part in _PARTS]
    named += [
        (f"/word/charts/chart{number}.xml", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml") for number in range(1, charts + 1)
    ]
    named += [
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
    ]
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in named)
        + "</Types>"
    )


def _package_relationships() -> str:
    return _relationships(
        (
            ("rId1", f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ("rId3", f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
        )
    )


def _document_relationships(charts: int) -> str:
    named = tuple((f"rId{part}", f"{_OFFICE}/relationships/{part.rstrip('12')}", f"{part}.xml") for part in _PARTS)
    drawn = tuple((f"rIdChart{number}", f"{_OFFICE}/relationships/chart", f"charts/chart{number}.xml") for number in range(1, charts + 1))
    return _relationships(named + drawn)


def _relationships(targets: tuple[tuple[str, str, str], ...]) -> str:
    inner = "".join(f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/>' for id, kind, target in targets)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip archive of the parts in their order, without times."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system, entry.external_attr = 0, 0
            whole = content if isinstance(content, bytes) else (content if content.startswith("<?xml") else _XML + content).encode("utf-8")
            archive.writestr(entry, whole, zipfile.ZIP_DEFLATED)
    return file.getvalue()

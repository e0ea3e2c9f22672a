"""The report as a Word document in the official form: WordprocessingML filled into `templates/word`, so that equal reports are equal bytes.

Charts are native: each is a chart part with its workbook, so Word's "Edit data" works.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from xml.sax.saxutils import escape

from markupsafe import Markup

from dashboard.reports.content.blocks import Block, Chart, Report, Table
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.chart_fit import TEXT_PT, height_pt, panels
from dashboard.reports.layout.chart_values import ACCENT
from dashboard.reports.layout.official_form import POINTS_PER_MM, AnnexHead, Area, Parts, literal
from dashboard.reports.layout.table_fit import BEGUN_ROWS, INDENT_PT, KEPT_ROWS, PADDING_PT, Fit, fitted
from dashboard.reports.layout.table_fit import SIZES as TABLE_SIZES
from dashboard.reports.layout.text_width import TWIN
from dashboard.reports.writers.chart_xml import WORKBOOK_RELATIONSHIP, chart_workbook, chart_xml
from dashboard.reports.writers.filled import filled, twips
from dashboard.reports.writers.zip_package import NO_TIME
from dashboard.ui.format import Language

LOCALES: dict[Language, str] = {"vi": "vi-VN", "en": "en-GB"}
PARTS = ("styles", "settings", "fontTable", "header1", "header2", "footer1", "footer2")
"""Parts that every document has; header1 and footer1 are for the first page of a section."""
SEQUENCES = {"Bảng": "Bang", "Biểu đồ": "Bieu_do"}
"""Names of Word's sequences, which are of plain letters."""
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class Section:
    """What is printed on pages of its own: the report, with the form's parts or a title, or an annex."""

    area: Area
    blocks: Sequence[Block]
    is_landscape: bool = False
    form: Parts | None = None
    title: tuple[str, ...] = ()
    annex_head: AnnexHead | None = None


def write(report: Report) -> bytes:
    """The DOCX file; its times are those of the snapshot, and nobody stands as its author."""
    charts: list[Chart] = []
    made, locale = report.provenance.published_at.astimezone(UTC), LOCALES[report.language]
    mark = official.form_words(report.language)["synthetic"] if report.provenance.is_synthetic else None
    header, footer = {"tag": "hdr", "style": "Header", "mark": None}, {"tag": "ftr", "style": "Footer", "mark": mark, "has_number": False}
    parts: dict[str, str | bytes] = {
        "_rels/.rels": _relationships(
            ("rId1", "officeDocument", "word/document.xml"),
            ("rId2", "core-properties", "docProps/core.xml"),
            ("rId3", "extended-properties", "docProps/app.xml"),
        ),
        "docProps/core.xml": filled(
            "word/core.xml",
            title=literal(report.title),
            snapshot=literal(report.provenance.snapshot),
            locale=locale,
            time=made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ),
        "docProps/app.xml": filled("word/app.xml"),
        "word/document.xml": _document(report, charts),
        "word/styles.xml": filled(
            "word/styles.xml",
            running=official.running(report),
            official=official.OFFICIAL,
            first_line=official.FIRST_LINE_MM * POINTS_PER_MM,
            sizes=official.SIZES,
            table_sizes=TABLE_SIZES,
            mark_colour=ACCENT,
            font=TWIN,
            locale=locale,
        ),
        "word/settings.xml": filled("word/settings.xml", language=report.language, locale=locale),
        "word/fontTable.xml": filled("word/fontTable.xml", font=TWIN),
        "word/header1.xml": filled("word/edge.xml", **header, has_number=False),
        "word/header2.xml": filled("word/edge.xml", **header, has_number=True),
        "word/footer1.xml": filled("word/edge.xml", **footer),
        "word/footer2.xml": filled("word/edge.xml", **footer),
    }
    for number, chart in enumerate(charts, start=1):
        parts[f"word/charts/chart{number}.xml"] = chart_xml(chart, report.language, TWIN, TEXT_PT)
        parts[f"word/charts/_rels/chart{number}.xml.rels"] = _relationships(
            (WORKBOOK_RELATIONSHIP, "package", f"../embeddings/chart{number}.xlsx"),
        )
        parts[f"word/embeddings/chart{number}.xlsx"] = chart_workbook(chart, report.language, made)
    parts["word/_rels/document.xml.rels"] = _relationships(
        *((f"rId{part}", part.rstrip("12"), f"{part}.xml") for part in PARTS),
        *((f"rIdChart{number}", "chart", f"charts/chart{number}.xml") for number in range(1, len(charts) + 1)),
    )
    return _packed({"[Content_Types].xml": filled("word/content_types.xml", parts=PARTS, charts=len(charts)), **parts})


def _document(report: Report, charts: list[Chart]) -> str:
    """The body; every chart is appended to `charts`, and its place there, from 1, is its part's number."""

    def chart_number(chart: Chart) -> int:
        charts.append(chart)
        return len(charts)

    return filled(
        "word/document.xml",
        sections=_sections(report),
        chart_number=chart_number,
        page_size=[twips(side * POINTS_PER_MM) for side in official.PAGE_MM],
        margins={side: twips(official.MARGINS_MM[side] * POINTS_PER_MM) for side in ("top", "right", "bottom", "left")},
        edge=twips(official.PAGE_NUMBER_FROM_EDGE_MM * POINTS_PER_MM),
        head_split=official.HEAD_SPLIT_MM * POINTS_PER_MM,
        signing_space=official.SIGNING_SPACE_PT,
        annex_rule=official.ANNEX_RULE_PT,
        addressee_indents=official.addressee_indents,
        dash_pt=official.dash_pt,
        literal=literal,
        caption_parts=_caption_parts,
        heading_text=official.heading_text,
        paragraph_runs=official.paragraph_runs,
        stays_with_signature=official.stays_with_signature,
        above_heading_pt=official.above_heading_pt,
        gap=official.running(report).gap,
        fitted=fitted,
        rows_xml=_rows_xml,
        padding=twips(PADDING_PT),
        panels=panels,
        height_pt=height_pt,
    )


def _sections(report: Report) -> list[Section]:
    form, area, blocks = report.form, official.area(), official.body(report)
    if form is None:
        main = Section(area, blocks, title=official.title_lines(literal(report.title)))
    else:
        main = Section(area, blocks, form=official.parts(form, report.language))
    annexes = [
        Section(
            official.area(annex.is_landscape),
            official.annex_blocks(annex, form),
            annex.is_landscape,
            annex_head=official.annex_head(annex, form, report.language),
        )
        for annex in official.printed_annexes(report)
    ]
    return [main, *annexes]


def _caption_parts(caption: str) -> tuple[str, str, str, str] | None:
    """Name, sequence, number and the rest of a caption that is numbered through the report; None of any other."""
    found = re.match(r"(Bảng|Biểu đồ) (\d+)(\. .*)", caption)
    return (found[1], SEQUENCES[found[1]], found[2], found[3]) if found else None


def _rows_xml(table: Table, fit: Fit, widths: Sequence[int], keeps_next: bool) -> Markup:
    """A table's rows below its head; not by the template, which would take twice as long for the thousands of cells of an annex."""
    sides = ["left" if column.kind == "text" else "center" if column.kind == "date" else "right" for column in table.columns]
    begins = [
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Table{fit.size:.0f}"/>'
        for width in widths
    ]
    rows = []
    for place, (cells, texts) in enumerate(zip(table.rows, fit.rows, strict=True)):
        is_last, is_strong = place == len(fit.rows) - 1, place in table.strong_rows
        keeps = (bool(table.note) or keeps_next) if is_last else (len(fit.rows) <= KEPT_ROWS or place < BEGUN_ROWS - 1)
        rows.append("<w:tr>" if place in fit.tall_rows else "<w:tr><w:trPr><w:cantSplit/></w:trPr>")
        for begin, side, cell, text in zip(begins, sides, cells, texts, strict=True):
            keep = "<w:keepNext/>" if keeps else ""
            indent = f'<w:ind w:left="{twips(INDENT_PT * cell.indent)}"/>' if cell.indent else ""
            bold = "<w:rPr><w:b/><w:bCs/></w:rPr>" if is_strong or cell.is_strong else ""
            run = f'<w:r>{bold}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
            rows.append(f'{begin}{keep}{indent}<w:jc w:val="{side}"/></w:pPr>{run}</w:p></w:tc>')
        rows.append("</w:tr>")
    return Markup("".join(rows))


def _relationships(*targets: tuple[str, str, str]) -> str:
    """Id, kind and target of what a part refers to."""
    return filled("word/relationships.xml", targets=targets)


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

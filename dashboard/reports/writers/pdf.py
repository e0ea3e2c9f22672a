"""The report as a PDF/A in the official form, set by typst from data alone: no text of a report ever becomes markup."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.reports.content.blocks import Block, Cell, Chart, Heading, Paragraph, Report, Table
from dashboard.reports.layout import chart_values as looks
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout import text_width as typeface
from dashboard.reports.layout.addresses import figure_address, report_address
from dashboard.reports.layout.chart_fit import BAR_PT, NAMES_SHARE, TEXT_PT, bar_pitches, head_pt, height_pt, name_lines, panels
from dashboard.reports.layout.chart_values import DrawnSeries, drawn_series, value_text
from dashboard.reports.layout.official_form import POINTS_PER_MM, Area, literal
from dashboard.reports.layout.table_fit import BEGUN_ROWS, INDENT_PT, KEPT_ROWS, PADDING_PT, fitted
from dashboard.ui.format import Language

if TYPE_CHECKING:
    from typst import Fonts

TEMPLATE = Path(__file__).resolve().parent / "typst"
STANDARDS = ["a-2b", "ua-1"]
"""PDF/A-2b to be kept for decades, PDF/UA-1 to be read aloud: both hold at once."""
ZERO_WIDTH_SPACE = "\u200b"

MOST_LINKED_ROWS = 60
"""Numbers of longer tables lead nowhere: thousands of links would make a file that opens slowly."""
CODE_PT = 68.0
"""Side of the square code: modules of half a millimetre at least, which telephones read."""
NARROW_PT = 40.0
"""Words of names on an axis that are wider than this may be broken."""
COLOURS = {"ink": looks.INK, "grey": looks.GREY, "accent": looks.ACCENT, "line": looks.HAIRLINE, "paper": looks.PAPER}

Data = dict[str, Any]


def write(report: Report) -> bytes:
    """The PDF file; its time is that of the snapshot, and nobody stands as its author."""
    import typst

    told = payload(report)
    if lacking := _lacking(told):
        told["lacking"] = official.form_words(report.language)["lacking"].format(count=len(lacking))
    compiler = typst.Compiler(str(TEMPLATE / "report.typ"), root=str(TEMPLATE), font_paths=_fonts(), ignore_system_fonts=True)
    written = compiler.compile(
        format="pdf",
        sys_inputs={"report": json.dumps(_shown(told), ensure_ascii=False)},
        pdf_standards=STANDARDS,  # type: ignore[arg-type]
        timestamp=report.provenance.published_at.astimezone(UTC).replace(microsecond=0),
    )
    assert isinstance(written, bytes)
    return written


def lacking(report: Report) -> str:
    """The characters of the report that the typeface has no sign for, each once: the PDF prints `typeface.MISSING` for them, and says so."""
    return _lacking(payload(report))


@cache
def _fonts() -> Fonts:
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(typeface.FONTS)])


def payload(report: Report) -> Data:
    """All that the template needs: words, measures in points, marks."""
    face, running = typeface.face(), official.running(report)
    edges = face.ascent + face.descent
    return {
        "title": _named(report.title, report),
        "language": report.language,
        "family": typeface.FAMILY,
        "ascent": face.ascent,
        "descent": face.descent,
        "single": typeface.line_height() - edges,
        "leading": typeface.line_height(running.lines) - edges,
        "gap": running.gap,
        "first_line": official.FIRST_LINE_MM * POINTS_PER_MM,
        "edge": official.PAGE_NUMBER_FROM_EDGE_MM * POINTS_PER_MM,
        "margins": {side: length * POINTS_PER_MM for side, length in official.MARGINS_MM.items()},
        "sizes": asdict(official.SIZES) | {"body": running.size},
        "lacking": "",
        "mark": official.form_words(report.language)["synthetic"] if report.provenance.is_synthetic else "",
        "sections": [_main(report), *_annexes(report)],
        "code": _square_code(report),
    }


def _main(report: Report) -> Data:
    area, form = official.area(), report.form
    section: Data = {"landscape": False, "blocks": _blocks(official.body(report), report, area, keeps_last=form is not None)}
    if form is None:
        section["title"] = official.title_lines(_named(report.title, report))
        return section
    parts = official.parts(form, report.language)
    left, dash = official.addressee_indents(parts, area.width)
    half, sizes = area.width / 2, official.SIZES
    section["form"] = asdict(parts) | {
        "split": official.HEAD_SPLIT_MM * POINTS_PER_MM,
        "addressees": [_breakable(line, sizes.addressee, area.width - dash) for line in parts.addressees],
        "addressee_left": left,
        "addressee_dash": dash,
        "dash": official.dash_pt(),
        "recipients": [_breakable(line, sizes.recipients, half) for line in parts.recipients],
        "authority": [_breakable(line, sizes.signature, half) for line in parts.authority],
        "signer": _breakable(parts.signer, sizes.signature, half),
        "signing_space": official.SIGNING_SPACE_PT,
    }
    return section


def _annexes(report: Report) -> list[Data]:
    sections = []
    for annex in official.printed_annexes(report):
        area = official.area(annex.is_landscape)
        head = official.annex_head(annex, report.form, report.language)
        blocks = _blocks(official.annex_blocks(annex, report.form), report, area)
        sections.append({"landscape": annex.is_landscape, "annex": asdict(head) | {"rule_pt": official.ANNEX_RULE_PT}, "blocks": blocks})
    return sections


def _blocks(blocks: tuple[Block, ...], report: Report, area: Area, keeps_last: bool = False) -> list[Data]:
    found: list[Data] = []
    outline = 1  # the title, or the annex's number, is the first heading
    for place, block in enumerate(blocks):
        keeps = keeps_last and official.stays_with_signature(blocks, place)
        if isinstance(block, Heading):
            if not typeface.showable(text := official.heading_text(block)).strip():
                continue
            outline = min(block.level + 1, outline + 1)  # PDF/UA: no level is skipped, no heading empty
            text = _breakable(text, official.SIZES.body, area.width - official.FIRST_LINE_MM * POINTS_PER_MM)
            above = official.above_heading_pt(blocks, place, official.running(report).gap)
            found.append({"is": "heading", "level": block.level, "outline": outline, "text": text, "above": above})
        elif isinstance(block, Paragraph):
            found.append({"is": "paragraph", "runs": _runs(block, report, area), "keeps": keeps})
        elif isinstance(block, Table):
            found.append(_table(block, report, area, keeps))
        else:
            found += [_chart(panel, report, area, keeps) for panel in panels(block, area)]
    return found


def _runs(paragraph: Paragraph, report: Report, area: Area) -> list[Data]:
    """The runs; the print of a figure leads to where the dashboard shows it."""
    figures = {figure.key: figure for figure in report.figures} if report.address else {}
    return [
        {"text": _breakable(run.text, official.SIZES.body, area.width / 2), "bold": run.is_strong, "italic": run.is_emphasis}
        | ({"to": figure_address(report, figures[run.figure])} if run.figure in figures else {})
        for run in official.paragraph_runs(paragraph)
    ]


def _square_code(report: Report) -> Data | None:
    """The address of the report's figures as a QR code (ISO/IEC 18004): dark stretches by row, first place and length; None without an address."""
    import segno

    address = report_address(report)
    if not address:
        return None
    rows = segno.make(address, error="m", micro=False).matrix
    dark = [
        [row, start, length]
        for row, modules in enumerate(rows)
        for start, length in ((match.start(), len(match.group())) for match in re.finditer("1+", "".join(str(one) for one in modules)))
    ]
    words = official.form_words(report.language)["square_code"].format(address=report.address)
    return {"address": address, "text": words, "modules": len(rows), "dark": dark, "side": CODE_PT}


def _table(table: Table, report: Report, area: Area, keeps: bool) -> Data:
    fit = fitted(table, area.width)
    figures = {figure.key: figure for figure in report.figures} if report.address and len(table.rows) <= MOST_LINKED_ROWS else {}
    rows = [
        [
            _cell(
                text,
                fit.size,
                width,
                cell,
                figure_address(report, figures[cell.figure]) if cell.figure in figures else "",
                is_bold=cell.is_strong or place in table.strong_rows,
                is_tall=place in fit.tall_rows,
            )
            for cell, text, width in zip(row, texts, fit.widths, strict=True)
        ]
        for place, (row, texts) in enumerate(zip(table.rows, fit.rows, strict=True))
    ]
    return {
        "is": "table",
        "caption": _breakable(literal(table.caption), official.SIZES.caption, area.width),
        "note": _breakable(literal(table.note), official.SIZES.note, area.width),
        "size": fit.size,
        "widths": fit.widths,
        "kinds": [column.kind for column in table.columns],
        "titles": [_breakable(title, fit.size, width - 2 * PADDING_PT) for title, width in zip(fit.titles, fit.widths, strict=True)],
        "rows": rows,
        "kept": KEPT_ROWS,
        "begun": BEGUN_ROWS,
        "padding": PADDING_PT,
        "indent": INDENT_PT,
        "keeps": keeps,
    }


def _cell(text: str, size: float, width: float, cell: Cell, to: str, is_bold: bool, is_tall: bool) -> str | Data:
    words = _breakable(text, size, width - 2 * PADDING_PT - INDENT_PT * cell.indent)
    if not (is_bold or is_tall or cell.indent or to):
        return words
    return {"text": words, "to": to, "bold": is_bold, "tall": is_tall, "indent": cell.indent}


def _chart(chart: Chart, report: Report, area: Area, keeps: bool) -> Data:
    return {
        "is": "chart",
        "caption": _breakable(literal(chart.caption), official.SIZES.caption, area.width),
        "note": _breakable(literal(chart.note), official.SIZES.note, area.width),
        "alt": _named(chart.alt, report),
        "drawing": drawing(chart, report.language, area),
        "keeps": keeps,
    }


def drawing(chart: Chart, language: Language, area: Area) -> Data:
    """What `chart.typ` draws: values with their texts, colours, and the measures that Word's chart has too."""
    is_bars, top, names = chart.kind == "bars", looks.axis_end(chart) or 1.0, looks.drawn(chart, language)[0]
    labels = looks.has_labels(chart)

    def text(value: float | None) -> str:
        return value_text(value, chart.values_are, language)

    return {
        "kind": chart.kind,
        "width": area.width,
        "height": height_pt(chart, area),
        "head": head_pt(chart),
        "names": [name_lines(name, area.width * NAMES_SHARE) for name in names]
        if is_bars
        else [_breakable(name, TEXT_PT, NARROW_PT) for name in names],
        "pitches": bar_pitches(chart, area) if is_bars and names else (),
        "bar": BAR_PT,
        "series": [
            asdict(one) | {"colour": f"#{one.colour}", "label": f"#{one.label_colour}", "texts": list(map(text, one.values)), "end": _end(one, text)}
            for one in drawn_series(chart, language)
            if chart.kind == "line" or not one.is_target
        ],
        "target": chart.target,
        "target_text": f"{looks.target_name(language)} {text(chart.target)}",
        "top": top,
        "most": top / looks.HEADROOM,
        "ticks": [] if labels else looks.ticks(chart, language),
        "labels": labels,
        "legend": looks.has_legend(chart),
        **{name: f"#{colour}" for name, colour in COLOURS.items()},
    }


def _end(one: DrawnSeries, text: Callable[[float], str]) -> str:
    """What stands at a line's end: its name and last value."""
    return one.name if one.last is None else f"{one.name} {text(one.values[one.last] or 0.0)}"


def _named(text: str, report: Report) -> str:
    """A name for those who cannot see: never empty, which PDF/UA forbids."""
    names = (literal(name) for name in (text, report.title, report.provenance.report, official.form_words(report.language)["annex"]))
    return next(name for name in names if typeface.showable(name).strip())


def _breakable(text: str, size: float, width: float) -> str:
    """The text with places to break in words that no line of `width` points holds."""
    if len(text) * size * 0.2 < width:
        return text
    words = text.split(" ")
    return " ".join(ZERO_WIDTH_SPACE.join(word) if typeface.width_pt(word, size, is_bold=True) > width else word for word in words)


def _lacking(data: Any) -> str:
    if isinstance(data, str):
        found = "" if data.isascii() else (sign for sign in data if typeface.shown_as(sign) == typeface.MISSING != sign)
    else:
        found = (
            sign
            for value in (data.values() if isinstance(data, dict) else data)
            if isinstance(value, str | dict | list | tuple)
            for sign in _lacking(value)
        )
    return "".join(dict.fromkeys(found))


def _shown(data: Any) -> Any:
    """The same data with a sign for every character that the typeface lacks: PDF/A allows no missing glyph."""
    if isinstance(data, str):
        return ZERO_WIDTH_SPACE.join(map(typeface.showable, data.split(ZERO_WIDTH_SPACE)))
    if isinstance(data, dict):
        return {key: _shown(value) for key, value in data.items()}
    return [_shown(value) for value in data] if isinstance(data, list | tuple) else data

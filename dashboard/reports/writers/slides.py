"""The slides of the review conference: 16:9, a sentence as title, native charts, source and window at the foot of each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Any

from dashboard.reports.content.blocks import Block, Chart, Heading, Paragraph, Report, Slide, Table
from dashboard.reports.layout.printable_text import clipped, printable
from dashboard.reports.layout.slide_fit import LINE, fitting, height_of
from dashboard.reports.layout.slide_plan import (
    CAPTION,
    FOOT_TOP,
    HEIGHT,
    MARGIN,
    NOTE,
    TITLE,
    WIDTH,
    Box,
    ChartBox,
    NumberBox,
    Placed,
    Sheet,
    TableBox,
    TextBox,
    body_below,
    chart_parts,
    sheets,
)
from dashboard.reports.writers import slide_shapes as shapes
from dashboard.reports.writers.chart_xml import WORKBOOK_RELATIONSHIP, chart_workbook, chart_xml
from dashboard.reports.writers.zip_package import repacked
from dashboard.ui.translations import catalogue

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide as NativeSlide

FONT = "Arial"
"""On every machine, with all Vietnamese letters; LibreOffice's stand-in has the same widths."""
CHART_TEXT, SMALL_CHART_TEXT, LEAST_CHART_TEXT = 14.0, 12.0, 9.0
BAR_SHARE = 0.5
"""Names and values of bars are no larger than this share of the room that a bar has."""
COVER_SIZES = (44.0, 40.0, 36.0, 32.0, 28.0, 24.0)
MARK = (WIDTH - MARGIN - 130, 9.0, 130.0, 15.0)
"""Where made-up data are said to be so: above the title, out of its way."""
_TITLE, _FOOT, _NUMBER = '<p:ph type="title"/>', '<p:ph type="ftr" sz="quarter" idx="11"/>', '<p:ph type="sldNum" sz="quarter" idx="12"/>'
_TITLE_ONLY = 5
"""The layout of python-pptx's own template that has a title and nothing else."""


def write(report: Report) -> bytes:
    """The deck as PPTX; equal reports give equal bytes. A report without slides of its own is shown block by block."""
    deck = _empty_deck(report)
    for place, slide in enumerate(report.slides if report.slides is not None else _slides_of(report)):
        is_cover = place == 0 and not any(isinstance(block, Table | Chart) for block in slide.blocks)
        for sheet in [None] if is_cover else sheets(slide):
            native = deck.slides.add_slide(deck.slide_layouts[0])
            for shape in list(native.shapes):
                shape._element.getparent().remove(shape._element)
            _Drawer(native, report).draw(slide, sheet)
    file = io.BytesIO()
    deck.save(file)
    return repacked(file.getvalue())


def _slides_of(report: Report) -> Iterator[Slide]:
    """A deck made of the body: the title, then a slide per table or chart, with the paragraphs since the last."""
    yield Slide(report.title)
    heading = report.title
    texts: list[Block] = []
    for block in report.blocks:
        if isinstance(block, Heading):
            if texts:
                yield Slide(heading, tuple(texts))
            heading, texts = block.text, []
        elif isinstance(block, Paragraph):
            texts.append(block)
        else:
            yield Slide(heading, (*texts, block))
            texts = []
    if texts:
        yield Slide(heading, tuple(texts))


class _Drawer:
    """Puts shapes on one slide, each with the next number."""

    def __init__(self, native: NativeSlide, report: Report) -> None:
        self._native, self._report = native, report
        self._language = "vi-VN" if report.language == "vi" else "en-GB"
        self._words = catalogue(report.language)
        self._count = 1

    def draw(self, slide: Slide, sheet: Sheet | None) -> None:
        """The slide's sheet; None is the cover."""
        if sheet is None:
            self._cover(slide)
        else:
            title = sheet.title if sheet.part == 1 else fitting(f"{sheet.title} ({sheet.part})", (sheet.title_size,), TITLE[2], TITLE[3], True)[0]
            self._title(title, sheet.title_size, TITLE, shapes.INK, "t")
            for placed in sheet.placed:
                self._placed(placed)
            self._foot(sheet.note, shapes.GREY)
        self._speak(slide)

    def _add(self, xml: str) -> None:
        from pptx.oxml import parse_xml

        self._native.shapes._spTree.append(parse_xml(xml))

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _title(self, text: str, size: float, box: Box, colour: str, anchor: str) -> None:
        words = shapes.paragraph(shapes.run(text, size, self._language, colour, is_bold=True))
        self._add(shapes.text_shape(self._next(), "Title", box, words, anchor, _TITLE))

    def _text(self, name: str, box: Box, text: str, size: float, colour: str, align: str = "l", is_bold: bool = False, outline: str = "") -> None:
        words = shapes.paragraph(shapes.run(text, size, self._language, colour, is_bold), align=align)
        self._add(shapes.text_shape(self._next(), name, box, words, "ctr" if outline else "t", outline=outline))

    def _cover(self, slide: Slide) -> None:
        """White on ink: who reports, what, and the rest of the slide's text."""
        from pptx.dml.color import RGBColor

        fill = self._native.background.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor(*bytes.fromhex(shapes.INK))  # type: ignore[no-untyped-call]
        width = WIDTH - 2 * MARGIN - 60
        title, size = fitting(printable(slide.title), COVER_SIZES, width, 170, is_bold=True)
        self._title(title, size, (MARGIN, 150, width, 170), shapes.WHITE, "b")
        below = [block for block in slide.blocks if isinstance(block, Paragraph)]
        words = printable(" · ".join(block.text for block in below)) if len(below) > 4 else ""
        lines = [words] if words else [printable(block.text) for block in below]
        top = 340.0
        for line in lines:
            text, line_size = fitting(line, (20.0, 18.0, 16.0, 14.0), width, 52)
            self._text("Text", (MARGIN, top, width, 52), text, line_size, "E6ECF5")
            top += 32
        self._foot(clipped(slide.note, 260), "C3D1E6")

    def _placed(self, placed: Placed) -> None:
        if isinstance(placed, TextBox):
            words = shapes.texts(placed.paragraphs, placed.size, self._language, placed.gap)
            self._add(shapes.text_shape(self._next(), "Text", placed.box, words))
        elif isinstance(placed, NumberBox):
            self._number(placed)
        elif isinstance(placed, TableBox):
            self._table(placed)
        else:
            self._chart(placed)

    def _number(self, placed: NumberBox) -> None:
        left, top, width, height = placed.box
        if not placed.is_first:
            self._add(shapes.line_shape(self._next(), (left - 13, top + 6, 0, height * 0.75)))
        big = placed.number_size * LINE
        words = shapes.paragraph(shapes.run(placed.number, placed.number_size, self._language, is_bold=True))
        if placed.counts:
            words += shapes.paragraph(shapes.run(placed.counts, placed.words_size, self._language, shapes.GREY), before=2)
        words += shapes.paragraph(shapes.run(placed.words, placed.words_size, self._language), before=10)
        self._add(shapes.text_shape(self._next(), "Figure", (left, top, width, max(height, big)), words))

    def _table(self, placed: TableBox) -> None:
        left, top, width, height = placed.box
        table = placed.table
        if table.caption:
            text, size = fitting(table.caption, (CAPTION,), width, height * 0.3, True)
            used = height_of(text, size, width, True)
            self._text("Caption", (left, top, width, used), text, size, shapes.GREY, is_bold=True)
            top += used + 8
        self._add(shapes.table_frame(self._next(), table.caption or "Table", table.caption, placed, top, self._language))
        if table.note:
            below = top + sum(placed.heights) + 6
            self._text("Note", (left, below, width, height_of(table.note, NOTE, width)), table.note, NOTE, shapes.GREY)

    def _chart(self, placed: ChartBox) -> None:
        from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
        from pptx.parts.chart import ChartPart
        from pptx.parts.embeddedpackage import EmbeddedXlsxPart

        chart, report = placed.chart, self._report
        caption, frame, note = chart_parts(placed)
        self._text("Caption", caption, clipped(chart.caption, 160), CAPTION, shapes.GREY, is_bold=True)
        package = self._native.part.package
        size = CHART_TEXT if placed.box[2] > WIDTH / 2 else SMALL_CHART_TEXT
        if chart.kind == "bars":
            size = max(LEAST_CHART_TEXT, min(size, BAR_SHARE * frame[3] / max(1, len(chart.categories))))
        xml = chart_xml(chart, report.language, FONT, size)
        part = ChartPart.load(package.next_partname(ChartPart.partname_template), CONTENT_TYPE.DML_CHART, package, xml)
        workbook = EmbeddedXlsxPart.new(chart_workbook(chart, report.language, report.provenance.published_at), package)
        assert part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE) == WORKBOOK_RELATIONSHIP
        relationship = self._native.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        self._add(shapes.chart_frame(self._next(), clipped(chart.caption, 160), clipped(chart.alt, 1000), frame, relationship))
        if chart.note:
            self._text("Note", note, clipped(chart.note, 200), NOTE, shapes.GREY)

    def _foot(self, note: str, colour: str) -> None:
        """Source with window and cut-off, the slide's number, and the mark of made-up data."""
        self._add(
            shapes.line_shape(self._next(), (MARGIN, FOOT_TOP - 5, WIDTH - 2 * MARGIN, 0), colour if colour != shapes.GREY else shapes.HAIRLINE)
        )
        text, size = fitting(note, (11.0, 10.5, 10.0, 9.0), WIDTH - 2 * MARGIN - 60, 25)
        words = shapes.paragraph(shapes.run(text, size, self._language, colour))
        self._add(shapes.text_shape(self._next(), "Footer", (MARGIN, FOOT_TOP, WIDTH - 2 * MARGIN - 60, 25), words, placeholder=_FOOT))
        fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
        look = f'<a:rPr lang="{self._language}" sz="1100">{fill}</a:rPr>'
        field = f'<a:fld id="{{C1FF6DA9-008F-8B48-92A6-B652298478BF}}" type="slidenum">{look}<a:t>‹#›</a:t></a:fld>'
        box = (WIDTH - MARGIN - 50, FOOT_TOP, 50.0, 25.0)
        self._add(shapes.text_shape(self._next(), "Slide Number", box, shapes.paragraph(field, align="r"), placeholder=_NUMBER))
        if self._report.provenance.is_synthetic:
            mark = shapes.ACCENT if colour == shapes.GREY else shapes.WHITE
            self._text("Synthetic", MARK, self._words["report_file.synthetic"], 9.5, mark, align="ctr", outline=mark)

    def _speak(self, slide: Slide) -> None:
        """Speaker's notes: what the slide says in words, for those who speak and those who cannot see it."""
        lines = [printable(slide.title)]
        for block in slide.blocks:
            if isinstance(block, Paragraph):
                lines.append(printable(block.text))
            elif isinstance(block, Chart):
                lines.append(printable(f"{block.caption}. {block.alt}"))
            elif isinstance(block, Table):
                lines.append(printable(block.caption))
        frame = self._native.notes_slide.notes_text_frame
        if frame is not None:
            frame.text = "\n".join([*lines, printable(slide.note)])


def _empty_deck(report: Report) -> Presentation:
    """A deck of one layout at 16:9, in one typeface, with nobody's name and the snapshot's time as its own."""
    from pptx import Presentation

    deck = Presentation()
    deck.slide_width, deck.slide_height = shapes.emu(WIDTH), shapes.emu(HEIGHT)  # type: ignore[assignment]
    kept = deck.slide_layouts[_TITLE_ONLY]
    for layout in list(deck.slide_layouts):
        if layout.name != kept.name:
            deck.slide_layouts.remove(layout)
    _move_placeholders(deck.slide_master)
    _move_placeholders(kept)
    _set_typeface(deck)
    made = report.provenance.published_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = deck.core_properties
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = properties.subject = ""
    properties.title = clipped(report.title, 200)
    properties.created = properties.modified = made
    properties.revision = 1
    properties.language = report.language
    package = deck.part.package
    for name in ("thumbnail", "extended-properties"):
        for relationship in [key for key, one in package._rels.items() if one.reltype.endswith(name)]:
            package._rels.pop(relationship)
    for relationship in [key for key, one in deck.part.rels.items() if one.reltype.endswith("printerSettings")]:
        deck.part.rels.pop(relationship)
    return deck


def _move_placeholders(owner: Any) -> None:
    """Title, source and number where the slides have them; the date has no place on a slide of a dated report."""
    boxes = {
        "TITLE": TITLE,
        "FOOTER": (MARGIN, FOOT_TOP, WIDTH - 2 * MARGIN - 60, 25.0),
        "SLIDE_NUMBER": (WIDTH - MARGIN - 50, FOOT_TOP, 50.0, 25.0),
        "BODY": body_below(TITLE[3]),
    }
    for shape in list(owner.placeholders):
        box = boxes.get(shape.placeholder_format.type.name)
        if box is None:
            shape._element.getparent().remove(shape._element)
            continue
        shape.left, shape.top, shape.width, shape.height = map(shapes.emu, box)


def _set_typeface(deck: Presentation) -> None:
    """The theme's typefaces, and titles of the master to the left in ink, so that slides that a reader adds look like these."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    master = deck.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b'<a:latin typeface="Calibri"/>', f'<a:latin typeface="{FONT}"/>'.encode())
    style = master._element.find(".//{*}titleStyle/{*}lvl1pPr")
    style.set("algn", "l")
    properties = style.find("{*}defRPr")
    properties.set("sz", "2800")
    properties.set("b", "1")

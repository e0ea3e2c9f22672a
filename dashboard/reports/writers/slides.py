"""The slides of the review conference: 16:9, a sentence as title, native charts, source and window at the foot of each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING

from dashboard.palette import LIGHT
from dashboard.reports.content.blocks import Block, Chart, Heading, Paragraph, Report, Slide, Table
from dashboard.reports.layout.chart_values import ACCENT, GREY, HAIRLINE, INK, PALEST, PAPER, WASH
from dashboard.reports.layout.printable_text import clipped, printable
from dashboard.reports.layout.slide_fit import LINE, fitting, height_of
from dashboard.reports.layout.slide_plan import (
    BULLET,
    CAPTION,
    CELL_PAD,
    FOOT_TOP,
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
    chart_parts,
    sheets,
)
from dashboard.reports.writers.chart_xml import WORKBOOK_RELATIONSHIP, chart_workbook, chart_xml
from dashboard.reports.writers.filled import FOLDER, filled
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
SOURCE = (MARGIN, FOOT_TOP, WIDTH - 2 * MARGIN - 60, 25.0)
PAGE_NUMBER = (WIDTH - MARGIN - 50, FOOT_TOP, 50.0, 25.0)
SOURCE_SIZES = (11.0, 10.5, 10.0, 9.0)
ON_COVER, SOURCE_ON_COVER = LIGHT.sequential[0].removeprefix("#"), PALEST
DECK = FOLDER / "slide" / "deck.pptx"


LOOKS = {"INK": INK, "HAIRLINE": HAIRLINE, "WASH": WASH, "BULLET": BULLET, "padding": CELL_PAD}
Line = dict[str, object]
"""A paragraph in one look, as `shapes.xml` sets it."""


def line(text: str, size: float, colour: str = INK, bold: bool = False, before: float = 0.0, align: str = "l") -> Line:
    return {"text": text, "size": size, "colour": colour, "bold": bold, "before": before, "align": align}


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
            self._title(title, sheet.title_size, TITLE)
            for placed in sheet.placed:
                self._placed(placed)
            self._foot(sheet.note, GREY)
        self._speak(slide)

    def _add(self, shape: str, box: Box, name: str = "", **values: object) -> None:
        from pptx.oxml import parse_xml

        self._count += 1
        values = {"lines": (), "placed": None, **values, "number": self._count, "language": self._language}
        xml = filled("slide/shapes.xml", shape=shape, box=box, name=name, **LOOKS, **values)
        self._native.shapes._spTree.append(parse_xml(xml))

    def _text(self, name: str, box: Box, *lines: Line, anchor: str = "t", placeholder: str = "", outline: str = "", **values: object) -> None:
        self._add("text", box, name, lines=lines, anchor=anchor, placeholder=placeholder, outline=outline, **values)

    def _title(self, text: str, size: float, box: Box, colour: str = INK, anchor: str = "t") -> None:
        self._text("Title", box, line(text, size, colour, bold=True), anchor=anchor, placeholder="title")

    def _cover(self, slide: Slide) -> None:
        """White on ink: who reports, what, and the rest of the slide's text."""
        from pptx.dml.color import RGBColor

        fill = self._native.background.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor(*bytes.fromhex(INK))  # type: ignore[no-untyped-call]
        width = WIDTH - 2 * MARGIN - 60
        title, size = fitting(printable(slide.title), COVER_SIZES, width, 170, is_bold=True)
        self._title(title, size, (MARGIN, 150, width, 170), PAPER, "b")
        below = [block for block in slide.blocks if isinstance(block, Paragraph)]
        words = printable(" · ".join(block.text for block in below)) if len(below) > 4 else ""
        lines = [words] if words else [printable(block.text) for block in below]
        top = 340.0
        for one in lines:
            text, line_size = fitting(one, (20.0, 18.0, 16.0, 14.0), width, 52)
            self._text("Text", (MARGIN, top, width, 52), line(text, line_size, ON_COVER))
            top += 32
        self._foot(clipped(slide.note, 260), SOURCE_ON_COVER)

    def _placed(self, placed: Placed) -> None:
        if isinstance(placed, TextBox):
            self._text("Text", placed.box, placed=placed)
        elif isinstance(placed, NumberBox):
            self._number(placed)
        elif isinstance(placed, TableBox):
            self._table(placed)
        else:
            self._chart(placed)

    def _number(self, placed: NumberBox) -> None:
        left, top, width, height = placed.box
        if not placed.is_first:
            self._add("hairline", (left - 13, top + 6, 0, height * 0.75), colour=HAIRLINE)
        lines = [line(placed.number, placed.number_size, bold=True)]
        if placed.counts:
            lines.append(line(placed.counts, placed.words_size, GREY, before=2))
        lines.append(line(placed.words, placed.words_size, before=10))
        self._text("Figure", (left, top, width, max(height, placed.number_size * LINE)), *lines)

    def _table(self, placed: TableBox) -> None:
        left, top, width, height = placed.box
        table = placed.table
        if table.caption:
            text, size = fitting(table.caption, (CAPTION,), width, height * 0.3, True)
            used = height_of(text, size, width, True)
            self._text("Caption", (left, top, width, used), line(text, size, GREY, bold=True))
            top += used + 8
        box = (left, top, sum(placed.widths), sum(placed.heights))
        self._add("table", box, table.caption or "Table", alt=table.caption, placed=placed)
        if table.note:
            below = top + sum(placed.heights) + 6
            self._text("Note", (left, below, width, height_of(table.note, NOTE, width)), line(table.note, NOTE, GREY))

    def _chart(self, placed: ChartBox) -> None:
        from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
        from pptx.parts.chart import ChartPart
        from pptx.parts.embeddedpackage import EmbeddedXlsxPart

        chart, report = placed.chart, self._report
        caption, frame, note = chart_parts(placed)
        self._text("Caption", caption, line(clipped(chart.caption, 160), CAPTION, GREY, bold=True))
        package = self._native.part.package
        size = CHART_TEXT if placed.box[2] > WIDTH / 2 else SMALL_CHART_TEXT
        if chart.kind == "bars":
            size = max(LEAST_CHART_TEXT, min(size, BAR_SHARE * frame[3] / max(1, len(chart.categories))))
        xml = chart_xml(chart, report.language, FONT, size)
        part = ChartPart.load(package.next_partname(ChartPart.partname_template), CONTENT_TYPE.DML_CHART, package, xml)
        workbook = EmbeddedXlsxPart.new(chart_workbook(chart, report.language, report.provenance.published_at), package)
        assert part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE) == WORKBOOK_RELATIONSHIP
        relationship = self._native.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        self._add("chart", frame, clipped(chart.caption, 160), alt=clipped(chart.alt, 1000), relationship=relationship)
        if chart.note:
            self._text("Note", note, line(clipped(chart.note, 200), NOTE, GREY))

    def _foot(self, note: str, colour: str) -> None:
        """Source with window and cut-off, the slide's number, and the mark of made-up data."""
        is_cover = colour != GREY
        self._add("hairline", (MARGIN, FOOT_TOP - 5, WIDTH - 2 * MARGIN, 0), colour=colour if is_cover else HAIRLINE)
        text, size = fitting(note, SOURCE_SIZES, SOURCE[2], SOURCE[3])
        self._text("Footer", SOURCE, line(text, size, colour), placeholder="source")
        self._text("Slide Number", PAGE_NUMBER, placeholder="page number", size=SOURCE_SIZES[0], colour=colour)
        if self._report.provenance.is_synthetic:
            colour = PAPER if is_cover else ACCENT
            mark = line(self._words["report_file.synthetic"], 9.5, colour, align="ctr")
            self._text("Synthetic", MARK, mark, anchor="ctr", outline=colour)

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
    """The deck of `templates/slide` with nobody's name and the snapshot's time as its own.

    It has one layout at 16:9 in FONT, with title, source and number where the slides have them, so that slides that a reader adds look like these.
    """
    from pptx import Presentation

    deck = Presentation(str(DECK))
    properties = deck.core_properties
    properties.title = clipped(report.title, 200)
    properties.created = properties.modified = report.provenance.published_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.language = report.language
    return deck

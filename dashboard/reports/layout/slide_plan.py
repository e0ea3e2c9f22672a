"""Where things go on a slide: a slide's blocks as placed boxes, and a second slide where one does not hold them. Lengths are points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.reports.content.blocks import Block, Chart, Heading, Paragraph, Run, Slide, Table
from dashboard.reports.layout.printable_text import clipped, kept_together, printable
from dashboard.reports.layout.slide_fit import LINE, fitting, height_of, lines_of, pieces, width_of

WIDTH, HEIGHT = 960.0, 540.0
"""16:9, 13.333 by 7.5 inches."""
MARGIN = 44.0
TITLE = (MARGIN, 32.0, WIDTH - 2 * MARGIN, 70.0)
FOOT_TOP = 503.0
BODY_BOTTOM = FOOT_TOP - 14.0
BELOW_TITLE = 20.0
TITLE_SIZES = (28.0, 26.0, 24.0, 22.0, 20.0, 18.0)
TEXT_SIZES = (28.0, 26.0, 24.0, 22.0, 20.0, 18.0, 16.0, 14.0)
SIDE_SIZES = (18.0, 16.0, 14.0, 13.0, 12.0)
LEAD_SIZES = (20.0, 18.0, 16.0)
WORDS_SIZES = (24.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.0)
NUMBER_SIZES = (66.0, 60.0, 54.0, 48.0, 44.0, 40.0, 36.0, 32.0, 28.0, 24.0, 20.0)
TABLE_SIZES = (20.0, 18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0)
CAPTION, NOTE = 13.0, 10.5
GAP = 26.0
PARAGRAPH_GAP = 0.55
"""Between paragraphs, in type sizes; at least."""
MOST_SPARE = 0.55
"""What is added to it where a slide has room."""
LEAD_LINES = 2
"""A text of no more lines than this stands above the chart, a longer one beside it."""
HEAD_SHARE = 0.6
"""A column of numbers is at least so much of its title wide, which then takes two lines."""
CELL_PAD = (5.0, 2.5)
LONGEST_CELL = 140
MOST_NUMBERS = 4
NUMBERS_DROP = 0.18
"""Figures side by side stand a little above the middle of the body, not under the title."""
PAIRED_FROM = 4
"""From so many on, figures stand in two rows: one row would leave half of the slide empty."""
BULLET = "– "

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True)
class TextBox:
    """Paragraphs one below the other at one size."""

    box: Box
    paragraphs: tuple[Paragraph, ...]
    size: float
    gap: float = PARAGRAPH_GAP
    """Between paragraphs, in type sizes."""


@dataclass(frozen=True)
class NumberBox:
    """A figure in large type, what it was counted from below it, and the words."""

    box: Box
    number: str
    counts: str
    words: str
    number_size: float
    words_size: float
    is_first: bool


@dataclass(frozen=True)
class TableBox:
    box: Box
    table: Table
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    """Of the head and of each row."""


@dataclass(frozen=True)
class ChartBox:
    box: Box
    chart: Chart


Placed = TextBox | NumberBox | TableBox | ChartBox


@dataclass(frozen=True)
class Sheet:
    """One slide as it is drawn."""

    title: str
    title_size: float
    placed: tuple[Placed, ...]
    note: str
    part: int
    """From 1 on; a slide that does not fit goes on in a second part."""
    blocks: tuple[Block, ...]


def sheets(slide: Slide) -> list[Sheet]:
    """The slide as one or more sheets; each holds what it shows within its margins."""
    title, size = fitting(kept_together(printable(slide.title)), TITLE_SIZES, TITLE[2], TITLE[3], is_bold=True)
    texts = [_as_paragraph(block) for block in slide.blocks if isinstance(block, Paragraph | Heading)]
    graphics = [block for block in slide.blocks if isinstance(block, Table | Chart)]
    body = body_below(height_of(title, size, TITLE[2], True))
    pages = _graphic_pages(texts, graphics, body) if graphics else _text_pages(texts, body)
    note = clipped(slide.note, 260)
    return [Sheet(title, size, tuple(placed), note, part, slide.blocks) for part, placed in enumerate(pages or [[]], start=1)]


def body_below(title_height: float) -> Box:
    """The room between a title of so much height and the foot."""
    top = TITLE[1] + title_height + BELOW_TITLE
    return MARGIN, top, WIDTH - 2 * MARGIN, BODY_BOTTOM - top


def _as_paragraph(block: Paragraph | Heading) -> Paragraph:
    if isinstance(block, Paragraph):
        return replace(block, runs=tuple(replace(run, text=printable(run.text)) for run in block.runs))
    return Paragraph("", (Run(printable(f"{block.number} {block.text}"), is_strong=True),))


def is_number(paragraph: Paragraph) -> bool:
    """Whether the paragraph begins with a figure that is set off: it is shown large."""
    return bool(paragraph.runs) and paragraph.runs[0].is_strong and paragraph.runs[0].figure is not None


def _text(paragraph: Paragraph) -> str:
    return f"{BULLET}{paragraph.text}" if paragraph.is_item else paragraph.text


def _stack(paragraphs: Sequence[Paragraph], size: float, width: float) -> float:
    heights = [height_of(_text(one), size, width, any(run.is_strong for run in one.runs)) for one in paragraphs]
    return sum(heights) + PARAGRAPH_GAP * size * max(0, len(heights) - 1)


def _fitting_stack(paragraphs: Sequence[Paragraph], sizes: Sequence[float], width: float, height: float) -> float | None:
    return next((size for size in sizes if _stack(paragraphs, size, width) <= height), None)


def _text_pages(texts: Sequence[Paragraph], body: Box) -> list[list[Placed]]:
    if texts and len(texts) <= MOST_NUMBERS and all(map(is_number, texts)):
        return [_numbers(texts, body)]
    left, top, width, height = body
    size = _fitting_stack(texts, TEXT_SIZES, width, height)
    if size is not None:
        spare = (height - _stack(texts, size, width)) / (size * max(1, len(texts) - 1))
        return [[TextBox((left, top, width, height), tuple(texts), size, PARAGRAPH_GAP + min(MOST_SPARE, max(0.0, spare)))]] if texts else []
    return [[TextBox((left, top, width, height), page, TEXT_SIZES[-1])] for page in _broken(texts, TEXT_SIZES[-1], width, height)]


def _broken(texts: Sequence[Paragraph], size: float, width: float, height: float) -> list[tuple[Paragraph, ...]]:
    """Paragraphs over as many pages as they need; one that is taller than a page is broken between words."""
    pages: list[tuple[Paragraph, ...]] = [()]
    for one in texts:
        parts = [one]
        if _stack([one], size, width) > height:
            parts = [replace(one, runs=(Run(piece),)) for piece in pieces(one.text, size, width * 0.96, height)]
        for part in parts:
            if pages[-1] and _stack([*pages[-1], part], size, width) > height:
                pages.append(())
            pages[-1] = (*pages[-1], part)
    return pages


def _numbers(texts: Sequence[Paragraph], body: Box) -> list[Placed]:
    """Figures side by side, in one row or two, all in the size that the longest of them allows."""
    left, top, width, height = body
    across = len(texts) if len(texts) < PAIRED_FROM else 2
    down = -(-len(texts) // across)
    each, tall = (width - GAP * (across - 1)) / across, (height - GAP * (down - 1)) / down
    drop = NUMBERS_DROP if down == 1 else NUMBERS_DROP / 3
    split = [_number_and_counts(one.runs[0].text) for one in texts]
    words = ["".join(run.text for run in one.runs[1:]).strip() for one in texts]
    inner = each - 14
    big = min(fitting(number, NUMBER_SIZES, inner, NUMBER_SIZES[0] * LINE, is_bold=True)[1] for number, _ in split)
    small = min(fitting(text, WORDS_SIZES, inner, tall * 0.4)[1] for text in words)
    placed: list[Placed] = []
    for place, ((number, counts), text) in enumerate(zip(split, words, strict=True)):
        row, column = divmod(place, across)
        box = (left + column * (each + GAP), top + row * (tall + GAP) + tall * drop, each, tall * (1 - drop))
        number = fitting(number, (big,), inner, big * LINE, is_bold=True)[0]
        placed.append(NumberBox(box, number, counts, fitting(text, (small,), inner, tall * 0.4)[0], big, small, column == 0))
    return placed


def _number_and_counts(text: str) -> tuple[str, str]:
    number, bracket, counts = text.partition(" (")
    return (number, counts.removesuffix(")")) if bracket and counts.endswith(")") else (text, "")


def _graphic_pages(texts: Sequence[Paragraph], graphics: Sequence[Table | Chart], body: Box) -> list[list[Placed]]:
    left, top, width, height = body
    lead_lines = sum(lines_of(_text(one), LEAD_SIZES[-1], width, True) for one in texts)
    pages: list[list[Placed]] = []
    first: list[Placed] = []
    area = body
    if texts and lead_lines <= LEAD_LINES and len(texts) <= LEAD_LINES:
        size = _fitting_stack(texts, LEAD_SIZES, width, LEAD_LINES * LEAD_SIZES[0] * LINE + 8) or LEAD_SIZES[-1]
        used = _stack(texts, size, width)
        first = [TextBox((left, top, width, used + 4), tuple(texts), size)]
        area = (left, top + used + 18, width, height - used - 18)
    elif texts:
        side = width * 0.32
        fitted = _fitting_stack(texts, SIDE_SIZES, side, height)
        if fitted is None:
            pages += _text_pages(texts, body)
        else:
            first = [TextBox((left, top, side, height), tuple(texts), fitted)]
            area = (left + side + GAP, top, width - side - GAP, height)
    for place in range(0, len(graphics), 2):
        pair = graphics[place : place + 2]
        if area[2] < width or (len(pair) == 2 and any(isinstance(one, Table) and len(one.columns) > 5 for one in pair)):
            layouts = [[one] for one in pair]
        else:
            layouts = [list(pair)]
        for layout in layouts:
            each = (area[2] - GAP * (len(layout) - 1)) / len(layout)
            boxes = [(area[0] + number * (each + GAP), area[1], each, area[3]) for number in range(len(layout))]
            columns = [_graphic(one, box) for one, box in zip(layout, boxes, strict=True)]
            for number in range(max(map(len, columns))):
                shown = [column[min(number, len(column) - 1)] for column in columns if number < len(column) or isinstance(column[0], ChartBox)]
                pages.append([*first, *shown])
            first, area = [], body
    return pages


def _graphic(block: Table | Chart, box: Box) -> list[Placed]:
    """A chart in its box, or a table in as many boxes as its rows need."""
    if isinstance(block, Chart):
        return [ChartBox(box, block)]
    table = _clean(block)
    room = box[3] - _frame_of(table.caption, table.note, box[2])
    for size in TABLE_SIZES:
        widths = _column_widths(table, size, box[2])
        heights = _row_heights(table, size, widths)
        if sum(heights) <= room:
            return [TableBox(box, table, size, widths, heights)]
    size = TABLE_SIZES[-3]
    widths, boxes, start = _column_widths(table, size, box[2]), [], 0
    heights = _row_heights(table, size, widths)
    while start < len(table.rows):
        end, used = start, heights[0]
        while end < len(table.rows) and (end == start or used + heights[end + 1] <= room):
            used += heights[end + 1]
            end += 1
        strong = frozenset(row - start for row in table.strong_rows if start <= row < end)
        part = replace(table, rows=table.rows[start:end], strong_rows=strong)
        boxes.append(TableBox(box, part, size, widths, (heights[0], *heights[start + 1 : end + 1])))
        start = end
    return list(boxes)


def _frame_of(caption: str, note: str, width: float) -> float:
    """What the caption above and the note below take from the height of a graphic."""
    taken = height_of(caption, CAPTION, width, True) + 8 if caption else 0.0
    return taken + (height_of(note, NOTE, width) + 6 if note else 0.0)


def chart_parts(placed: ChartBox) -> tuple[Box, Box, Box]:
    """Boxes of a chart's caption, of the chart itself and of its note."""
    left, top, width, height = placed.box
    caption = height_of(clipped(placed.chart.caption, 160), CAPTION, width, True)
    note = height_of(clipped(placed.chart.note, 200), NOTE, width) + 4 if placed.chart.note else 0.0
    return (left, top, width, caption), (left, top + caption + 6, width, height - caption - note - 8), (left, top + height - note, width, note)


def _clean(table: Table) -> Table:
    """Texts that can print, and none so long that a single row would fill the slide."""
    rows = tuple(tuple(replace(cell, text=clipped(cell.text, LONGEST_CELL)) for cell in row) for row in table.rows)
    columns = tuple(replace(column, title=clipped(column.title, 80)) for column in table.columns)
    return replace(table, caption=clipped(table.caption, 160), note=clipped(table.note, 200), columns=columns, rows=rows)


def _column_widths(table: Table, size: float, width: float) -> tuple[float, ...]:
    """Columns of numbers as wide as their widest, the rest by weight."""
    pad = 2 * CELL_PAD[0] + 4
    fixed: dict[int, float] = {}
    for place, column in enumerate(table.columns):
        if column.kind == "text" and place == 0:
            continue
        cells = max((_one_line(row[place].text, size) for row in table.rows), default=0.0)
        words = max((_one_line(word, size) for word in column.title.split()), default=0.0)
        head = max(words, _one_line(column.title, size) * HEAD_SHARE)
        fixed[place] = min(max(cells, head), width * 0.3) + pad
    rest = width - sum(fixed.values())
    loose = [place for place in range(len(table.columns)) if place not in fixed]
    if not loose or rest < width * 0.2:
        whole = sum(column.weight for column in table.columns)
        return tuple(width * column.weight / whole for column in table.columns)
    return tuple(fixed.get(place, rest / len(loose)) for place in range(len(table.columns)))


def _one_line(text: str, size: float) -> float:
    return width_of(text, size, True)


def _row_heights(table: Table, size: float, widths: Sequence[float]) -> tuple[float, ...]:
    def height(texts: Sequence[str]) -> float:
        lines = max((lines_of(text, size, max(width - 2 * CELL_PAD[0], size), True) for text, width in zip(texts, widths, strict=True)), default=1)
        return lines * size * LINE + 2 * CELL_PAD[1] + size * 0.15

    return (height([column.title for column in table.columns]), *(height([cell.text for cell in row]) for row in table.rows))

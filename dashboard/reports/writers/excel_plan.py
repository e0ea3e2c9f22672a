"""Which sheets a workbook has: one table or chart each, beside the cover, the contents, the notes, the text and the figures.

The form is that of accessible official workbooks (Analysis Function of the United Kingdom, "Releasing statistics in spreadsheets"): no merged cells,
one table per sheet from the left edge on, and every number a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.reports.content.blocks import Block, Cell, Chart, Column, Figure, Heading, Paragraph, Report, Table
from dashboard.reports.content.tables import DOUBTFUL
from dashboard.reports.layout.printable_text import clipped, printable
from dashboard.ui import format as written
from dashboard.ui.format import Language

FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_NAME = 31
RESERVED_NAME = "history"
LONGEST_ABOUT = 300


@dataclass(frozen=True)
class Sheet:
    """A sheet with its name and what the contents say of it: text alone, or one table or chart with its sentences."""

    name: str
    about: str
    title: str
    text: tuple[Heading | Paragraph, ...] = ()
    shown: Table | Chart | None = None
    is_landscape: bool = False


def sheets_of(report: Report, words: Mapping[str, str]) -> list[Sheet]:
    """The sheets of body and annexes in print order; the body's text says where each of its tables and charts is."""
    body: list[Heading | Paragraph] = [block for block in report.blocks if isinstance(block, Heading | Paragraph)]
    found = [Sheet(words["body"], words["about_body"], report.title, tuple(body))] if body else []
    shown = [block for block in report.blocks if isinstance(block, Table | Chart)]
    found += [_of_block(_name_of(block, place, words), report.title, (), block) for place, block in enumerate(shown, start=1)]
    for annex in report.annexes:
        title = f"{words['annex']} {annex.number}. {annex.title}"
        for text, block in _parts(annex.blocks):
            name = annex.sheet or annex.number
            sheet = Sheet(name, annex.title, title, text) if block is None else _of_block(name, title, text, block)
            found.append(replace(sheet, is_landscape=annex.is_landscape or sheet.is_landscape))
    return found


def named_apart(wanted: Iterable[str]) -> list[str]:
    """Names that Excel takes, each unlike the others."""
    names: list[str] = []
    for name in wanted:
        plain = " ".join(printable(name).translate(FORBIDDEN_IN_NAMES).split()).strip("' ")[:LONGEST_NAME].strip("' ")
        plain = plain if plain and plain.casefold() != RESERVED_NAME else f"{plain}_"
        number, free = 1, plain
        while free.casefold() in {taken.casefold() for taken in names}:
            number += 1
            free = f"{plain[: LONGEST_NAME - len(str(number)) - 1]} {number}"
        names.append(free)
    return names


def numbers_apart(table: Table, figures: Mapping[str, Figure], words: Mapping[str, str], language: Language) -> Table:
    """The table with a column for each number: `61,68% (1.848/2.996)` is three of them, `27/32` two."""
    columns: list[Column] = []
    cells: list[list[Cell]] = [[] for _ in table.rows]
    for place, column in enumerate(table.columns):
        told = [row[place] for row in table.rows]
        counted = [_counted(cell, figures) for cell in told]
        if not any(counted):
            columns.append(column)
            for row, cell in zip(cells, told, strict=True):
                row.append(cell)
            continue
        has_rate = any(one is not None and "%" in cell.text for cell, one in zip(told, counted, strict=True))
        over, _, under = column.title.partition(" / ")
        titles = (over, f"{under[:1].upper()}{under[1:]}") if under else tuple(f"{over} – {words[f'figure_{side}'].lower()}" for side in _SIDES)
        columns += [replace(column, title=over, kind="rate")] * has_rate + [Column(title, "count") for title in titles]
        for row, cell, figure in zip(cells, told, counted, strict=True):
            row += _number_cells(cell, figure, has_rate, language)
    return replace(table, columns=tuple(columns), rows=tuple(map(tuple, cells)))


_SIDES = ("numerator", "denominator")


def _counted(cell: Cell, figures: Mapping[str, Figure]) -> Figure | None:
    """The rate whose two counts stand in the cell."""
    figure = figures.get(cell.figure or "")
    holds = figure is not None and cell.value is None and figure.kind == "rate" and figure.denominator and "/" in cell.text
    return figure if holds else None


def _number_cells(cell: Cell, figure: Figure | None, has_rate: bool, language: Language) -> list[Cell]:
    if figure is None:  # a count among rates, or words: it stands where the numbers begin
        kept = replace(cell, kind="count") if type(cell.value) is int else cell
        return [kept, *[Cell(written.NO_ACTIVITY)] * (1 + has_rate)]
    mark = f" {DOUBTFUL}" if cell.text.endswith(DOUBTFUL) else ""
    counts = [Cell(f"{written.number(one or 0, language)}{mark}", one, cell.figure) for one in (figure.numerator, figure.denominator)]
    rate = Cell(f"{written.percent(figure.value or 0.0, language, of=figure.denominator)}{mark}", figure.value, cell.figure)
    return [rate, *counts] if has_rate else counts


def _of_block(name: str, title: str, text: tuple[Heading | Paragraph, ...], block: Table | Chart) -> Sheet:
    return Sheet(name, clipped(block.caption or title, LONGEST_ABOUT), title, text, block)


def _name_of(block: Table | Chart, place: int, words: Mapping[str, str]) -> str:
    """`Bảng 3`, as its caption numbers it; by its place where nothing is numbered."""
    number, dot, _ = block.caption.partition(". ")
    return number if dot and number.rpartition(" ")[2].isdecimal() else f"{words['table_sheet']} {place}"


def _parts(blocks: Sequence[Block]) -> list[tuple[tuple[Heading | Paragraph, ...], Table | Chart | None]]:
    """Each table or chart with the sentences before it; those behind the last one go with it, and without any they stand alone."""
    parts: list[tuple[tuple[Heading | Paragraph, ...], Table | Chart | None]] = []
    waiting: list[Heading | Paragraph] = []
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            waiting.append(block)
        else:
            parts.append((tuple(waiting), block))
            waiting = []
    if waiting or not parts:
        text, last = parts.pop() if parts else ((), None)
        parts.append(((*text, *waiting), last))
    return parts

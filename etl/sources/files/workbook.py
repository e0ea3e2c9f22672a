"""Reads one sheet of an .xlsx workbook as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import python_calamine

from etl.sources.files.disguises import refuse_disguised
from etl.sources.files.titles import read_titles
from etl.sources.files.unusable_cells import ERRORS, UnusableCells
from etl.sources.files.workbook_parts import NEVER_CALCULATED, Valueless, check_parts
from etl.sources.open_file import FileRefused
from etl.sources.text import NotText, text_of

OPTIONS: dict[str, type] = {"sheet": str, "header_row": int}
_OLD_ERRORS = ("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#N/A", NEVER_CALCULATED)


def read_workbook(path: Path, options: Mapping[str, Any], unusable: UnusableCells) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Column titles, and rows as (row number as the spreadsheet shows it, text per titled column); empty rows are left out.

    Dates come by the workbook's own system (1900 or 1904). Options: sheet (default: the first one that is shown), header_row (default 1).
    Cells merged within one column all have the value that they show. Errors, formulas that were never calculated, durations and cells merged
    across columns are noted as unusable. Raises FileRefused, also for merged cells in the row of titles; OSError for what is not a whole workbook.
    """
    refuse_disguised(path, ".xlsx")
    valueless = check_parts(path)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet_name = options.get("sheet", _first_sheet(workbook))
        if sheet_name not in workbook.sheet_names:
            raise FileRefused(f"there is no sheet {sheet_name}; it has: {', '.join(workbook.sheet_names)}")
        sheet = workbook.get_sheet_by_name(sheet_name)
        cells = sheet.to_python(skip_empty_area=False)
    except python_calamine.CalamineError:
        _refuse_new_errors(valueless)
        raise OSError from None
    header_row = options.get("header_row", 1)
    if not 1 <= header_row <= len(cells):
        raise FileRefused(f"sheet {sheet_name} has no row {header_row} (header_row in source.toml)")
    _refuse_merged_titles(sheet, header_row)
    titles = read_titles([text_of(cell) for cell in cells[header_row - 1]], header_row)
    places = [place for place, title in enumerate(titles) if title]
    _fill_merged(sheet, cells, header_row, titles, unusable)
    for row, column, what in valueless.get(sheet_name, ()):
        if row >= header_row and column < len(titles) and titles[column]:
            unusable.note(titles[column], f"cell {_cell_name(row, column)} holds {what}")
    return [titles[place] for place in places], _rows(cells[header_row:], header_row, places, titles, unusable)


def _first_sheet(workbook: python_calamine.CalamineWorkbook) -> str:
    """The first one that a spreadsheet program shows and that has cells: lists for choices are kept on hidden ones, charts on sheets of their own."""
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet]
    shown = [sheet for sheet in sheets if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
    return next((sheet.name for sheet in (*shown, *sheets)), "")


def _refuse_new_errors(valueless: Mapping[str, Sequence[Valueless]]) -> None:
    """Errors that Excel has learnt since: the library takes a workbook with one for a damaged file."""
    for sheet, cells in valueless.items():
        found = [f"cell {_cell_name(row, column)} of {sheet} holds {what}" for row, column, what in cells if what not in _OLD_ERRORS]
        if found:
            raise FileRefused(f"{found[0]}, which cannot be read. Put a value there, or delete it, and save the workbook")


def _refuse_merged_titles(sheet: python_calamine.CalamineSheet, header_row: int) -> None:
    """A merged cell holds its title in one corner and leaves the other columns or rows without: which one is meant would be a guess."""
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or []:
        if first_row <= header_row - 1 <= last_row:
            place = f"{_cell_name(first_row, first_column)}:{_cell_name(last_row, last_column)}"
            raise FileRefused(
                f"the cells {place} are merged, and row {header_row} is to hold one title per column. "
                "Unmerge them and give each column its own title, or let header_row name another row"
            )


def _fill_merged(sheet: python_calamine.CalamineSheet, cells: list[list[Any]], header_row: int, titles: list[str], unusable: UnusableCells) -> None:
    """Gives each of the cells that are merged within a column the value that they show together.

    One that goes across columns is unusable, unless its rows hold nothing else, as a heading between rows does.
    """
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or []:
        across = [column for column in range(first_column, min(last_column + 1, len(titles))) if titles[column]]
        if first_row < header_row or not across:
            continue
        lines = [cells[row] for row in range(first_row, min(last_row + 1, len(cells)))]
        if first_column == last_column:
            for line in lines:
                line[first_column] = lines[0][first_column]
        elif any(line[place] not in ("", None) for line in lines for place in range(len(titles)) if titles[place] and place not in across):
            place = f"{_cell_name(first_row, first_column)}:{_cell_name(last_row, last_column)}"
            for column in across:
                unusable.note(titles[column], f"the cells {place} are merged across columns")


def _cell_name(row: int, column: int) -> str:
    """As a spreadsheet shows it: (0, 27) is AB1."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _rows(
    cells: list[list[Any]], header_row: int, places: list[int], titles: list[str], unusable: UnusableCells
) -> Iterator[tuple[int, list[str | None]]]:
    for number, row in enumerate(cells, start=header_row + 1):
        values: list[str | None] = []
        for place in places:
            try:
                values.append(unicodedata.normalize("NFC", text_of(row[place]) or "") or None)
            except NotText:
                unusable.note(titles[place], f"cell {_cell_name(number - 1, place)} holds a duration")
                values.append(None)
        if any(value and value.strip() for value in values):
            for place, value in zip(places, values, strict=True) if not ERRORS.isdisjoint(values) else ():
                if value in ERRORS:
                    unusable.note(titles[place], f"cell {_cell_name(number - 1, place)} holds {value}")
            yield number, values

"""Reads one sheet of an .xlsx workbook as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import python_calamine

from etl.sources.text import NotText, text_of
from etl.sources.titles import FileRefused, read_titles


def read_workbook(path: Path, options: Mapping[str, Any]) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Column titles, and rows as (row number as the spreadsheet shows it, text per titled column); empty rows are left out.

    Options: sheet (default: the first one), header_row (default 1). Raises FileRefused, or OSError for what is not a whole workbook.
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet_name = options.get("sheet", workbook.sheet_names[0] if workbook.sheet_names else "")
        if sheet_name not in workbook.sheet_names:
            raise FileRefused(f"there is no sheet {sheet_name}; it has: {', '.join(workbook.sheet_names)}")
        cells = workbook.get_sheet_by_name(sheet_name).to_python(skip_empty_area=False)
    except python_calamine.CalamineError:
        raise OSError from None
    header_row = options.get("header_row", 1)
    if not 1 <= header_row <= len(cells):
        raise FileRefused(f"sheet {sheet_name} has no row {header_row} (header_row in source.toml)")
    titles = read_titles([text_of(cell) for cell in cells[header_row - 1]], header_row)
    places = [place for place, title in enumerate(titles) if title]
    return [titles[place] for place in places], _rows(cells[header_row:], header_row, places)


def _rows(cells: list[list[Any]], header_row: int, places: list[int]) -> Iterator[tuple[int, list[str | None]]]:
    for number, row in enumerate(cells, start=header_row + 1):
        try:
            values = [text_of(row[place]) or None for place in places]
        except NotText as error:
            raise FileRefused(f"row {number} holds {error}") from None
        if any(value and value.strip() for value in values):
            yield number, values

"""The row of column titles of a sheet or a CSV file."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from etl.sources.open_file import FileRefused


def read_titles(cells: Sequence[str | None], header_row: int) -> list[str]:
    """Titles in NFC, on one line and trimmed; "" where a cell is empty.

    Raises FileRefused when there is none or one stands twice (the second would hide the first).
    """
    titles = [" ".join(unicodedata.normalize("NFC", cell or "").split()) for cell in cells]
    named = [title for title in titles if title]
    if not named:
        raise FileRefused(f"row {header_row} holds no column titles (header_row in source.toml)")
    folded = [title.casefold() for title in [*named, "file_name", "row_number"]]
    for title in named:
        if folded.count(title.casefold()) > 1:
            raise FileRefused(f"the column title {title} stands twice in row {header_row}")
    return titles

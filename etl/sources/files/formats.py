"""The file formats that can be read: FORMATS is the table of contents. A new format is one entry here and one line in docs/connecting.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.sources.files import delimited, json_lines, parquet, workbook
from etl.sources.files.unusable_cells import UnusableCells

Reader = Callable[[Path, Mapping[str, Any], UnusableCells], tuple[list[str], Iterator[tuple[int, list[str | None]]]]]


@dataclass(frozen=True)
class Format:
    """How files with some endings are read."""

    endings: tuple[str, ...]
    """In lower case; docs/connecting.md names each of them in the table of files."""
    read: Reader
    """Column titles, and rows with their number; raises FileRefused, or OSError for what is not a whole file of its kind.
    Cells without a plain value are noted, and NULL."""
    option_types: Mapping[str, type] = field(default_factory=dict)
    """Keys of `[entities.<name>]` that it goes by."""
    options_explained: str = ""
    """The same with their defaults, as the `source.toml` of a new source explains them."""
    fixed_options: Mapping[str, Any] = field(default_factory=dict)
    """Options that hold where `source.toml` does not say otherwise, as a delimiter for .tsv."""
    has_open_columns: bool = False
    """Whether a file may lack columns that others have: they are NULL there."""


FORMATS = (
    Format((".xlsx",), workbook.read_workbook, workbook.OPTIONS, 'sheet = "..." (else the first), header_row = 1'),
    Format(
        (".csv", ".csv.gz"),
        delimited.read_delimited,
        delimited.OPTIONS,
        """encoding = "utf-8" (or "windows-1258", "tcvn3", "vni", ...), delimiter = ",", quote = '"', header_row = 1""",
    ),
    Format((".jsonl", ".jsonl.gz"), json_lines.read_json_lines, has_open_columns=True),
    Format((".parquet",), parquet.read_parquet),
)


def format_of(path: Path) -> Format | None:
    """By the end of the file's name; None for one that is not known."""
    return next((known for known in FORMATS if path.name.lower().endswith(known.endings)), None)


def endings() -> list[str]:
    return [ending for known in FORMATS for ending in known.endings]


def option_types() -> dict[str, type]:
    """All keys of `[entities.<name>]` that say how a file is read."""
    return {key: kind for known in FORMATS for key, kind in known.option_types.items()}

"""`vanban check figures`: whether figures of any report agree with each other."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal.console import show
from cli.terminal.options import OutputOption
from data.errors import ConfigurationError

EXAMPLE = "report.docx"


def run(
    file: Annotated[
        Path,
        typer.Argument(
            help="Text with one statement per line, such as 2.016 = 1.271 + 745 or 1.848 / 2.996 = 61,68% (- for stdin); or a report"
            " (.docx, .xlsx, .csv), whose sums and percentages with their part and whole are looked for."
        ),
    ],
    output: OutputOption = "table",
) -> None:
    """Whether figures typed or read from any report agree with each other. Ends with 1 where some do not."""
    import polars as pl

    from metrics.coherence.typed_numbers import check_figures, check_report

    results = check_figures(_typed(file), str(file)) if file.suffix.lower() not in _READERS else check_report(_text_of(file), str(file))
    frame = pl.DataFrame(
        {
            "line": [result.line for result in results],
            "agrees": [result.is_right for result in results],
            "statement": [result.text for result in results],
            "detail": [result.detail for result in results],
        }
    )
    show(frame, output, empty="Nothing to check.")
    if not all(result.is_right for result in results):
        raise typer.Exit(1)


def _typed(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read as UTF-8 text ({error}). Name a text file, or - for what you type.") from None


def _text_of(file: Path) -> str:
    """The paragraphs and rows of a report, one per line."""
    try:
        return "\n".join(_READERS[file.suffix.lower()](file))
    except Exception as error:  # the libraries name a dozen kinds of damage
        raise ConfigurationError(f"{file} cannot be read ({error}). Save it anew, or type its figures into a text file.") from None


def _paragraphs_of_word(file: Path) -> Iterator[str]:
    import docx
    from docx.table import Table

    for part in docx.Document(str(file)).iter_inner_content():
        if isinstance(part, Table):
            yield from (" | ".join(cell.text.replace("\n", " ") for cell in row.cells) for row in part.rows)
        else:
            yield part.text.replace("\n", " ")


def _rows_of_workbook(file: Path) -> Iterator[str]:
    import python_calamine

    workbook = python_calamine.CalamineWorkbook.from_path(str(file))
    for name in workbook.sheet_names:
        yield from (_row(row) for row in workbook.get_sheet_by_name(name).to_python())


def _rows_of_csv(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from (_row(row) for row in csv.reader(lines))


def _row(cells: Iterable[object]) -> str:
    return " | ".join(str(cell).replace("\n", " ") for cell in cells)


_READERS: dict[str, Callable[[Path], Iterator[str]]] = {".docx": _paragraphs_of_word, ".xlsx": _rows_of_workbook, ".csv": _rows_of_csv}

"""`vanban check figures`: whether figures of any report agree with each other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.check.report_text import is_report, text_of
from cli.terminal.console import show, tell
from cli.terminal.options import OutputOption
from data.errors import ConfigurationError

EXAMPLE = "report.docx"


def run(
    file: Annotated[
        Path,
        typer.Argument(
            help="Text with one statement per line, such as 2.016 = 1.271 + 745 or 1.848 / 2.996 = 61,68% (- for stdin); or a report"
            " (.docx, .xlsx, .pdf, .csv), whose sums and percentages with their part and whole are looked for."
        ),
    ],
    output: OutputOption = "table",
) -> None:
    """Whether figures typed or read from any report agree with each other. Ends with 1 where some do not."""
    import polars as pl

    from metrics.coherence.typed_numbers import check_figures, check_report

    if is_report(file):
        read = text_of(file)
        if read.unread:
            tell(f"Not read in {file}: {'; '.join(read.unread)}.")
        results = check_report("\n".join(read.lines), str(file))
    else:
        results = check_figures(_typed(file), str(file))
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

"""`vanban check …`: whether figures agree with each other, published ones and typed ones."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.console import Format, show
from cli.options import (
    FormatOption,
    FromOption,
    GroupOption,
    HomeOption,
    Language,
    LanguageOption,
    PresetOption,
    ToOption,
    Tree,
    TreeOption,
    UnitOption,
    existing_home,
    open_published,
    period_of,
    scope_of,
)
from data.errors import ConfigurationError

check_app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@check_app.callback(epilog="Example: vanban check --from 2024-07-01 --to 2024-07-31")
def check(
    context: typer.Context,
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    tree: TreeOption = Tree.as_was,
    language: LanguageOption = Language.vi,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Whether the published figures cohere: parts add up, subsets do not exceed their set. Ends with 1 where one does not."""
    if context.invoked_subcommand:
        return
    import polars as pl

    from metrics.coherence.checks import run_checks

    with open_published(existing_home(home)) as snapshot:
        results = run_checks(snapshot, period_of(snapshot, from_on, to_on, preset), scope_of(unit, group, tree))
    is_english = language is Language.en
    frame = pl.DataFrame(
        {
            "check": [result.name for result in results],
            # Where there was nothing to check, nothing was passed.
            "passed": pl.Series([result.is_passed if result.has_data else None for result in results], dtype=pl.Boolean),
            "label": [result.label_en if is_english else result.label for result in results],
            "detail": [result.detail_en if is_english else result.detail for result in results],
            "units": [", ".join(result.unit_codes) for result in results],
        }
    )
    show(frame, output, empty="No check applies.")
    if not all(result.is_passed for result in results):
        raise typer.Exit(1)


@check_app.command("figures", epilog="Example: vanban check figures report.docx")
def check_figures_of(
    file: Annotated[
        Path,
        typer.Argument(
            help="Text with one statement per line, such as 2.016 = 1.271 + 745 or 1.848 / 2.996 = 61,68% (- for stdin); or a report"
            " (.docx, .xlsx, .csv), whose sums and percentages with their part and whole are looked for."
        ),
    ],
    output: FormatOption = Format.table,
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

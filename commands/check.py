"""`vanban check …`: whether figures agree with each other, published ones and typed ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.options import (
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
from console import Format, show
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

    from metrics.coherence import run_checks

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


@check_app.command("figures", epilog="Example: vanban check figures report.txt")
def check_typed_figures(
    file: Annotated[Path, typer.Argument(help="One statement per line, such as 2.016 = 1.271 + 745 or 1.848 / 2.996 = 61,68%; - for stdin.")],
    output: FormatOption = Format.table,
) -> None:
    """Whether figures typed from any report agree with each other. Ends with 1 where some do not."""
    import polars as pl

    from metrics.figures import check_figures

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read as UTF-8 text ({error}). Name a text file, or - for what you type.") from None
    results = check_figures(text, str(file))
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

"""`vanban check`: whether the published figures cohere."""

from __future__ import annotations

import typer

from cli.console import show
from cli.options import HomeOption, LanguageOption, OutputOption, Selection, existing_home, open_published

EXAMPLE = "--from 2024-07-01 --to 2024-07-31"


def run(
    context: typer.Context, selection: Selection, language: LanguageOption = "vi", output: OutputOption = "table", home: HomeOption = None
) -> None:
    """Whether the published figures cohere: parts add up, subsets do not exceed their set. Ends with 1 where one does not."""
    if context.invoked_subcommand:
        return
    import polars as pl

    from metrics.coherence.checks import run_checks

    with open_published(existing_home(home)) as snapshot:
        results = run_checks(snapshot, selection.period(snapshot), selection.scope())
    is_english = language == "en"
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

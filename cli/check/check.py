"""`vanban check`: whether the published figures cohere."""

from __future__ import annotations

import typer

from cli.terminal.console import show, tell
from cli.terminal.options import HomeOption, LanguageOption, OutputOption, Selection, existing_home, open_published
from data.outcomes import Outcome

EXAMPLE = "--from 2024-07-01 --to 2024-07-31"


def run(
    context: typer.Context, selection: Selection, language: LanguageOption = "vi", output: OutputOption = "table", home: HomeOption = None
) -> None:
    """Whether the published figures cohere: parts add up, subsets do not exceed their set. Ends with 1 where one fails.

    The table leaves out checks of what no source ever delivers; the other formats have every check.
    """
    if context.invoked_subcommand:
        return
    import polars as pl

    from dashboard.ui.translations import outcomes_in_words
    from metrics.coherence.checks import run_checks
    from metrics.query.delivered import known_metrics

    with open_published(existing_home(home)) as snapshot:
        results = run_checks(snapshot, selection.period(snapshot), selection.scope())
        known = known_metrics(snapshot)
    is_english = language == "en"
    frame = pl.DataFrame(
        {
            "check": [result.name for result in results],
            "outcome": [str(result.outcome) for result in results],
            "label": [result.label_en if is_english else result.label for result in results],
            "detail": [result.detail_en if is_english else result.detail for result in results],
            "units": [", ".join(result.unit_codes) for result in results],
        }
    )
    outcomes = [result.outcome for result in results]
    if output == "table":
        tell(f"{outcomes_in_words(outcomes, language)}.")
        frame = frame.filter(pl.Series([result.is_told(known) for result in results], dtype=pl.Boolean))
    show(frame, output, empty="No check applies.")
    if Outcome.FAILED in outcomes:
        raise typer.Exit(1)

"""`vanban source check`: whether a source can be read, and what a run would make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.etl.run import tell_result
from cli.etl.status import coverage_of
from cli.terminal.console import figures_for_people, progress_bar, show, tell, tell_table
from cli.terminal.options import HomeOption, OutputOption, Selection, existing_home
from data.errors import ConfigurationError

if TYPE_CHECKING:
    import polars as pl

    from etl.settings import Settings
    from etl.setup.refusals import Refusal
    from metrics.engines import Snapshot

EXAMPLE = "qlvb --home /srv/vanban"
FIGURES = ("activation_rate", "login_rate", "outgoing_documents", "incoming_documents", "internal_documents")

UNFINISHED = 4
"""Exit code where the time was up before all rows were judged."""


def run(
    name: Annotated[str, typer.Argument(help="Name of the source's folder.")],
    home: HomeOption = None,
    output: OutputOption = "table",
    rows: Annotated[int, typer.Option(min=1, help="Rows per entity of the first look.")] = 1000,
    seconds: Annotated[int, typer.Option(min=0, help="Time for the whole run that is tried then; 0 for the first look alone.")] = 60,
    preview: Annotated[bool, typer.Option("--preview", help="Give the five figures in place of the first look, where it fits.")] = False,
) -> None:
    """Look at the first rows of each query, then try the whole run, and tell what it would refuse and publish; loads nothing.

    Ends as the run would; with 4 where the time was up before.
    """
    from etl.settings import load_settings
    from etl.setup.check_source import check_source

    settings = load_settings(existing_home(home))
    report = check_source(settings, name, rows)
    is_sure = report.exit_code == ConfigurationError.exit_code  # a run would stop at that, whatever the rows hold
    is_shown = not preview or not seconds or is_sure
    if is_shown:
        show(report.frame, output, empty="This source delivers no entity.")
    if not seconds:
        tell(f"Looked at the first {rows:,} rows of each entity alone, not at the others, and at no other source: try `vanban etl run --dry-run`.")
        raise typer.Exit(report.exit_code)
    if is_sure:
        raise ConfigurationError("A run would stop at the first problem above. Mend them all, then check again.")
    figures = try_whole(settings, name, seconds)
    if figures is None:
        raise typer.Exit(report.exit_code or UNFINISHED)
    if is_shown:
        tell_table(figures)
    else:
        show(figures, output, empty="The sources give no figure.")


def try_whole(settings: Settings, source: str, seconds: int) -> pl.DataFrame | None:
    """Tells how a run would end that reads this source, and returns its five figures; None where the time is up before.

    Raises what the run would raise, with what was refused told before.
    """
    from data.snapshot import published_snapshot
    from etl.landing.fetch_source import Asked
    from etl.setup.refusals import refusals
    from etl.setup.trial import TimeIsUp, not_looked_at, tried, with_what_is_missing
    from metrics.engines.duckdb import open_snapshot

    asked = Asked(is_whole=True, sources=with_what_is_missing(settings, source))
    try:
        with (
            progress_bar("Trying the ETL") as bar,
            tried(settings, asked, bar, seconds, lambda trial: tell_refusals(refusals(trial, asked.sources))) as (result, trial),
            open_snapshot(published_snapshot(trial.home.pointer)) as snapshot,
        ):
            is_refused = any(account.rows_rejected for account in result.entities)
            refused = refusals(trial, asked.sources) if is_refused else []
            figures, coverage, info = five_figures(snapshot), coverage_of(snapshot, by_month=False), snapshot.info
    except TimeIsUp as stopped:
        tell(
            f"{seconds} s were not enough to look at all rows. {not_looked_at(settings, asked, stopped)} What stands above is of the first rows "
            "alone: nothing else was judged, and there is no figure. Give it more with --seconds, or try `vanban etl run --dry-run`, without a limit."
        )
        return None
    tell_refusals(refused)
    tell_result(result, outcome=f"A run would publish this. The data speak of {info.first_on} to {info.cutoff_on}. Nothing is kept.")
    tell_table(coverage)
    return figures


def tell_refusals(found: list[Refusal]) -> None:
    """What was refused, with its spellings; columns that cost every row first. Nothing where nothing was."""
    from etl.setup.refusals import frame_of

    if found:
        tell("Refused:")
        tell_table(frame_of(found))


def five_figures(snapshot: Snapshot) -> pl.DataFrame:
    """Five figures over all days that the data speak of."""
    from metrics.query.metric_values import metric_values

    return figures_for_people(metric_values(snapshot, FIGURES, Selection().period(snapshot)))

"""`vanban source check`: whether a source can be read, and what a run would make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import figures_for_people, progress_bar, show, tell, tell_table
from cli.etl.run import tell_result
from cli.etl.status import coverage_of
from cli.options import HomeOption, OutputOption, Selection, existing_home

if TYPE_CHECKING:
    import polars as pl

    from etl.settings import Settings
    from metrics.engines import Snapshot

EXAMPLE = "qlvb --home /srv/vanban"
FIGURES = ("activation_rate", "login_rate", "outgoing_documents", "fully_electronic_ratio", "internal_incoming")


def run(
    name: Annotated[str, typer.Argument(help="Name of the source's folder.")],
    home: HomeOption = None,
    output: OutputOption = "table",
    rows: Annotated[int, typer.Option(min=1, help="Rows per entity of the first look.")] = 1000,
    seconds: Annotated[int, typer.Option(min=0, help="Time for the whole run that is tried then; 0 for the first look alone.")] = 60,
    preview: Annotated[bool, typer.Option("--preview", help="Show the five figures alone, where it fits.")] = False,
) -> None:
    """Look at the first rows of each query, then try the whole run, and tell what it would refuse and publish; loads nothing."""
    from etl.settings import load_settings
    from etl.setup.check_source import check_source

    settings = load_settings(existing_home(home))
    report = check_source(settings, name, rows)
    if not preview or not report.is_passed or not seconds:
        show(report.frame, output, empty="This source delivers no entity.")
    if not report.is_passed:
        raise typer.Exit(1)
    figures = try_whole(settings, name, seconds) if seconds else None
    if figures is None:
        tell(f"Looked at the first {rows:,} rows of each entity alone, not at the others, and at no other source: try `vanban etl run --dry-run`.")
    elif preview:
        show(figures, output, empty="The sources give no figure.")
    else:
        tell_table(figures)


def try_whole(settings: Settings, source: str, seconds: int) -> pl.DataFrame | None:
    """Tells how a run would end that reads this source, and returns its five figures; None where the time is up before."""
    from data.snapshot import published_snapshot
    from etl.landing.fetch_source import Asked
    from etl.setup.trial import TimeIsUp, tried, with_what_is_missing
    from metrics.engines.duckdb import open_snapshot

    asked = Asked(is_whole=True, sources=with_what_is_missing(settings, source))
    try:
        with (
            progress_bar("Trying the ETL") as bar,
            tried(settings, asked, bar, seconds) as (result, trial),
            open_snapshot(published_snapshot(trial.home.pointer)) as snapshot,
        ):
            figures, coverage, info = five_figures(snapshot), coverage_of(snapshot, by_month=False), snapshot.info
    except TimeIsUp:
        tell(f"{seconds} s were not enough to look at all rows. Give it more with --seconds.")
        return None
    tell_result(result, outcome=f"A run would publish this. The data speak of {info.first_on} to {info.cutoff_on}. Nothing is kept.")
    tell_table(coverage)
    return figures


def five_figures(snapshot: Snapshot) -> pl.DataFrame:
    """Five figures over all days that the data speak of."""
    from metrics.query.metric_values import metric_values

    return figures_for_people(metric_values(snapshot, FIGURES, Selection().period(snapshot)))

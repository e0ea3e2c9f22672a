"""`vanban etl status`: the last runs, how fresh each source is, which snapshots are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home, open_published
from data.errors import ConfigurationError

if TYPE_CHECKING:
    import polars as pl

    from metrics.engines import Snapshot

EXAMPLE = "--freshness --format json"


def run(
    home: HomeOption = None,
    output: OutputOption = "table",
    last: Annotated[int, typer.Option(min=1, help="How many runs, newest first.")] = 10,
    freshness: Annotated[bool, typer.Option("--freshness", help="Up to when the rows of each source speak, instead.")] = False,
    coverage: Annotated[bool, typer.Option("--coverage", help="Which loaded rows are in a figure, and why the others are in none, instead.")] = False,
    refused: Annotated[bool, typer.Option("--refused", help="Which rows were refused and why, with the commonest spellings, instead.")] = False,
    by_month: Annotated[bool, typer.Option("--by-month", help="With --coverage: each month by itself.")] = False,
    snapshots: Annotated[bool, typer.Option("--snapshots", help="Which snapshots are kept, instead.")] = False,
) -> None:
    """The last runs: when, how long, how they ended, what was published."""
    from etl.runs import status

    if freshness + snapshots + coverage + refused > 1:
        raise ConfigurationError("--freshness, --coverage, --refused and --snapshots are lists of their own. Ask for one at a time.")
    place = existing_home(home)
    if refused:
        from metrics.query.snapshot_quality import rejections

        with open_published(place) as snapshot:
            show(rejections(snapshot), output, empty="No row was refused.")
        return
    if coverage:
        with open_published(place) as snapshot:
            show(coverage_of(snapshot, by_month), output, empty="No row is loaded.")
        return
    frame = status.freshness(place) if freshness else status.kept_snapshots(place) if snapshots else status.etl_status(place, last)
    show(frame, output, empty="No run yet. Start with: vanban etl run")


def coverage_of(snapshot: Snapshot, by_month: bool) -> pl.DataFrame:
    """By entity and place the rows, and from which month to which; or each month by itself."""
    import polars as pl

    from metrics.query.snapshot_quality import row_places

    found = row_places(snapshot).with_columns(pl.col("place").str.replace_all("_", " "))
    if by_month:
        return found
    months = (pl.col("month_on").min().alias("first_month"), pl.col("month_on").max().alias("last_month"))
    return found.group_by("entity", "place", maintain_order=True).agg(pl.col("rows").sum(), *months)

"""`vanban etl status`: the last runs, how fresh each source is, which snapshots are kept."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import show
from cli.options import HomeOption, OutputOption, existing_home
from data.errors import ConfigurationError

EXAMPLE = "--freshness --format json"


def run(
    home: HomeOption = None,
    output: OutputOption = "table",
    last: Annotated[int, typer.Option(min=1, help="How many runs, newest first.")] = 10,
    freshness: Annotated[bool, typer.Option("--freshness", help="Up to when the rows of each source speak, instead.")] = False,
    snapshots: Annotated[bool, typer.Option("--snapshots", help="Which snapshots are kept, instead.")] = False,
) -> None:
    """The last runs: when, how long, how they ended, what was published."""
    from etl.runs import status

    if freshness and snapshots:
        raise ConfigurationError("--freshness and --snapshots are two lists. Ask for one at a time.")
    place = existing_home(home)
    frame = status.freshness(place) if freshness else status.kept_snapshots(place) if snapshots else status.etl_status(place, last)
    show(frame, output, empty="No run yet. Start with: vanban etl run")

"""`vanban dictionary`: what every metric means."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal.console import show
from cli.terminal.options import HomeOption, LanguageOption, OutputOption, speak_as
from data.paths import Home, home_of

EXAMPLE = "--format csv"


def run(
    language: LanguageOption = "vi",
    output: OutputOption = "table",
    home: HomeOption = None,
    everything: Annotated[bool, typer.Option("--all", help="In a home: also the metrics that its sources do not deliver.")] = False,
) -> None:
    """Every metric with its definition, as declared; in a home its own words, and the metrics that it has figures of."""
    import polars as pl

    from metrics.query.why import dictionary

    place = home_of(home)
    if home is not None or place.config.is_file():
        speak_as(place)
    frame = dictionary(language)
    if not everything and (known := known_in(place)):
        frame = frame.filter(pl.col("metric").is_in(known))
    show(frame, output, empty="No metric is declared.")


def known_in(home: Home) -> frozenset[str]:
    """The metrics that the home has figures of; none where nothing is published."""
    from data.errors import VanbanError
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot
    from metrics.query.delivered import known_metrics

    try:
        with open_snapshot(published_snapshot(home.pointer)) as snapshot:
            return known_metrics(snapshot)
    except VanbanError:
        return frozenset()

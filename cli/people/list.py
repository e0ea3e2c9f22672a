"""`vanban people list`: who was given a role."""

from __future__ import annotations

from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "--format csv --home /srv/vanban"


def run(home: HomeOption = None, output: OutputOption = "table") -> None:
    """Everyone who was given a role, and whether they are let in; as CSV in the form that `people import` reads."""
    import polars as pl

    from dashboard.ledger.people import COLUMNS, People, row_of

    with People(existing_home(home)) as people:
        rows = [row_of(person) for person in people.all()]
    show(pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row"), output, empty="Nobody was given a role yet: vanban people add")

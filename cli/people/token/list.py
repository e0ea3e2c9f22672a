"""`vanban people token list`: which programs may ask for figures."""

from __future__ import annotations

from datetime import UTC, datetime

from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "--home /srv/vanban"


def run(home: HomeOption = None, output: OutputOption = "table") -> None:
    """Every token with its role, its end and whether it is in force; never its text."""
    import polars as pl

    from dashboard.ledger.tokens import Tokens

    now = datetime.now(UTC)
    with Tokens(existing_home(home)) as tokens:
        rows = [
            (one.token_id, one.name, one.subject, one.place.role, one.place.unit_code, one.state(now), one.ends_at, one.made_at, one.made_by)
            for one in tokens.all()
        ]
    names = ("number", "name", "person", "role", "unit_code", "state", "ends_at", "made_at", "made_by")
    show(pl.DataFrame(rows, schema=names, orient="row"), output, empty="There is no token yet: vanban people token create")

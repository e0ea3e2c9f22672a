"""`vanban people token create`: lets a program ask for figures."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "'Excel of the planning office' --role unit --unit T22 --days 90 --home /srv/vanban"


def run(
    name: Annotated[str, typer.Argument(help="What uses it, for people to read.")],
    role: Annotated[str, typer.Option("--role", help="leader, statistics, unit or admin: what it may see.")],
    unit: Annotated[str, typer.Option("--unit", help="Code of the unit, for the role unit.")] = "",
    days: Annotated[int, typer.Option("--days", help="After how many days it ends, 1 to 366.")] = 90,
    home: HomeOption = None,
) -> None:
    """Make a token and write it to standard output, once: what is kept is a hash of it."""
    from dashboard.ledger.people import place_of
    from dashboard.ledger.tokens import Tokens

    with Tokens(existing_home(home)) as tokens:
        made, text = tokens.make(name, place_of(role, unit), days, getpass.getuser())
    print(text)
    tell(f"Token {made.token_id} ({made.name}) ends on {made.ends_at:%Y-%m-%d}. It is not shown again: keep it where others cannot read it.")

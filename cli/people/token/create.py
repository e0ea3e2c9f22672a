"""`vanban people token create`: lets a program ask for figures."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, IssuerOption, existing_home, issuer_of
from data.errors import ConfigurationError

EXAMPLE = "'Excel of the planning office' --role unit --unit T22 --days 90 --home /srv/vanban"


def run(
    name: Annotated[str, typer.Argument(help="What uses it, for people to read.")],
    role: Annotated[str, typer.Option("--role", help="leader, statistics, unit or admin: what it may see.")] = "",
    unit: Annotated[str, typer.Option("--unit", help="Code of the unit, for the role unit.")] = "",
    person: Annotated[
        str, typer.Option("--for", help="Whose it is (`sub`), in place of --role: it may see what they may, and ends when they are disabled.")
    ] = "",
    issuer: IssuerOption = None,
    days: Annotated[int, typer.Option("--days", help="After how many days it ends, 1 to 366.")] = 90,
    home: HomeOption = None,
) -> None:
    """Make a token and write it to standard output, once: what is kept is a hash of it."""
    from dashboard.ledger.people import place_of
    from dashboard.ledger.tokens import Tokens

    place, by = existing_home(home), getpass.getuser()
    if bool(person) is bool(role):
        raise ConfigurationError("Whose is it? Give --role for a program of its own, or --for with the person whose it is.")
    with Tokens(place) as tokens:
        if person:
            made, text = tokens.make_for((issuer_of(place, issuer), person), name, days, by)
        else:
            made, text = tokens.make(name, place_of(role, unit), days, by)
    print(text)
    tell(f"Token {made.token_id} ({made.name}) ends on {made.ends_at:%Y-%m-%d}. It is not shown again: keep it where others cannot read it.")

"""`vanban people add`: gives a person a role."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, IssuerOption, existing_home, issuer_of

EXAMPLE = "248289761001 --role unit --unit T22 --name 'Nguyễn Văn Mẫu' --home /srv/vanban"


def run(
    subject: Annotated[str, typer.Argument(help="The person's account at the provider of sign-ins: its `sub`, not a name or an e-mail address.")],
    role: Annotated[str, typer.Option("--role", help="leader, statistics, unit or admin.")],
    unit: Annotated[str, typer.Option("--unit", help="Code of the unit, for the role unit.")] = "",
    name: Annotated[str, typer.Option("--name", help="A name for people to read; it decides nothing.")] = "",
    issuer: IssuerOption = None,
    home: HomeOption = None,
) -> None:
    """Give a person a role in place of the one that they had; a disabled person is let in again."""
    from dashboard.ledger.people import People, Person, place_of

    place = existing_home(home)
    person = Person(issuer_of(place, issuer), subject, name, place_of(role, unit))
    with People(place) as people:
        people.give([person], getpass.getuser())
    tell(f"{name or subject} is let in as {role}{f' of {unit}' if unit else ''}, within a minute also where a page is open.")

"""`vanban people disable`: lets a person in no longer."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, IssuerOption, existing_home, issuer_of

EXAMPLE = "248289761001 --home /srv/vanban"


def run(
    subject: Annotated[str, typer.Argument(help="The person's account at the provider of sign-ins: its `sub`.")],
    issuer: IssuerOption = None,
    home: HomeOption = None,
) -> None:
    """Let a person in no longer, whatever role they have here or at the provider; `people add` lets them in again."""
    from dashboard.ledger.people import People

    place = existing_home(home)
    with People(place) as people:
        people.disable(issuer_of(place, issuer), subject)
    tell(f"{subject} is let in no longer; a page that is open closes within a minute.")

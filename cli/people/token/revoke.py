"""`vanban people token revoke`: lets a program ask for figures no longer."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "3 --home /srv/vanban"


def run(
    number: Annotated[int, typer.Argument(help="The token's number: vanban people token list.")],
    home: HomeOption = None,
) -> None:
    """Take a token out of force, from its next request on."""
    from dashboard.ledger.tokens import Tokens

    with Tokens(existing_home(home)) as tokens:
        revoked = tokens.revoke(number)
    tell(f"Token {number} ({revoked.name}) opens nothing any more.")

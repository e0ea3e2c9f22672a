"""`vanban people import`: roles of many people from a CSV file."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "people.csv --home /srv/vanban"


def run(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8, comma) with the columns issuer,subject,name,role,unit_code,state.")],
    home: HomeOption = None,
) -> None:
    """Give each person of a file their role, all or none; who is not in it stays as they are."""
    from dashboard.ledger.people import People, read_people

    people = read_people(file)
    with People(existing_home(home)) as table:
        table.give(people, getpass.getuser())
    tell(f"{len(people)} people were read from {file}.")

"""`vanban people accounts`: the file by which units recognise their own accounts, made of the system's own keys."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "accounts.csv --out account-names.csv --home /srv/vanban"


def run(
    file: Annotated[Path, typer.Argument(help="CSV with the columns account,name: the system's key of an account, and what its unit calls it.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write, beside vanban.toml, for account_names in [dashboard].")],
    home: HomeOption = None,
) -> None:
    """Write names by pseudonym to a file of their own, which only its owner can read; the keys themselves are not in it."""
    from dashboard.views.unit.account_names import COLUMNS
    from data.configuration import environment_of
    from data.csv_forms.settings_csv import csv_rows
    from data.private_files import private_umask
    from etl.landing.pseudonyms import pseudonyms_of

    place = existing_home(home)
    pseudonyms = pseudonyms_of(place, environment_of(place))
    found = {key[:32]: row["name"] for row, _ in csv_rows(file, ("account", "name")) if (key := pseudonyms.of(row["account"])) and row["name"]}
    with private_umask():
        out.unlink(missing_ok=True)  # an old one may be open to others
        with out.open("w", encoding="utf-8", newline="") as written:
            csv.writer(written).writerows([COLUMNS, *sorted(found.items())])
    tell(f"{len(found)} accounts are named in {out}. Remove {file} where it is not needed any more.")

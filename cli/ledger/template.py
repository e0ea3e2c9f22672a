"""`vanban ledger template`: an empty file to enter on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.terminal.options import HomeOption, existing_home, open_published

EXAMPLE = "declared_total khai-bao.xlsx --home /srv/vanban"


def run(
    kind: Annotated[str, typer.Argument(help="declared_total, explanation, case, target or event.")],
    file: Annotated[Path, typer.Argument(help="The file to write: .xlsx or .csv.")],
    home: HomeOption = None,
) -> None:
    """Write an empty template with the columns of a kind of entry."""
    from dashboard.ledger.entered.files import blank_file
    from dashboard.ledger.entered.kinds import kind_of
    from metrics.tree.units import units

    with open_published(existing_home(home)) as snapshot:
        known = [(str(code), str(name)) for code, name in units(snapshot).select("unit_code", "name").iter_rows()]
    file.write_bytes(blank_file(kind_of(kind), file.suffix.removeprefix("."), known))
    print(file)

"""`vanban ledger enter`: entries from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.report.request import ByOption
from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home, open_published

EXAMPLE = "declared_total khai-bao.xlsx --by 'Nguyễn Văn Mẫu' --home /srv/vanban"


def run(
    kind: Annotated[str, typer.Argument(help="declared_total, explanation, case, target or event.")],
    file: Annotated[Path, typer.Argument(help="A filled-in template: .xlsx or .csv.")],
    by: ByOption,
    submit: Annotated[bool, typer.Option("--submit", help="Hand them on at once to those who decide.")] = False,
    home: HomeOption = None,
) -> None:
    """Enter every row of a filled-in template, all or none; each fault is told with its row and column."""
    from dashboard.ledger.actor import os_actor
    from dashboard.ledger.entered.entries import Entries
    from dashboard.ledger.entered.files import read_file
    from dashboard.ledger.entered.kinds import kind_of
    from data.errors import ConfigurationError
    from metrics.tree.units import small_table, units

    place, found = existing_home(home), kind_of(kind)
    with open_published(place) as snapshot:
        codes = set(units(snapshot)["unit_code"])
        levels = set(small_table(snapshot, "level")["level"])
    contents, faults = read_file(found, file.name, file.read_bytes(), codes, levels)
    for fault in faults:
        tell(f"{file.name}, {fault}")
    if faults:
        raise ConfigurationError(f"{len(faults)} faults in {file.name}: nothing was entered. Correct them and run the command again.")
    with Entries(place, os_actor(by)) as entries:
        made = entries.enter(found.name, contents, is_submitted=submit)
    tell(f"{len(made)} entries are {'submitted' if submit else 'drafts'}. Next: vanban ledger {'approve' if submit else 'submit'} NUMBER --by NAME")

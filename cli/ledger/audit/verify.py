"""`vanban audit verify`: whether the audit is what was written."""

from __future__ import annotations

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "--home /srv/vanban"
MOST_TOLD = 20


def run(home: HomeOption = None) -> None:
    """Check every row by its own hash, by the row before, by the head and by what was told elsewhere; ends with 1 where one does not hold."""
    from dashboard.ledger.audit import Audit

    with Audit(existing_home(home)) as audit:
        found, rows = audit.faults(), audit.count()
    for fault in found[:MOST_TOLD]:
        print(fault.words)
    if found:
        tell(f"The audit is not what was written: {len(found)} faults, the first at row {found[0].number}. Compare it with a backup from there on.")
        raise typer.Exit(1)
    tell(f"All {rows} rows of the audit are as they were written.")

"""`vanban ledger withdraw`: asks that what was approved no longer count."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.ledger.step import EntryArgument, tell_state
from cli.report.request import ByOption
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "12 --by 'Nguyễn Văn Mẫu' --reason 'Khai nhầm đơn vị'"


def run(
    entry_id: EntryArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="Why it is not to count any more.")],
    home: HomeOption = None,
) -> None:
    """Ask that what was approved no longer count; it counts until somebody else approves this."""
    from dashboard.ledger.actor import os_actor
    from dashboard.ledger.entered.entries import Entries

    with Entries(existing_home(home), os_actor(by)) as entries:
        tell_state(entries.withdraw(entry_id, entries.entry(entry_id).revision, reason))

"""`vanban ledger submit`: hands a draft on to those who decide."""

from __future__ import annotations

from cli.ledger.step import EntryArgument, tell_state
from cli.report.request import ByOption
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "12 --by 'Phòng Thống kê'"


def run(
    entry_id: EntryArgument,
    by: ByOption,
    home: HomeOption = None,
) -> None:
    """Hand a draft on to those who decide."""
    from dashboard.ledger.actor import os_actor
    from dashboard.ledger.entered.entries import Entries

    with Entries(existing_home(home), os_actor(by)) as entries:
        tell_state(entries.submit(entry_id, entries.entry(entry_id).revision))

"""`vanban ledger approve`: lets an entry count."""

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
    """Let what was submitted count from the next run on; never by one of those who entered it."""
    from dashboard.ledger.actor import os_actor
    from dashboard.ledger.entered.entries import Entries

    with Entries(existing_home(home), os_actor(by)) as entries:
        tell_state(entries.approve(entry_id, entries.entry(entry_id).revision))

"""`vanban ledger return`: gives what was submitted back."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.ledger.step import EntryArgument, tell_state
from cli.report.request import ByOption
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "12 --by 'Phòng Thống kê' --reason 'Số quý, không phải số tháng'"


def run(
    entry_id: EntryArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="What is to be corrected.")],
    home: HomeOption = None,
) -> None:
    """Give what was submitted back, with the reason; never by one of those who entered it."""
    from dashboard.ledger.actor import os_actor
    from dashboard.ledger.entered.entries import Entries

    with Entries(existing_home(home), os_actor(by)) as entries:
        tell_state(entries.return_(entry_id, entries.entry(entry_id).revision, reason))

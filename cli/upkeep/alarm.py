"""`vanban alarm`: tells by mail what is wrong with an installation; for a timer of its own."""

from __future__ import annotations

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "--home /srv/vanban"


def run(home: HomeOption = None) -> None:
    """Mail what is wrong to those that [alarm] names: once a day each, and an all-clear; a failed run, no run, disk, clock, ledger."""
    from datetime import datetime

    from cli.upkeep.causes import tell_causes

    told = tell_causes(existing_home(home), datetime.now().date())
    for mail in told.mails:
        tell(f"Mailed: {mail}")
    if not told.mails:
        tell("Nothing is wrong." if not told.open_causes else "What is wrong was told today already: vanban doctor")

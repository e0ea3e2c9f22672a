"""`vanban send`: the minute by mail to everyone who asked for it; for a timer of its own."""

from __future__ import annotations

from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "--home /srv/vanban"


def run(home: HomeOption = None) -> None:
    """Mail the minute of the week or month that has ended to those who asked on the page, each what they may see; nothing twice."""
    from datetime import UTC, datetime

    from cli.report.request import without_page_warnings
    from cli.terminal.options import speak_as
    from cli.upkeep.mailed import tell_sent
    from dashboard.follow_up.sending import send_minutes

    place = without_page_warnings(existing_home(home))
    speak_as(place)
    tell_sent(send_minutes(place, datetime.now(UTC)))

"""`vanban report send`: an approved report by mail."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.report.get import files_of
from cli.report.request import FilesOption, IdArgument, without_page_warnings
from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home
from data.errors import ConfigurationError

EXAMPLE = "3 --to vanphong@example.vn"


def run(
    pin_id: IdArgument,
    to: Annotated[list[str], typer.Option("--to", help="Mail address; may be given several times.")],
    subject: Annotated[str, typer.Option("--subject", help="Subject of the mail (default: the report's title).")] = "",
    formats: FilesOption = None,
    home: HomeOption = None,
) -> None:
    """Mail the files of an approved report through the server of [report.mail]; off while vanban.toml names none."""
    from dashboard.ledger import Ledger
    from dashboard.reports.archive.mail import mail_settings, message, send
    from data.configuration import read_configuration

    place = without_page_warnings(existing_home(home))
    settings = mail_settings(read_configuration(place))
    if settings is None:
        raise ConfigurationError("Sending is off: vanban.toml has no [report.mail]. docs/scheduled-reports.md shows what to write there.")
    with Ledger(place) as ledger:
        pinned = ledger.pin_of(pin_id)
        if pinned.status not in ("approved", "published"):
            raise ConfigurationError(f"Report {pin_id} is {pinned.status}, and only approved ones are sent. Approve it: vanban report approve")
        files = files_of(ledger, pin_id, formats or pinned.files)
    text = f"{pinned.title}\n\nTệp đính kèm: {', '.join(files)}\nBản chụp số liệu: {pinned.snapshot}\n"
    send(place, settings, message(settings, to, subject or pinned.title, text, files))
    tell(f"Sent {len(files)} files of report {pin_id} to {', '.join(to)}.")

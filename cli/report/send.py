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
    to: Annotated[list[str], typer.Option("--to", help="Mail address, also with a name: 'Văn phòng <vp@example.vn>'; may be given several times.")],
    subject: Annotated[str, typer.Option("--subject", help="Subject of the mail (default: the report's title).")] = "",
    formats: FilesOption = None,
    home: HomeOption = None,
) -> None:
    """Mail the files of an approved report through the server of [report.mail]; off while vanban.toml names none."""
    from dashboard.ledger import Ledger
    from dashboard.reports.archive.json_record import figure_of
    from dashboard.reports.archive.mail import mail_settings, mail_text, message, send
    from dashboard.reports.archive.pinning import FIGURES
    from data.configuration import read_configuration

    place = without_page_warnings(existing_home(home))
    settings = mail_settings(read_configuration(place))
    if settings is None:
        raise ConfigurationError("Sending is off: vanban.toml has no [report.mail]. docs/scheduled-reports.md shows what to write there.")
    with Ledger(place) as ledger:
        pinned = ledger.pin_of(pin_id)
        if pinned.status not in ("approved", "published"):
            raise ConfigurationError(f"Report {pin_id} is {pinned.status}, and only approved ones are sent. Approve it: vanban report approve")
        # The figures file is for machines: it goes only to those who ask for it.
        files = files_of(ledger, pin_id, formats or [name for name in pinned.files if name != FIGURES] or pinned.files)
        figures = [figure_of(values) for values in ledger.record(pin_id).figures]
        ledger.tell("report.send", pin_id, to=to, files=sorted(files))  # before anything leaves: what cannot be written down is not sent
    text = mail_text(pinned.title, figures, files)
    send(place, settings, message(settings, to, subject or pinned.title, text, files))
    tell(f"Sent {len(files)} files of report {pin_id} to {', '.join(to)}.")

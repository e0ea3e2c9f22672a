"""`vanban report approve`: who approved a report, and when."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.report.request import ByOption, IdArgument, without_page_warnings
from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home
from data.errors import ConfigurationError
from data.paths import Home

EXAMPLE = "3 --by 'Cục trưởng'"


def run(
    pin_id: IdArgument,
    by: ByOption,
    note: Annotated[str, typer.Option("--note", help="What is to be remembered with the approval.")] = "",
    answers: Annotated[
        list[str] | None, typer.Option("--answer", help="NAME=TEXT: what is said of something that the report lacks; may be given several times.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Approve a pinned report: a step with its time and person, which nothing takes back. Whatever it lacks is answered in writing."""
    from dashboard.reports.archive.approval import answered, gaps_of_pin

    place = without_page_warnings(existing_home(home))
    given = [one.partition("=") for one in answers or []]
    if wrong := [name for name, sign, _ in given if not sign]:
        raise ConfigurationError(f"--answer {wrong[0]!r} says nothing. Write it as NAME=TEXT, as in --answer number='written by hand'.")
    note = answered(gaps_of_pin(place, pin_id), {name: text for name, _, text in given}, note, "en")
    take_step(place, pin_id, "approve", by, note)


def take_step(home: Home, pin_id: int, step: Literal["approve", "publish"], by: str, note: str) -> None:
    """Writes the step into the ledger and tells what the report is now."""
    from dashboard.ledger import Ledger

    with Ledger(without_page_warnings(home)) as ledger:
        ledger.take_step(pin_id, step, by, note)
        tell(f"Report {pin_id} is {ledger.pin_of(pin_id).status}.")

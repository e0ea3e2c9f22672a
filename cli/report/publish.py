"""`vanban report publish`: who published an approved report, and when."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.report.approve import take_step
from cli.report.request import ByOption, IdArgument
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "3 --by 'Văn phòng'"


def run(
    pin_id: IdArgument,
    by: ByOption,
    note: Annotated[str, typer.Option("--note", help="Where or to whom it was published.")] = "",
    home: HomeOption = None,
) -> None:
    """Say that an approved report has been published."""
    take_step(existing_home(home), pin_id, "publish", by, note)

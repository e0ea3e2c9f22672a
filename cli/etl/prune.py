"""`vanban etl prune`: removes what is kept beyond the settings."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal.console import show, tell
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "--home /srv/vanban"


def run(
    home: HomeOption = None,
    output: OutputOption = "table",
    remove: Annotated[bool, typer.Option("--remove", help="Really remove; without it, only list what would go.")] = False,
) -> None:
    """List what is kept beyond the settings (landed batches, old snapshots); with --remove, remove it."""
    from etl.publish.retention import prune
    from etl.settings import load_settings

    gone = prune(load_settings(existing_home(home)), dry_run=not remove)
    show(gone, output, empty="Nothing is kept for nothing.")
    if not remove and gone.height:
        tell("Nothing was removed. To remove these: the same command with --remove.")

"""`vanban backup`: an installation in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.terminal.console import progress_bar, tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "/var/backups/vanban.tar.gz --secrets /root/secrets.tar.gz --home /srv/vanban"


def run(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    secrets: Annotated[Path | None, typer.Option("--secrets", help="Write passwords and the keys of accounts and audit here.")] = None,
    home: HomeOption = None,
) -> None:
    """Copy all that figures and reports rest on into one file; the dashboard may go on, a run waits for another night."""
    from data.version import program_version
    from etl.upkeep.backup import back_up

    place = existing_home(home)
    with progress_bar("Backing up") as bar:
        made = back_up(place, file, secrets, program_version(), bar)
    tell(f"{made.files} files, {made.bytes / 1e6:,.0f} MB, snapshot {made.snapshot or '(none)'}: {file}")
    if secrets:
        tell(f"Passwords and the account key: {secrets}. Keep it apart from the other file, and safe.")
    else:
        tell("Passwords (vanban.env) and the account key, without which every account is a stranger, are not in it: --secrets FILE.")

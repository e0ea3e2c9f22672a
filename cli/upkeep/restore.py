"""`vanban restore`: an installation out of its backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.terminal.console import progress_bar, tell
from data.errors import ConfigurationError
from data.paths import Home

EXAMPLE = "/var/backups/vanban.tar.gz --secrets /root/secrets.tar.gz --home /srv/restored"


def run(
    file: Annotated[Path, typer.Argument(help="What `vanban backup` wrote.")],
    secrets: Annotated[Path | None, typer.Option("--secrets", help="The file with addresses and the account key.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="The folder to make; it must be empty or missing.")] = None,
) -> None:
    """Unpack a backup into an empty folder and compare every file with the digests in it."""
    from etl.upkeep.backup import restore

    if home is None:
        raise ConfigurationError("Name the folder to restore into: --home DIR. It must be empty or missing.")
    place = Home(home.expanduser().resolve())
    with progress_bar("Restoring") as bar:
        found = restore(file, place, secrets, bar)
    tell(f"{found.files} files, snapshot {found.snapshot or '(none)'}, each as it was backed up: {place.root}")
    if not place.account_key_file.exists():
        tell("The account key is missing: put var/account.key and vanban.env in place (--secrets FILE) before the next run.")
    tell(f"Next: vanban doctor --home {place.root}")

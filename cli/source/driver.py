"""`vanban source driver`: adds the driver of a database."""

from __future__ import annotations

from typing import Annotated

import typer

from bootstrap import SetupFailed, add_driver, driver_names
from cli.terminal.console import tell
from cli.terminal.options import one_of
from data.errors import ConfigurationError

EXAMPLE = "sqlserver"


def run(name: Annotated[str, typer.Argument(parser=one_of(driver_names), metavar="NAME", help="The kind of database: sqlserver or oracle.")]) -> None:
    """Add the driver of a database that not everybody has (SQL Server, Oracle); PostgreSQL, MySQL, MariaDB and SQLite need none."""
    try:
        add_driver(name)
    except (SetupFailed, OSError) as error:
        raise ConfigurationError(f"The driver of {name} is not there: {error}") from None
    tell(f"The driver of {name} is installed. It stays when vanban is brought up to date.")

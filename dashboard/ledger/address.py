"""Where the ledger is: an SQLite file of the home, or the database that VANBAN_LEDGER_URL names."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.files import folder
from data.configuration import environment_of
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home

VARIABLE = "VANBAN_LEDGER_URL"
FILE = "ledger.db"
DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
"""The drivers that come with the program."""
BUSY_SECONDS = 30
"""How long a locked SQLite file is waited for."""


def has_ledger(home: Home) -> bool:
    """Whether there may be anything in the home's ledger yet; the first pin makes it."""
    return bool(environment_of(home).get(VARIABLE, "").strip()) or (folder(home) / FILE).is_file()


def engine_of(home: Home) -> sa.Engine:
    """An engine on the home's ledger; nothing is asked of it yet. Raises ConfigurationError for an address that cannot be one."""
    given = environment_of(home).get(VARIABLE, "").strip()
    if not given:
        folder(home).mkdir(parents=True, exist_ok=True)
        given = f"sqlite:///{(folder(home) / FILE).as_posix()}"
    try:
        url = sa.make_url(given)
        url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
        engine = sa.create_engine(url, **options)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError):
        raise ConfigurationError(
            f"{VARIABLE} in vanban.env is no database address that can be used. Write postgresql://user:password@host/database or leave it out."
        ) from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _strict)
    return engine


def _strict(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


@contextlib.contextmanager
def database_errors_in_words() -> Iterator[None]:
    """A database that cannot be used, in words; no address, since it may hold a password."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        kind = type(error.orig).__name__
        raise SourceUnreachable(f"The ledger database cannot be used ({kind}). Check VANBAN_LEDGER_URL in vanban.env, and that it runs.") from error

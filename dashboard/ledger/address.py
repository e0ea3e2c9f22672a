"""Where the ledger is: an SQLite file of the home, or the database that VANBAN_LEDGER_URL names."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.files import folder
from data.configuration import LEDGER_FILE, LEDGER_VARIABLE, environment_of, ledger_address
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
"""The drivers that come with the program."""
WRITES = "vanban_writes"
"""Execution option of a connection whose transactions write (`dashboard.ledger.writing`)."""
BUSY_SECONDS = 30
"""How long a locked SQLite file is waited for."""


def has_ledger(home: Home) -> bool:
    """Whether there may be anything in the home's ledger yet; the first pin makes it."""
    return bool(environment_of(home).get(LEDGER_VARIABLE, "").strip()) or (folder(home) / LEDGER_FILE).is_file()


def engine_of(home: Home) -> sa.Engine:
    """An engine on the home's ledger; nothing is asked of it yet. Raises ConfigurationError for an address that cannot be one."""
    folder(home).mkdir(parents=True, exist_ok=True)
    try:
        url = sa.make_url(ledger_address(home))
        url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
        engine = sa.create_engine(url, **options)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError):
        raise ConfigurationError(
            f"{LEDGER_VARIABLE} in vanban.env is no database address that can be used. "
            "Write postgresql://user:password@host/database or leave it out."
        ) from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _strict)
        sa.event.listen(engine, "begin", _begin)
    return engine


def _strict(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions where it sees fit, after what was read to decide by
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sa.Connection) -> None:
    """Who writes takes the file's one place for writers before anything is read: what is decided by is then still so when it is written."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


@contextlib.contextmanager
def database_errors_in_words() -> Iterator[None]:
    """A database that cannot be used, in words; no address, since it may hold a password."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        kind = type(error.orig).__name__
        raise SourceUnreachable(f"The ledger database cannot be used ({kind}). Check VANBAN_LEDGER_URL in vanban.env, and that it runs.") from error
    except sa.exc.DatabaseError as error:
        if type(error.orig) is not sqlite3.DatabaseError:
            raise
        raise ConfigurationError("The file of the ledger is damaged or no SQLite database. Restore it from a backup.") from error

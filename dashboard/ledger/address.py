"""Where the ledger is: an SQLite file of the home, or the database that VANBAN_LEDGER_URL names."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.files import folder
from dashboard.refusal import Refused, RefusedByDatabase
from data.configuration import LEDGER_FILE, LEDGER_VARIABLE, environment_of, ledger_address
from data.paths import Home

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
"""The drivers that come with the program."""
WRITES = "vanban_writes"
"""Execution option of a connection whose transactions write (`dashboard.ledger.writing`)."""
FILE_FAULTS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
BUSY_SECONDS = 30
"""How long a locked SQLite file is waited for."""


def has_ledger(home: Home) -> bool:
    """Whether there may be anything in the home's ledger yet; the first pin makes it. Raises Refused where there was one and it is gone."""
    traces = traces_of_ledger(home)  # looked for first: another process may be making the first ledger and its traces
    found = bool(environment_of(home).get(LEDGER_VARIABLE, "").strip()) or (folder(home) / LEDGER_FILE).is_file()
    if traces and not found:
        raise lost_ledger(home, traces)
    return found


def traces_of_ledger(home: Home) -> list[Path]:
    """What lies in the home that only a ledger leaves: reports that were pinned, and acts that were written down."""
    return [*([home.pins] if any(home.pins.glob("*.json")) else []), *([home.audit_heads] if home.audit_heads.is_file() else [])]


def lost_ledger(home: Home, traces: list[Path]) -> Refused:
    """Said where there are traces of a ledger and no ledger: a new one, or a page without it, would hide the loss."""
    return Refused("ledger_gone", traces=", ".join(map(str, traces)), folder=folder(home))


def engine_of(home: Home) -> sa.Engine:
    """An engine on the home's ledger; nothing is asked of it yet. Raises ConfigurationError for an address that cannot be one."""
    folder(home).mkdir(parents=True, exist_ok=True)
    try:
        url = sa.make_url(ledger_address(home))
        url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}
        engine = sa.create_engine(url, **options)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError, ValueError):
        raise Refused("ledger_address", variable=LEDGER_VARIABLE) from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _strict)
        sa.event.listen(engine, "begin", _begin)
    return engine


def _strict(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions where it sees fit, after what was read to decide by
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sa.Connection) -> None:
    """Who writes takes the file's one place for writers before anything is read: what is decided by is then still so when it is written."""
    if not connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("BEGIN")
    elif not _took_turn(connection.connection.driver_connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # says for itself what is in the way


def _took_turn(database: Any) -> bool:
    """Whether the one place for writers was free within BUSY_SECONDS.

    SQLite itself looks ten times a second: a program that writes without a pause leaves the place for so short a time that another
    one did not find it free within half a minute.
    """
    until = time.monotonic() + BUSY_SECONDS
    database.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    return False
                time.sleep(random.uniform(0.001, 0.01))
            else:
                return True
        return False
    finally:
        database.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


@contextlib.contextmanager
def database_errors_in_words() -> Iterator[None]:
    """A database that cannot be used, in words; no address, since it may hold a password."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        fault = error.orig.sqlite_errorcode & 0xFF if isinstance(error.orig, sqlite3.OperationalError) else None
        if fault in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RefusedByDatabase("ledger_busy") from error
        if fault in FILE_FAULTS:
            raise RefusedByDatabase("ledger_file", fault=error.orig) from error
        kind = type(error.orig).__name__
        raise RefusedByDatabase("ledger_unreachable", fault=kind, variable=LEDGER_VARIABLE) from error
    except sa.exc.DatabaseError as error:
        if type(error.orig) is not sqlite3.DatabaseError:
            raise
        raise Refused("ledger_damaged") from error

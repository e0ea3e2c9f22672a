"""Brings a ledger database to the version of this program: one process at a time, an SQLite file copied first."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from dashboard.refusal import Refused

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_SECONDS = 60
_LOCK_NAME = "vanban_ledger"
_LOCK_NUMBER = 7_226_240_106
"""Of PostgreSQL's advisory lock: any number that nobody else takes."""


def to_newest(engine: sa.Engine) -> None:
    """Does nothing where the ledger is at this program's version already.

    Raises ConfigurationError where it is of a newer program, or another process does not finish within a minute.
    """
    script = ScriptDirectory(str(MIGRATIONS))
    newest = script.get_current_head()
    if version_of(engine) == newest:
        return
    with _only_migration(engine):
        found = version_of(engine)  # another process may have been at work meanwhile
        if found == newest:
            return
        if found is not None and found not in {one.revision for one in script.walk_revisions()}:
            raise Refused("ledger_newer", version=found)
        if found is not None:
            _copy_sqlite_file(engine, found)
        config = Config()
        config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
        logging.getLogger("alembic").setLevel(logging.WARNING)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def version_of(engine: sa.Engine) -> str | None:
    """The step that the ledger is at; None where there is no ledger yet."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("ledger_version"):
            return None
        version: str | None = connection.execute(sa.text("SELECT version_num FROM ledger_version")).scalar()
        return version


@contextlib.contextmanager
def _only_migration(engine: sa.Engine) -> Iterator[None]:
    """Keeps other processes from migrating; the lock goes with its holder, however that ends."""
    path = engine.url.database
    busy = Refused("ledger_busy")
    if engine.dialect.name == "sqlite":
        # A lock of the operating system on a small file of its own, which SQLite takes alike on every system.
        with closing(sqlite3.connect(f"{path}.lock", timeout=WAIT_SECONDS, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise busy from None
            yield
        return
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"SET lock_timeout = '{WAIT_SECONDS}s'"))
            try:
                connection.execute(sa.text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK_NUMBER})
            except sa.exc.OperationalError:
                raise busy from None
        elif engine.dialect.name in ("mysql", "mariadb"):
            taken = connection.execute(sa.text("SELECT GET_LOCK(:name, :wait)"), {"name": _LOCK_NAME, "wait": WAIT_SECONDS}).scalar()
            if taken != 1:
                raise busy
        try:
            yield
        finally:
            connection.invalidate()  # closes the session, and with it the lock


def _copy_sqlite_file(engine: sa.Engine, version: str) -> None:
    """An SQLite ledger beside itself, as it was before the change; servers have backups of their own."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path:
        return
    with closing(sqlite3.connect(path)) as ledger, closing(sqlite3.connect(f"{path}.before-{version}")) as copy:
        ledger.backup(copy)

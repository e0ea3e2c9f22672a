"""PostgreSQL's own ways: each value as the text that PostgreSQL itself writes, and the rows through DuckDB's postgres extension where it can be had.

The extension reads several times as fast as a driver that makes an object of every value. It works in a second session that sees the database as of
the first one's moment, in a DuckDB that keeps nothing on disk: rows are pseudonymised before they are written anywhere.
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from etl.staging.casts import literal, quoted

if TYPE_CHECKING:
    import sqlalchemy as sa

EXTENSION_ROWS = 250_000
"""Rows that the extension hands over at a time."""

_PACKAGE = "duckdb_extension_postgres_scanner"
_DRIVER_ONLY = {"autocommit", "context", "cursor_factory", "prepare_threshold", "row_factory"}
_PLAIN = {"bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "bpchar", "name", "uuid", "date", "timestamp", "timestamptz"}
_WHOLE = "CASE WHEN {0} = trunc({0}) THEN trunc({0}) ELSE {0} END"
"""A numeric(9,2) holds 45.00 where a whole number is meant; NaN and Infinity are their own whole."""


class ExtensionRefused(Exception):
    """Why the extension cannot be used, as half a sentence. Never the library's own words: they may hold the password."""


class ExtensionBroke(Exception):
    """The extension could not go on; the library's own words are left out, because they may hold values."""


def session_settings(time_zone: str) -> tuple[str, ...]:
    """What both sessions set for their transaction, so that a value has one spelling whatever the server, its user or this machine are set to."""
    return (f"SET LOCAL TIME ZONE {literal(time_zone)}", "SET LOCAL datestyle = 'ISO'", "SET LOCAL extra_float_digits = 1")


def text_columns(connection: sa.Connection, described: Sequence[Any]) -> tuple[list[str], tuple[str, ...]]:
    """The columns of `q` as SELECT expressions that give text, and the names of the types that are left as they are.

    `described` is a cursor's description. Lists, JSON, bytes and the like are left: what they are as text would be a guess.
    """
    types = _types(connection, {column.type_code for column in described})
    expressions, left = [], []
    for column in described:
        name = f"q.{quoted(column.name)}"
        kind, is_enum = types.get(column.type_code, ("", False))
        if kind == "numeric":
            name = f"CAST({_WHOLE.format(name)} AS text)"
        elif kind in _PLAIN or is_enum:
            name = f"CAST({name} AS text)"
        else:
            left.append(str(getattr(column, "type_display", "") or column.type_code))
        expressions.append(f"{name} AS {quoted(column.name)}")
    return expressions, tuple(left)


class ExtensionSession:
    """A session of DuckDB's postgres extension that sees what another session sees; close it before that one."""

    def __init__(self, other: sa.Connection, url: sa.URL, settings: Sequence[str]) -> None:
        """Beside a session of the driver, whose `url` it shares; raises ExtensionRefused, or sqlalchemy.exc.DBAPIError where that session failed."""
        extension = _extension()
        snapshot = str(other.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
        address = _address(other, url)
        self._other = other
        # Without a folder for temporary files nothing can be spilt to disk; no extension is ever fetched from the network; and secrets that the
        # operator's own DuckDB keeps have no say in where we connect.
        self._database = duckdb.connect(
            ":memory:",
            config={
                "temp_directory": "",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "secret_directory": (extension.parent / "no secrets").as_posix(),
                "python_enable_replacements": "false",
            },
        )
        try:
            self._step(f"LOAD {literal(extension.as_posix())}", "DuckDB cannot load its postgres extension")
            self._step(f"ATTACH {literal(address)} AS source (TYPE postgres, READ_ONLY)", "the server takes no second connection")
            self._step("BEGIN TRANSACTION READ ONLY", "the server begins no second transaction")
            for statement in (f"SET TRANSACTION SNAPSHOT {literal(snapshot)}", *settings):
                self._step(f"CALL postgres_execute('source', {literal(statement)})", "the server does not share a snapshot between two sessions")
            self._backend = int(
                self._step("FROM postgres_query('source', 'SELECT pg_backend_pid()')", "the server gives its session no number")[0][0]
            )
        except ExtensionRefused:
            self.close()
            raise

    def rows(self, statement: str) -> Iterator[pa.Table]:
        """What a SELECT of text columns gives, in parts of EXTENSION_ROWS; raises ExtensionBroke."""
        is_ended = False
        try:
            for batch in self._database.execute(f"FROM postgres_query('source', {literal(statement)})").to_arrow_reader(EXTENSION_ROWS):
                yield pa.Table.from_batches([batch])
            is_ended = True
        except (duckdb.Error, pa.ArrowException, OSError):
            is_ended = True
            raise ExtensionBroke from None
        finally:
            if not is_ended:  # nobody wants the rest, but the extension would wait for its last row
                self._other.exec_driver_sql(f"SELECT pg_cancel_backend({self._backend})")

    def close(self) -> None:
        # Said aloud, for where the wire is broken the extension fails to roll back; left to its own end it would take the whole process with it.
        with contextlib.suppress(duckdb.Error):
            self._database.execute("ROLLBACK")
        self._database.close()

    def _step(self, statement: str, otherwise: str) -> list[Any]:
        try:
            return self._database.execute(statement).fetchall()
        except duckdb.Error as error:
            raise ExtensionRefused(f"{otherwise} ({type(error).__name__})") from None


def _extension() -> Path:
    """The extension's file of the very version of DuckDB that runs; it is loaded by its path."""
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise ExtensionRefused("the package duckdb-extension-postgres-scanner is not installed")
    files = sorted(Path(package.origin).parent.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension"))
    if not files:
        raise ExtensionRefused(f"the package duckdb-extension-postgres-scanner is of another version than DuckDB {duckdb.__version__}")
    return files[0]


def _address(connection: sa.Connection, url: sa.URL) -> str:
    """Where a connection leads, with its password, as libpq writes it; of several servers the one that answered."""
    from psycopg.conninfo import make_conninfo

    info: Any = connection.connection.driver_connection.info  # type: ignore[union-attr]
    arguments = connection.dialect.create_connect_args(url)[1]
    stated = {name: value for name, value in arguments.items() if name not in _DRIVER_ONLY}
    return make_conninfo(**{**stated, "host": info.host, "port": info.port})


def _types(connection: sa.Connection, codes: set[int]) -> dict[int, tuple[str, bool]]:
    """The server's own name of each type, and whether it is an enumeration that somebody made."""
    wanted = ", ".join(str(int(code)) for code in sorted(codes)) or "0"
    rows = connection.exec_driver_sql(
        f"SELECT oid::bigint, typname, typtype = 'e', typnamespace = 'pg_catalog'::regnamespace FROM pg_catalog.pg_type WHERE oid IN ({wanted})"  # noqa: S608
    )
    return {int(oid): (str(name) if is_own else "", bool(is_enum)) for oid, name, is_enum, is_own in rows}

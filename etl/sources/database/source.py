"""Source kind `database`: any SQLAlchemy URL, read as a stream, as of one moment, and never written to."""

from __future__ import annotations

import contextlib
import itertools
import math
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable, VanbanError
from etl.contract import ORDINARY, Entity
from etl.sources.database.cursor import CURSOR_KEYS, Cursor, CursorKind, Since
from etl.sources.database.only_reading import CONNECT, keep_sqlite_to_reading, refuse_untried_driver, refuse_writing
from etl.sources.database.oracle import refuse_lost_zones
from etl.sources.database.postgres import ExtensionBroke, ExtensionRefused, ExtensionSession, session_settings, text_columns
from etl.sources.database.sqlite import with_strict_names
from etl.sources.source import CHUNK_ROWS, Query, Reading, Row, Source
from etl.staging.casts import fixed_offset, literal

if TYPE_CHECKING:
    import sqlalchemy as sa

SQLITE_BUSY_SECONDS = 10.0
"""How long a locked SQLite file is waited for."""

ISOLATION = {"postgresql": "REPEATABLE READ", "mysql": "REPEATABLE READ", "oracle": "SERIALIZABLE"}
"""Where all queries of one transaction can see the database as of one moment without holding up its users."""

DRIVERS = {"pymssql": "sqlserver", "oracledb": "oracle"}
"""Packages of drivers that an installation adds when it needs them, and the names to add them by."""

BY_EXTENSION = "DuckDB's postgres extension"

_ORDINARY_ROWS = f"q.security_level = '{ORDINARY}'"
_UNENCODED_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class DatabaseSource(Source):
    """A database; its URL stands in the environment variable that `url_env` names, because it holds the password."""

    SOURCE_KEYS: ClassVar[Mapping[str, type]] = {"url_env": str}
    ENTITY_KEYS: ClassVar[Mapping[str, type]] = CURSOR_KEYS

    def __post_init__(self) -> None:
        if not self.options["url_env"].isidentifier():  # it may be the URL itself, with its password
            raise ConfigurationError(
                f"{self.where('')}: url_env is no name of an environment variable. Write a name such as QLVB_URL, "
                f"and NAME=<database URL> into {self.home.environment}."
            )

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[DatabaseConnection]:
        import sqlalchemy as sa

        url = self._url(environment)
        try:
            engine = self._engine(url)
        except sa.exc.NoSuchModuleError:
            raise ConfigurationError(
                f"source {self.name}: no driver for {url.drivername} URLs. Install its package, or correct {self.options['url_env']}."
            ) from None
        except ModuleNotFoundError as error:
            raise ConfigurationError(f"source {self.name}: the driver package {error.name} is not installed. {_way_to(error.name or '')}") from None
        with contextlib.ExitStack() as stack:
            stack.callback(engine.dispose)
            try:
                connection = stack.enter_context(engine.connect())
                _begin_reading(connection, self.time_zone)
            except UnicodeError:  # its own words show the password
                raise ConfigurationError(
                    f"source {self.name}: the driver cannot send the user name or password in {self.options['url_env']}, for a sign that is in no "
                    "Western alphabet. Give the database's reader a password of plain letters, digits and signs."
                ) from None
            except (sa.exc.DBAPIError, sqlite3.Error) as error:
                raise SourceUnreachable(
                    f"source {self.name}: cannot read the database at {url.host or url.database or url.drivername}: {_reason(error, url)}. "
                    f"See whether it is running and whether {self.options['url_env']} is right, then run the command again."
                ) from None
            yield stack.enter_context(contextlib.closing(DatabaseConnection(self, connection, url)))

    def _url(self, environment: Mapping[str, str]) -> sa.URL:
        import sqlalchemy as sa

        variable = self.options["url_env"]
        text = environment.get(variable, "")
        if not text:
            raise ConfigurationError(
                f"source {self.name}: the environment variable {variable} is not set. Put {variable}=<database URL> into {self.home.environment}."
            )
        try:
            url = sa.make_url(text)
        except (sa.exc.ArgumentError, ValueError):
            raise ConfigurationError(
                f"source {self.name}: {variable} does not hold a database URL. Write it as postgresql+psycopg://user:password@host/database."
            ) from None
        # What follows such a sign in a password would be taken for the host or the database, which messages name.
        is_cut = (
            text.count("@") > 1
            or "#" in f"{url.host}{url.database}"
            or _UNENCODED_PERCENT.search(text)
            or "\ufffd" in f"{url.username}{url.password}"
        )
        if url.get_backend_name() != "sqlite" and is_cut:
            raise ConfigurationError(
                f"source {self.name}: the URL in {variable} cannot be taken apart. Write each of @ : / ? # % & and blanks in user name and password "
                "as %40, %3A, %2F, %3F, %23, %25, %26 and %20."
            )
        return url

    def _engine(self, url: sa.URL) -> sa.Engine:
        import sqlalchemy as sa

        if url.get_backend_name() != "sqlite":
            engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=CONNECT.get(url.get_driver_name(), {}))
            refuse_untried_driver(self.name, url.get_backend_name(), engine.dialect.driver)
            return engine
        if not url.database or url.database == ":memory:":
            raise ConfigurationError(f"source {self.name}: {self.options['url_env']} names no SQLite file. Write it as sqlite:///path/to/file.")
        path = self.home.root / url.database
        if not path.is_file():
            raise SourceUnreachable(f"source {self.name}: there is no database file {path}. Correct {self.options['url_env']}.")

        def connect() -> sqlite3.Connection:
            # No isolation level: the driver would otherwise begin transactions where it sees fit.
            address = f"file:{quote(Path(path).as_posix())}?mode=ro"
            connection = sqlite3.connect(address, uri=True, timeout=SQLITE_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            keep_sqlite_to_reading(connection)
            return connection

        return sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool)


class DatabaseConnection:
    """An open transaction in which every entity is read."""

    def __init__(self, source: DatabaseSource, connection: sa.Connection, url: sa.URL) -> None:
        self._source = source
        self._connection = connection
        self._url = url
        self._extension: ExtensionSession | None = None
        self._why_no_extension = ""

    def close(self) -> None:
        if self._extension:
            self._extension.close()

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        return self._read(entity, sample, since=None, only=())

    def read_part(self, entity: Entity, since: Since | None, only: Sequence[str] = ()) -> Reading:
        return self._read(entity, None, since, only)

    def _read(self, entity: Entity, sample: int | None, since: Since | None, only: Sequence[str]) -> Reading:
        query = self._source.query(entity.name, self._connection.dialect.name)
        if reason := refuse_writing(self._connection.dialect.name, query.text):
            raise ConfigurationError(f"source {self._source.name}: {query.file} is not asked: {reason}. Mend it and run the command again.")
        with self._plain_errors(query):
            with contextlib.closing(self._execute(query.wrapped("*", "WHERE 1 = 0"))) as probe:
                delivered = list(probe.keys())
                described = probe.cursor.description or ()
            types = tuple(map(_type_name, described))
            columns = self._source.match_columns(entity, query.file, delivered)
            if self._connection.dialect.name == "oracle":
                refuse_lost_zones(self._source.name, query.file, columns, types)
            ordinary = f"coalesce(sum(CASE WHEN {_ORDINARY_ROWS} THEN 1 ELSE 0 END), 0)" if entity.is_classified else "count(*)"
            asked = self._asked(query, since)
            with contextlib.closing(self._execute(query.wrapped(f"count(*), {ordinary}", _where(asked)))) as counted:
                rows_in, rows_ordinary = (int(count) for count in counted.one())
            cursor = self._source.cursor(entity.name)
            cursor_kind = self._cursor_kind(query, cursor) if cursor and not since and not only else None
            expressions, not_text = text_columns(self._connection, described) if self._is_postgresql else ([], ())
        if only:
            wanted = [name in only for name in columns]
            types, columns = (tuple(itertools.compress(each, wanted)) for each in (types, columns))
            expressions = list(itertools.compress(expressions, wanted)) or [f"q.{name}" for name in columns]
        statement = query.wrapped(", ".join(expressions) or "*", _where(asked, _ORDINARY_ROWS if entity.is_classified else ""))
        chunks, way = self._chunks(query, statement, sample), f"SQLAlchemy ({self._connection.dialect.driver})"
        if self._is_postgresql:
            extension = None if not_text else self._open_extension()
            if extension:
                chunks, way = self._chunks_by_extension(extension, query, statement, sample, chunks), BY_EXTENSION
            else:
                way += f", because {f'a column is of type {not_text[0]}' if not_text else self._why_no_extension}"
        return Reading(entity, columns, rows_in, rows_ordinary, chunks, query.hash, types=types, cursor_kind=cursor_kind, way=way)

    @property
    def _is_postgresql(self) -> bool:
        return self._connection.dialect.name == "postgresql" and self._connection.dialect.driver == "psycopg"

    def _open_extension(self) -> ExtensionSession | None:
        """The second session, opened when rows are first read; None where it cannot be had, with the reason kept."""
        if self._extension is None and not self._why_no_extension:
            import sqlalchemy as sa

            try:
                self._extension = ExtensionSession(self._connection, self._url, session_settings(self._source.time_zone))
            except sa.exc.DBAPIError:
                self._why_no_extension = "the server exports no snapshot"
                self._connection.rollback()
                _begin_reading(self._connection, self._source.time_zone)
            except ExtensionRefused as refused:
                self._why_no_extension = str(refused)
        return self._extension

    def _chunks_by_extension(
        self, extension: ExtensionSession, query: Query, statement: str, sample: int | None, otherwise: Iterator[Sequence[Row] | pa.Table]
    ) -> Iterator[Sequence[Row] | pa.Table]:
        """The rows by the extension. Where it stumbles, the driver tries the same and says what is wrong, in words that quote no value."""
        came = 0
        try:
            for table in extension.rows(statement if sample is None else f"{statement} LIMIT {sample}"):
                came += table.num_rows
                yield table
        except ExtensionBroke:
            for rows in otherwise:
                if not came:
                    yield rows
            if came:
                raise SourceUnreachable(
                    f"source {self._source.name}: the database broke off while {query.file} was read, after {came} rows. Run the command again."
                ) from None

    def _asked(self, query: Query, since: Since | None) -> str:
        """The condition for a part of the rows; rows without a cursor always come."""
        if since is None:
            return ""
        bound = since.bound if since.kind == "number" else f"'{since.bound} 00:00:00+00:00'" if since.kind == "zoned" else f"'{since.bound}'"
        if self._connection.dialect.name == "oracle" and since.kind != "number":
            bound = f"DATE '{since.bound}'"
        newer, empty = f"q.{since.column} >= {bound}", f"q.{since.column} IS NULL"
        if self._connection.dialect.name == "sqlite":  # reads the whole table for that OR where the column is its row number
            with contextlib.closing(self._execute(query.wrapped("1", f"WHERE {empty} LIMIT 1"))) as found:
                if found.first() is None:
                    return newer
        return f"({newer} OR {empty})"

    def _cursor_kind(self, query: Query, cursor: Cursor) -> CursorKind | None:
        """In SQLite any column may hold anything, and numbers compare with text by their types alone: only a column of one type can be a cursor."""
        if self._connection.dialect.name != "sqlite":
            return None
        with contextlib.closing(self._execute(query.wrapped(f"DISTINCT typeof(q.{cursor.column})"))) as found:
            types = {str(kind) for (kind,) in found} - {"null"}
        if types <= {"integer"}:
            return "number"
        if types == {"text"}:
            return "text"
        raise ConfigurationError(
            f"source {self._source.name}: the cursor {cursor.column} holds {' and '.join(sorted(types))} in {query.file}. "
            "Cast it there to whole numbers or to text such as 2024-07-01 08:00:00."
        )

    def _chunks(self, query: Query, statement: str, sample: int | None) -> Iterator[Sequence[Row] | pa.Table]:
        with self._plain_errors(query), contextlib.closing(self._execute(statement, is_streaming=True)) as result:
            # SQLAlchemy's rows cost more than a database takes to send them. Of a server's cursor it has read one row ahead; PyMySQL's is left to it
            # altogether: it knows how to get away from one whose wire broke.
            is_server = self._connection.dialect.supports_server_side_cursors
            fetch = result.fetchmany if is_server and self._connection.dialect.driver != "psycopg" else partial(self._fetch, result.cursor)
            rows: Sequence[Row] = []
            if is_server:
                rows = [tuple(row) for row in result.fetchmany(1)]
                if not rows:
                    return
            left = math.inf if sample is None else sample
            while left > 0:
                wanted = int(min(left, CHUNK_ROWS)) - len(rows)
                rows = [*rows, *(fetch(wanted) if wanted else ())]  # some drivers take 0 for as many as they like
                if not rows:
                    return
                left -= len(rows)
                yield rows
                rows = []

    def _fetch(self, cursor: Any, size: int) -> Sequence[Row]:
        """Rows of the driver's own cursor. Where the wire is broken SQLAlchemy is told, or it would fail once more at the transaction's end."""
        driver = self._connection.dialect.loaded_dbapi
        try:
            rows: Sequence[Row] = cursor.fetchmany(size)
        except driver.Error as error:
            if self._connection.dialect.is_disconnect(error, self._connection.connection.dbapi_connection, cursor):
                self._connection.invalidate(error)
            raise
        return rows

    def _execute(self, statement: str, is_streaming: bool = False) -> sa.CursorResult[Any]:
        """Runs a statement; streaming leaves its rows on the server's side where there is such a thing, so that they come a part at a time."""
        # Without parameters at all, so that % in a customer's SQL is a plain character.
        # Both said every time, because options stay with the connection.
        options = self._connection.execution_options(no_parameters=True, stream_results=is_streaming, max_row_buffer=CHUNK_ROWS)
        return options.exec_driver_sql(with_strict_names(statement) if self._connection.dialect.name == "sqlite" else statement)

    @contextlib.contextmanager
    def _plain_errors(self, query: Query) -> Iterator[None]:
        """Turns a driver's error into a plain one; errors of our own pass through."""
        import sqlalchemy as sa

        driver = self._connection.dialect.loaded_dbapi
        try:
            yield
        except VanbanError:
            raise
        except sa.exc.DBAPIError as error:
            raise self._plain(query, error.orig or error) from None
        except driver.Error as error:
            raise self._plain(query, error) from None

    def _plain(self, query: Query, error: BaseException) -> VanbanError:
        name = self._source.name
        dialect = self._connection.dialect
        text = _reason(error, self._url)
        if dialect.name == "sqlite":
            if "locked" in text or "busy" in text:
                return SourceUnreachable(
                    f"source {name}: the database is locked by another program. Wait until that one has finished, then run the command again."
                )
            if "not a database" in text or "malformed" in text or "disk I/O" in text:
                return SourceUnreachable(f"source {name}: the database file is damaged ({text}). Ask for a whole copy.")
            gone = False
        else:
            driver: Any = dialect.loaded_dbapi
            gone = isinstance(error, driver.Error) and dialect.is_disconnect(error, None, None)
            gone = gone or (dialect.driver == "psycopg" and isinstance(error, driver.OperationalError))
        if gone:
            return SourceUnreachable(f"source {name}: the database went away while {query.file} was read ({text}). Run the command again.")
        return ConfigurationError(f"source {name}: {query.file} failed: {text}. Mend it and run `vanban source check {name}`.")


def _way_to(package: str) -> str:
    if package in DRIVERS:
        return f"Run `vanban source driver {DRIVERS[package]}` and try again."
    if package == "pyodbc":
        return "Write the URL as mssql+pymssql://… and run `vanban source driver sqlserver`."
    return "Write the URL for a driver that vanban has: postgresql+psycopg, mysql+pymysql, mssql+pymssql, oracle+oracledb or sqlite."


def _where(*conditions: str) -> str:
    stated = [condition for condition in conditions if condition]
    return f"WHERE {' AND '.join(stated)}" if stated else ""


def _type_name(described: Any) -> str:
    """A column's type as the driver describes it (PEP 249): by name where it has one, else by its code; "" where it knows none, as SQLite."""
    code = described[1]
    return str(getattr(described, "type_display", None) or ("" if code is None else getattr(code, "name", code)))


def _begin_reading(connection: sa.Connection, time_zone: str) -> None:
    """One transaction for all entities, so that a document and its deliveries are of the same moment; read-only where the database can promise it."""
    dialect = connection.dialect.name
    if dialect in ISOLATION:
        connection.execution_options(isolation_level=ISOLATION[dialect])
    if dialect == "postgresql":
        connection.execution_options(postgresql_readonly=True)
        for statement in session_settings(time_zone):
            connection.exec_driver_sql(statement)
    elif dialect == "mysql":
        _set_zone(connection, f"SET SESSION time_zone = {literal(_zone_or_offset(time_zone))}")
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.commit()
    elif dialect == "oracle":
        _set_zone(connection, f"ALTER SESSION SET TIME_ZONE = {literal(_zone_or_offset(time_zone))}")
    elif dialect == "sqlite":
        connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql("SELECT 1" if dialect != "oracle" else "SELECT 1 FROM dual")


def _zone_or_offset(zone: str) -> str:
    """A zone as MySQL and Oracle know it without tables of zones: "+07:00", or its name where the offset changes."""
    offset = fixed_offset(zone)
    if offset is None:
        return zone
    hours, minutes = divmod(abs(offset) // 60_000_000, 60)
    return f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _set_zone(connection: sa.Connection, statement: str) -> None:
    """Gives the session the source's zone: a MySQL TIMESTAMP, and what Oracle casts to one without a zone, comes as the session's time.

    In the server's own zone it would be read as another moment than the DATETIME beside it.
    """
    import sqlalchemy as sa

    try:
        connection.exec_driver_sql(statement)
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
        raise ConfigurationError(
            f"the database at {connection.engine.url.host} does not take the source's time zone ({statement}). "
            "Have its time zones loaded (MariaDB and MySQL: mysql_tzinfo_to_sql), then run the command again."
        ) from None


def _reason(error: BaseException, url: sa.URL) -> str:
    """What a driver says, on one line, without the password and without values out of the data."""
    original: Any = getattr(error, "orig", None) or error
    kind = type(original).__name__
    if {"DataError", "IntegrityError"} & {ancestor.__name__ for ancestor in type(original).__mro__}:  # their texts quote the value
        return f"a value cannot be converted ({getattr(original, 'sqlstate', None) or kind})"
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    arguments = original.args
    text = primary or (str(arguments[1]) if len(arguments) > 1 and isinstance(arguments[0], int) else str(original)) or kind
    for secret in (url.password, *url.query.values()):
        if secret and isinstance(secret, str | int):
            text = text.replace(str(secret), "***")
    undecodable = re.match(r"Could not decode to UTF-8 column '(\w+)'", text)  # SQLite goes on to quote the value
    if undecodable:
        return f"column {undecodable[1]} holds text that is not UTF-8"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = (lines[0] if lines else kind).rstrip(".")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)  # a damaged file's names may hold what terminals obey

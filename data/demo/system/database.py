"""Writes the sample system's tables into SQLite, PostgreSQL or MariaDB, in bulk and all or nothing."""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any

import polars as pl
from sqlalchemy import Connection, create_engine, inspect, select
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from data.demo.system.tables import MARKER, METADATA, Rows
from data.errors import ConfigurationError, SourceUnreachable

VERSION = 2
"""Raised with every change of what the sample holds, so that an older one is made anew."""
BATCH = 4_000


class Database:
    """The sample's database while it is being filled; `with Database(url) as database: database.write(...)`.

    The tables are made anew when it opens, and it is marked as complete when the block ends without an error.
    Raises ConfigurationError for an address that is none or a database with other people's tables of the same names,
    SourceUnreachable when it cannot be reached.
    """

    def __init__(self, url: str, *, seed: int, scale: float) -> None:
        self.engine = engine_for(url)
        self.stamp = {"phien_ban": VERSION, "seed": seed, "ty_le": repr(float(scale))}
        self.connection: Connection
        self._rows = Rows()
        self._next_id: dict[str, int] = defaultdict(lambda: 1)

    def __enter__(self) -> Database:
        try:
            self.connection = self.engine.connect()
        except SQLAlchemyError as error:
            raise _unreachable(self.engine.url, error) from None
        if self.engine.dialect.name == "sqlite":
            # The file is put in place only when it is complete, so a crash may cost it.
            self.connection.exec_driver_sql("PRAGMA journal_mode = OFF")
            self.connection.exec_driver_sql("PRAGMA synchronous = OFF")
        try:
            self._make_tables()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.connection.execute(MARKER.insert().values(**self.stamp))
            self.connection.commit()
        self._close()

    def _close(self) -> None:
        self.connection.close()
        self.engine.dispose()

    def _make_tables(self) -> None:
        present = set(inspect(self.connection).get_table_names()) & set(METADATA.tables)
        if present and MARKER.name not in present:
            raise ConfigurationError(
                f"The database {self.engine.url.render_as_string()} already has tables named {', '.join(sorted(present))} that are not the sample's. "
                "Name an empty database for the sample."
            )
        METADATA.drop_all(self.connection, tables=[table for table in METADATA.sorted_tables if table is not MARKER])
        # The marker is emptied first and filled last: an interrupted build is known as the sample's, and as incomplete.
        METADATA.create_all(self.connection)
        self.connection.execute(MARKER.delete())
        if self.engine.dialect.name == "mysql":
            self.connection.commit()

    def write(self, table: str, **frames: pl.DataFrame) -> None:
        """Appends the rows that tables.toml makes of the frames; those of the first are numbered on from call to call (`id`)."""
        name, numbered = next(iter(frames.items()))
        rows = self._rows.of(table, **{**frames, name: numbered.with_row_index("id", self._next_id[table])})
        self._next_id[table] += len(numbered)
        if rows.is_empty():
            return
        raw: Any = self.connection.connection.driver_connection
        names = ", ".join(rows.columns)
        if self.engine.dialect.name == "postgresql":
            with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
                buffer = io.BytesIO()
                rows.write_csv(buffer, include_header=False, null_value="\\N")
                copy.write(buffer.getvalue())
            return
        mark = "?" if self.engine.dialect.name == "sqlite" else "%s"
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join([mark] * rows.width)})"  # noqa: S608 names are this project's own
        cursor = raw.cursor()
        for batch in rows.iter_slices(BATCH):
            cursor.executemany(statement, batch.rows())
        cursor.close()


def engine_for(url: str) -> Engine:
    """An engine for a SQLAlchemy URL; raises ConfigurationError when it is none or its driver is not installed."""
    try:
        parsed = make_url(url)
        return create_engine(parsed)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        kind = type(error).__name__
        raise ConfigurationError(
            f"The database address for the sample cannot be used ({kind}). "
            "Write it like postgresql+psycopg://user:password@host:5432/name or mysql+pymysql://user:password@host:3306/name."
        ) from None


def holds_sample(url: str, *, seed: int, scale: float) -> bool:
    """Whether that database holds the complete sample of this version, seed and scale; False also when it cannot be reached."""
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            found = connection.execute(select(MARKER)).all()
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()
    return [tuple(row) for row in found] == [(VERSION, seed, repr(float(scale)))]


def _unreachable(url: URL, error: SQLAlchemyError) -> SourceUnreachable:
    reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
    return SourceUnreachable(
        f"The sample's database {url.render_as_string()} could not be reached: {reason}. Check the address and that the server runs."
    )

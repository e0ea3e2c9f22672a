"""Source kind `files`: workbooks and CSV files by glob; the mapping selects from the table `file` in a DuckDB that can reach nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import ORDINARY, Entity
from etl.sources.delimited import read_delimited
from etl.sources.mapping import closed_database, mapping_failed
from etl.sources.source import CHUNK_ROWS, Query, Reading, Row, Source
from etl.sources.titles import FileRefused
from etl.sources.workbook import read_workbook

READERS = {".xlsx": read_workbook, ".csv": read_delimited}


@dataclass(frozen=True)
class FilesSource(Source):
    """Files that units hand in; every entity has its own glob, relative to the home."""

    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {"files": str, "sheet": str, "header_row": int, "encoding": str, "delimiter": str}

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[FilesConnection]:
        for entity in self.entities:
            self.matching_files(entity)
        with contextlib.ExitStack() as stack:
            yield FilesConnection(self, stack)

    def matching_files(self, entity: str) -> list[Path]:
        """The entity's files in the order of their names; the lock files that a spreadsheet program leaves beside an open workbook are passed over.

        Raises ConfigurationError without a glob or for a file of another kind, SourceUnreachable when nothing matches.
        """
        pattern = self.entity_options[entity].get("files")
        if not pattern:
            raise ConfigurationError(f'{self.folder / "source.toml"}, [entities.{entity}]: files is missing. Add it, such as files = "inbox/*.xlsx".')
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise ConfigurationError(f"{self.folder / 'source.toml'}, [entities.{entity}]: files must be a pattern below {self.home.root}.")
        paths = sorted(path for path in self.home.root.glob(pattern) if path.is_file() and not path.name.startswith("~$"))
        if not paths:
            raise SourceUnreachable(f"source {self.name}: no file matches {pattern} in {self.home.root}. Put the files there or correct the pattern.")
        for path in paths:
            if path.suffix.lower() not in READERS:
                raise ConfigurationError(f"source {self.name}: {path.name} is neither .xlsx nor .csv. Narrow the pattern {pattern}.")
        return paths


class FilesConnection:
    """Reads each entity's files into a DuckDB of their own."""

    def __init__(self, source: FilesSource, stack: contextlib.ExitStack) -> None:
        self._source = source
        self._stack = stack

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        query = self._source.query(entity.name)
        database = self._stack.enter_context(closed_database())
        _load_files(database, self._source, entity.name)
        try:
            delivered = [name for name, *_ in database.execute(query.wrapped("*", "LIMIT 0")).description or []]
            columns = self._source.match_columns(entity, query.file, delivered)
            ordinary = f"count(*) FILTER (q.security_level = '{ORDINARY}')" if entity.is_classified else "count(*)"
            rows_in, rows_ordinary = database.execute(query.wrapped(f"count(*), {ordinary}")).fetchone() or (0, 0)
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None
        return Reading(entity, columns, rows_in, rows_ordinary, self._chunks(database, entity, query, sample), query.hash)

    def _chunks(self, database: duckdb.DuckDBPyConnection, entity: Entity, query: Query, sample: int | None) -> Iterator[Sequence[Row]]:
        condition = f"WHERE q.security_level = '{ORDINARY}'" if entity.is_classified else ""
        try:
            database.execute(query.wrapped("CAST(COLUMNS(*) AS VARCHAR)", condition + ("" if sample is None else f" LIMIT {sample:d}")))
            while rows := database.fetchmany(CHUNK_ROWS):
                yield rows
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None


def _load_files(database: duckdb.DuckDBPyConnection, source: FilesSource, entity: str) -> None:
    """Makes the table `file`: every column text, `file_name` and `row_number` (1-based, as a spreadsheet shows it) added."""
    options = {key: value for key, value in source.entity_options[entity].items() if key != "files"}
    titles: list[str] = []
    for path in source.matching_files(entity):
        try:
            found, rows = READERS[path.suffix.lower()](path, options)
            if not titles:
                titles = found
                columns = ", ".join(f"{_quoted(title)} VARCHAR" for title in [*titles, "file_name", "row_number"])
                database.execute(f"CREATE TABLE file ({columns})")
            elif sorted(found) != sorted(titles):
                differing = sorted(set(found) ^ set(titles))
                raise FileRefused(f"its column titles differ from the other files' in: {', '.join(differing)}")
            _insert(database, path, found, rows)
        except FileRefused as refusal:
            raise ConfigurationError(f"source {source.name}: {path.name}: {refusal}. Correct the file and run the command again.") from None
        except OSError as error:
            raise SourceUnreachable(
                f"source {source.name}: {path.name} cannot be read: {error.strerror or 'it is not a whole file of its kind'}. "
                "Close it elsewhere, or get a whole copy."
            ) from None
    database.execute("SET lock_configuration = true")


def _insert(database: duckdb.DuckDBPyConnection, path: Path, titles: list[str], rows: Iterator[tuple[int, list[str | None]]]) -> None:
    names = ", ".join(_quoted(title) for title in [*titles, "file_name", "row_number"])
    chunk: list[list[Any]] = []

    def write() -> None:
        columns = [pa.array(list(column), pa.string()) for column in zip(*chunk, strict=True)]
        database.register("incoming", pa.table(columns, names=[f"c{number}" for number in range(len(columns))]))
        database.execute(f"INSERT INTO file ({names}) SELECT * FROM incoming")  # noqa: S608 - names are quoted
        database.unregister("incoming")
        chunk.clear()

    for number, values in rows:
        chunk.append([*values, path.name, str(number)])
        if len(chunk) == CHUNK_ROWS:
            write()
    if chunk:
        write()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

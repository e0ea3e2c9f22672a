"""Source kind `files`: files by glob; the mapping selects from the table `file` in a DuckDB that can reach nothing else.

FORMATS is the table of contents: add a file format here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import ORDINARY, Entity
from etl.sources import delimited, json_lines, parquet, workbook
from etl.sources.below_home import files_below_home
from etl.sources.mapping import closed_database, mapping_failed
from etl.sources.source import CHUNK_ROWS, Query, Reading, Row, Source
from etl.sources.titles import FileRefused

Reader = Callable[[Path, Mapping[str, Any]], tuple[list[str], Iterator[tuple[int, list[str | None]]]]]


@dataclass(frozen=True)
class Format:
    """How files with some ending are read."""

    read: Reader
    """Column titles, and rows with their number; raises FileRefused, or OSError for what is not a whole file of its kind."""
    options: tuple[str, ...]
    """Keys of `[entities.<name>]` that it goes by."""
    has_open_columns: bool = False
    """Whether a file may lack columns that others have: they are NULL there."""


_CSV = Format(delimited.read_delimited, delimited.OPTIONS)
_JSON_LINES = Format(json_lines.read_json_lines, json_lines.OPTIONS, has_open_columns=True)
FORMATS: dict[str, Format] = {
    ".xlsx": Format(workbook.read_workbook, workbook.OPTIONS),
    ".csv": _CSV,
    ".csv.gz": _CSV,
    ".jsonl": _JSON_LINES,
    ".jsonl.gz": _JSON_LINES,
    ".parquet": Format(parquet.read_parquet, parquet.OPTIONS),
}


@dataclass(frozen=True)
class FilesSource(Source):
    """Files that units hand in; every entity has its own glob, relative to the home."""

    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {
        "files": str,
        "sheet": str,
        "header_row": int,
        "encoding": str,
        "delimiter": str,
        "quote": str,
    }

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[FilesConnection]:
        for entity in self.entities:
            self.matching_files(entity)
        with contextlib.ExitStack() as stack:
            yield FilesConnection(self, stack)

    def matching_files(self, entity: str) -> list[Path]:
        """The entity's files in the order of their names; the lock files that a spreadsheet program leaves beside an open workbook are passed over.

        Raises ConfigurationError without a glob, for a file of another kind and for an option that says nothing about these files, SourceUnreachable
        when nothing matches.
        """
        options = self.entity_options[entity]
        where = f"{self.folder / 'source.toml'}, [entities.{entity}]"
        pattern = options.get("files")
        if not pattern:
            raise ConfigurationError(f'{where}: files is missing. Add it, such as files = "inbox/*.xlsx".')
        paths = [path for path in files_below_home(self, f"entities.{entity}", pattern) if not path.name.startswith("~$")]
        if not paths:
            raise SourceUnreachable(f"source {self.name}: no file matches {pattern} in {self.home.root}. Put the files there or correct the pattern.")
        formats = [self._format(path, pattern) for path in paths]
        for key in options:
            if key != "files" and not any(key in found.options for found in formats):
                raise ConfigurationError(f"{where}: {key} says nothing about files such as {paths[0].name}. Remove it.")
        return paths

    def _format(self, path: Path, pattern: str) -> Format:
        try:
            return _format_of(path)
        except LookupError:
            raise ConfigurationError(
                f"source {self.name}: {path.name} is none of the kinds that can be read ({', '.join(FORMATS)}). Narrow the pattern {pattern}."
            ) from None


def _format_of(path: Path) -> Format:
    """By the end of the file's name; LookupError for one that is not known."""
    name = path.name.lower()
    return FORMATS[next((ending for ending in FORMATS if name.endswith(ending)), "")]


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
            described = database.execute(query.wrapped("*", "LIMIT 0")).description or []
            delivered, types = [name for name, *_ in described], tuple(str(kind) for _, kind, *_ in described)
            columns = self._source.match_columns(entity, query.file, delivered)
            ordinary = f"count(*) FILTER (q.security_level = '{ORDINARY}')" if entity.is_classified else "count(*)"
            rows_in, rows_ordinary = database.execute(query.wrapped(f"count(*), {ordinary}")).fetchone() or (0, 0)
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None
        return Reading(entity, columns, rows_in, rows_ordinary, self._chunks(database, entity, query, sample), query.hash, types=types)

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
            kind = _format_of(path)
            names, rows = kind.read(path, options)
            if not titles:
                columns = ", ".join(f"{_quoted(name)} VARCHAR" for name in [*names, "file_name", "row_number"])
                database.execute(f"CREATE TABLE file ({columns})")
                titles = list(names)
            elif kind.has_open_columns:
                titles += _add_columns(database, titles, names)
            elif sorted(names) != sorted(titles):
                differing = sorted(set(names) ^ set(titles))
                raise FileRefused(f"its column titles differ from the other files' in: {', '.join(differing)}")
            _insert(database, path, names, rows)
        except FileRefused as refusal:
            raise ConfigurationError(f"source {source.name}: {path.name}: {refusal}. Correct the file and run the command again.") from None
        except OSError as error:
            raise SourceUnreachable(
                f"source {source.name}: {path.name} cannot be read: {error.strerror or 'it is not a whole file of its kind'}. "
                "Close it elsewhere, or get a whole copy."
            ) from None
    database.execute("SET lock_configuration = true")


def _add_columns(database: duckdb.DuckDBPyConnection, titles: Sequence[str], names: Sequence[str]) -> list[str]:
    """Adds those of `names` that the table does not have yet."""
    added = [name for name in names if name not in titles]
    folded = {title.casefold(): title for title in titles}
    for name in added:
        if name.casefold() in folded:  # SQL would take the two for one
            raise FileRefused(f"its column {name} is spelt {folded[name.casefold()]} in the other files")
        database.execute(f"ALTER TABLE file ADD COLUMN {_quoted(name)} VARCHAR")
    return added


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

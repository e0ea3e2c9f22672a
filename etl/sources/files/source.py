"""Source kind `files`: files by glob; the mapping selects from the table `file` in a DuckDB that can reach nothing else.

FORMATS is the table of contents: add a file format here.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import ORDINARY, Entity
from etl.sources.below_home import files_below_home, read_mode
from etl.sources.files import delimited, json_lines, parquet, workbook
from etl.sources.files.seen_files import Found, Piece, Seen, compare_whole
from etl.sources.mapping import closed_database, is_row_by_row, mapping_failed
from etl.sources.open_file import FileRefused
from etl.sources.source import CHUNK_ROWS, PIECE, Query, Reading, Row, Source

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


NOT_OF_FORMATS = ("files", "mode")
"""Keys of `[entities.<name>]` that say nothing of how a file is read."""


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
        "mode": str,
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
            if key not in NOT_OF_FORMATS and not any(key in found.options for found in formats):
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

    def reads_new_files(self, entity: Entity) -> bool:
        """Events only ever become more; of anything else, what is no longer in the files is not so any longer."""
        if not read_mode(self._source, entity.name, is_usual=entity.name == "access_event"):
            return False
        paths = self._source.matching_files(entity.name)
        query = self._source.query(entity.name)
        is_possible = False
        for titled in (paths[:1], paths):  # a column that only some files have may be missing from the first
            with closed_database(optimizes=False) as database, contextlib.suppress(duckdb.Error):  # `read` will say what is wrong
                _load_files(database, self._source, entity.name, titled, ())
                is_possible = is_row_by_row(database, query.text)
                break
        if not is_possible and "mode" in self._source.entity_options[entity.name]:
            raise ConfigurationError(
                f"source {self._source.name}: {query.file} puts rows of several files together, so that new files cannot be read alone. "
                'Write mode = "full" in source.toml, or select row by row.'
            )
        return is_possible

    def find(self, entity: Entity, known: Sequence[Seen]) -> list[Found]:
        is_named = "file_name" in self._source.query(entity.name).text.lower()
        paths = self._source.matching_files(entity.name)
        try:
            return compare_whole(paths, self._source.home.root, known, is_named)
        except OSError as error:
            raise _unreadable(self._source, Path(error.filename or "a file"), error) from None

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        database = self._stack.enter_context(closed_database())
        paths = self._source.matching_files(entity.name)
        _load_files(database, self._source, entity.name, paths, paths)
        return self._reading(database, entity, sample)

    def read_pieces(self, entity: Entity, pieces: Sequence[Piece]) -> Reading:
        """All of them at once where titles are compared and rows counted, then each file by itself."""
        paths = self._source.matching_files(entity.name)
        new = [piece.path for piece in pieces]
        database = self._stack.enter_context(closed_database())
        rows = _load_files(database, self._source, entity.name, [*new, *paths[:1]], new)
        try:
            whole = self._reading(database, entity, None)
        except ConfigurationError:  # a column that only other files have may be missing
            database = self._stack.enter_context(closed_database())
            rows = _load_files(database, self._source, entity.name, [*new, *paths], new)
            whole = self._reading(database, entity, None)
        return dataclasses.replace(whole, chunks=self._chunks_of_pieces(database, entity, whole.columns, rows))

    def _reading(self, database: duckdb.DuckDBPyConnection, entity: Entity, sample: int | None) -> Reading:
        query = self._source.query(entity.name)
        try:
            described = database.execute(query.wrapped("*", "LIMIT 0")).description or []
            delivered, types = [name for name, *_ in described], tuple(str(kind) for _, kind, *_ in described)
            columns = self._source.match_columns(entity, query.file, delivered)
            ordinary = f"count(*) FILTER (q.security_level = '{ORDINARY}')" if entity.is_classified else "count(*)"
            rows_in, rows_ordinary = database.execute(query.wrapped(f"count(*), {ordinary}")).fetchone() or (0, 0)
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None
        settings = self._source.settings_hash(entity.name)
        return Reading(entity, columns, rows_in, rows_ordinary, self._chunks(database, entity, query, sample), settings, types=types)

    def _chunks(self, database: duckdb.DuckDBPyConnection, entity: Entity, query: Query, sample: int | None) -> Iterator[Sequence[Row]]:
        condition = f"WHERE q.security_level = '{ORDINARY}'" if entity.is_classified else ""
        try:
            database.execute(query.wrapped("CAST(COLUMNS(*) AS VARCHAR)", condition + ("" if sample is None else f" LIMIT {sample:d}")))
            while rows := database.fetchmany(CHUNK_ROWS):
                yield rows
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None

    def _chunks_of_pieces(
        self, database: duckdb.DuckDBPyConnection, entity: Entity, columns: Sequence[str], rows: Sequence[int]
    ) -> Iterator[pa.Table]:
        query = self._source.query(entity.name)
        condition = f"WHERE q.security_level = '{ORDINARY}'" if entity.is_classified else ""
        schema = pa.schema([(name, pa.string()) for name in columns])
        database.execute("ALTER TABLE file RENAME TO all_files")
        first = 0
        for number, count in enumerate(rows):
            try:
                database.execute(
                    f"CREATE OR REPLACE VIEW file AS SELECT * FROM all_files WHERE rowid >= {first} AND rowid < {first + count}"  # noqa: S608
                )
                for batch in database.execute(query.wrapped("CAST(COLUMNS(*) AS VARCHAR)", condition)).to_arrow_reader(CHUNK_ROWS):
                    table = pa.Table.from_batches([batch]).rename_columns(schema.names).cast(schema)
                    yield table.append_column(PIECE, pa.repeat(pa.scalar(number, pa.int32()), table.num_rows))
            except duckdb.Error as error:
                raise mapping_failed(self._source, query, error) from None
            first += count


def _load_files(database: duckdb.DuckDBPyConnection, source: FilesSource, entity: str, paths: Sequence[Path], filled: Sequence[Path]) -> list[int]:
    """Makes the table `file`: every column text, `file_name` and `row_number` (1-based, as a spreadsheet shows it) added.

    It has the columns of all `paths` and the rows of the first of them, `filled`; returns how many rows each of those has.
    """
    options = {key: value for key, value in source.entity_options[entity].items() if key not in NOT_OF_FORMATS}
    titles: list[str] = []
    counts = []
    for place, path in enumerate(paths):
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
            if place < len(filled):
                counts.append(_insert(database, path, names, rows))
        except FileRefused as refusal:
            raise ConfigurationError(f"source {source.name}: {path.name}: {refusal}. Correct the file and run the command again.") from None
        except OSError as error:
            raise _unreadable(source, path, error) from None
    database.execute("SET lock_configuration = true")
    return counts


def _unreadable(source: FilesSource, path: Path, error: OSError) -> SourceUnreachable:
    return SourceUnreachable(
        f"source {source.name}: {path.name} cannot be read: {error.strerror or 'it is not a whole file of its kind'}. "
        "Close it elsewhere, or get a whole copy."
    )


def _add_columns(database: duckdb.DuckDBPyConnection, titles: Sequence[str], names: Sequence[str]) -> list[str]:
    """Adds those of `names` that the table does not have yet."""
    added = [name for name in names if name not in titles]
    folded = {title.casefold(): title for title in titles}
    for name in added:
        if name.casefold() in folded:  # SQL would take the two for one
            raise FileRefused(f"its column {name} is spelt {folded[name.casefold()]} in the other files")
        database.execute(f"ALTER TABLE file ADD COLUMN {_quoted(name)} VARCHAR")
    return added


def _insert(database: duckdb.DuckDBPyConnection, path: Path, titles: list[str], rows: Iterator[tuple[int, list[str | None]]]) -> int:
    """Returns the number of rows."""
    names = ", ".join(_quoted(title) for title in [*titles, "file_name", "row_number"])
    chunk: list[list[Any]] = []
    count = 0

    def write() -> None:
        columns = [pa.array(list(column), pa.string()) for column in zip(*chunk, strict=True)]
        database.register("incoming", pa.table(columns, names=[f"c{number}" for number in range(len(columns))]))
        database.execute(f"INSERT INTO file ({names}) SELECT * FROM incoming")  # noqa: S608 - names are quoted
        database.unregister("incoming")
        chunk.clear()

    for number, values in rows:
        chunk.append([*values, path.name, str(number)])
        count += 1
        if len(chunk) == CHUNK_ROWS:
            write()
    if chunk:
        write()
    return count


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

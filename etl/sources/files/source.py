"""Source kind `files`: files by glob; the mapping selects from the table `file` in a DuckDB that can reach nothing else."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import Entity
from etl.sources.files import formats
from etl.sources.files.formats import Format
from etl.sources.files.unusable_cells import UnusableCells
from etl.sources.known_files import Found, Piece, Seen
from etl.sources.mapping import (
    can_read_alone,
    closed_database,
    counted_rows,
    described_columns,
    is_row_by_row,
    mapping_errors,
    ordinary_rows_alone,
    text_schema,
    text_tables,
)
from etl.sources.open_file import FileRefused
from etl.sources.source import CHUNK_ROWS, PIECE, Query, Reading, Row, Source
from etl.staging.casts import quoted

_TITLES = "columns are called by the titles in the file; header_row, delimiter, encoding and sheet in source.toml say where those are"


@dataclass(frozen=True)
class FilesSource(Source):
    """Files that units hand in; every entity has its own glob, relative to the home."""

    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {"files": str, **formats.option_types(), "mode": str}

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[FilesConnection]:
        for entity in self.entities:
            self.matching_files(entity)
        with contextlib.ExitStack() as stack:
            yield FilesConnection(self, stack)

    def matching_files(self, entity: str) -> list[Path]:
        """The entity's files in the order of their names, without the lock files that a spreadsheet program leaves beside an open workbook.

        Raises ConfigurationError without a glob, for a file of another kind and for an option that says nothing about these files, SourceUnreachable
        when nothing matches.
        """
        options = self.entity_options[entity]
        where = self.where(f"entities.{entity}")
        pattern = options.get("files")
        if not pattern:
            raise ConfigurationError(f'{where}: files is missing. Add it, such as files = "inbox/*.xlsx".')
        paths = [path for path in self.files_matching(f"entities.{entity}", pattern) if not path.name.startswith("~$")]
        if not paths:
            raise self.no_file_matches(pattern)
        found = [self.format_of(path, pattern) for path in paths]
        for key in options:
            if key in formats.option_types() and not any(key in each.option_types for each in found):
                raise ConfigurationError(f"{where}: {key} says nothing about files such as {paths[0].name}. Remove it.")
        return paths

    def format_of(self, path: Path, pattern: str) -> Format:
        found = formats.format_of(path)
        if found is None:
            raise ConfigurationError(
                f"source {self.name}: {path.name} is none of the kinds that can be read ({', '.join(formats.endings())}). "
                f"Narrow the pattern {pattern}."
            )
        return found

    def file_unreadable(self, file_name: str, error: OSError) -> SourceUnreachable:
        reason = error.strerror or "it is not a whole file of its kind"
        return SourceUnreachable(f"source {self.name}: {file_name} cannot be read: {reason}. Close it elsewhere, or get a whole copy.")


class FilesConnection:
    """Reads each entity's files into a DuckDB of their own."""

    def __init__(self, source: FilesSource, stack: contextlib.ExitStack) -> None:
        self._source = source
        self._stack = stack

    def reads_new_files(self, entity: Entity) -> bool:
        """Events only ever become more; of anything else, what is no longer in the files is no longer so."""
        if not self._source.reads_new_files_alone(entity.name, default=entity.name == "access_event"):
            return False
        paths = self._source.matching_files(entity.name)
        query = self._source.query(entity.name)
        is_possible = False
        for titled in (paths[:1], paths):  # a column that only some files have may be missing from the first
            with closed_database(optimizes=False) as database, contextlib.suppress(duckdb.Error):  # `read` will say what is wrong
                _load_files(database, self._source, entity.name, titled, ())
                is_possible = is_row_by_row(database, query.text)
                break
        return can_read_alone(self._source, entity, is_possible, "rows of several files together, so that new files", "row by row")

    def find(self, entity: Entity, known: Sequence[Seen]) -> list[Found]:
        return self._source.compare_files(entity.name, self._source.matching_files(entity.name), known)

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
        with mapping_errors(self._source, query, _TITLES):
            delivered, types = described_columns(database, query)
            columns = self._source.match_columns(entity, query.file, delivered)
            rows_in, rows_ordinary = counted_rows(database, entity, query)
        settings = self._source.settings_hash(entity.name)
        return Reading(entity, columns, rows_in, rows_ordinary, self._chunks(database, entity, query, sample), settings, types=types)

    def _chunks(self, database: duckdb.DuckDBPyConnection, entity: Entity, query: Query, sample: int | None) -> Iterator[Sequence[Row]]:
        limit = "" if sample is None else f" LIMIT {sample:d}"
        with mapping_errors(self._source, query):
            database.execute(query.wrapped("CAST(COLUMNS(*) AS VARCHAR)", ordinary_rows_alone(entity) + limit))
            while rows := database.fetchmany(CHUNK_ROWS):
                yield rows

    def _chunks_of_pieces(
        self, database: duckdb.DuckDBPyConnection, entity: Entity, columns: tuple[str, ...], rows: Sequence[int]
    ) -> Iterator[pa.Table]:
        query = self._source.query(entity.name)
        database.execute("ALTER TABLE file RENAME TO all_files")
        first = 0
        for number, count in enumerate(rows):
            with mapping_errors(self._source, query):
                database.execute(
                    f"CREATE OR REPLACE VIEW file AS SELECT * FROM all_files WHERE rowid >= {first} AND rowid < {first + count}"  # noqa: S608
                )
                statement = query.wrapped("CAST(COLUMNS(*) AS VARCHAR)", ordinary_rows_alone(entity))
                for table in text_tables(database, statement, text_schema(columns)):
                    yield table.append_column(PIECE, pa.repeat(pa.scalar(number, pa.int32()), table.num_rows))
            first += count


def _load_files(database: duckdb.DuckDBPyConnection, source: FilesSource, entity: str, paths: Sequence[Path], filled: Sequence[Path]) -> list[int]:
    """Makes the table `file`: every column text, `file_name` and `row_number` (1-based, as a spreadsheet shows it) added.

    It has the columns of all `paths` and the rows of the first of them, `filled`; returns how many rows each of those has.
    """
    options = {key: value for key, value in source.entity_options[entity].items() if key in formats.option_types()}
    titles: list[str] = []
    counts = []
    for place, path in enumerate(paths):
        try:
            found = source.format_of(path, source.pattern(entity))
            unusable = UnusableCells()
            names, rows = found.read(path, {**found.fixed_options, **options}, unusable)
            if not titles:
                columns = ", ".join(f"{quoted(name)} VARCHAR" for name in [*names, "file_name", "row_number"])
                database.execute(f"CREATE TABLE file ({columns})")
                titles = list(names)
            elif found.has_open_columns:
                titles += _add_columns(database, titles, names)
            elif sorted(names) != sorted(titles):
                differing = sorted(set(names) ^ set(titles))
                raise FileRefused(f"its column titles differ from the other files' in: {', '.join(differing)}")
            if place < len(filled):
                counts.append(_insert(database, path, names, rows))
                used = [title for title in unusable.columns if _uses(source.query(entity), names, title)]
                if used:
                    raise FileRefused(
                        f"{unusable.sentence(used)}. Calculate or correct them there and save it, or leave the column out of {entity}.sql"
                    )
        except FileRefused as refusal:
            raise ConfigurationError(f"source {source.name}: {path.name}: {refusal}. Correct the file and run the command again.") from None
        except OSError as error:
            raise source.file_unreadable(path.name, error) from None
    database.execute("SET lock_configuration = true")
    return counts


def _uses(query: Query, titles: Sequence[str], title: str) -> bool:
    """Whether the SELECT delivers something else, or fails, without the column `title` of the files.

    A column that bears the name of one of the SELECT's own counts as used: without it, DuckDB would take the other for it.
    """
    with closed_database(optimizes=False) as database, contextlib.suppress(duckdb.Error):
        delivered = []
        for left in (titles, [one for one in titles if one != title]):
            columns = ", ".join(f"{quoted(name)} VARCHAR" for name in [*left, "file_name", "row_number"])
            database.execute(f"CREATE OR REPLACE TABLE file ({columns})")
            delivered.append(described_columns(database, query)[0])
        return delivered[0] != delivered[1] or title.casefold() in map(str.casefold, delivered[0])
    return True


def _add_columns(database: duckdb.DuckDBPyConnection, titles: Sequence[str], names: Sequence[str]) -> list[str]:
    """Adds those of `names` that the table does not have yet."""
    added = [name for name in names if name not in titles]
    folded = {title.casefold(): title for title in titles}
    for name in added:
        if name.casefold() in folded:  # SQL would take the two for one
            raise FileRefused(f"its column {name} is spelt {folded[name.casefold()]} in the other files")
        database.execute(f"ALTER TABLE file ADD COLUMN {quoted(name)} VARCHAR")
    return added


def _insert(database: duckdb.DuckDBPyConnection, path: Path, titles: list[str], rows: Iterator[tuple[int, list[str | None]]]) -> int:
    """Returns the number of rows."""
    names = ", ".join(quoted(title) for title in [*titles, "file_name", "row_number"])
    count = 0
    while chunk := [[*values, path.name, str(number)] for number, values in itertools.islice(rows, CHUNK_ROWS)]:
        columns = [pa.array(list(column), pa.string()) for column in zip(*chunk, strict=True)]
        database.register("incoming", pa.table(columns, names=[f"c{number}" for number in range(len(columns))]))
        database.execute(f"INSERT INTO file ({names}) SELECT * FROM incoming")  # noqa: S608 - names are quoted
        database.unregister("incoming")
        count += len(chunk)
    return count

"""Source kind `edxml`: folders of messages from the national document axis, one XML file each.

The headers become tables that the mapping selects from: `message` (one row per file), `receiver` (one per file and addressee) and
`reference` (one per earlier document that a recall, an update or a replacement speaks of). A file that is no message is refused by itself;
the others are loaded.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa

from etl.contract import Entity
from etl.sources.edxml.message import Message, MessageRefused, read_message
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
from etl.sources.source import CHUNK_ROWS, PIECE, REFUSED, REFUSED_AT, Query, Reading, Source
from etl.staging.casts import quoted

TEXTS = ("message_key", *(field.name for field in dataclasses.fields(Message) if field.name not in ("to_codes", "refers_to")))
"""Columns of `message`, all text, beside `file_number` and `file_name`."""


@dataclass(frozen=True)
class EdxmlSource(Source):
    """The folders in which a gateway leaves what came and went over the axis."""

    SOURCE_KEYS: ClassVar[Mapping[str, type]] = {"files": str}

    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {"mode": str}

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[EdxmlConnection]:
        paths = self.files_matching("", self.options["files"])
        with closed_database() as database:
            _make_tables(database)
            yield EdxmlConnection(self, database, paths)


class EdxmlConnection:
    """The headers of messages, each read once for every entity that asks for it."""

    def __init__(self, source: EdxmlSource, database: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
        self._source = source
        self._database = database
        self._numbers = {path: number for number, path in enumerate(paths, start=1)}
        self._refused: dict[Path, str | None] = {}
        """Why a file is refused, of those that have been read."""

    def reads_new_files(self, entity: Entity) -> bool:
        """Messages only ever become more; whether a document is recalled is said by another message."""
        if not self._source.reads_new_files_alone(entity.name, default=True):
            return False
        query = self._source.query(entity.name)
        with closed_database(optimizes=False) as database:
            _make_tables(database)
            with mapping_errors(self._source, query):
                is_possible = _numbered(database, query) is not None and is_row_by_row(database, query.text, "file_number")
        return can_read_alone(self._source, entity, is_possible, "several messages together, so that new ones", "message by message")

    def find(self, entity: Entity, known: Sequence[Seen]) -> list[Found]:
        return self._source.compare_files(entity.name, list(self._numbers), known)

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        return self._reading(entity, list(self._numbers), self._source.query(entity.name), "", sample)

    def read_pieces(self, entity: Entity, pieces: Sequence[Piece]) -> Reading:
        query = _numbered(self._database, self._source.query(entity.name))
        if query is None:
            raise ValueError(f"the messages of {entity.name} cannot be read piece by piece")
        paths = [piece.path for piece in pieces]
        columns = [pa.array([self._numbers[path] for path in paths], pa.int64()), pa.array(range(len(paths)), pa.int32())]
        self._database.execute("CREATE OR REPLACE TABLE wanted (number BIGINT, place INTEGER)")
        _append(self._database, "wanted", pa.table(columns, ["number", "place"]))
        return self._reading(entity, paths, query, f"JOIN wanted ON wanted.number = q.{PIECE}", None)

    def _reading(self, entity: Entity, paths: Sequence[Path], query: Query, join: str, sample: int | None) -> Reading:
        """Of those files; where there is a join, by a query with the column PIECE and in its order."""
        self._load(paths)
        with mapping_errors(self._source, query):
            delivered, _ = described_columns(self._database, query)
            columns = self._source.match_columns(entity, query.file, delivered[: len(delivered) - bool(join)])
            rows, rows_ordinary = counted_rows(self._database, entity, query, join)
        unread = [(place, path) for place, path in enumerate(paths) if self._refused[path] is not None]
        chunks = self._chunks(entity, query, columns, join, unread, sample)
        settings = self._source.settings_hash(entity.name)
        return Reading(entity, columns, rows + len(unread), rows_ordinary + len(unread), chunks, settings, has_refused=True)

    def _chunks(
        self, entity: Entity, query: Query, columns: tuple[str, ...], join: str, unread: list[tuple[int, Path]], sample: int | None
    ) -> Iterator[pa.Table]:
        schema = text_schema(columns).append(pa.field(REFUSED, pa.string())).append(pa.field(REFUSED_AT, pa.int64()))
        texts = ", ".join(f"CAST(q.{quoted(name)} AS VARCHAR)" for name in columns)
        select = f"{texts}, CAST(NULL AS VARCHAR) AS {REFUSED}, CAST(NULL AS BIGINT) AS {REFUSED_AT}"
        condition = f"{join} {ordinary_rows_alone(entity)}"
        if join:
            schema = schema.append(pa.field(PIECE, pa.int32()))
            select += f", wanted.place AS {PIECE}"
            condition += " ORDER BY wanted.place"
        if sample is not None:
            condition += f" LIMIT {sample:d}"
        with mapping_errors(self._source, query):
            yield from text_tables(self._database, query.wrapped(select, condition), schema)
        if unread:
            empty = [pa.nulls(len(unread), pa.string()) for _ in columns]
            reasons = pa.array([self._refused[path] for _, path in unread], pa.string())
            numbers = pa.array([place + 1 for place, _ in unread], pa.int64())
            yield pa.table([*empty, reasons, numbers, *([pa.array([place for place, _ in unread], pa.int32())] if join else [])], schema=schema)

    def _load(self, paths: Sequence[Path]) -> None:
        """Reads those of the files that have not been read yet."""
        messages: list[tuple[int, str, Message]] = []
        for path in paths:
            if path in self._refused:
                continue
            self._refused[path] = None
            try:
                messages.append((self._numbers[path], path.name, read_message(path)))
            except MessageRefused as refusal:
                self._refused[path] = str(refusal)
            except OSError as error:
                raise self._source.file_unreadable(path.name, error) from None
            if len(messages) == CHUNK_ROWS:
                _insert(self._database, messages)
                messages.clear()
        _insert(self._database, messages)


def _make_tables(database: duckdb.DuckDBPyConnection) -> None:
    texts = ", ".join(f"{name} VARCHAR" for name in TEXTS)
    database.execute(f"CREATE TABLE message (file_number BIGINT, file_name VARCHAR, {texts})")
    database.execute("CREATE TABLE receiver (file_number BIGINT, to_code VARCHAR)")
    database.execute("CREATE TABLE reference (file_number BIGINT, document_id VARCHAR)")
    database.execute("SET lock_configuration = true")


def _numbered(database: duckdb.DuckDBPyConnection, query: Query) -> Query | None:
    """The SELECT with the file's number as one more column, PIECE; None where it has no such number to give."""
    (text,) = database.execute("SELECT json_serialize_sql(?)", [query.text]).fetchone() or ("{}",)
    statements = json.loads(text).get("statements", [])
    if len(statements) != 1 or statements[0]["node"]["type"] != "SELECT_NODE":
        return None
    statements[0]["node"]["select_list"].append({"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": PIECE, "column_names": ["file_number"]})
    (numbered,) = database.execute("SELECT json_deserialize_sql(?)", [json.dumps({"error": False, "statements": statements})]).fetchone() or ("",)
    try:
        database.execute(f"SELECT * FROM ({numbered}) q LIMIT 0")  # noqa: S608 - the mapping is the administrator's own SQL
    except duckdb.Error:
        return None
    return Query(query.file, numbered)


def _insert(database: duckdb.DuckDBPyConnection, messages: list[tuple[int, str, Message]]) -> None:
    numbers = pa.array([number for number, _, _ in messages], pa.int64())
    names = pa.array([name.encode("utf-8", "replace").decode() for _, name, _ in messages], pa.string())
    texts = [pa.array([getattr(message, name) for _, _, message in messages], pa.string()) for name in TEXTS]
    _append(database, "message", pa.table([numbers, names, *texts], names=["file_number", "file_name", *TEXTS]))
    for table, column, attribute in (("receiver", "to_code", "to_codes"), ("reference", "document_id", "refers_to")):
        pairs = [(number, text) for number, _, message in messages for text in getattr(message, attribute)]
        columns = [pa.array([number for number, _ in pairs], pa.int64()), pa.array([text for _, text in pairs], pa.string())]
        _append(database, table, pa.table(columns, names=["file_number", column]))


def _append(database: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    database.register("incoming", rows)
    database.execute(f"INSERT INTO {name} SELECT * FROM incoming")  # noqa: S608 - one of the names above
    database.unregister("incoming")

"""Source kind `edxml`: folders of messages from the national document axis, one XML file each.

The headers become tables that the mapping selects from: `message` (one row per file), `receiver` (one per file and addressee) and
`reference` (one per earlier document that a recall, an update or a replacement speaks of). A file that is no message is refused by itself;
the others are loaded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import duckdb
import pyarrow as pa

from data.errors import SourceUnreachable
from etl.contract import ORDINARY, Entity
from etl.sources.below_home import files_below_home
from etl.sources.edxml_message import Message, MessageRefused, read_message
from etl.sources.mapping import closed_database, mapping_failed
from etl.sources.source import CHUNK_ROWS, REFUSED, REFUSED_AT, Query, Reading, Source

TEXTS = (
    "message_key",
    "kind",
    "from_code",
    "document_id",
    "number",
    "notation",
    "promulgated_on",
    "due_on",
    "document_type",
    "priority",
    "page_count",
    "steering_type",
    "business_type",
    "sent_at",
    "status_code",
    "security_marking",
)
"""Columns of `message`, all text, beside `file_number` and `file_name`."""


@dataclass(frozen=True)
class EdxmlSource(Source):
    """The folders in which a gateway leaves what came and went over the axis."""

    SOURCE_KEYS: ClassVar[Mapping[str, type]] = {"files": str}

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[EdxmlConnection]:
        paths = files_below_home(self, "", self.options["files"])
        with closed_database() as database:
            refused = _load_messages(database, self, paths)
            database.execute("SET lock_configuration = true")
            yield EdxmlConnection(self, database, refused)


class EdxmlConnection:
    """The headers of all messages, read once for every entity."""

    def __init__(self, source: EdxmlSource, database: duckdb.DuckDBPyConnection, refused: list[tuple[int, str]]) -> None:
        self._source = source
        self._database = database
        self._refused = refused

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        query = self._source.query(entity.name)
        try:
            delivered = [name for name, *_ in self._database.execute(query.wrapped("*", "LIMIT 0")).description or []]
            columns = self._source.match_columns(entity, query.file, delivered)
            ordinary = f"count(*) FILTER (q.security_level = '{ORDINARY}')" if entity.is_classified else "count(*)"
            rows, rows_ordinary = self._database.execute(query.wrapped(f"count(*), {ordinary}")).fetchone() or (0, 0)
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None
        unread = len(self._refused)
        return Reading(
            entity, columns, rows + unread, rows_ordinary + unread, self._chunks(entity, query, columns, sample), query.hash, has_refused=True
        )

    def _chunks(self, entity: Entity, query: Query, columns: tuple[str, ...], sample: int | None) -> Iterator[pa.Table]:
        schema = pa.schema([(name, pa.string()) for name in columns]).append(pa.field(REFUSED, pa.string())).append(pa.field(REFUSED_AT, pa.int64()))
        condition = f"WHERE q.security_level = '{ORDINARY}'" if entity.is_classified else ""
        condition += "" if sample is None else f" LIMIT {sample:d}"
        select = f"CAST(COLUMNS(*) AS VARCHAR), CAST(NULL AS VARCHAR) AS {REFUSED}, CAST(NULL AS BIGINT) AS {REFUSED_AT}"
        try:
            for batch in self._database.execute(query.wrapped(select, condition)).to_arrow_reader(CHUNK_ROWS):
                yield pa.Table.from_batches([batch]).rename_columns(schema.names).cast(schema)
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None
        if self._refused:
            numbers, reasons = zip(*self._refused, strict=True)
            empty = [pa.nulls(len(reasons), pa.string()) for _ in columns]
            yield pa.table([*empty, pa.array(reasons, pa.string()), pa.array(numbers, pa.int64())], schema=schema)


def _load_messages(database: duckdb.DuckDBPyConnection, source: EdxmlSource, paths: list[Path]) -> list[tuple[int, str]]:
    """Fills the three tables; returns the refused files as (place in the order of names, from 1; reason)."""
    texts = ", ".join(f"{name} VARCHAR" for name in TEXTS)
    database.execute(f"CREATE TABLE message (file_number BIGINT, file_name VARCHAR, {texts})")
    database.execute("CREATE TABLE receiver (file_number BIGINT, to_code VARCHAR)")
    database.execute("CREATE TABLE reference (file_number BIGINT, document_id VARCHAR)")
    refused: list[tuple[int, str]] = []
    messages: list[tuple[int, str, Message]] = []
    for number, path in enumerate(paths, start=1):
        try:
            messages.append((number, path.name, read_message(path)))
        except MessageRefused as refusal:
            refused.append((number, str(refusal)))
        except OSError as error:
            raise SourceUnreachable(
                f"source {source.name}: {path.name} cannot be read: {error.strerror or type(error).__name__}. Give vanban the right to read it."
            ) from None
        if len(messages) == CHUNK_ROWS:
            _insert(database, messages)
            messages.clear()
    _insert(database, messages)
    return refused


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
    database.execute(f"INSERT INTO {name} SELECT * FROM incoming")  # noqa: S608 - one of three names above
    database.unregister("incoming")

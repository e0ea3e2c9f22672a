"""Source kind `access_log`: what people did, read out of a web server's log by rules.

Of a line only the account, the time and the kind of event are kept; addresses, query strings and the line itself never leave memory.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import polars as pl
import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import Entity
from etl.sources.access_log.events import Reader, events_of, in_bulk
from etl.sources.access_log.lines import LogFile, Survey, survey
from etl.sources.access_log.log_format import W3C, read_format
from etl.sources.access_log.rules import read_rules, told_by
from etl.sources.known_files import Found, Piece, Seen, look_at, untouched
from etl.sources.mapping import closed_database, described_columns, mapping_errors, text_schema
from etl.sources.open_file import FileRefused
from etl.sources.source import PIECE, REFUSED, REFUSED_AT, Query, Reading, Source

ENTITY_NAME = "access_event"
BULK_ROWS = 250_000
"""Events that are mapped, pseudonymised and written at a time: of so many most belong to a person who was met among them before."""
NOT_PEOPLE = ("addr", "host", "forwarded", "cookie", "agent", "referer", "%h", "%a", "c-ip", "s-ip", "cs(")
"""What names a machine or a browser; two people may share one, and one person has several."""

_COMMENT = re.compile(r"--[^\n]*")
_PLAIN = re.compile(r"\s*SELECT\s+(\w+(?:\s*,\s*\w+)*)\s+FROM\s+event\s*", re.IGNORECASE)


@dataclass(frozen=True)
class AccessLogSource(Source):
    """A web server's logs; all files of the pattern together are read as one log."""

    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {"files": str, "format": str, "account": str, "rules": list, "mode": str}

    def __post_init__(self) -> None:
        if self.entities != (ENTITY_NAME,):
            raise ConfigurationError(f"{self.where('')}: an access log delivers {ENTITY_NAME} alone. Remove the other entities.")
        self.reader()

    def reader(self) -> Reader:
        """Raises ConfigurationError for a rule, a format or an account's place that cannot be used, naming it."""
        options: Mapping[str, Any] = self.entity_options[ENTITY_NAME]
        where = self.where(f"entities.{ENTITY_NAME}")
        for key, example in (("files", '"logs/access.log*"'), ("format", '"combined"'), ("rules", "[ … ]")):
            if key not in options:
                raise ConfigurationError(f"{where}: {key} is missing. Add it, such as {key} = {example}.")
        account = options.get("account", "")
        if not account.removeprefix("?") or any(part in account.lower() for part in NOT_PEOPLE):
            raise ConfigurationError(
                f"{where}: account does not say where the user's name stands. Nobody is guessed from an address, a cookie or a browser: "
                'name a field (account = "$remote_user", "%u", "cs-username") or a query parameter (account = "?user").'
            )
        try:
            is_w3c = options["format"] == W3C
            rules = read_rules(options["rules"], ignores_case=is_w3c)  # Windows knows no case in paths, and IIS logs what the browser wrote
            return Reader(rules, account, None if is_w3c else read_format(options["format"], account, told_by(rules)))
        except FileRefused as refusal:
            raise ConfigurationError(f"{where}: {refusal}.") from None

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[AccessLogConnection]:
        yield AccessLogConnection(self)


class AccessLogConnection:
    """Log files that have been counted and are then read once."""

    def __init__(self, source: AccessLogSource) -> None:
        self._source = source
        self._surveys: dict[Path, Survey] = {}

    def reads_new_files(self, entity: Entity) -> bool:
        return self._source.reads_new_files_alone(entity.name, default=True)

    def find(self, entity: Entity, known: Sequence[Seen]) -> list[Found]:
        """A log goes on from the longest known one that it begins with, whatever either is called."""
        root = self._source.home.root
        found: dict[Path, Found] = {}
        for path in (paths := self._paths(entity)):
            with self._plain_errors(path.name):
                place = untouched(look_at(path, root), known)
                if place is not None:
                    found[path] = Found(known[place], place)
        free = set(range(len(known))) - {match.earlier for match in found.values()}
        for path in paths:
            if path in found:
                continue
            with self._plain_errors(path.name):
                look = look_at(path, root)
                surveyed = survey(path, {place for other in known for place in (other.closed, other.length)})
            self._surveys[path] = surveyed
            seen = replace(
                look,
                bytes=surveyed.size,
                length=surveyed.length,
                digest=surveyed.digests[surveyed.length],
                closed=surveyed.closed,
                closed_digest=surveyed.digests[surveyed.closed],
            )
            found[path] = _go_on(path, seen, surveyed, {place: known[place] for place in free})
            free -= {found[path].earlier}
        return [found[path] for path in paths]

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        return self._read(entity, [piece for found in self.find(entity, ()) for piece in found.pieces], sample)

    def read_pieces(self, entity: Entity, pieces: Sequence[Piece]) -> Reading:
        return self._read(entity, pieces, None)

    def _paths(self, entity: Entity) -> list[Path]:
        return self._source.files_matching(f"entities.{entity.name}", self._source.pattern(entity.name))

    def _read(self, entity: Entity, pieces: Sequence[Piece], sample: int | None) -> Reading:
        query = self._source.query(entity.name)
        with closed_database() as database:
            database.execute("CREATE TABLE event (account_key VARCHAR, occurred_at VARCHAR, kind VARCHAR); SET lock_configuration = true")
            with mapping_errors(self._source, query):
                delivered, _ = described_columns(database, query)
        columns = self._source.match_columns(entity, query.file, delivered)
        files = [self._surveys[piece.path].stretch(piece.start, piece.stop) for piece in pieces]
        rows_in = sum(file.lines for file in files)
        left_out: Counter[str] = Counter()
        chunks = self._chunks(files, query, columns, left_out, sample)
        settings = self._source.settings_hash(entity.name)
        return Reading(entity, columns, rows_in, rows_in, chunks, settings, left_out, has_refused=True)

    def _chunks(self, files: list[LogFile], query: Query, columns: tuple[str, ...], left_out: Counter[str], sample: int | None) -> Iterator[pa.Table]:
        reader = self._source.reader()
        lines_before = 0
        rows = 0
        with closed_database() as database:
            database.execute("SET lock_configuration = true")
            for number, file in enumerate(files):
                with self._plain_errors(file.path.name):
                    lines_in_file = 0
                    for part in in_bulk(events_of(file, reader), min(BULK_ROWS, sample or BULK_ROWS)):
                        table = self._mapped(database, query, columns, part.events, left_out)
                        left_out += part.left_out  # in place, without the reasons that stand for no line
                        table = _with_refused(table, part.refused, lines_before + lines_in_file)
                        lines_in_file += part.lines
                        if sample is not None:
                            table = table.slice(0, sample - rows)
                        rows += table.num_rows
                        yield table if sample is not None else table.append_column(PIECE, pa.repeat(pa.scalar(number, pa.int32()), table.num_rows))
                        if sample is not None and rows >= sample:
                            return
                    if lines_in_file != file.lines:
                        raise FileRefused(f"{lines_in_file} lines were read where {file.lines} had been counted")
                lines_before += file.lines

    def _mapped(
        self, database: duckdb.DuckDBPyConnection, query: Query, columns: tuple[str, ...], events: pl.DataFrame, left_out: Counter[str]
    ) -> pa.Table:
        """The events as the source's own SELECT sees them."""
        schema = text_schema(columns)
        if not events.height:
            return schema.empty_table()
        if is_plain(query.text):  # what nearly all mappings say; asking a database for it costs more than writing the rows
            return events.select(columns).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
        database.register("event", events.to_arrow(compat_level=pl.CompatLevel.oldest()))
        with mapping_errors(self._source, query):
            table = database.execute(query.wrapped("CAST(COLUMNS(*) AS VARCHAR)")).to_arrow_table()
        database.unregister("event")
        if table.num_rows > events.height:
            raise ConfigurationError(
                f"source {self._source.name}: {query.file} makes {table.num_rows} rows of {events.height} events. "
                "Select from event alone, without a join."
            )
        left_out += Counter({f"left out by {query.file}": events.height - table.num_rows})
        return table.rename_columns(list(columns)).cast(schema)

    @contextlib.contextmanager
    def _plain_errors(self, file_name: str) -> Iterator[None]:
        """A file that cannot be read whole stops the run: half a log would lower figures without a word."""
        try:
            yield
        except FileRefused as refusal:
            raise SourceUnreachable(
                f"source {self._source.name}: {file_name}: {refusal}. Nothing was loaded. Put a whole one in its place and run the command again."
            ) from None
        except OSError as error:
            raise self._source.file_unreadable(file_name, error) from None


def is_plain(text: str) -> bool:
    """Whether a SELECT takes columns of the events as they are."""
    found = _PLAIN.fullmatch(_COMMENT.sub("", text))
    return found is not None and set(re.split(r"\s*,\s*", found[1].lower())) <= {"account_key", "occurred_at", "kind"}


def _go_on(path: Path, seen: Seen, surveyed: Survey, known: Mapping[int, Seen]) -> Found:
    """What of a log is new, beside the known logs that no other file has been found to be."""
    whole = {place for place, other in known.items() if other.length and surveyed.digests.get(other.length) == other.digest}
    begun = whole | {place for place, other in known.items() if other.closed and surveyed.digests.get(other.closed) == other.closed_digest}
    reach = {place: known[place].length if place in whole else known[place].closed for place in begun}
    earlier = max(begun, key=lambda place: (reach[place], known[place].name == seen.name), default=None)
    start = known[earlier].closed if earlier is not None else 0
    if earlier in whole and known[earlier].length == seen.length:
        return Found(seen, earlier)
    pieces = [Piece(path, start, seen.closed)] if seen.closed > start else []
    if seen.length > seen.closed:
        pieces.append(Piece(path, seen.closed, seen.length, is_open=True))
    return Found(seen, earlier, tuple(pieces), keeps_open=False)


def _with_refused(table: pa.Table, refused: pl.DataFrame, lines_before: int) -> pa.Table:
    """Adds the refused lines as rows that hold nothing but the reason and the line's number."""
    height = table.num_rows
    loaded = table.append_column(REFUSED, pa.nulls(height, pa.string())).append_column(REFUSED_AT, pa.nulls(height, pa.int64()))
    if not refused.height:
        return loaded
    empty = [pa.nulls(refused.height, pa.string()) for _ in range(table.num_columns)]
    reasons = refused["reason"].to_arrow().cast(pa.string())
    numbers = (refused["line"] + (lines_before + 1)).to_arrow()
    return pa.concat_tables([loaded, pa.table([*empty, reasons, numbers], schema=loaded.schema)])

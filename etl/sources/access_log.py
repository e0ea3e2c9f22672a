"""Source kind `access_log`: what people did, read out of a web server's log by rules.

Of a line only the account, the time and the kind of event are kept; addresses, query strings and the line itself never leave memory.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import Entity
from etl.sources.below_home import files_below_home
from etl.sources.log_accounts import accounts
from etl.sources.log_format import W3C, LogFormat, read_fields_line, read_format
from etl.sources.log_lines import LogFile, blocks, survey
from etl.sources.log_parser import parse
from etl.sources.log_rules import IGNORE, Rule, kind_of_request, read_rules
from etl.sources.mapping import closed_database, mapping_failed
from etl.sources.source import REFUSED, REFUSED_AT, LeftOut, Query, Reading, Source
from etl.sources.titles import FileRefused

ENTITY_NAME = "access_event"
NOT_PEOPLE = ("addr", "host", "forwarded", "cookie", "agent", "referer", "%h", "%a", "c-ip", "s-ip", "cs(")
"""What names a machine or a browser; two people may share one, and one person has several."""

DAMAGED_ACCOUNT = "account is not text"
NO_FIELDS_LINE = "line stands before any #Fields line"

_W3C_DIRECTIVE = re.compile(rb"^#.*\n", re.MULTILINE)
_FIELDS = b"#Fields:"


@dataclass(frozen=True)
class Reader:
    """How the lines of one source are read."""

    rules: tuple[Rule, ...]
    account: str
    log_format: LogFormat | None
    """None for IIS logs, which state theirs by themselves."""

    @property
    def parameter(self) -> str | None:
        """The query parameter that holds the account."""
        return self.account[1:] if self.account.startswith("?") else None


@dataclass(frozen=True)
class AccessLogSource(Source):
    """A web server's logs; all files of the pattern together are read as one log."""

    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {"files": str, "format": str, "account": str, "rules": list}

    def __post_init__(self) -> None:
        if self.entities != (ENTITY_NAME,):
            raise ConfigurationError(f"{self.folder / 'source.toml'}: an access log delivers {ENTITY_NAME} alone. Remove the other entities.")
        self.reader()

    def reader(self) -> Reader:
        """Raises ConfigurationError for a rule, a format or an account's place that cannot be used, naming it."""
        options: Mapping[str, Any] = self.entity_options[ENTITY_NAME]
        where = f"{self.folder / 'source.toml'}, [entities.{ENTITY_NAME}]"
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
            log_format = None if options["format"] == W3C else read_format(options["format"], account)
            return Reader(read_rules(options["rules"]), account, log_format)
        except FileRefused as refusal:
            raise ConfigurationError(f"{where}: {refusal}.") from None

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[AccessLogConnection]:
        yield AccessLogConnection(self)


class AccessLogConnection:
    """Log files that have been counted and are then read once."""

    def __init__(self, source: AccessLogSource) -> None:
        self._source = source

    def read(self, entity: Entity, sample: int | None = None) -> Reading:
        query = self._source.query(entity.name)
        reader = self._source.reader()
        with closed_database() as database:
            database.execute("CREATE TABLE event (account_key VARCHAR, occurred_at VARCHAR, kind VARCHAR); SET lock_configuration = true")
            try:
                delivered = [name for name, *_ in database.execute(query.wrapped("*", "LIMIT 0")).description or []]
            except duckdb.Error as error:
                raise mapping_failed(self._source, query, error) from None
        columns = self._source.match_columns(entity, query.file, delivered)
        files = []
        for path in files_below_home(self._source, f"entities.{entity.name}", self._source.entity_options[entity.name]["files"]):
            with self._plain_errors(path.name):
                files.append(survey(path))
        rows_in = sum(file.lines for file in files)
        left_out = LeftOut()
        return Reading(
            entity, columns, rows_in, rows_in, self._chunks(files, reader, query, columns, left_out, sample), query.hash, left_out, has_refused=True
        )

    def _chunks(
        self, files: list[LogFile], reader: Reader, query: Query, columns: tuple[str, ...], left_out: LeftOut, sample: int | None
    ) -> Iterator[pa.Table]:
        lines_before = 0
        rows = 0
        with closed_database() as database:
            database.execute("SET lock_configuration = true")
            for file in files:
                with self._plain_errors(file.path.name):
                    lines_in_file = 0
                    for part in _parts(file, reader, left_out):
                        table = self._mapped(database, query, columns, part, left_out)
                        places = pa.array(np.asarray(part.refused_at, np.int64) + (lines_before + lines_in_file + 1))
                        lines_in_file += part.lines
                        table = _with_refused(table, part.refused, places)
                        if sample is not None:
                            table = table.slice(0, sample - rows)
                        rows += table.num_rows
                        yield table
                        if sample is not None and rows >= sample:
                            return
                    if lines_in_file != file.lines:
                        raise FileRefused(f"{lines_in_file} lines were read where {file.lines} had been counted")
                lines_before += file.lines

    def _mapped(self, database: duckdb.DuckDBPyConnection, query: Query, columns: tuple[str, ...], part: _Part, left_out: LeftOut) -> pa.Table:
        """The events as the source's own SELECT sees them."""
        database.register("event", part.events.to_arrow(compat_level=pl.CompatLevel.oldest()))
        try:
            table = database.execute(query.wrapped("CAST(COLUMNS(*) AS VARCHAR)")).to_arrow_table()
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None
        finally:
            database.unregister("event")
        if table.num_rows > part.events.height:
            raise ConfigurationError(
                f"source {self._source.name}: {query.file} makes {table.num_rows} rows of {part.events.height} events. "
                "Select from event alone, without a join."
            )
        left_out.add(f"left out by {query.file}", part.events.height - table.num_rows)
        return table.rename_columns(list(columns)).cast(pa.schema([(name, pa.string()) for name in columns]))

    @contextlib.contextmanager
    def _plain_errors(self, file_name: str) -> Iterator[None]:
        """A file that cannot be read whole stops the run: half a log would lower figures without a word."""
        name = self._source.name
        try:
            yield
        except FileRefused as refusal:
            raise SourceUnreachable(
                f"source {name}: {file_name}: {refusal}. Nothing was loaded. Get a whole copy and run the command again."
            ) from None
        except OSError as error:
            raise SourceUnreachable(
                f"source {name}: {file_name} cannot be read: {error.strerror or type(error).__name__}. Give vanban the right to read it."
            ) from None


@dataclass
class _Part:
    """What became of consecutive lines of one file."""

    lines: int
    events: pl.DataFrame
    """account_key, occurred_at, kind."""
    refused: list[str] = field(default_factory=list)
    refused_at: list[int] = field(default_factory=list)
    """Places of the refused lines among these lines, from 0."""


def _parts(file: LogFile, reader: Reader, left_out: LeftOut) -> Iterator[_Part]:
    if reader.log_format is not None:
        for block in blocks(file):
            yield _events(block, reader, reader.log_format, left_out)
        return
    log_format: LogFormat | None = None
    for block in blocks(file):
        place = 0
        for directive in _W3C_DIRECTIVE.finditer(block):
            yield from _w3c_events(block[place : directive.start()], reader, log_format, left_out)
            place = directive.end()
            left_out.add("directive", 1)
            yield _Part(1, _NO_EVENTS)
            if directive[0].startswith(_FIELDS):
                try:
                    log_format = read_fields_line(directive[0][len(_FIELDS) :].decode("utf-8", "replace"), reader.account)
                except FileRefused as refusal:
                    raise FileRefused(f"a #Fields line cannot be used: {refusal}") from None
        yield from _w3c_events(block[place:], reader, log_format, left_out)


def _w3c_events(block: bytes, reader: Reader, log_format: LogFormat | None, left_out: LeftOut) -> Iterator[_Part]:
    if log_format is not None:
        yield _events(block, reader, log_format, left_out)
    elif block:
        lines = block.count(b"\n")
        yield _Part(lines, _NO_EVENTS, [NO_FIELDS_LINE] * lines, list(range(lines)))


def _events(block: bytes, reader: Reader, log_format: LogFormat, left_out: LeftOut) -> _Part:
    parsed = parse(block, log_format)
    requests = parsed.requests.with_columns(kind_of_request(reader.rules).alias("kind"))
    left_out.add("empty line", parsed.empty)
    left_out.add("no rule fits", requests["kind"].null_count())
    left_out.add("ignored by a rule", int((requests["kind"] == IGNORE).sum()))
    requests = requests.filter(pl.col("kind") != IGNORE)
    requests = accounts(requests, reader.parameter, log_format.is_escaped)
    left_out.add("no account", requests.select((pl.col("account").is_null() & ~pl.col("is_account_damaged")).sum()).item())
    refused = [(int(place), reason) for reason, places in parsed.refused.items() for place in places]
    refused += [(place, DAMAGED_ACCOUNT) for place in requests.filter("is_account_damaged")["line"]]
    refused.sort()
    events = requests.filter(pl.col("account").is_not_null()).select(pl.col("account").alias("account_key"), "occurred_at", "kind")
    return _Part(parsed.lines, events, [reason for _, reason in refused], [place for place, _ in refused])


_NO_EVENTS = pl.DataFrame(schema={"account_key": pl.String, "occurred_at": pl.String, "kind": pl.String})


def _with_refused(table: pa.Table, reasons: list[str], places: pa.Array) -> pa.Table:
    """Adds the refused lines as rows that hold nothing but the reason and the place."""
    loaded = table.append_column(REFUSED, pa.nulls(table.num_rows, pa.string())).append_column(REFUSED_AT, pa.nulls(table.num_rows, pa.int64()))
    if not reasons:
        return loaded
    empty = [pa.nulls(len(reasons), pa.string()) for _ in range(table.num_columns)]
    refused = pa.table([*empty, pa.array(reasons, pa.string()), places], schema=loaded.schema)
    return pa.concat_tables([loaded, refused])

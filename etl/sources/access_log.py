"""Source kind `access_log`: what people did, read out of a web server's log by rules.

Of a line only the account, the time and the kind of event are kept; addresses, query strings and the line itself never leave memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import duckdb
import polars as pl
import pyarrow as pa

from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import Entity
from etl.sources.below_home import files_below_home
from etl.sources.log_events import Reader, events_of, in_bulk
from etl.sources.log_format import W3C, read_format
from etl.sources.log_lines import LogFile, survey
from etl.sources.log_rules import read_rules
from etl.sources.mapping import closed_database, mapping_failed
from etl.sources.source import REFUSED, REFUSED_AT, LeftOut, Query, Reading, Source
from etl.sources.titles import FileRefused

ENTITY_NAME = "access_event"
BULK_ROWS = 250_000
"""Events that are mapped, pseudonymised and written at a time: of so many most belong to a person who was met among them before."""
NOT_PEOPLE = ("addr", "host", "forwarded", "cookie", "agent", "referer", "%h", "%a", "c-ip", "s-ip", "cs(")
"""What names a machine or a browser; two people may share one, and one person has several."""


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
                    for part in in_bulk(events_of(file, reader), min(BULK_ROWS, sample or BULK_ROWS)):
                        table = self._mapped(database, query, columns, part.events, left_out)
                        for reason, lines in part.left_out.items():
                            left_out.add(reason, lines)
                        table = _with_refused(table, part.refused, lines_before + lines_in_file)
                        lines_in_file += part.lines
                        if sample is not None:
                            table = table.slice(0, sample - rows)
                        rows += table.num_rows
                        yield table
                        if sample is not None and rows >= sample:
                            return
                    if lines_in_file != file.lines:
                        raise FileRefused(f"{lines_in_file} lines were read where {file.lines} had been counted")
                lines_before += file.lines

    def _mapped(
        self, database: duckdb.DuckDBPyConnection, query: Query, columns: tuple[str, ...], events: pl.DataFrame, left_out: LeftOut
    ) -> pa.Table:
        """The events as the source's own SELECT sees them."""
        schema = pa.schema([(name, pa.string()) for name in columns])
        if not events.height:
            return schema.empty_table()
        database.register("event", events.to_arrow(compat_level=pl.CompatLevel.oldest()))
        try:
            table = database.execute(query.wrapped("CAST(COLUMNS(*) AS VARCHAR)")).to_arrow_table()
        except duckdb.Error as error:
            raise mapping_failed(self._source, query, error) from None
        finally:
            database.unregister("event")
        if table.num_rows > events.height:
            raise ConfigurationError(
                f"source {self._source.name}: {query.file} makes {table.num_rows} rows of {events.height} events. "
                "Select from event alone, without a join."
            )
        left_out.add(f"left out by {query.file}", events.height - table.num_rows)
        return table.rename_columns(list(columns)).cast(schema)

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

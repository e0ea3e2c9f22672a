"""Looks at a source with a mapping's eyes: does each query run, fit the contract and give usable rows? Nothing is loaded or written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from data.errors import ConfigurationError, DataRefused, SourceUnreachable
from etl.contract import ENTITY, Column, Entity
from etl.landing.masked_table import masked_table
from etl.landing.pseudonyms import Pseudonyms, passing_pseudonyms
from etl.settings import Settings
from etl.sources.source import ColumnsDiffer, Reading, Source
from etl.staging.casts import Zones, quoted
from etl.staging.date_order import open_order
from etl.staging.spellings import told_spelling
from etl.staging.stage import delivered_columns, grouped_reasons, parsing

if TYPE_CHECKING:
    import polars as pl

_SHOWN_CHARACTERS = 24


@dataclass(frozen=True)
class EntityCheck:
    """What one entity's query gave."""

    entity: str
    rows: int = 0
    """All that the query selects, as the source counts them."""
    rows_filtered: int = 0
    """Of them above the ordinary security level, or left out by the source's rules in what was read; not looked at."""
    rows_looked_at: int = 0
    refused: tuple[tuple[str, str, int], ...] = ()
    """Column, reason, rows among those looked at."""
    missing: tuple[str, ...] = ()
    """Required columns that the query does not deliver."""
    unknown: tuple[str, ...] = ()
    """Columns that the contract does not know."""
    first: tuple[tuple[str, str], ...] = ()
    """Column and value of the first usable row, people's keys replaced."""
    way: str = ""
    """By what the rows come, where the source has several ways."""
    problem: str = ""
    """What keeps the entity from being loaded, with the way out."""
    exit_code: int = 0
    """With which a run would end for it."""


@dataclass(frozen=True)
class SourceCheck:
    """What a look at a whole source gave."""

    source: str
    entities: tuple[EntityCheck, ...]

    @property
    def is_passed(self) -> bool:
        """Whether a run would get past this source. Single refused rows do not stop a run; they are counted."""
        return not any(entity.problem for entity in self.entities)

    @property
    def exit_code(self) -> int:
        """With which a run would end for what was seen of this source."""
        return next((entity.exit_code for entity in self.entities if entity.exit_code), 0)

    @property
    def frame(self) -> pl.DataFrame:
        """One row per entity, all lists as text."""
        import polars as pl

        rows = [
            {
                "entity": entity.entity,
                "rows": entity.rows,
                "rows_filtered": entity.rows_filtered,
                "rows_looked_at": entity.rows_looked_at,
                "missing": ", ".join(entity.missing),
                "unknown": ", ".join(entity.unknown),
                "refused": "; ".join(f"{column}: {reason}, {count}" for column, reason, count in entity.refused),
                "first": "; ".join(f"{column}={value}" for column, value in entity.first),
                "by": entity.way,
                "problem": entity.problem,
            }
            for entity in self.entities
        ]
        return pl.DataFrame(rows)


def check_source(settings: Settings, name: str, sample_rows: int = 1000) -> SourceCheck:
    """Runs every query of a source on a sample.

    Raises ConfigurationError for an unknown source or an unset URL, SourceUnreachable when it cannot be connected to.
    """
    source = settings.source(name)
    pseudonyms = passing_pseudonyms()
    return SourceCheck(name, tuple(_check_entity(settings, source, ENTITY[entity], sample_rows, pseudonyms) for entity in source.entities))


def _check_entity(settings: Settings, source: Source, entity: Entity, sample_rows: int, pseudonyms: Pseudonyms) -> EntityCheck:
    try:
        # A connection for each: after an error some databases refuse the rest of a transaction.
        with source.open(settings.environment) as connection:
            reading = connection.read(entity, sample_rows)
            tables = [masked_table(source, reading, rows, pseudonyms) for rows in reading.chunks]
    except ColumnsDiffer as error:
        return EntityCheck(entity.name, missing=error.missing, unknown=error.unknown, problem=str(error), exit_code=error.exit_code)
    except SourceUnreachable:
        raise
    except ConfigurationError as error:
        return EntityCheck(entity.name, problem=str(error), exit_code=error.exit_code)
    sample = pa.concat_tables(tables) if tables else None
    return _judge(source, reading, sample, Zones(source.time_zone, settings.time_zone, source.date_order(entity.name), source.is_synthetic))


def _judge(source: Source, reading: Reading, sample: pa.Table | None, zones: Zones) -> EntityCheck:
    entity = reading.entity
    rows_filtered = reading.rows_in - reading.rows_ordinary + reading.left_out.total()
    seen = EntityCheck(entity.name, reading.rows_in, rows_filtered, way=reading.way)
    if sample is None or not sample.num_rows:
        if reading.left_out:
            return _stopped(seen, _nothing_left(reading))
        problem = f"{entity.name}.sql selects no row of the ordinary security level. A run would stop here." if entity.is_mandatory else ""
        return _stopped(seen, problem)
    columns = delivered_columns(entity, reading.columns)
    with duckdb.connect(":memory:") as memory:
        memory.execute("SET TimeZone = 'UTC'")
        memory.register("looked_at", sample.append_column("ordinal", pa.array(range(sample.num_rows), pa.int64())))
        to_state = "" if zones.date_order else _order_to_state(memory, source.name, reading, columns, sample.num_rows)
        now = [dt.datetime.now(dt.UTC).isoformat()]
        memory.execute(f"CREATE TABLE parsed AS {parsing('looked_at', columns, zones, reading.has_refused, place='ordinal', fetched_at=now)}")
        spelling = told_spelling(columns, "fault_column", "landed")
        refused = grouped_reasons(
            memory.execute(
                f"SELECT fault_column, fault_reason, {spelling}, count(*) FROM parsed JOIN looked_at landed USING (ordinal) "  # noqa: S608
                "WHERE fault_reason IS NOT NULL GROUP BY ALL"
            ).fetchall()
        )
        shown = ", ".join(f"left(CAST({quoted(column.name)} AS VARCHAR), {_SHOWN_CHARACTERS})" for column in columns)
        first = memory.execute(f"SELECT {shown} FROM parsed WHERE fault_reason IS NULL ORDER BY ordinal LIMIT 1").fetchone()  # noqa: S608
    values = tuple((column.name, value) for column, value in zip(columns, first or (), strict=False) if value is not None)
    seen = replace(seen, rows_looked_at=sample.num_rows, refused=tuple(refused), first=values)
    unusable = "" if first else f"None of the rows looked at could be used. Correct {entity.name}.sql by the reasons in `refused`."
    return _stopped(seen, to_state or unusable)


def _stopped(seen: EntityCheck, problem: str) -> EntityCheck:
    return replace(seen, problem=problem, exit_code=DataRefused.exit_code if problem else 0)


def _order_to_state(memory: duckdb.DuckDBPyConnection, source: str, reading: Reading, columns: Sequence[Column], rows: int) -> str:
    """Where a run would stop for the order of day and month; rows that were not looked at may still show it."""
    found = open_order(memory, columns, "looked_at")
    if found and (found.is_contradictory or rows >= reading.rows_ordinary):
        return f"{found.sentence(source, reading.entity.name)}."
    return ""


def _nothing_left(reading: Reading) -> str:
    reasons = "; ".join(f"{reason}: {rows}" for reason, rows in sorted(reading.left_out.items()))
    problem = f"None of the {reading.rows_in} rows is left to load ({reasons})."
    if reading.left_out.get("no account"):
        return f"{problem} Lines that a rule fits name no account: have the server write the user's name, or correct account in source.toml."
    return f"{problem} Correct what source.toml or {reading.entity.name}.sql leaves out."

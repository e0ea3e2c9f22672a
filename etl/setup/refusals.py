"""What a run refuses of the rows that stand landed, over all of them: for whoever maps a source. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from etl.contract import ENTITY
from etl.landing.batches import Chain, chains_in_force, standing_rows
from etl.settings import Settings
from etl.staging.casts import Zones
from etl.staging.spellings import told_spelling
from etl.staging.stage import delivered_columns, grouped_reasons, parsing

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Refusal:
    """Rows of one entity that were refused for one column and reason."""

    source: str
    entity: str
    column: str
    reason: str
    """With the commonest spellings, as far as they are no personal value."""
    rows: int
    of_rows: int
    """Rows of the entity that were looked at."""

    @property
    def is_whole(self) -> bool:
        """Whether the entity lost every row for it."""
        return self.rows == self.of_rows


def refusals(settings: Settings, sources: Sequence[str]) -> list[Refusal]:
    """Of all rows that stand landed of these sources, in the order of `in_order`."""
    found: list[Refusal] = []
    for source in settings.sources:
        if source.name in sources:
            for chain in chains_in_force(settings.home, source).values():
                zones = Zones(source.time_zone, settings.time_zone, source.date_order(chain.entity), source.is_synthetic)
                found += _refusals_of(chain, f"({standing_rows(settings.home, chain)})", zones)
    return in_order(found)


def in_order(found: Iterable[Refusal]) -> list[Refusal]:
    """Columns that cost an entity every row first, then by rows."""
    return sorted(found, key=lambda one: (not one.is_whole, -one.rows, one.source, one.entity, one.column, one.reason))


def frame_of(found: Sequence[Refusal]) -> pl.DataFrame:
    """source, entity, column, reason, rows (`every row`, or their number of how many)."""
    import polars as pl

    rows = [(one.source, one.entity, one.column, one.reason, "every row" if one.is_whole else f"{one.rows:,} of {one.of_rows:,}") for one in found]
    return pl.DataFrame(rows, schema=dict.fromkeys(("source", "entity", "column", "reason", "rows"), pl.String), orient="row")


def _refusals_of(chain: Chain, landed: str, zones: Zones) -> list[Refusal]:
    columns = delivered_columns(ENTITY[chain.entity], chain.columns)
    with duckdb.connect(":memory:") as memory:
        memory.execute("SET TimeZone = 'UTC'")
        parsed = parsing(landed, columns, zones, chain.has_refused, fetched_at=[batch.fetched_at for batch in chain.batches])
        memory.execute(f"CREATE TABLE judged AS SELECT batch_no, ordinal, fault_column, fault_reason FROM ({parsed})")  # noqa: S608
        (of_rows,) = memory.execute("SELECT count(*) FROM judged").fetchone() or (0,)
        spelling = told_spelling(columns, "fault_column", "landed")
        counted = memory.execute(
            f"SELECT fault_column, fault_reason, {spelling}, count(*) FROM judged JOIN {landed} landed USING (batch_no, ordinal) "  # noqa: S608
            "WHERE fault_reason IS NOT NULL GROUP BY ALL"
        ).fetchall()
    return [Refusal(chain.source, chain.entity, column, reason, rows, of_rows) for column, reason, rows in grouped_reasons(counted)]

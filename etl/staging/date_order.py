"""Whether 3/4/2024 is 3 April or 4 March: what the dates of a column show by themselves, and when a source has to say it.

Without a word of the source, days come first, but only where an entity's own dates show it: at least one has a first number above 12, and none a
second one. A first day of a month, 01/07/2024, is so told by the last one beside it, 31/07/2024. Whatever else would have to be guessed, and a wrong
guess moves rows to other months in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from data.errors import DataRefused
from etl.contract import Column
from etl.staging.casts import DAY_FIRST, MONTH_FIRST, quoted

_YEAR_LAST = "^\\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{4}([ T]|$)"
_WITHOUT_TIME = "^\\s*([0-9]+[-/.][0-9]+[-/.][0-9]+).*"


@dataclass(frozen=True)
class Readings:
    """How the dates of one column with the year at their end can be read: rows, and an example (a day alone), of each sort."""

    column: str
    either_way: int
    day_first_alone: int
    month_first_alone: int
    examples: tuple[str, str, str]

    @property
    def is_contradictory(self) -> bool:
        """Whether days cannot come first in all of them."""
        return self.month_first_alone > 0

    def sentence(self, source: str, entity: str) -> str:
        """What is the matter, and the lines to write."""
        first, second = (int(part) for part in self.examples[0].replace(".", "/").replace("-", "/").split("/")[:2]) if self.either_way else (0, 0)
        sorts = [
            (self.either_way, f"either way, such as {self.examples[0]}: day {first} of month {second}, or day {second} of month {first}"),
            (self.day_first_alone, f"with the day first alone, such as {self.examples[1]}"),
            (self.month_first_alone, f"with the month first alone, such as {self.examples[2]}"),
        ]
        counted = "; ".join(f"{rows} can be read {how}" for rows, how in sorts if rows)
        return (
            f"source {source}: the order of day and month in {entity}.{self.column} has to be stated: of its dates {counted}. "
            f'Write date_order = "{DAY_FIRST}" or date_order = "{MONTH_FIRST}" below [entities.{entity}] in source.toml, or above all tables there '
            "for the whole source"
        )


def refuse_open_order(
    database: duckdb.DuckDBPyConnection, source: str, entity: str, columns: Sequence[Column], rows: str, rows_before: str | None = None
) -> None:
    """Raises DataRefused where `rows` has dates whose order the source has to state; `rows_before`, all rows landed so far, may have shown it."""
    if year_last_columns(database, columns, rows):
        found = open_order(database, columns, rows_before or rows)
        if found:
            raise DataRefused(f"{found.sentence(source, entity)}. What was published before stays.")


def open_order(database: duckdb.DuckDBPyConnection, columns: Sequence[Column], rows: str) -> Readings | None:
    """The column whose dates contradict the order that holds where nothing is stated, or the first one where none of them shows it; else None."""
    found = [readings_of(database, name, rows) for name in year_last_columns(database, columns, rows)]
    is_shown = any(column.day_first_alone for column in found)
    return next((column for column in found if column.is_contradictory), None) or next(
        (column for column in found if column.either_way and not is_shown), None
    )


def year_last_columns(database: duckdb.DuckDBPyConnection, columns: Sequence[Column], rows: str) -> list[str]:
    """The columns of days and moments in which some row of `rows` has its year at the end."""
    names = [column.name for column in columns if column.kind in ("date", "instant")]
    if not names:
        return []
    # The first comparison spares nearly all rows the second, which costs several times as much.
    is_year_last = ", ".join(
        f"bool_or(NOT ({quoted(name)} GLOB '[12][0-9][0-9][0-9]-*') AND regexp_matches({quoted(name)}, '{_YEAR_LAST}'))" for name in names
    )
    found = database.execute(f"SELECT {is_year_last} FROM {rows} landed").fetchone() or ()  # noqa: S608 - names come from the contract
    return [name for name, is_found in zip(names, found, strict=True) if is_found]


def readings_of(database: duckdb.DuckDBPyConnection, name: str, rows: str) -> Readings:
    """How the dates of a column with the year at their end can be read."""
    text = quoted(name)
    sorts = (
        "first <= 12 AND second <= 12 AND first <> second",
        "first BETWEEN 13 AND 31 AND second <= 12",
        "second BETWEEN 13 AND 31 AND first <= 12",
    )
    counts = ", ".join(f"count(*) FILTER ({sort}), min(day) FILTER ({sort})" for sort in sorts)
    numbers = ", ".join(
        f"CAST(regexp_extract({text}, '{_YEAR_LAST}', {place}) AS INTEGER) AS {part}" for place, part in ((1, "first"), (2, "second"))
    )
    found = database.execute(
        f"SELECT {counts} FROM (SELECT regexp_replace({text}, '{_WITHOUT_TIME}', '\\1') AS day, {numbers} "  # noqa: S608
        f"FROM {rows} landed WHERE regexp_matches({text}, '{_YEAR_LAST}'))"
    ).fetchone() or (0, "", 0, "", 0, "")
    return Readings(name, found[0], found[2], found[4], (found[1], found[3], found[5]))

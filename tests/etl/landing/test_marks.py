"""A night passes over what was landed before, but never over a row that it must compare."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl.landing import changed_rows as increment
from etl.landing.batches import Batch
from etl.landing.changed_rows import condition, first_within, marks_of
from etl.sources.database.cursor import CursorKind, Since

DAYS = ("2024-01-09", "2024-01-10", "2024-02-01", "2025-12-31")
VALUES: dict[CursorKind, tuple[str, ...]] = {
    "number": ("9", "10", "99", "100", "-5"),
    "local": tuple(f"{day} 03:00:00" for day in DAYS),
    "zoned": tuple(f"{day} 03:00:00+07:00" for day in DAYS),
    "text": DAYS,
}
BATCH = Batch("s", "account", "b", "2026-01-01T00:00:00+00:00", 0, 0, 0, ("it",), 0, "", "", "", cursor="it")


@pytest.mark.parametrize("kind", VALUES)
def test_no_row_of_a_part_stands_before_the_first_that_is_looked_at(kind: CursorKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(increment, "MARKED", 3)
    draw = Random(20241122)
    passed_over = 0
    for number in range(20):
        ordered = sorted(VALUES[kind], key=int if kind == "number" else str)
        values: list[str | None] = sorted(draw.choices(range(len(ordered)), k=12))  # type: ignore[assignment]
        values = [ordered[int(place or 0)] for place in values]
        if number % 4 == 0:
            values[draw.randrange(12)] = draw.choice([None, ordered[-1]])
        path = tmp_path / f"{number}.parquet"
        pq.write_table(pa.table({"it": pa.array(values, pa.string())}), path)
        with duckdb.connect(":memory:") as memory:
            memory.execute("SET TimeZone = 'UTC'")
            batch = dataclasses.replace(BATCH, cursor_kind=kind, marks=marks_of(memory, path, "it", kind))
            for bound in ("-5", "10", "11", "100", "101") if kind == "number" else (*DAYS, "2026-01-01"):
                since = Since("it", kind, bound)
                rows = f"SELECT file_row_number FROM read_parquet('{path.as_posix()}', file_row_number = true) WHERE {condition(since)}"  # noqa: S608
                within = [row for (row,) in memory.execute(rows).fetchall()]
                first = first_within(batch, since)
                assert not within or first <= min(within) < first + 3
                passed_over += first
    assert passed_over
    assert first_within(dataclasses.replace(batch, cursor="other"), since) == 0

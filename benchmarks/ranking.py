"""The login rate of each of 800 units with its subtree in one month: our frame in the order of the tree, against SQL by hand."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measured import Measured, generated_snapshot, in_turn
from benchmarks.plain_sql import LOGIN_RATE
from benchmarks.typical_question import JULY
from metrics.engines.duckdb import open_snapshot
from metrics.query.metric_values import metric_values


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that size; raises AssertionError where the two answers differ."""
    with generated_snapshot(events, kept_in) as path, open_snapshot(path) as snapshot, open_snapshot(path) as peer:

        def us() -> set[tuple[str, int, int]]:
            frame = metric_values(snapshot, ["login_rate"], JULY, by="unit")
            return set(frame.select("unit_code", "numerator", "denominator").rows()[1:])

        def by_hand() -> set[tuple[str, int, int]]:
            return set(peer.query(LOGIN_RATE.format(from_on=JULY.from_on, to_on=JULY.to_on)).rows())

        return [in_turn("ranking of 800 units", events, us, "SQL by hand on account-day", by_hand)]

"""Snapshots small enough to count by hand: a tree of five units, and the figures of whatever rows a test puts into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import By, metric_values
from metrics.tree.scope import Scope
from tests.tiny_snapshot import write_snapshot

Rows = dict[str, list[dict[str, Any]]]


def on(day: str) -> date:
    return date.fromisoformat(f"2024-{day}")


JULY = Period(on("07-01"), on("07-31"))
TREE: list[dict[str, Any]] = [
    {"unit_code": "R", "level": "toi_cao"},
    {"unit_code": "V", "parent_code": "R", "level": "don_vi_toi_cao", "pilot_group": 1},
    {"unit_code": "P", "parent_code": "R", "pilot_group": 1},
    {"unit_code": "P1", "parent_code": "P", "level": "cap_huyen", "pilot_group": 1},
    {"unit_code": "Q", "parent_code": "R", "pilot_group": 2},
]


@contextmanager
def opened(rows: Rows) -> Iterator[Snapshot]:
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), {"org_unit": [dict(unit) for unit in TREE], **rows})) as snapshot:
        yield snapshot


def figures(rows: Rows, *names: str, period: Period = JULY, scope: Scope | None = None, by: By | None = None) -> list[tuple[Any, ...]]:
    """(unit_code, numerator, denominator) of each row, in order."""
    with opened(rows) as snapshot:
        return metric_values(snapshot, names, period, scope, by).select("unit_code", "numerator", "denominator").rows()

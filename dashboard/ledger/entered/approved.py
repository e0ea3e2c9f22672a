"""What was approved and counts from then on: targets, events and explanations beside those that files of the home hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from dashboard.ledger.actor import os_actor
from dashboard.ledger.address import has_ledger
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.kinds import Content
from data.paths import Home
from metrics.comparison.targets import SCHEMA

KEY = ["metric", "unit_code", "level", "from_on"]


def approved(home: Home, kind: str) -> list[Content]:
    """The fields of every entry of a kind that counts, in the order in which they were entered; none where there is no ledger."""
    if not has_ledger(home):
        return []
    with Entries(home, os_actor()) as entries:
        return [one.content for one in entries.approved(kind)]


def with_approved_targets(targets: pl.DataFrame, contents: list[Content]) -> pl.DataFrame:
    """Targets in the columns SCHEMA with those that were approved, which take the place of others for the same metric, units and first day."""
    if not contents:
        return targets
    rows = [
        {
            "metric": one["metric"],
            "unit_code": one["unit_code"] or None,
            "level": one["level"] or None,
            "from_on": date.fromisoformat(str(one["from_on"])),
            "target": _number(str(one["target"])),
        }
        for one in contents
    ]
    own = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)
    return pl.concat([targets.join(own, on=KEY, how="anti", nulls_equal=True), own])


def _number(text: str) -> float:
    return float(Decimal(text.rstrip("%")) / (100 if text.endswith("%") else 1))

"""One subtree, one month, eight metrics, and the same of as many days before: our whole answer, against SQL by hand and two semantic layers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.generated import SUBTREE
from benchmarks.measured import Measured, generated_snapshot, in_turn
from benchmarks.peers import answering
from benchmarks.plain_sql import ADOPTION, DOCUMENTS
from benchmarks.plain_sql import SUBTREE as JOIN
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import values_of_periods
from metrics.tree.scope import Scope

METRICS = [
    "provisioned_accounts",
    "activated_accounts",
    "login_rate",
    "weekly_active_rate",
    "habitual_rate",
    "processing_rate",
    "fully_electronic_ratio",
    "digitally_signed_ratio",
]
JULY = Period(date(2025, 7, 1), date(2025, 7, 31))
PERIODS = [JULY, Period(date(2025, 5, 31), date(2025, 6, 30))]


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that size; raises AssertionError where the two answers differ."""
    with generated_snapshot(events, kept_in) as path, open_snapshot(path) as snapshot, open_snapshot(path) as peer:

        def us() -> list[Any]:
            return values_of_periods(snapshot, METRICS, PERIODS, Scope(SUBTREE))["numerator"].to_list()

        def by_hand() -> list[Any]:
            found: list[Any] = []
            for period in PERIODS:
                days = {"from_on": period.from_on, "to_on": period.to_on, "unit_code": SUBTREE}
                accounts = peer.query(ADOPTION.format(**days, join=JOIN.format(**days), group="above.ancestor_code")).rows()[0]
                documents = peer.query(DOCUMENTS.format(**days)).rows()[0]
                found += [*accounts[1:], *documents[1:]]
            return found

        asked = [SUBTREE, *(day.isoformat() for period in PERIODS for day in (period.from_on, period.to_on))]
        rows = [in_turn("typical question", events, us, "SQL by hand on account-day", by_hand)]
        for how, name in (("ibis", "ibis on account-day"), ("bsl", "boring-semantic-layer on account-day")):
            with answering("benchmarks.peer.typical_question", how, path, *asked) as peer_answers:
                rows.append(in_turn("typical question", events, us, name, peer_answers))
        return rows

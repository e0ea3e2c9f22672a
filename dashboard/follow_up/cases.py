"""Follow-up cases: what was found in a unit, what it answers and does, by when, and what came of it in the next month.

A case is an entry of the ledger (`dashboard.ledger.entered.kinds`, kind `case`), in versions and by four eyes. It is of the last whole month
before the day on which it was opened; what came of it is read from the month after that one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from dashboard.ledger.actor import os_actor
from dashboard.ledger.address import has_ledger
from dashboard.ledger.entered.entries import Entries, Entry, State
from dashboard.session import policy
from dashboard.session.figures import Figure, whole
from dashboard.session.queries import Reader
from dashboard.session.state import Selection
from data.paths import Home
from metrics.catalog import METRICS
from metrics.comparison.intervals import difference_bounds
from metrics.periods import Period, month, period_before

KIND = "case"
BETTER_LOW = frozenset(one.name for one in METRICS if one.good == "down")


@dataclass(frozen=True)
class Case:
    """One case as its newest version says it."""

    entry_id: int
    unit_code: str
    metric: str
    """Empty where it is of no figure."""
    finding: str
    """One of `kinds.FINDINGS`; empty where somebody opened it for a reason of their own."""
    opened_on: date
    deadline: date
    is_settled: bool
    state: State
    """Of its entry: it counts, and stands in reports, once it is approved."""
    thing: str
    """The same for all its versions."""
    opened_by: str
    """Who entered this version; of one that nobody has corrected since it was approved, who opened it."""
    entered_at: datetime
    cause: str = ""
    measure: str = ""
    result: str = ""

    @property
    def found(self) -> str:
        """What was found, the end of a key of the translations (entries.choice_finding_…): of what is better low, a fall is a rise."""
        is_rise = self.finding == "fall" and self.metric in BETTER_LOW
        return "rise" if is_rise else self.finding

    @property
    def before(self) -> Period:
        """The month that it is of: the last whole one before it was opened."""
        found = period_before(month(self.opened_on))
        assert found is not None
        return found

    @property
    def after(self) -> Period:
        """The month in which it shows what came of it: the one in which it was opened."""
        return month(self.opened_on)

    def is_of(self, period: Period) -> bool:
        """Whether it belongs to a period: found in it, or not settled by its beginning, or due or measured within it."""
        if self.before.from_on > period.to_on:
            return False
        return not self.is_settled or max(self.deadline, self.after.to_on) >= period.from_on


@dataclass(frozen=True)
class Outcome:
    """What came of a case: its rate in the month that it is of and in the next, and the interval of the difference where both are known."""

    before: Figure
    after: Figure
    low: float | None = None
    """Bounds of after minus before at 95 % (Newcombe's hybrid score interval), -1 to 1; None where one of them has no value."""
    high: float | None = None

    @property
    def is_known(self) -> bool:
        return self.low is not None

    @property
    def is_chance(self) -> bool:
        """Whether chance alone may have made the difference."""
        return self.low is None or self.high is None or self.low <= 0 <= self.high


def all_cases(home: Home) -> tuple[Case, ...]:
    """The newest version of every case of the home that was not taken back, whoever may see it; the oldest first."""
    return tuple(one for one in _cases(home, lambda entries: entries.newest(KIND)) if one.state != "withdrawn")


def approved_cases(home: Home) -> tuple[Case, ...]:
    """The cases as they were approved, the oldest first: what a report is given, and prints those of its scope and period (`cases_of`)."""
    return _cases(home, lambda entries: entries.approved(KIND))


def cases_of(cases: Iterable[Case], period: Period, units: Collection[str] | None = None) -> list[Case]:
    """Of some cases those of a period, and of some units (None: of all): open ones first, those due first before others."""
    found = [one for one in cases if one.is_of(period) and (units is None or one.unit_code in units)]
    return sorted(found, key=lambda one: (one.is_settled, one.deadline, one.unit_code, one.metric))


def seen_by(viewer: policy.Viewer, newest: Iterable[Case], approved: Iterable[Case]) -> tuple[Case, ...]:
    """Those that a viewer may see: of the newest versions where declarations are theirs, else of the approved ones where reports are."""

    def may(case: Case, grain: policy.Grain) -> bool:
        return policy.may(viewer, "read", case.unit_code, (case.opened_on, case.deadline), grain)

    own = [one for one in newest if may(one, "declaration")]
    things = {one.thing for one in own}
    return (*own, *(one for one in approved if one.thing not in things and may(one, "report")))


def outcome(reader: Reader, case: Case) -> Outcome | None:
    """What came of a case, of all accounts and documents of its unit; None of a case of no figure. Raises AccessDenied as the reader does."""
    if not case.metric:
        return None
    found = []
    for days in (case.before, case.after):
        selection = Selection(case.unit_code, days.from_on, days.to_on, "all")
        figure = whole(reader.values([case.metric], selection), case.unit_code)[case.metric]
        is_over = days.to_on <= reader.info.cutoff_on
        found.append(figure if is_over else Figure(case.metric, case.unit_code, days.from_on, days.to_on, None, None, None))
    before, after = found
    if before.value is None or after.value is None or before.value > 1 or after.value > 1 or not (before.denominator and after.denominator):
        return Outcome(before, after)
    counts = pl.DataFrame({"a": [after.numerator], "b": [after.denominator], "c": [before.numerator], "d": [before.denominator]})
    low, high = (counts.select(bound).item() for bound in difference_bounds((pl.col("a"), pl.col("b")), (pl.col("c"), pl.col("d"))))
    return Outcome(before, after, low, high)


def _cases(home: Home, asked: Callable[[Entries], list[Entry]]) -> tuple[Case, ...]:
    if not has_ledger(home):
        return ()
    with Entries(home, os_actor()) as entries:
        found = asked(entries)
    return tuple(_case(one) for one in sorted(found, key=lambda one: one.entry_id))


def _case(entry: Entry) -> Case:
    given: dict[str, Any] = entry.content
    return Case(
        entry.entry_id,
        **{name: str(given.get(name, "")) for name in ("unit_code", "metric", "finding", "cause", "measure", "result")},
        opened_on=date.fromisoformat(given["opened_on"]),
        deadline=date.fromisoformat(given["deadline"]),
        is_settled=given["status"] == "settled",
        state=entry.state,
        thing=entry.thing,
        opened_by=entry.entered_by,
        entered_at=entry.entered_at,
    )

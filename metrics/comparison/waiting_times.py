"""How long things take when some of them are not finished yet: by month of arrival, and not among the finished ones alone.

Among completed deliveries the slow ones are missing, all the more the younger the month is. Kaplan and Meier's product limit counts each delivery as
at risk until it was completed or, where it is still open, until the cut-off: E. L. Kaplan, P. Meier (1958), Nonparametric estimation from incomplete
observations, JASA 53, 457-481. It takes for granted that what is open at the cut-off will take no longer than what is as old and was followed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

import polars as pl

from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.query.coverage import clipped
from metrics.query.delivered import is_delivered
from metrics.query.statements import row_statement
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units
from metrics.working_days import exceptions, is_working_day

MONTHS: dict[str, type[pl.DataType]] = {
    "month_on": pl.Date,
    "arrived": pl.Int64,
    "completed": pl.Int64,
    "median_days": pl.Int64,
    "p90_days": pl.Int64,
    "open_after": pl.Float64,
}
LONG = 30
"""Working days after which what is still open is told as a share."""


@dataclass(frozen=True)
class Step:
    """The share that lasts longer than `days`, after all that ended on that day."""

    days: int
    lasting: float


@dataclass(frozen=True)
class Curve:
    """Kaplan-Meier's curve: its steps in order, and the last day on which anything was observed."""

    steps: tuple[Step, ...]
    observed: int

    def lasting(self, days: int) -> float | None:
        """The share that lasts longer than so many days; None where nothing was observed for so long and not everything had ended."""
        below = [step.lasting for step in self.steps if step.days <= days]
        share = below[-1] if below else 1.0
        return share if days <= self.observed or share == 0 else None

    def quantile(self, share: float) -> int | None:
        """The least number of days by which at least that share has ended; None where the curve does not come down so far."""
        return next((step.days for step in self.steps if step.lasting <= 1 - share + 1e-12), None)


def kaplan_meier(spells: Iterable[tuple[int, bool, int]]) -> Curve:
    """The curve of spells: days, whether it ended then (else it was still open), and how many of these there are.

    What was still open on a day counts as at risk on that day. Raises ValueError where there is no spell.
    """
    ended: dict[int, int] = {}
    left: dict[int, int] = {}
    for days, has_ended, count in spells:
        left[days] = left.get(days, 0) + count
        if has_ended:
            ended[days] = ended.get(days, 0) + count
    at_risk, share, steps = sum(left.values()), 1.0, list[Step]()
    if not at_risk:
        raise ValueError("There is no spell to take a curve of.")
    for days in sorted(left):
        if ended.get(days):
            share *= 1 - ended[days] / at_risk
            steps.append(Step(days, share))
        at_risk -= left[days]
    return Curve(tuple(steps), max(left))


def completion_by_month(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """One row per month of the period in the columns MONTHS: deliveries not recalled by the month of their arrival, on the tree as it was.

    `median_days`, `p90_days`: working days until half and 90% are completed; null where the curve does not come down so far yet. `open_after`: the
    share still open after LONG working days; null where no delivery is as old. Of a month without arrivals only its first day is told. Empty where no
    source delivers when deliveries are completed. Raises ConfigurationError for an unknown unit or group.
    """
    covered = clipped(snapshot.info, period)
    if not is_delivered(snapshot, "delivery.completed_at", covered):
        return pl.DataFrame(schema=MONTHS)
    select = "SELECT tree_on AS arrived_on, completed_on, COUNT(*) AS deliveries FROM scoped_row WHERE NOT is_recalled GROUP BY 1, 2"
    question = row_statement(snapshot, "delivery", covered, scoped_units(snapshot, scope or Scope(), period), select)
    spells: dict[date, list[tuple[int, bool, int]]] = {part.from_on.replace(day=1): [] for part in covered.split("month")}
    counter = _WorkingDays(Period(covered.from_on, max(covered.to_on, snapshot.info.cutoff_on)), exceptions(snapshot))
    for arrived_on, completed_on, deliveries in snapshot.query(question.sql, question.params).iter_rows():
        ends_on = completed_on if completed_on is not None and completed_on <= snapshot.info.cutoff_on else None
        days = counter.between(arrived_on, max(arrived_on, ends_on or snapshot.info.cutoff_on))
        spells[arrived_on.replace(day=1)].append((days, ends_on is not None, deliveries))
    return pl.DataFrame([_month(on, of_month) for on, of_month in spells.items()], schema=MONTHS, orient="row")


def _month(on: date, spells: Sequence[tuple[int, bool, int]]) -> tuple[date, int, int, int | None, int | None, float | None]:
    arrived, completed = sum(count for *_, count in spells), sum(count for _, has_ended, count in spells if has_ended)
    if not arrived:
        return on, 0, 0, None, None, None
    curve = kaplan_meier(spells)
    return on, arrived, completed, curve.quantile(0.5), curve.quantile(0.9), curve.lasting(LONG)


class _WorkingDays:
    """Counts working days between days of a period, in one subtraction each."""

    def __init__(self, period: Period, changes: dict[date, int]) -> None:
        self._first = period.from_on
        days = (period.from_on + timedelta(days=day) for day in range(period.days))
        self._up_to = list(accumulate(int(is_working_day(day, changes)) for day in days))

    def between(self, after: date, until: date) -> int:
        """Working days after the first day up to the second, as the durations of the catalogue count them."""
        return self._up_to[(until - self._first).days] - self._up_to[(after - self._first).days]

"""Which days of a window the data speak of: of the others nothing is known, which is never zero and never a whole window.

The data speak of the days from the first to the last on which the sources delivered rows of the kind that a metric counts (table `delivered`),
together with the days off beside them, and never of one after the cut-off. A window that reaches beyond is counted on its covered days alone;
a metric that looks back over weeks has a value only where all of these weeks are covered. Eurostat calls the share that is covered the coverage
of the reference period (ESS Handbook for Quality and Metadata Reports, 2021, chapter 6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from metrics.engines import Snapshot, SnapshotInfo
from metrics.model import Metric
from metrics.periods import Period
from metrics.query.delivered import delivered_days, is_known
from metrics.working_days import exceptions, is_working_day, last_day_before, weeks_of_work

Gap = Literal["outside", "not_delivered", "unripe", "too_short", "looks_back"]
"""Why there is no value: no day is covered; what is counted was not delivered; it is not known yet what became of these days; fewer days than it
needs; its weeks reach back before the data."""

_ONE_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_DORMANCY = timedelta(days=90)
_ANSWERED = 3
"""Working days within which a receiver on the axis is waited for."""


@dataclass(frozen=True)
class Coverage:
    """What the data say of one window of one metric."""

    period: Period
    """As it was asked for."""
    covered: Period | None
    """Its days that the data speak of; None: not one."""
    gap: Gap | None
    """Why there is no value; None where there is one, be it zero."""

    @property
    def days(self) -> int:
        """Covered days, 0 to all days of the window."""
        return self.covered.days if self.covered else 0

    @property
    def is_whole(self) -> bool:
        """Whether every day of the window is covered."""
        return self.covered == self.period


def clipped(info: SnapshotInfo, period: Period) -> Period:
    """The days of a period that the snapshot speaks of at all; the period as it is where that is none of them."""
    return _within(period, Period(info.first_on, info.cutoff_on)) or period if info.first_on <= info.cutoff_on else period


def coverage(snapshot: Snapshot, metric: Metric, period: Period, group: int | None = None) -> Coverage:
    """Which days of the window count, and why there is no value where there is none."""
    data = _data_days(snapshot, metric)
    covered = _within(period, data) if data else None
    return Coverage(period, covered, _gap(snapshot, metric, period, data, covered, group))


def covered_period(snapshot: Snapshot, metric: Metric, period: Period) -> Period:
    """The days on which rows are counted: the covered ones; the period itself where there are none."""
    data = _data_days(snapshot, metric)
    return (_within(period, data) if data else None) or period


def is_comparable(snapshot: Snapshot, metric: Metric, period: Period) -> bool:
    """Whether a change against the figure of this window means anything: a state needs its last day covered, anything else every day."""
    found = coverage(snapshot, metric, period)
    if metric.is_state:
        return found.covered is not None and found.covered.to_on == period.to_on
    return found.is_whole


def _gap(snapshot: Snapshot, metric: Metric, period: Period, data: Period | None, covered: Period | None, group: int | None) -> Gap | None:
    if covered is None or data is None:
        info = snapshot.info
        is_outside = info.first_on > info.cutoff_on or _within(period, Period(info.first_on, info.cutoff_on)) is None
        if is_outside:
            return "outside"
        return "unripe" if _ripens(metric) and is_known(snapshot, metric, period, group) else "not_delivered"
    if not is_known(snapshot, metric, covered, group):
        return "not_delivered"
    if covered.days < metric.min_days:
        return "too_short" if period.days < metric.min_days else "looks_back"
    if metric.looks_back and _first_looked_at(snapshot, metric, covered.to_on) < data.from_on:
        return "looks_back"
    return None


def _ripens(metric: Metric) -> bool:
    """Whether the youngest days do not count yet."""
    return metric.population.ripens_after > 0 or metric.of == "axis_sending"


def _first_looked_at(snapshot: Snapshot, metric: Metric, last: date) -> date:
    if metric.looks_back == "habit":
        return weeks_of_work(last, exceptions(snapshot))[-1].from_on
    return last - (_DORMANCY if metric.looks_back == "dormancy" else _WEEK) + _ONE_DAY


def _data_days(snapshot: Snapshot, metric: Metric) -> Period | None:
    """The days that the data speak of for a metric, whatever the window."""
    return snapshot.derived(f"data days of {metric.name}", lambda: _read_data_days(snapshot, metric))


def _read_data_days(snapshot: Snapshot, metric: Metric) -> Period | None:
    info = snapshot.info
    first, last = info.first_on, info.cutoff_on
    from_on, to_on = delivered_days(snapshot, metric)
    if from_on > to_on:
        return None
    off = exceptions(snapshot)
    first = max(first, _back_over_days_off(from_on, off, first))
    last = min(last, _on_over_days_off(to_on, off, last))
    last = min(last, info.cutoff_on - timedelta(days=metric.population.ripens_after))
    if metric.of == "axis_sending":
        last = min(last, last_day_before(info.cutoff_on, _ANSWERED, off))
    return Period(first, last) if first <= last else None


def _back_over_days_off(on: date, off: Collection[date], earliest: date) -> date:
    while on > earliest and not is_working_day(on - _ONE_DAY, off):
        on -= _ONE_DAY
    return on


def _on_over_days_off(on: date, off: Collection[date], latest: date) -> date:
    while on < latest and not is_working_day(on + _ONE_DAY, off):
        on += _ONE_DAY
    return on


def _within(period: Period, data: Period) -> Period | None:
    first, last = max(period.from_on, data.from_on), min(period.to_on, data.to_on)
    return Period(first, last) if first <= last else None

"""Whether what a figure counts was delivered: what was not is unknown, which is never zero (docs/decisions/0011-unknown-is-not-zero.md).

A metric needs what its rows, its conditions and its population need (`metrics/rows/needs.toml`). A need is met in a period that shares a day with
those of which a source delivers it; where several sources deliver the rows in that period, each has to deliver the columns that are counted of them.
"""

from __future__ import annotations

from datetime import date

from metrics.catalog import METRICS
from metrics.engines import Snapshot
from metrics.model import Metric, Population
from metrics.periods import Period
from metrics.query.statements import population_of
from metrics.rows import ROWS, Needs, read_needs

LAST_LOGIN = "kind=last_login"
"""What a source delivers that tells of each account's last login alone: it speaks of its last day only."""

_Spans = dict[str, list[tuple[str, date, date]]]
"""Source, first and last day by `entity.column`."""


def needs_of(metric: Metric, population: Population) -> Needs:
    """What a figure of a population needs of the source contract; accounts of a pilot group need what tells its population."""
    return ROWS[metric.of].needs.union(population.needs.needs, *(condition.needs for condition in metric.conditions))


def is_known(snapshot: Snapshot, metric: Metric, period: Period | None = None, group: int | None = None) -> bool:
    """Whether the sources deliver what a metric counts, in a period (None: ever)."""
    return _are_met(_spans(snapshot), needs_of(metric, population_of(snapshot, metric, group)), ROWS[metric.of].needs, period)


def is_delivered(snapshot: Snapshot, need: str, period: Period | None = None) -> bool:
    """Whether a need, written as in needs.toml, is met by any source."""
    return _are_met(_spans(snapshot), read_needs([need]), frozenset(), period)


def tells_last_logins_only(snapshot: Snapshot) -> bool:
    """Whether all that is known of logins is each account's last one: figures of them speak of a period with the last day alone."""
    return is_delivered(snapshot, "access_event.kind=last_login") and not is_delivered(snapshot, "access_event.kind=login")


def known_metrics(snapshot: Snapshot, period: Period | None = None) -> frozenset[str]:
    """Names of the metrics that there are figures of, in a period or at all: the others are left out of pages and reports."""
    return frozenset(one.name for one in METRICS if is_known(snapshot, one, period))


def delivered_days(snapshot: Snapshot, metric: Metric) -> tuple[date, date]:
    """First and last day of which the sources deliver rows of all the kinds that a metric counts; the first after the last where there are none.

    An entity is taken as delivered from its first row to its last one, whatever is in single columns: a month without a signature is no gap.
    """
    spans = _spans(snapshot)
    first, last = date.min, date.max
    for either in needs_of(metric, metric.population):
        entities = {name.partition(".")[0] for name in either if spans.get(name) and not name.endswith(LAST_LOGIN)}
        found = [span for name in spans if name.partition(".")[0] in entities for span in spans[name]]
        found += [] if found else [span for name in either for span in spans.get(name, ())]
        first = max(first, min((from_on for _, from_on, _ in found), default=date.max))
        last = min(last, max((to_on for _, _, to_on in found), default=date.min))
    return first, last


def _are_met(spans: _Spans, needs: Needs, rows: Needs, period: Period | None) -> bool:
    def sources(name: str) -> set[str]:
        found = spans.get(name, ())
        return {source for source, from_on, to_on in found if period is None or (from_on <= period.to_on and to_on >= period.from_on)}

    def are_met_by_one_of(names: frozenset[str]) -> bool:
        if any("=" in name and sources(name) for name in names):  # of a word, such as one kind of event, each source may know another
            return True
        for entity in {name.partition(".")[0] for name in names}:
            found = {source for name in names if name.startswith(f"{entity}.") for source in sources(name)}
            if found and found >= {source for either in rows for name in either if name.startswith(f"{entity}.") for source in sources(name)}:
                return True
        return False

    return all(are_met_by_one_of(names) for names in needs)


def _spans(snapshot: Snapshot) -> _Spans:
    def read() -> _Spans:
        spans: _Spans = {}
        rows = snapshot.query("SELECT entity, column_name, source, from_on, to_on FROM delivered").iter_rows()
        for entity, column, *span in rows:
            spans.setdefault(f"{entity}.{column}", []).append(tuple(span))
        return spans

    return snapshot.derived("delivered", read)

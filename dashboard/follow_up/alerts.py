"""What an organisation is told of without looking: a unit whose rate fell in the newest month beyond its usual variation, that lost a target
which it had reached, or that fell silent; and data that are late.

One cause is told once: a unit and the unit above it that fell with it are one alert, and while its case is open no other is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.follow_up.cases import KIND, Case, all_cases
from dashboard.ledger.actor import os_actor
from dashboard.ledger.entered.entries import Entries, StaleEntry
from dashboard.ledger.entered.kinds import Content, checked, kind_of
from dashboard.session.queries import Reader
from dashboard.session.state import Selection
from dashboard.ui.unit_names import UnitTree
from data.paths import Home
from metrics.catalog import metric
from metrics.comparison.process_control import FEWEST, alert, is_target_lost
from metrics.comparison.targets import with_targets
from metrics.periods import Period, whole_months
from metrics.working_days import is_working_day

ALERTED: tuple[str, ...] = (
    "login_rate",
    "processing_rate",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "on_time_ratio",
)
"""What arises month by month; a census that only rises is no chart. The charts of a unit's page are of these."""
SILENT = "fully_electronic_ratio"
"""The rate whose cases, the documents that a unit issues, tell that it fell silent."""
USUAL_CASES = 8
"""A unit that issued fewer in some month of the usual ones may issue none by chance."""
MONTHS = 25
"""How far back the usual variation is looked for, here and in the charts of a unit's page."""
DAYS_TO_ANSWER = 14
OPENER = "vanban alerts"


@dataclass(frozen=True)
class Alert:
    """One finding: of the newest whole month, or of the data themselves."""

    unit_code: str
    metric: str
    """Empty of late data."""
    finding: str
    """`fall`, `target_lost`, `silent` or `late_data`, of `kinds.FINDINGS`."""
    opened_on: date
    """The day from which its case counts, however late it is opened: the first after the month that it is of, or on which data were late."""
    numerator: int = 0
    denominator: int = 0
    usual: float | None = None
    """The rate of the usual months; of silence the documents of a usual month; of a lost target the target."""

    @property
    def detail(self) -> str:
        """Its counts, as a command says them; empty of late data."""
        return "" if self.usual is None else f" {self.numerator}/{self.denominator} usual {self.usual:.4g}"


def find_alerts(reader: Reader, tree: UnitTree, targets: pl.DataFrame) -> list[Alert]:
    """The alerts of the newest whole month that the data reach over, in tree order; none where too few months came before it.

    targets: of the home, as `metrics.comparison.targets.read_targets` gives them.
    """
    info = reader.info
    months = whole_months(Period(info.first_on, info.cutoff_on), MONTHS)
    if len(months) <= FEWEST:
        return []
    whole = Selection(None, months[0].from_on, months[-1].to_on, "all")
    began = reader.unit_beginnings()
    opened_on = months[-1].to_on + timedelta(days=1)
    found: list[Alert] = []
    for name in (one for one in ALERTED if one in reader.known_metrics()):
        by_unit = _counts(reader.unit_parts(name, whole, months), len(months))
        aims = _aims(name, by_unit, months[-1], reader.units(), targets)
        of_rate = []
        for code, counts in by_unit.items():
            unit = tree.units.get(code)
            if unit is None or not unit.is_valid_in(months[-1].from_on, months[-1].to_on):
                continue
            anew = sum(code in began and one.from_on < began[code] for one in months)
            finding = _fall(name, counts, anew) or _lost(name, counts, anew, aims.get(code)) or _silence(name, counts[anew:])
            if finding is not None:
                over, under = counts[-1]
                of_rate.append(Alert(code, name, finding[0], opened_on, over or 0, under or 0, finding[1]))
        found += _where_it_lies(of_rate, tree)
    places = {code: place for place, code in enumerate(tree.units)}
    return sorted(found, key=lambda one: (places[one.unit_code], ALERTED.index(one.metric)))


def late_data(reader: Reader, tree: UnitTree, oldest: timedelta | None, now: datetime) -> list[Alert]:
    """One alert of the unit above all others, where the newest day of the data lies further back than `oldest` (None: the home sets no limit).

    Of the days that the sources tell of, not of the last run: a run that went well every night and brought nothing new is told of too. Days on
    which nobody works are not counted: a weekend brings nothing new.
    """
    info, changes = reader.info, reader.day_changes()
    zone = ZoneInfo(info.time_zone)
    tops = [unit.code for unit in tree.units.values() if unit.parent_code is None and unit.is_valid_in(info.cutoff_on, info.cutoff_on)]
    if oldest is None or not tops:
        return []
    late_at, day = info.cutoff_at + oldest, info.cutoff_on + timedelta(days=1)
    while day <= late_at.astimezone(zone).date():
        late_at += timedelta(days=not is_working_day(day, changes))
        day += timedelta(days=1)
    return [Alert(tops[0], "", "late_data", late_at.astimezone(zone).date())] if now > late_at else []


def open_cases(home: Home, alerts: Iterable[Alert], units: Iterable[str]) -> list[tuple[Alert, Case]]:
    """Opens a case for each alert that has none, neither of its month nor one still open; gives those that were opened, as drafts."""
    known = frozenset(units)
    opened = []
    for one in alerts:
        if any(_is_told(case, one) for case in all_cases(home)):
            continue
        with Entries(home, os_actor(OPENER)) as entries:
            try:
                (entry,) = entries.enter(KIND, [_content(one, known)])
            except StaleEntry:  # another process was quicker
                continue
        opened += [(one, case) for case in all_cases(home) if case.entry_id == entry.entry_id]
    return opened


def _content(one: Alert, units: frozenset[str]) -> Content:
    given = {"unit_code": one.unit_code, "metric": one.metric, "finding": one.finding, "opened_on": one.opened_on, "status": "open"}
    given["deadline"] = max(one.opened_on, date.today()) + timedelta(days=DAYS_TO_ANSWER)
    return checked(kind_of(KIND), given, units)


def _is_told(case: Case, one: Alert) -> bool:
    return (case.unit_code, case.metric) == (one.unit_code, one.metric) and (not case.is_settled or case.opened_on >= one.opened_on)


def _counts(frame: pl.DataFrame, parts: int) -> dict[str, list[tuple[int | None, int | None]]]:
    found: dict[str, list[tuple[int | None, int | None]]] = {}
    for code, part, over, under in frame.select("unit_code", "part", "numerator", "denominator").iter_rows():
        found.setdefault(code, [(None, None)] * parts)[part] = (over, under)
    return found


_Counts = Sequence[tuple[int | None, int | None]]
_Finding = tuple[str, float] | None
"""What was found, and what is usual."""


def _aims(name: str, units: Iterable[str], newest: Period, all_units: pl.DataFrame, targets: pl.DataFrame) -> dict[str, float]:
    """The target that is in force for each unit in the newest month."""
    asked = [(name, code, newest.from_on, newest.to_on, None) for code in units]
    columns = {"metric": pl.String, "unit_code": pl.String, "period_from": pl.Date, "period_to": pl.Date, "value": pl.Float64}
    aimed = with_targets(pl.DataFrame(asked, schema=columns, orient="row"), all_units.select("unit_code", "level"), targets)
    return {code: target for code, target in aimed.select("unit_code", "target").iter_rows() if target is not None}


def _fall(name: str, counts: _Counts, anew: int) -> _Finding:
    point = alert(counts, metric(name).good, [anew] if anew else [])
    return None if point is None else ("fall", point.centre)


def _lost(name: str, counts: _Counts, anew: int, target: float | None) -> _Finding:
    """Where a fall is one beyond the usual variation too, it is told as a fall: that is the graver word, and one cause."""
    is_lost = target is not None and is_target_lost(counts, target, metric(name).good, [anew] if anew else [])
    return ("target_lost", target) if is_lost and target is not None else None


def _silence(name: str, counts: _Counts) -> _Finding:
    """No document at all in the newest month, after FEWEST months that each had some: that is no usual variation."""
    usual = [under for _, under in counts[-FEWEST - 1 : -1]]
    if name != SILENT or counts[-1][1] != 0 or len(usual) < FEWEST or any(under is None or under < USUAL_CASES for under in usual):
        return None
    return "silent", sum(under or 0 for under in usual) / len(usual)


def _where_it_lies(alerts: Sequence[Alert], tree: UnitTree) -> list[Alert]:
    """One alert for what is one: of the one unit below that fell, or of the head under whom several did; of the top only where nobody below it is."""
    by_unit = {one.unit_code: one for one in alerts}
    tops = {unit.code for unit in tree.units.values() if unit.parent_code is None}
    for head in sorted(by_unit, key=lambda code: len(tree.above(code)), reverse=True):  # the lowest first
        below = [code for code in by_unit if code != head and code in tree.below(head)]
        if len(below) == 1 or (below and head in tops):
            del by_unit[head]
        else:
            by_unit = {code: one for code, one in by_unit.items() if code not in below}
    return list(by_unit.values())

"""On which days each unit left records: a gap in a connection shows as a hole in its strip."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

from dashboard.session.address import link
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.unit_names import UnitTree
from metrics.periods import Period
from metrics.query.snapshot_quality import busy_days, gaps, silent_runs
from metrics.working_days import is_working_day

LONG_RUN = 3
"""Working days in a row without a record after which a connection may be broken."""
SHOWN = 20
MOST_DAYS = 62
MOST_NAMED = 6


@dataclass(frozen=True)
class Silence:
    """One unit with its subtree: the days with records, the working days that it alone missed, and those grouped into runs."""

    unit_code: str
    active: frozenset[date]
    missing: tuple[date, ...]
    runs: tuple[tuple[date, ...], ...]

    @property
    def run(self) -> int:
        """Days of the longest run."""
        return max(map(len, self.runs), default=0)

    @property
    def long(self) -> frozenset[date]:
        """Days of the runs that are long enough to doubt the connection."""
        return frozenset(on for run in self.runs if len(run) >= LONG_RUN for on in run)


@dataclass(frozen=True)
class Strip:
    """One unit as it is drawn: its name with link and title, the states of its cells, and a remark behind them.

    A state is `some` (records), `rest` (records on a day of rest), `none` (none, as is to be expected), `gap` (none where most others have) or
    `run` (that for days on end).
    """

    name: str
    title: str
    href: str
    cells: tuple[str, ...]
    remark: str
    is_look: bool

    @property
    def runs(self) -> list[tuple[str, int]]:
        """Cells of one state beside each other, as state and number."""
        return [(state, len(list(cells))) for state, cells in groupby(self.cells)]


def directly_below(tree: UnitTree, scope: str | None) -> dict[str, str]:
    """For each unit the unit directly below the scope that it belongs to (itself, for those); the scope's own stands for itself."""
    top = scope or (tree.root.code if tree.root else None)
    found: dict[str, str] = {}
    for code in tree.units:
        unit: str | None = code
        while unit is not None and tree.units[unit].parent_code not in (top, None):
            unit = tree.units[unit].parent_code
        if unit is not None and (tree.units[unit].parent_code == top or code == top):
            found[code] = unit if code != top else code
    return found


def silences(active: pl.DataFrame, tree: UnitTree, scope: str | None, period: Period, changes: Collection[date] = ()) -> list[Silence]:
    """What each unit directly below the scope left and missed, the longest silence first, then the most days missed.

    `changes` are the days on which the week does not decide what is a working day.
    """
    belongs = directly_below(tree, scope)
    grouped = active.with_columns(pl.col("unit_code").replace_strict(belongs, default=None)).drop_nulls("unit_code")
    grouped = grouped.group_by("unit_code", "day_on").agg(pl.col("records").sum())
    validity = pl.DataFrame(
        [(unit.code, unit.valid_from, unit.valid_to) for unit in tree.units.values()],
        schema={"unit_code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date},
        orient="row",
    )
    missing: dict[str, list[date]] = {}
    for code, on in gaps(grouped, validity, period, changes).iter_rows():
        missing.setdefault(code, []).append(on)
    working = busy_days(grouped, validity, period, changes)  # a run is not broken by a holiday
    days: dict[str, set[date]] = {}
    for code, on in grouped.select("unit_code", "day_on").iter_rows():
        days.setdefault(code, set()).add(on)
    order = {code: place for place, code in enumerate(tree.units)}
    found = [
        Silence(code, frozenset(on), tuple(missing.get(code, ())), tuple(map(tuple, silent_runs(missing.get(code, []), working))))
        for code, on in days.items()
    ]
    return sorted(found, key=lambda one: (-one.run if one.run >= LONG_RUN else 0, -len(one.missing), order[one.unit_code]))


def completeness_panel(page: Page, found: Sequence[Silence]) -> Panel:
    """Draws the strips: by day up to two months, else by week."""
    info, period = page.reader.info, page.selection.period
    title = t("quality.days_title")
    by_day = period.days <= MOST_DAYS
    subtitle = t("quality.days_subtitle" if by_day else "quality.weeks_subtitle", count=len(found))
    if not found:
        return figure_panel(page, "days", title, "", remark(t("quality.days_none")), None)
    parts = [part for part in period.split("day" if by_day else "week") if part.to_on >= info.first_on and part.from_on <= info.cutoff_on]
    every = max(1, round(len(parts) / 6))
    body = markup(
        "quality/activity_strip.html",
        strips=[_strip(page, one, parts) for one in found],
        shown=SHOWN,
        ticks=[(place / len(parts), written.short_day(parts[place].from_on, page.language)) for place in range(0, len(parts), every)],
        states=("some", "gap", "run", *(("rest",) if by_day else ())),
        alt=title,
    )
    rows: list[tuple[Cell, ...]] = [
        (page.tree.label(one.unit_code), len(one.active), len(one.missing), one.run, _days(page, one.missing, len(one.missing))) for one in found
    ]
    columns = tuple(t(f"quality.days_{name}") for name in ("unit", "active", "missing", "run", "which"))
    return figure_panel(page, "days", title, subtitle, body, sheet(page, "ngay-co-du-lieu", title, subtitle, columns, rows))


def _strip(page: Page, one: Silence, parts: Sequence[Period]) -> Strip:
    long = one.long
    changes = page.reader.day_changes()
    cells = tuple(_cell(one, part, long, changes) for part in parts)
    name = page.tree.label(one.unit_code)
    remark = t("quality.days_silent", count=len(one.missing)) if one.missing else t("quality.days_full")
    text = _days(page, one.missing, MOST_NAMED)
    title = f"{page.tree.units[one.unit_code].name}: {remark}" + (f" ({text})" if text else "")
    return Strip(name, title, link("", page.selection, unit=one.unit_code), cells, remark, one.run >= LONG_RUN)


def _cell(one: Silence, part: Period, long: frozenset[date], changes: Collection[date]) -> str:
    """The state of a day, or the worst of a week's days."""
    days = [date.fromordinal(number) for number in range(part.from_on.toordinal(), part.to_on.toordinal() + 1)]
    if any(on in long for on in days):
        return "run"
    if any(on in one.missing for on in days):
        return "gap"
    active = [on for on in days if on in one.active]
    if not active:
        return "none"
    return "rest" if len(days) == 1 and not is_working_day(days[0], changes) else "some"


def _days(page: Page, days: Sequence[date], most: int) -> str:
    texts = [written.short_day(on, page.language) for on in days[:most]]
    return ", ".join(texts) + (" …" if len(days) > most else "")


def long_silences(found: Sequence[Silence]) -> list[Silence]:
    """Units that were silent for days on end."""
    return [one for one in found if one.run >= LONG_RUN]


def named(labels: Mapping[str, Any], found: Sequence[Silence], most: int = 3) -> str:
    """The first few units by name."""
    return ", ".join(str(labels[one.unit_code].label) for one in found[:most])

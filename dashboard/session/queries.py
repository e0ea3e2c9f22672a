"""The only reader of snapshots: asks `policy.may` first, pins one snapshot per page run, keeps answers by what was asked.

Answers are kept with the snapshot that gave them, by the viewer's scope and the question; nobody changes a frame that came from here. A newly
published snapshot has another file, so it is seen by the next run of a page, and never by half of one; with the one before it go its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import polars as pl

from dashboard.session import policy
from dashboard.session.installation import source_titles
from dashboard.session.peer_places import SIZE, peer_places
from dashboard.session.small_cells import POPULATION, without_small_cells
from dashboard.session.state import Selection
from dashboard.ui.unit_names import UnitTree, unit_tree
from data.errors import VanbanError
from data.paths import Home
from data.run_history import RunResult, last_runs
from data.snapshot import published_snapshot
from metrics.catalog import metric
from metrics.coherence.checks import CheckResult, run_checks
from metrics.comparison.account_change import account_moves
from metrics.comparison.first_logins import Wait, first_login_curve, first_login_wait
from metrics.comparison.pace import Pace
from metrics.comparison.ranking import ranking
from metrics.comparison.suppression import PeersView, peers_view
from metrics.comparison.unit_standings import moved, pace
from metrics.comparison.waiting_times import completion_by_month
from metrics.engines import Snapshot, SnapshotInfo
from metrics.engines.computed_once import ComputedOnce
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.coverage import Coverage, coverage, is_comparable
from metrics.query.declarations import declarations, undeclared
from metrics.query.delivered import known_metrics, tells_last_logins_only
from metrics.query.document_flow import completion_days, form_by_signature, types_over_time
from metrics.query.metric_values import By, metric_values, ratio_by_unit_and_part, units
from metrics.query.single_rows import Revision, remaining_rows, revision_cause
from metrics.query.snapshot_quality import accounting, active_days, newest_days, quality_results, rejections, row_places
from metrics.rows import ROWS, RowKind
from metrics.tree.scope import Scope
from metrics.tree.successors import unit_beginnings
from metrics.tree.units import small_table
from metrics.working_days import exceptions

Answer = TypeVar("Answer")
Groups = tuple[tuple[int | None, tuple[str, ...]], ...]
"""Pilot groups (None: everyone), each with the metrics that are read on it."""


class AccessDenied(Exception):
    """The policy does not let this viewer see what was asked."""


@dataclass(frozen=True)
class Making:
    """How the snapshot came about: frames of `metrics.query.snapshot_quality`, runs newest first, and titles of the sources by name."""

    accounting: pl.DataFrame
    rejections: pl.DataFrame
    results: pl.DataFrame
    newest: pl.DataFrame
    places: pl.DataFrame
    runs: tuple[RunResult, ...]
    titles: dict[str, str]


@dataclass(frozen=True)
class DocumentFlow:
    """Frames of `metrics.query.document_flow`: forms by signature, types over the parts of the period, days to completion."""

    forms: pl.DataFrame
    types: pl.DataFrame
    days: pl.DataFrame


@dataclass(frozen=True)
class Reader:
    """One viewer on one pinned snapshot, for the length of one page run. Reads raise AccessDenied where the policy says no."""

    viewer: policy.Viewer
    path: Path
    left_out: frozenset[str] = frozenset()
    """Metrics that the home does without: as if no source delivered them."""

    @cached_property
    def info(self) -> SnapshotInfo:
        """Name, cut-off, first day and time zone of the snapshot; no figures, so open to everyone who may enter."""
        return self._opened.snapshot.info

    @cached_property
    def _opened(self) -> _Opened:
        return _opened(self.path)

    def is_outdated(self) -> bool:
        """Whether another snapshot has been published since this one was pinned."""
        try:
            return published_snapshot(Home(self.path.parents[2]).pointer) != self.path
        except VanbanError:
            return False  # nothing is published at this moment: what is shown stays good

    def units(self) -> pl.DataFrame:
        """The units by name, for pickers and labels; names of units are public within the organisation."""
        return units(self._opened.snapshot)

    def levels(self) -> pl.DataFrame:
        """The organisation's levels with their labels, from the top; as open as `units`."""
        return self._ask_openly(_levels)

    def groups(self) -> pl.DataFrame:
        """The groups of units with their labels; as open as `units`."""
        return self._ask_openly(_groups)

    def day_changes(self) -> dict[date, int]:
        """The days on which the week does not decide what is a working day."""
        return self._ask_openly(exceptions)

    def tree(self, organisation: str) -> UnitTree:
        """The units as a tree, called by their short names within the organisation; as open as `units`."""
        return _answer("", self._opened, _tree, (organisation,))

    def values(self, names: Sequence[str], selection: Selection, period: Period | None = None, by: By | None = None) -> pl.DataFrame:
        """`metric_values` of the selection, each metric on the population that the selection means for its kind of row.

        With `by`, groups that the viewer may not see are left out.
        """
        asked = period or selection.period
        self._require(selection.unit_code, asked)
        found = pl.concat(
            _values(self.viewer.scope_key, self._opened, of_group, asked, _scope(selection, group), by)
            for group, of_group in _by_pilot_group(names, selection)
        )
        found = self._without_left_out(found)
        return self._permitted(found, asked, "aggregate") if by in ("unit", "province") else found

    def compared(self, names: Sequence[str], selection: Selection, period: Period | None = None) -> pl.DataFrame:
        """`values` by unit of the whole organisation, with `is_hidden`: what this viewer may know of units beside their own.

        Who may not see the whole sees it on the tree of today and all accounts, whatever the selection says. Figures of hidden units are null:
        small ones and those that would give them away (`metrics.comparison.suppression`). Units that the policy does not name are left out.
        """
        asked = period or selection.period
        return self._permitted(self._all_units(names, selection, asked), asked, "comparison")

    def ranking(self, name: str, selection: Selection) -> pl.DataFrame:
        """`metrics.comparison.ranking` of the units below the selection's on a ratio, against the rate of the selection."""
        found = self.values([name], selection, by="unit")
        units = self.units()
        rows = found.slice(1).filter(pl.col("unit_code").is_in(_below_the_top(units)))
        return ranking(rows.select("unit_code", "numerator", "denominator", "value"), found["value"][0], units, metric(name).good)

    def moved(self, name: str, selection: Selection, before: Period) -> pl.DataFrame:
        """`metrics.comparison.unit_standings.moved` of the selection since another period."""
        for period in (selection.period, before):
            self._require(selection.unit_code, period)
        return self._ask(moved, name, selection.period, before, _scope(selection, _pilot_group(name, selection)))

    def peer_places(self, names: Sequence[str], selection: Selection) -> pl.DataFrame:
        """`dashboard.session.peer_places` of the selection's unit among all units; no peer is named."""
        asked = selection.period
        self._require(selection.unit_code, asked)
        frame = self._all_units(names, selection, asked).filter(~pl.col("is_hidden"))
        selection = self._beside_peers(selection)
        sizes: dict[str, pl.DataFrame] = {}
        for group, of_group in _by_pilot_group(names, selection):
            counted = _values(self.viewer.scope_key, self._opened, (SIZE,), asked, Scope(group=group, tree=selection.tree), "unit")
            sizes |= dict.fromkeys(of_group, counted.drop_nulls("unit_code").select("unit_code", size="numerator"))
        return peer_places(frame, sizes, self.units().select("unit_code", "level"), selection.unit_code or "")

    def unit_parts(self, name: str, selection: Selection, parts: Sequence[Period]) -> pl.DataFrame:
        """`metrics.query.metric_values.ratio_by_unit_and_part` of the selection; units that the viewer may not see are left out."""
        asked = Period(parts[0].from_on, parts[-1].to_on)
        self._require(selection.unit_code, asked)
        found = self._ask(ratio_by_unit_and_part, name, tuple(parts), _scope(selection, _pilot_group(name, selection)))
        return self._permitted(found, asked, "aggregate")

    def account_moves(self, name: str, selection: Selection, before: Period) -> pl.DataFrame:
        """`metrics.comparison.account_change.account_moves` of the selection since another period; no account is named."""
        for period in (selection.period, before):
            self._require(selection.unit_code, period)
        return self._ask(account_moves, name, selection.period, before, _scope(selection, _pilot_group(name, selection)))

    def first_logins(self, selection: Selection) -> pl.DataFrame:
        """`metrics.comparison.first_logins` of the selection, day by day."""
        self._require(selection.unit_code, selection.period)
        return self._ask(first_login_curve, selection.period, _scope(selection, selection.group_for("account")))

    def first_login_wait(self, selection: Selection) -> Wait | None:
        """`metrics.comparison.first_logins.first_login_wait` of the selection."""
        self._require(selection.unit_code, selection.period)
        return self._ask(first_login_wait, selection.period, _scope(selection, selection.group_for("account")))

    def pace(self, name: str, selection: Selection, counted: tuple[int, int], target: float) -> Pace | None:
        """`metrics.comparison.unit_standings.pace` of the selection."""
        self._require(selection.unit_code, selection.period)
        return self._ask(pace, name, counted, target, selection.period, _scope(selection, _pilot_group(name, selection)))

    def known_metrics(self, period: Period | None = None) -> frozenset[str]:
        """Names of the metrics that the sources deliver at all, or in a period; no figures, so open to everyone who may enter."""
        return self._ask_openly(known_metrics, period) - self.left_out

    def reads(self, entity: str) -> bool:
        """Whether a source of the home was asked for that kind of rows, delivered or not; no figures, so open to everyone who may enter."""
        return entity in self._ask_openly(_entities)

    def coverage(self, name: str, selection: Selection, period: Period | None = None) -> Coverage:
        """Which days of the selection's period, or of another one, the data speak of for a metric; no figures, so open to everyone who may enter."""
        # Looked up in the snapshot's own days: asked of every row of an answer, and sooner done than found in a cache.
        return coverage(self._opened.snapshot, metric(name), period or selection.period, _pilot_group(name, selection))

    def is_comparable(self, name: str, period: Period) -> bool:
        """Whether a change against the metric's figure of a period means anything (`metrics.query.coverage`)."""
        return is_comparable(self._opened.snapshot, metric(name), period)

    def tells_last_logins_only(self) -> bool:
        """Whether the sources know each account's last login alone; no figure, so open to everyone who may enter."""
        return self._ask_openly(tells_last_logins_only)

    def checks(self, selection: Selection) -> list[CheckResult]:
        """The coherence checks on the figures of the selection, on the tree as it was."""
        self._require(selection.unit_code, selection.period, "aggregate", "making")
        return self._ask(run_checks, selection.period, _scope_as_was(selection, "document"))

    def making(self) -> Making:
        """What the snapshot says of its own making and the installation of its runs: the whole's business, so asked as such."""
        info, home = self.info, Home(self.path.parents[2])
        self._require(None, Period(info.first_on, max(info.first_on, info.cutoff_on)), "making")
        return Making(*self._ask(_making), tuple(last_runs(home)), source_titles(home))

    def active_days(self, selection: Selection) -> pl.DataFrame:
        """`metrics.query.snapshot_quality.active_days` of the selection: on which days each unit left any record."""
        self._require(selection.unit_code, selection.period, "making")
        return self._ask(active_days, selection.period, _scope_as_was(selection, "document"))

    def unit_beginnings(self) -> dict[str, date]:
        """Since when each unit is what it is (`metrics.tree.successors.unit_beginnings`); as open as `units`."""
        return self._ask(_beginnings)

    def document_flow(self, selection: Selection, parts: Sequence[Period]) -> DocumentFlow:
        """`metrics.query.document_flow` of the selection; `parts` are those of the period over which types are followed."""
        self._require(selection.unit_code, selection.period)
        return self._ask(_document_flow, selection.period, tuple(parts), _scope_as_was(selection, "document"))

    def completion_by_month(self, selection: Selection) -> pl.DataFrame:
        """`metrics.comparison.waiting_times` of the selection: how long deliveries wait, by the month of their arrival."""
        self._require(selection.unit_code, selection.period)
        return self._ask(completion_by_month, selection.period, _scope_as_was(selection, "delivery"))

    def declarations(self, selection: Selection, period: Period | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What was declared beside what was measured, and who issued without declaring (`metrics.query.declarations`)."""
        asked = period or selection.period
        self._require(selection.unit_code, asked, "declaration")
        return self._ask(_declarations, asked, _scope_as_was(selection, "declared"))

    def may_see_rows(self, selection: Selection, name: str) -> bool:
        """Whether the viewer may see the single rows (accounts by pseudonym, documents by number) behind a metric of the selection."""
        return self.may_read(selection, "account" if ROWS[metric(name).of].is_of_accounts else "document")

    def open_rows(self, name: str, selection: Selection) -> pl.DataFrame:
        """`metrics.query.single_rows` of the selection: the accounts or documents that a ratio still lacks."""
        if not self.may_see_rows(selection, name):
            raise AccessDenied
        return self._ask(remaining_rows, name, selection.period, _scope_as_was(selection, metric(name).of))

    def revision_cause(self, earlier: Path, name: str, selection: Selection) -> Revision | None:
        """Why a figure of an earlier snapshot reads otherwise in this one; asks for the right to see its rows."""
        if not self.may_see_rows(selection, name):
            raise AccessDenied
        scope = _scope(selection, _pilot_group(name, selection))
        return revision_cause(_opened(earlier).snapshot, self._opened.snapshot, name, selection.period, scope)

    def may_read(self, selection: Selection, grain: policy.Grain = "aggregate") -> bool:
        """Whether the viewer may see the selection at a grain."""
        return self._may_read(selection.unit_code, selection.period, grain)

    def _may_read(self, unit_code: str | None, period: Period, grain: policy.Grain) -> bool:
        return policy.may(self.viewer, "read", unit_code, (period.from_on, period.to_on), grain)

    def _require(self, unit_code: str | None, period: Period, *grains: policy.Grain) -> None:
        """Raises AccessDenied unless one of the grains (aggregates where none is named) is the viewer's."""
        if not any(self._may_read(unit_code, period, grain) for grain in grains or ("aggregate",)):
            raise AccessDenied

    def _without_left_out(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with no values of metrics that the home does without."""
        if not self.left_out:
            return frame
        is_told = ~pl.col("metric").is_in(self.left_out)
        return frame.with_columns(pl.when(is_told).then(pl.col(name)) for name in ("numerator", "denominator", "value"))

    def _permitted(self, frame: pl.DataFrame, period: Period, grain: policy.Grain) -> pl.DataFrame:
        """The frame without the units that the policy denies; the row of the whole stays, which was asked for before."""
        permitted = [code for code in frame["unit_code"].drop_nulls().unique() if self._may_read(code, period, grain)]
        return frame.filter(pl.col("unit_code").is_in(permitted) | pl.col("unit_code").is_null())

    def _all_units(self, names: Sequence[str], selection: Selection, asked: Period) -> pl.DataFrame:
        """All units as far as small cells allow, peers by their codes whatever the policy: not to be handed out as it is."""
        self._require(None, asked, "comparison")
        if self._may_read(None, asked, "aggregate"):
            return self.values(names, replace(selection, unit_code=None), asked, by="unit").with_columns(is_hidden=pl.lit(False))
        found = _without_small_cells(self.viewer, self._opened, tuple(names), asked)
        return self._without_left_out(found)

    def _beside_peers(self, selection: Selection) -> Selection:
        """The selection as it is compared with peers: who may not see the whole sees one tree and one population of them."""
        if self._may_read(None, selection.period, "aggregate"):
            return selection
        return replace(selection, population="all", tree="as_is")

    def _ask(self, question: Callable[..., Answer], *asked: object) -> Answer:
        """What a question to the snapshot answers, counted once for all viewers who may see the same."""
        return _answer(self.viewer.scope_key, self._opened, question, asked)

    def _ask_openly(self, question: Callable[..., Answer], *asked: object) -> Answer:
        """The same of what is open to everyone who may enter, counted once for all of them: it must not depend on the viewer."""
        return _answer("", self._opened, question, asked)

    def remembered(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """What `make` made for this viewer's scope and unit before, or makes now; the key holds all else that it is made of."""
        return self._opened.parts.get((self.viewer.scope_key, self.viewer.home_unit, key), make)


def pin(home: Home, viewer: policy.Viewer) -> Reader:
    """A reader on the snapshot that is published now; raises NoSnapshot when there is none."""
    reader = Reader(viewer, published_snapshot(home.pointer))
    _opened(reader.path)
    return reader


def _below_the_top(units: pl.DataFrame) -> list[str]:
    """Codes of all units but the one that is the whole organisation."""
    tops = units.filter(pl.col("parent_code").is_null())["unit_code"].to_list()
    return units.filter(~pl.col("unit_code").is_in(tops))["unit_code"].to_list() if len(tops) == 1 else units["unit_code"].to_list()


def _pilot_group(name: str, selection: Selection) -> int | None:
    return selection.group_for(metric(name).of)


def _by_pilot_group(names: Sequence[str], selection: Selection) -> Groups:
    found: dict[int | None, tuple[str, ...]] = {}
    for name in names:
        group = _pilot_group(name, selection)
        found[group] = (*found.get(group, ()), name)
    return tuple(found.items())


def _scope(selection: Selection, group: int | None) -> Scope:
    return Scope(unit_code=selection.unit_code, group=group, tree=selection.tree)


def _scope_as_was(selection: Selection, row_kind: RowKind) -> Scope:
    return Scope(unit_code=selection.unit_code, group=selection.group_for(row_kind))


@dataclass(frozen=True)
class _Opened:
    """A snapshot with all that was found in it: they go together."""

    snapshot: Snapshot
    figures: ComputedOnce = field(default_factory=lambda: ComputedOnce(2000))
    answers: ComputedOnce = field(default_factory=lambda: ComputedOnce(600))
    among_peers: ComputedOnce = field(default_factory=lambda: ComputedOnce(400))
    before_hiding: ComputedOnce = field(default_factory=lambda: ComputedOnce(50))
    parts: ComputedOnce = field(default_factory=lambda: ComputedOnce(200))
    """Of pages; one is up to a quarter of a MiB."""


_OPENED = ComputedOnce(2)
"""The snapshot in force, and the one before it, which a page may still be reading, or an earlier one that is compared with it."""


def _opened(path: Path) -> _Opened:
    return _OPENED.get(path, lambda: _Opened(open_snapshot(path)))


def _values(viewer_scope: str, opened: _Opened, *asked: *tuple[tuple[str, ...], Period, Scope, By | None]) -> pl.DataFrame:
    return opened.figures.get((viewer_scope, *asked), lambda: metric_values(opened.snapshot, *asked))


def _answer(viewer_scope: str, opened: _Opened, question: Callable[..., Answer], asked: tuple[object, ...]) -> Answer:
    return opened.answers.get((viewer_scope, question, asked), lambda: question(opened.snapshot, *asked))


def _without_small_cells(viewer: policy.Viewer, opened: _Opened, names: tuple[str, ...], period: Period) -> pl.DataFrame:
    """All of the viewer that counts here is in the scope key."""

    def hidden() -> pl.DataFrame:
        found = _before_hiding(opened, (*names, POPULATION), period)
        frame, people = found.filter(pl.col("metric").is_in(names)), found.filter(pl.col("metric") == POPULATION)
        there = pl.col("unit_code").is_in(frame["unit_code"].drop_nulls().implode())
        above = dict(units(opened.snapshot).filter(there).select("unit_code", "parent_code").iter_rows())
        return without_small_cells(frame, people, above, _peers_view(opened, viewer), viewer.home_unit, viewer.own_units)

    return opened.among_peers.get((viewer.scope_key, names, period), hidden)


def _peers_view(opened: _Opened, viewer: policy.Viewer) -> PeersView:
    return opened.among_peers.get(viewer.scope_key, lambda: peers_view(opened.snapshot, viewer.own_units, viewer.smallest))


def _before_hiding(opened: _Opened, names: tuple[str, ...], period: Period) -> pl.DataFrame:
    """All units' figures on the tree of today: counted once for all viewers, and for the function above alone."""
    return opened.before_hiding.get((names, period), lambda: metric_values(opened.snapshot, names, period, Scope(tree="as_is"), "unit"))


def _making(snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return accounting(snapshot), rejections(snapshot), quality_results(snapshot), newest_days(snapshot), row_places(snapshot)


def _document_flow(snapshot: Snapshot, period: Period, parts: tuple[Period, ...], scope: Scope) -> DocumentFlow:
    forms, types = form_by_signature(snapshot, period, scope), types_over_time(snapshot, period, parts, scope)
    return DocumentFlow(forms, types, completion_days(snapshot, period, scope))


def _beginnings(snapshot: Snapshot) -> dict[str, date]:
    return unit_beginnings(units(snapshot), small_table(snapshot, "unit_succession"))


def _declarations(snapshot: Snapshot, period: Period, scope: Scope) -> tuple[pl.DataFrame, pl.DataFrame]:
    return declarations(snapshot, period, scope), undeclared(snapshot, period, scope)


def _entities(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(accounting(snapshot)["entity"])


def _tree(snapshot: Snapshot, organisation: str) -> UnitTree:
    return unit_tree(units(snapshot), organisation)


def _levels(snapshot: Snapshot) -> pl.DataFrame:
    return small_table(snapshot, "level").sort("sort_order", "level")


def _groups(snapshot: Snapshot) -> pl.DataFrame:
    return small_table(snapshot, "pilot_group").sort("pilot_group")

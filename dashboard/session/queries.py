"""The only reader of snapshots: asks `access.may` first, pins one snapshot per page run, caches by what was asked.

Cache keys hold the viewer's scope, the snapshot's file and the question; nobody changes a frame that came from here.
A newly published snapshot has another file, so it
is seen by the next run of a page, and never by half of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl
import streamlit as st

from dashboard.session import policy as access
from dashboard.session.installation import Run, last_runs, source_titles
from dashboard.session.peer_places import SIZE, peer_places
from dashboard.session.small_cells import ACCOUNT_FIGURES, without_small_cells
from dashboard.session.state import Selection
from dashboard.ui.unit_names import UnitTree, unit_tree
from data.errors import VanbanError
from data.paths import Home
from data.snapshot import published_snapshot
from metrics.catalog import metric
from metrics.coherence.checks import CheckResult, run_checks
from metrics.comparison.first_logins import first_login_curve
from metrics.engines import SnapshotInfo
from metrics.engines.duckdb import Snapshot, open_snapshot
from metrics.periods import Period
from metrics.query.declarations import declarations, undeclared
from metrics.query.document_flow import completion_days, form_by_signature, types_over_time
from metrics.query.metric_values import By, metric_values, units
from metrics.query.revision_cause import Revision, revision_cause
from metrics.query.single_rows import open_rows
from metrics.query.snapshot_quality import accounting, active_days, newest_days, quality_results, rejections
from metrics.query.unit_periods import unit_parts
from metrics.tree.scope import Scope, Tree


class AccessDenied(Exception):
    """The policy does not let this viewer see what was asked."""


@dataclass(frozen=True)
class Making:
    """How the snapshot came about: frames of `metrics.query.snapshot_quality`, runs newest first, and titles of the sources by name."""

    accounting: pl.DataFrame
    rejections: pl.DataFrame
    results: pl.DataFrame
    newest: pl.DataFrame
    runs: tuple[Run, ...]
    titles: dict[str, str]


@dataclass(frozen=True)
class DocumentFlow:
    """Frames of `metrics.query.document_flow`: forms by signature, types over the parts of the period, days to completion."""

    forms: pl.DataFrame
    types: pl.DataFrame
    days: pl.DataFrame


@dataclass(frozen=True)
class Reader:
    """One viewer on one pinned snapshot, for the length of one page run."""

    viewer: access.Viewer
    path: Path

    @cached_property
    def info(self) -> SnapshotInfo:
        """Name, cut-off, first day and time zone of the snapshot; no figures, so open to everyone who may enter."""
        return _snapshot(str(self.path)).info

    def is_outdated(self) -> bool:
        """Whether another snapshot has been published since this one was pinned."""
        try:
            return published_snapshot(Home(self.path.parents[2]).pointer) != self.path
        except VanbanError:
            return False  # nothing is published at this moment: what is shown stays good

    def units(self) -> pl.DataFrame:
        """The units by name, for pickers and labels; names of units are public within the organisation."""
        return _units(str(self.path))

    def tree(self, organisation: str) -> UnitTree:
        """The units as a tree, called by their short names within the organisation; as open as `units`."""
        return _tree(str(self.path), organisation)

    def values(self, names: Sequence[str], selection: Selection, period: Period | None = None, by: By | None = None) -> pl.DataFrame:
        """`metric_values` of the selection, each metric on the population that the selection means for its kind of row.

        With `by`, groups that the viewer may not see are left out. Raises AccessDenied when the whole is not theirs.
        """
        asked = period or Period(selection.from_on, selection.to_on)
        self._require(selection.unit_code, asked)
        by_group: dict[int | None, list[str]] = {}
        for name in names:
            by_group.setdefault(selection.group_for(metric(name).of), []).append(name)
        frames = [
            _values(self.viewer.scope_key, str(self.path), tuple(asked_names), asked.from_on, asked.to_on, _scope(selection, group), by)
            for group, asked_names in by_group.items()
        ]
        found = pl.concat(frames)
        if by in ("unit", "province"):
            period_asked = (asked.from_on, asked.to_on)
            seen = [code for code in found["unit_code"].unique().to_list() if access.may(self.viewer, "read", code, period_asked, "aggregate")]
            found = found.filter(pl.col("unit_code").is_in(seen) | pl.col("unit_code").is_null())
        return found

    def compared(self, names: Sequence[str], selection: Selection, period: Period | None = None) -> pl.DataFrame:
        """`values` by unit of the whole organisation, with `is_hidden`: what this viewer may know of units beside their own.

        Figures of hidden units are null: small ones and those that would give them away (`dashboard.session.small_cells`). Units that
        the policy does not name are left out. Raises AccessDenied where it shows nothing of peers.
        """
        asked = period or Period(selection.from_on, selection.to_on)
        found, days = self._beside(names, selection, asked), (asked.from_on, asked.to_on)
        seen = [code for code in found["unit_code"].drop_nulls().unique() if access.may(self.viewer, "read", code, days, "comparison")]
        return found.filter(pl.col("unit_code").is_in(seen) | pl.col("unit_code").is_null())

    def peer_places(self, names: Sequence[str], selection: Selection) -> pl.DataFrame:
        """`dashboard.session.peer_places` of the selection's unit among all units; no peer is named. Raises AccessDenied as `compared` does."""
        self._require(selection.unit_code, Period(selection.from_on, selection.to_on))
        asked = Period(selection.from_on, selection.to_on)
        frame = self._beside(names, selection, asked).filter(~pl.col("is_hidden"))
        by_group: dict[int | None, pl.DataFrame] = {}
        for group in {selection.group_for(metric(name).of) for name in names}:
            scope = Scope(group=group, tree=selection.tree)
            sizes = _values(self.viewer.scope_key, str(self.path), (SIZE,), asked.from_on, asked.to_on, scope, "unit")
            by_group[group] = sizes.drop_nulls("unit_code").select("unit_code", size="numerator")
        sizes_of = {name: by_group[selection.group_for(metric(name).of)] for name in names}
        return peer_places(frame, sizes_of, self.units().select("unit_code", "level"), selection.unit_code or "")

    def _beside(self, names: Sequence[str], selection: Selection, asked: Period) -> pl.DataFrame:
        """All units as far as small cells allow, peers by their codes whatever the policy: not to be handed out as it is."""
        self._require(None, asked, "comparison")
        if access.may(self.viewer, "read", None, (asked.from_on, asked.to_on), "aggregate"):
            return self.values(names, replace(selection, unit_code=None), asked, by="unit").with_columns(is_hidden=pl.lit(False))
        groups = tuple((name, selection.group_for(metric(name).of)) for name in names)
        return _compared(self.viewer.scope_key, self.viewer, str(self.path), groups, selection.group_for("account"), asked, selection.tree)

    def unit_parts(self, name: str, selection: Selection, parts: Sequence[Period]) -> pl.DataFrame:
        """`metrics.query.unit_periods` of the selection: one ratio for each unit in each part; units that the viewer may not see are left out."""
        whole = Period(parts[0].from_on, parts[-1].to_on)
        self._require(selection.unit_code, whole)
        group = selection.group_for(metric(name).of)
        found = _unit_parts(self.viewer.scope_key, str(self.path), name, tuple(parts), _scope(selection, group))
        period_asked = (whole.from_on, whole.to_on)
        seen = [code for code in found["unit_code"].unique().to_list() if access.may(self.viewer, "read", code, period_asked, "aggregate")]
        return found.filter(pl.col("unit_code").is_in(seen))

    def first_logins(self, selection: Selection) -> pl.DataFrame:
        """`metrics.comparison.first_logins` of the selection, day by day."""
        period = Period(selection.from_on, selection.to_on)
        self._require(selection.unit_code, period)
        return _first_logins(self.viewer.scope_key, str(self.path), period, _scope(selection, selection.group_for("account")))

    def checks(self, selection: Selection) -> list[CheckResult]:
        """The coherence checks on the figures of the selection, on the tree as it was."""
        period = Period(selection.from_on, selection.to_on)
        self._require(selection.unit_code, period, "aggregate", "making")
        group = selection.group_for("document")
        return _checks(self.viewer.scope_key, str(self.path), period.from_on, period.to_on, selection.unit_code, group)

    def making(self) -> Making:
        """What the snapshot says of its own making and the installation of its runs: the whole's business, so asked as such."""
        info = self.info
        self._require(None, Period(info.first_on, max(info.first_on, info.cutoff_on)), "making")
        home = Home(self.path.parents[2])
        frames = _making(self.viewer.scope_key, str(self.path))
        return Making(*frames, tuple(last_runs(home)), source_titles(home))

    def active_days(self, selection: Selection) -> pl.DataFrame:
        """`metrics.query.snapshot_quality.active_days` of the selection: on which days each unit left any record."""
        period = Period(selection.from_on, selection.to_on)
        self._require(selection.unit_code, period, "making")
        group = selection.group_for("document")
        return _active_days(self.viewer.scope_key, str(self.path), period.from_on, period.to_on, selection.unit_code, group)

    def document_flow(self, selection: Selection, parts: Sequence[Period]) -> DocumentFlow:
        """`metrics.query.document_flow` of the selection; `parts` are those of the period over which types are followed."""
        period = Period(selection.from_on, selection.to_on)
        self._require(selection.unit_code, period)
        group = selection.group_for("document")
        return _document_flow(self.viewer.scope_key, str(self.path), period, tuple(parts), selection.unit_code, group)

    def declarations(self, selection: Selection, period: Period | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What was declared beside what was measured, and who issued without declaring (`metrics.query.declarations`)."""
        asked = period or Period(selection.from_on, selection.to_on)
        self._require(selection.unit_code, asked, "declaration")
        group = selection.group_for("declared")
        return _declarations(self.viewer.scope_key, str(self.path), asked, selection.unit_code, group)

    def may_see_rows(self, selection: Selection, name: str) -> bool:
        """Whether the viewer may see the single rows (accounts by pseudonym, documents by number) behind a metric of the selection."""
        grain: access.Grain = "account" if metric(name).of == "account" else "document"
        return access.may(self.viewer, "read", selection.unit_code, (selection.from_on, selection.to_on), grain)

    def open_rows(self, name: str, selection: Selection) -> pl.DataFrame:
        """`metrics.query.single_rows` of the selection: the accounts or documents that a ratio still lacks. Raises AccessDenied."""
        if not self.may_see_rows(selection, name):
            raise AccessDenied
        period = Period(selection.from_on, selection.to_on)
        return _open_rows(self.viewer.scope_key, str(self.path), name, period, selection.unit_code, selection.group_for(metric(name).of))

    def revision_cause(self, earlier: Path, name: str, selection: Selection) -> Revision | None:
        """Why a figure of an earlier snapshot reads otherwise in this one. Raises AccessDenied where its rows are not the viewer's."""
        if not self.may_see_rows(selection, name):
            raise AccessDenied
        scope, period = _scope(selection, selection.group_for(metric(name).of)), Period(selection.from_on, selection.to_on)
        return revision_cause(_snapshot(str(earlier)), _snapshot(str(self.path)), name, period, scope)

    def may_read(self, selection: Selection, grain: access.Grain = "aggregate") -> bool:
        """Whether the viewer may see the selection at a grain."""
        return access.may(self.viewer, "read", selection.unit_code, (selection.from_on, selection.to_on), grain)

    def _require(self, unit_code: str | None, period: Period, *grains: access.Grain) -> None:
        """Raises AccessDenied unless one of the grains (aggregates where none is named) is the viewer's."""
        days = (period.from_on, period.to_on)
        if not any(access.may(self.viewer, "read", unit_code, days, grain) for grain in grains or ("aggregate",)):
            raise AccessDenied


def _scope(selection: Selection, group: int | None) -> Scope:
    return Scope(unit_code=selection.unit_code, group=group, tree=selection.tree)


def pin(home: Home, viewer: access.Viewer) -> Reader:
    """A reader on the snapshot that is published now; raises NoSnapshot when there is none."""
    reader = Reader(viewer, published_snapshot(home.pointer))
    _snapshot(str(reader.path))
    return reader


@st.cache_resource(show_spinner=False, max_entries=4)
def _snapshot(path: str) -> Snapshot:
    return open_snapshot(Path(path))


@st.cache_resource(show_spinner=False, max_entries=16)
def _units(path: str) -> pl.DataFrame:
    return units(_snapshot(path))


@st.cache_resource(show_spinner=False, max_entries=16)
def _tree(path: str, organisation: str) -> UnitTree:
    return unit_tree(_units(path), organisation)


@st.cache_resource(show_spinner=False, max_entries=2000)
def _values(viewer_scope: str, path: str, names: tuple[str, ...], from_on: date, to_on: date, scope: Scope, by: By | None) -> pl.DataFrame:
    return metric_values(_snapshot(path), names, Period(from_on, to_on), scope, by)


@st.cache_resource(show_spinner=False, max_entries=200)
def _compared(
    viewer_scope: str, _viewer: access.Viewer, path: str, groups: tuple[tuple[str, int | None], ...], accounts: int | None, period: Period, tree: Tree
) -> pl.DataFrame:
    # The viewer is not hashed: all of it that counts here is in its scope key.
    found, together = _before_hiding(path, groups, accounts, period, tree)
    return without_small_cells(found, together, units(_snapshot(path)), _viewer.home_unit, _viewer.own_units, _viewer.smallest)


@st.cache_resource(show_spinner=False, max_entries=50)
def _before_hiding(
    path: str, groups: tuple[tuple[str, int | None], ...], accounts: int | None, period: Period, tree: Tree
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All units' figures, and the account figures that decide what is hidden: counted once for all viewers, and for `_compared` alone."""
    snapshot = _snapshot(path)
    by_group: dict[int | None, list[str]] = {}
    for name, group in groups:
        by_group.setdefault(group, []).append(name)
    found = pl.concat(metric_values(snapshot, names, period, Scope(group=group, tree=tree), "unit") for group, names in by_group.items())
    # All account figures at once: what one of them hides, the others must not tell.
    together = metric_values(snapshot, ACCOUNT_FIGURES, period, Scope(group=accounts, tree=tree), "unit")
    return found, together


@st.cache_resource(show_spinner=False, max_entries=200)
def _unit_parts(viewer_scope: str, path: str, name: str, parts: tuple[Period, ...], scope: Scope) -> pl.DataFrame:
    return unit_parts(_snapshot(path), name, parts, scope)


@st.cache_resource(show_spinner=False, max_entries=200)
def _first_logins(viewer_scope: str, path: str, period: Period, scope: Scope) -> pl.DataFrame:
    return first_login_curve(_snapshot(path), period, scope)


@st.cache_resource(show_spinner=False, max_entries=200)
def _checks(viewer_scope: str, path: str, from_on: date, to_on: date, unit_code: str | None, group: int | None) -> list[CheckResult]:
    return run_checks(_snapshot(path), Period(from_on, to_on), Scope(unit_code=unit_code, group=group))


@st.cache_resource(show_spinner=False, max_entries=16)
def _making(viewer_scope: str, path: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    snapshot = _snapshot(path)
    return accounting(snapshot), rejections(snapshot), quality_results(snapshot), newest_days(snapshot)


@st.cache_resource(show_spinner=False, max_entries=200)
def _active_days(viewer_scope: str, path: str, from_on: date, to_on: date, unit_code: str | None, group: int | None) -> pl.DataFrame:
    return active_days(_snapshot(path), Period(from_on, to_on), Scope(unit_code=unit_code, group=group))


@st.cache_resource(show_spinner=False, max_entries=200)
def _document_flow(viewer_scope: str, path: str, period: Period, parts: tuple[Period, ...], unit_code: str | None, group: int | None) -> DocumentFlow:
    snapshot, scope = _snapshot(path), Scope(unit_code=unit_code, group=group)
    return DocumentFlow(
        form_by_signature(snapshot, period, scope), types_over_time(snapshot, period, parts, scope), completion_days(snapshot, period, scope)
    )


@st.cache_resource(show_spinner=False, max_entries=200)
def _declarations(viewer_scope: str, path: str, period: Period, unit_code: str | None, group: int | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    snapshot, scope = _snapshot(path), Scope(unit_code=unit_code, group=group)
    return declarations(snapshot, period, scope), undeclared(snapshot, period, scope)


@st.cache_resource(show_spinner=False, max_entries=200)
def _open_rows(viewer_scope: str, path: str, name: str, period: Period, unit_code: str | None, group: int | None) -> pl.DataFrame:
    return open_rows(_snapshot(path), name, period, Scope(unit_code=unit_code, group=group))

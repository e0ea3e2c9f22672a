"""What a page remembers beside its figures: the cases that its viewer may see, and the reports that were published to them.

Read again after every act on the ledger, and each minute for acts on other machines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard.follow_up.cases import Case, all_cases, approved_cases, seen_by
from dashboard.ledger import Ledger, has_ledger
from dashboard.reports.archive.json_record import figure_of
from dashboard.reports.archive.permitted_steps import FINISHED, KeptReport, PermittedSteps, all_reports
from dashboard.reports.content.blocks import Figure
from dashboard.session.queries import Reader
from data.paths import Home


@dataclass(frozen=True)
class Memory:
    """As a viewer may see it; `published` are the reports in force, without those that a later one revised, the newest first."""

    cases: tuple[Case, ...] = ()
    published: tuple[KeptReport, ...] = ()

    @property
    def key(self) -> str:
        """Tells two states of it apart."""
        return f"{hash(self.cases)} {[(kept.pin.pin_id, kept.pin.status) for kept in self.published]}"


def memory_of(home: Home, reader: Reader) -> Memory:
    """What is remembered of a home, for the reader's viewer."""
    if not has_ledger(home):
        return Memory()
    try:
        stat = home.audit_heads.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
    except OSError:
        stamp = (0, 0)
    newest, approved = _cases(str(home.root), stamp, home)
    steps = PermittedSteps(home, reader.viewer, reader.info.snapshot)
    finished = [kept for kept in _reports(str(home.root), stamp, home) if kept.pin.status in FINISHED]
    revised = {kept.pin.revises for kept in finished}
    published = tuple(kept for kept in finished if kept.pin.pin_id not in revised and steps.may("read", kept.request))
    return Memory(seen_by(reader.viewer, newest, approved), published)


@lru_cache(maxsize=64)
def printed_figures(home: Path, pin_id: int, root: str | None) -> dict[tuple[object, ...], Figure]:
    """The figures of a pinned report, which does not change any more, by metric, unit (None: the whole), pilot group, first and last day."""
    with Ledger(Home(home)) as ledger:
        figures = [figure_of(values) for values in ledger.record(pin_id).figures]
    return {(one.metric, one.unit_code if one.unit_code != root else None, one.group, one.period_from, one.period_to): one for one in figures}


@st.cache_resource(show_spinner=False, max_entries=4, ttl=60)
def _cases(root: str, stamp: tuple[int, int], _home: Home) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    return all_cases(_home), approved_cases(_home)


@st.cache_resource(show_spinner=False, max_entries=4, ttl=60)
def _reports(root: str, stamp: tuple[int, int], _home: Home) -> list[KeptReport]:
    return all_reports(_home)

"""What the frame hands to a page: one reader on one snapshot, the selection, and the words and looks to show it in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

import polars as pl

from dashboard.follow_up.memory import Memory
from dashboard.session.entrance import entrance
from dashboard.session.events import Event
from dashboard.session.queries import Reader
from dashboard.session.state import Selection, populations_of, to_query
from dashboard.ui import format as written
from dashboard.ui.format import Language
from dashboard.ui.table_files import Offer
from dashboard.ui.theme import Mode
from dashboard.ui.translations import t
from dashboard.ui.unit_names import Unit, UnitTree, level_labels
from data.language import in_language
from data.organisation import Words
from metrics.catalog.populations import CLERKS
from metrics.comparison.targets import SCHEMA as TARGET_SCHEMA
from metrics.query.coverage import clipped
from metrics.rows import RowKind


@dataclass(frozen=True)
class Page:
    """One run of one page."""

    reader: Reader
    selection: Selection
    tree: UnitTree
    organisation: str
    targets: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TARGET_SCHEMA))
    """As `metrics.comparison.targets.read_targets` gives them; empty where the installation has set none."""
    events: tuple[Event, ...] = ()
    """Oldest first; none where the installation has written none down."""
    settings: str = ""
    """Tells two states of the installation's own settings apart (configuration, targets, events): part of the key of what is remembered."""
    memory: Memory = field(default_factory=Memory)
    """Follow-up cases and published reports."""
    words: Words = field(default_factory=Words)
    """The organisation's own."""
    left_out: frozenset[str] = frozenset()
    """Names of pages and panels that the installation does without; the metrics that it does without are the reader's."""
    mode: Mode = "light"
    offered: dict[str, Offer] = field(default_factory=dict)
    """What this run of the page lets whoever looks take away, by the name that its buttons ask for."""

    @property
    def language(self) -> Language:
        return self.selection.language

    @cached_property
    def known(self) -> frozenset[str]:
        """The metrics that this installation has figures of at all: cards, columns and panels of the others are not drawn."""
        return self.reader.known_metrics()

    @cached_property
    def covered(self) -> Selection:
        """The selection clipped to the days that the data speak of: what is told part by part ends there, and a week cut off there says so."""
        days = clipped(self.reader.info, self.selection.period)
        return replace(self.selection, from_on=days.from_on, to_on=days.to_on)

    @property
    def span(self) -> str:
        """The period as text."""
        return written.span(self.selection.from_on, self.selection.to_on, self.language)

    @property
    def scope_label(self) -> str:
        """The unit as text; the whole organisation without one."""
        return self.tree.label(self.selection.unit_code) if self.selection.unit_code else t("frame.whole")

    def population(self, row_kind: RowKind) -> str:
        """The population that figures over a kind of row are restricted to, as text."""
        group = self.selection.group_for(row_kind)
        if group is None:
            return t("population.group_none")
        named = self._groups[group]
        label = named[f"label_{self.language}"]
        whom = f" ({in_language(CLERKS, 'label', self.language).lower()})" if named["accounts"] == CLERKS.name else ""
        return label[:1].lower() + label[1:] + whom

    @property
    def populations(self) -> tuple[str, ...]:
        """The populations that there are to choose from."""
        return populations_of(self._groups)

    def population_label(self, name: str) -> str:
        """A population as the picker calls it."""
        return self._groups[int(name)][f"label_{self.language}"] if name.isdecimal() else t(f"population.{name}")

    def population_caption(self, name: str) -> str:
        """What the picker says of a population."""
        return self._groups[int(name)][f"caption_{self.language}"] if name.isdecimal() else t(f"population.{name}_caption")

    def level_labels(self) -> dict[str, str]:
        """Labels of the levels by code, from the top."""
        return level_labels(self.reader.levels(), self.language, self.organisation, self.words.abbreviation)

    @property
    def _groups(self) -> dict[int, dict[str, str]]:
        return {row["pilot_group"]: row for row in self.reader.groups().iter_rows(named=True)}

    @property
    def tree_days(self) -> tuple[date, date]:
        """First and last day of which units are listed: the period's own days on the tree as it was, else the day that figures are restated to."""
        if self.selection.tree == "as_was":
            return self.selection.from_on, self.selection.to_on
        on = self.reader.info.cutoff_on if self.selection.tree == "as_is" else self.selection.to_on
        return on, on

    def has_page(self, path: str) -> bool:
        """Whether the installation has that page, so that links may lead there."""
        return path not in self.left_out

    @cached_property
    def has_desk(self) -> bool:
        """Whether there is the page to enter on: where the home is asked for declared totals, and where people sign in and answer cases."""
        return self.has_page("declarations") and (self.reader.reads("declared_total") or entrance() == "sign_in")

    def is_in_tree(self, unit: Unit) -> bool:
        """Whether the unit is in the tree that the figures are told on."""
        return unit.is_valid_in(*self.tree_days)

    def may_open(self, unit_code: str) -> bool:
        """Whether the viewer may see the page of a unit."""
        return self.reader.may_read(replace(self.selection, unit_code=unit_code))

    def link_to(self, unit_code: str) -> str:
        """The address of this view for another unit."""
        return "?" + urlencode(to_query(replace(self.selection, unit_code=unit_code)))

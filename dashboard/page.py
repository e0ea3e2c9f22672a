"""What the frame hands to a page: one reader on one snapshot, the selection, and the words and looks to show it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

import polars as pl

from dashboard import format as written
from dashboard.format import Language
from dashboard.naming import UnitTree
from dashboard.queries import Reader
from dashboard.state import Selection, to_query
from dashboard.theme import Mode
from dashboard.translations import t
from metrics.targets import SCHEMA as TARGET_SCHEMA


@dataclass(frozen=True)
class Page:
    """One run of one page."""

    reader: Reader
    selection: Selection
    tree: UnitTree
    organisation: str
    mode: Mode
    targets: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TARGET_SCHEMA))
    """As `metrics.targets.read_targets` gives them; empty where the installation has set none."""

    @property
    def language(self) -> Language:
        return self.selection.language

    @property
    def span(self) -> str:
        """The period as text."""
        return written.span(self.selection.from_on, self.selection.to_on, self.language)

    @property
    def scope_label(self) -> str:
        """The unit as text; the whole organisation without one."""
        return self.tree.label(self.selection.unit_code) if self.selection.unit_code else t("frame.whole")

    def population(self, row_kind: str) -> str:
        """The population that figures over a kind of row are restricted to, as text."""
        group = self.selection.group_for(row_kind)
        return t("population.group_none") if group is None else t(f"population.group_{group}")

    def link_to(self, unit_code: str) -> str:
        """The address of this view for another unit."""
        return "?" + urlencode({**to_query(self.selection), "unit": unit_code})

"""Whom a report speaks of: its days, its units, and what official text calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dashboard.reports.content.blocks import Language
from dashboard.reports.content.request import Inputs, Request
from dashboard.reports.layout.printable_text import printable
from dashboard.session.queries import Reader
from dashboard.session.state import PILOT, populations_of
from dashboard.ui.unit_names import Unit, UnitTree, begins_with, unit_tree
from data.errors import ConfigurationError
from data.language import words_in
from metrics.catalog import metric
from metrics.engines import SnapshotInfo
from metrics.periods import Period, period_before


@dataclass
class UnitsOfReport:
    """What is asked, of whom, and with whose eyes."""

    reader: Reader
    request: Request
    inputs: Inputs
    asked: Request | None = None
    """The request as it was made, where the data do not speak of all its days; `request` is then of those that they speak of."""
    is_per_unit: bool = False
    """Made for each unit alike, as its own people may see it."""

    @property
    def info(self) -> SnapshotInfo:
        return self.reader.info

    @property
    def period(self) -> Period:
        return self.request.period

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the period."""
        return self.period.from_on, self.period.to_on

    @property
    def flow(self) -> Period | None:
        return self.request.flow

    @property
    def language(self) -> Language:
        return self.request.language

    @cached_property
    def known(self) -> frozenset[str]:
        """The metrics that this installation has figures of at all; of the others a report says nothing."""
        return self.reader.known_metrics()

    def shown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that are known, in their order."""
        return tuple(name for name in names if name in self.known)

    @property
    def earlier(self) -> Period | None:
        return period_before(self.period)

    @cached_property
    def tree(self) -> UnitTree:
        return unit_tree(self.reader.units(), self.inputs.organisation)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units of the report that existed in its period, in tree order, the report's own unit (or the root) first."""
        below = self.tree.below(self.request.unit_code) if self.request.unit_code else frozenset(self.tree.units)
        return {code: unit for code, unit in self.tree.units.items() if code in below and unit.is_valid_in(*self.days)}

    @cached_property
    def pilot_groups(self) -> dict[str, int | None]:
        return dict(self.reader.units().select("unit_code", "pilot_group").iter_rows())

    def accounts_of(self, group: int) -> str:
        """Whose accounts count in a group: `officers` or `clerks`."""
        accounts: dict[int, str] = dict(self.reader.groups().select("pilot_group", "accounts").iter_rows())
        return accounts.get(group, "officers")

    @property
    def is_trial(self) -> bool:
        """Whether the report speaks of the pilot, or of one of its two groups."""
        groups = self.reader.groups()["pilot_group"].to_list()
        return self.request.population != "all" and PILOT in populations_of(groups)

    @property
    def whole_code(self) -> str | None:
        """Code of the unit that is the whole of this report: its own, else the tree's root."""
        return self.request.unit_code or (self.tree.root.code if self.tree.root else None)

    def name_of(self, unit: Unit | str | None) -> str:
        """A unit as official text calls it: `Vụ 4`, `VKSND tỉnh Quảng Ninh`; the whole organisation without one."""
        if isinstance(unit, str):
            unit = self.tree.units.get(unit)
        if unit is None:
            return self.everyone
        organisation, abbreviation = self.inputs.organisation, self.inputs.words.abbreviation
        if begins_with(unit.name, organisation):
            return printable(abbreviation + unit.name[len(organisation) :] if abbreviation else unit.name)
        return printable(unit.label if _is_official(unit) else unit.name)

    @property
    def everyone(self) -> str:
        """The whole organisation within a sentence."""
        whole = printable(words_in(self.language)["whole"])
        return ("the " if self.language == "en" else "") + whole[:1].lower() + whole[1:]

    def with_unit_names(self, text: str, codes: Iterable[str]) -> str:
        """A check's sentence, in which it fails at the units of these codes, with their names in place of the short ones that a system gives them."""
        names = {self.tree.label(code): self.name_of(code) for code in codes}
        shorts = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        found = re.compile(rf"((?:[:;]|ở|in) )({shorts})(?=[ ;.])") if names else None
        return printable(found.sub(lambda one: one[1] + names[one[2]], text) if found else text)

    def group_of(self, name: str) -> int | None:
        """The pilot group that a metric's figures are restricted to here."""
        return self.request.selection.group_for(metric(name).of)


def _is_official(unit: Unit) -> bool:
    """Whether the short name is the organ's own and no shorthand of a system: the full name has it, or it is its first word with a number."""
    if f"({unit.label})" in unit.name or f"{unit.name} ".startswith(f"{unit.label} "):
        return True
    first, _, rest = unit.label.partition(" ")
    return rest.isdecimal() and unit.name.startswith(f"{first} ")


def require_unit(tree: UnitTree, code: str) -> None:
    """Raises ConfigurationError where the snapshot has no such unit."""
    if code not in tree.units:
        raise ConfigurationError(f"There is no unit {code!r} in this snapshot. `vanban metrics --by unit` lists the codes.")

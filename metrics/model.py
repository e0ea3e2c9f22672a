"""What a metric is: a declaration that counts named booleans of one kind of row.

Conditions are columns of the row kind (`metrics.rows`) joined with & | ~, so that a misspelt column, or one of another kind, fails where
it is declared and not where it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from metrics.rows import EVERY_ROW, ROWS, Condition, RowKind

Good = Literal["up", "down", "neither"]
LooksBack = Literal["week", "habit", "dormancy"]
"""Over the last 7 days; over the last 4 weeks in which there was work; over the last 90 days."""


class WrongDeclaration(ValueError):
    """A metric's declaration does not fit its row kind: a mistake in our code, never in a user's."""


@dataclass(frozen=True)
class Population:
    """Which rows of a kind are counted at all, before any metric's own condition."""

    name: str
    label: str
    label_en: str
    of: RowKind
    """What one row is."""
    unit: str
    """What is counted of it, as it stands behind a number ("tài khoản")."""
    unit_en: str
    where: Condition = EVERY_ROW
    needs: Condition = EVERY_ROW
    """The part of `where` without which nobody is known to belong; of the rest, what is not delivered counts as belonging."""
    exclusions: str = ""
    exclusions_en: str = ""
    ripens_after: int = 0
    """Days after a row's own after which all is known that is counted of it: younger days at the end of the data do not count yet."""

    def __post_init__(self) -> None:
        _verify(f"population {self.name}", self.of, self.where, self.needs)


@dataclass(frozen=True, kw_only=True)
class _Declaration:
    """Texts are Vietnamese; the field with `_en` says the same in English."""

    name: str
    label: str
    label_en: str
    definition: str
    """One sentence: what is counted, over what, on which days."""
    definition_en: str
    population: Population
    good: Good = "neither"
    """The direction in which the figure gets better."""
    min_days: int = 1
    """A shorter period has no value: the windows that the definition looks back on do not fit into it."""
    source: str = "Định nghĩa của phần mềm"
    """The rule or paper that the definition follows."""
    source_en: str = "Definition of this software"
    law: str = ""
    """The law on state bodies that it follows: said in place of `source` where the organisation is one (`data.language.source_in_language`)."""
    law_en: str = ""
    owner: str = "Đơn vị thống kê"
    owner_en: str = "Statistics unit"
    version: int = 1
    """Raised with every change of what is counted: a published figure names the version that it was counted by."""

    @property
    def of(self) -> RowKind:
        return self.population.of

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Whatever the metric asks of its rows, beside its population."""
        return ()

    @property
    def is_state(self) -> bool:
        """Whether it tells what is there on the last day (accounts activated), whatever happened on the days before."""
        rows = ROWS[self.of]
        return rows.is_state and not any(condition.columns & {*rows.flows} for condition in self.conditions)

    @property
    def looks_back(self) -> LooksBack | None:
        """The weeks or days before the last day that it is counted on; None: the days of the period."""
        columns = {name for condition in self.conditions for name in condition.columns}
        asked: dict[str, LooksBack] = {"is_habitual": "habit", "is_weekly_active": "week", "is_dormant": "dormancy"}
        return next((asked[name] for name in asked if name in columns), None)

    @property
    def unit(self) -> str:
        return self.population.unit

    @property
    def unit_en(self) -> str:
        return self.population.unit_en

    @property
    def exclusions(self) -> str:
        return self.population.exclusions

    @property
    def exclusions_en(self) -> str:
        return self.population.exclusions_en


@dataclass(frozen=True, kw_only=True)
class Count(_Declaration):
    """How many rows of the population meet `where`; for a kind with measures, the sum of the measure named."""

    where: Condition = EVERY_ROW

    def __post_init__(self) -> None:
        _verify(self.name, self.of, self.where)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return (self.where,)


@dataclass(frozen=True, kw_only=True)
class Ratio(_Declaration):
    """How many rows of `denominator` also meet `numerator`; for kinds with measures, the sums of two measures."""

    numerator: Condition
    denominator: Condition = EVERY_ROW

    def __post_init__(self) -> None:
        _verify(self.name, self.of, self.numerator, self.denominator)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return (self.numerator, self.denominator)


@dataclass(frozen=True, kw_only=True)
class Duration(_Declaration):
    """A percentile of the whole number of days in `days`, by nearest rank: the least value that `share` of the rows reach.

    Exact and the same on every engine; for an even number of rows the median is the lower of the two in the middle.
    """

    days: Condition
    """A dimension of the row kind."""
    share: float
    where: Condition = EVERY_ROW

    def __post_init__(self) -> None:
        if self.days.text not in ROWS[self.of].dimensions:
            raise WrongDeclaration(f"{self.name}: {self.days.text!r} is not a dimension of its row kind.")
        _verify(self.name, self.of, self.where)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return (self.where, self.days)


Metric = Count | Ratio | Duration


def _verify(owner: str, kind: RowKind, *conditions: Condition) -> None:
    rows = ROWS[kind]
    for condition in conditions:
        unknown = condition.columns - {*rows.booleans}
        if unknown and condition.text not in rows.measures:
            raise WrongDeclaration(f"{owner}: {', '.join(sorted(unknown))} is no boolean of its row kind. Columns: {', '.join(rows.booleans)}.")

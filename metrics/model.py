"""What a metric is: a declaration that counts named booleans of one kind of row.

Conditions are written over the columns of the row kind with `&`, `|`, `~` and parentheses; `condition_sql` translates
them and refuses any other word, so that a misspelt column fails where it is declared and not where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

RowKind = Literal["account", "document", "delivery", "due_delivery", "completed_delivery", "declared", "paper"]
"""What one row is; each kind is one file in `metrics/rows`."""

Good = Literal["up", "down", "neither"]


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
    where: str = ""
    """Empty: every row."""
    exclusions: str = ""
    exclusions_en: str = ""


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
    owner: str = "Đơn vị thống kê"
    owner_en: str = "Statistics unit"
    version: int = 1
    """Raised with every change of what is counted: a published figure names the version that it was counted by."""

    @property
    def of(self) -> RowKind:
        return self.population.of

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
    """How many rows meet `where` (empty: all of the population); for a kind with measures, the sum of the measure named."""

    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Ratio(_Declaration):
    """How many rows of `denominator` also meet `numerator`; for kinds with measures, the sums of two measures."""

    numerator: str
    denominator: str = ""


@dataclass(frozen=True, kw_only=True)
class Duration(_Declaration):
    """A percentile of the whole number of days in `days`, by nearest rank: the least value that `share` of the rows reach.

    Exact and the same on every engine; for an even number of rows the median is the lower of the two in the middle.
    """

    days: str
    share: float
    where: str = ""


Metric = Count | Ratio | Duration

_TOKEN = re.compile(r"\s*(?:([a-z][a-z0-9_]*)|([&|~()]))")


@cache
def condition_sql(condition: str, columns: tuple[str, ...], owner: str) -> str:
    """SQL of a condition over boolean `columns`; `owner` names the declaration in errors. Empty gives TRUE.

    `~` binds tighter than `&`, `&` tighter than `|`, as in Python.
    Raises WrongDeclaration for an unknown column or a sentence that does not parse.
    """
    if not condition.strip():
        return "TRUE"
    tokens = list(_tokens(condition, owner))
    sql, rest = _any_of(tokens, columns, condition, owner)
    if rest:
        raise WrongDeclaration(f"{owner}: {condition!r} has {rest[0]!r} where it should have ended.")
    return sql


def _tokens(condition: str, owner: str) -> Iterator[str]:
    at, end = 0, len(condition.rstrip())
    while at < end:
        match = _TOKEN.match(condition, at)
        if match is None:
            raise WrongDeclaration(f"{owner}: {condition!r} has something at character {at + 1} that is neither a column nor & | ~ ( ).")
        yield match.group(1) or match.group(2)
        at = match.end()


def _any_of(tokens: list[str], columns: Sequence[str], condition: str, owner: str) -> tuple[str, list[str]]:
    sql, tokens = _all_of(tokens, columns, condition, owner)
    while tokens[:1] == ["|"]:
        right, tokens = _all_of(tokens[1:], columns, condition, owner)
        sql = f"({sql} OR {right})"
    return sql, tokens


def _all_of(tokens: list[str], columns: Sequence[str], condition: str, owner: str) -> tuple[str, list[str]]:
    sql, tokens = _one(tokens, columns, condition, owner)
    while tokens[:1] == ["&"]:
        right, tokens = _one(tokens[1:], columns, condition, owner)
        sql = f"({sql} AND {right})"
    return sql, tokens


def _one(tokens: list[str], columns: Sequence[str], condition: str, owner: str) -> tuple[str, list[str]]:
    if not tokens:
        raise WrongDeclaration(f"{owner}: {condition!r} ends too early.")
    first, rest = tokens[0], tokens[1:]
    if first == "~":
        sql, rest = _one(rest, columns, condition, owner)
        return f"(NOT {sql})", rest
    if first == "(":
        sql, rest = _any_of(rest, columns, condition, owner)
        if rest[:1] != [")"]:
            raise WrongDeclaration(f"{owner}: {condition!r} lacks a closing parenthesis.")
        return sql, rest[1:]
    if first in columns:
        return first, rest
    if first in {"&", "|", ")"}:
        raise WrongDeclaration(f"{owner}: {condition!r} has {first!r} where a column should stand.")
    raise WrongDeclaration(f"{owner}: {first!r} is not a column of its row kind. Columns: {', '.join(columns)}.")

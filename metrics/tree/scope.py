"""Scope: which units a figure speaks of, and in which tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Tree = Literal["as_was", "as_is", "comparable"]
By = Literal["unit", "level", "province", "group", "doc_type", "receiver", "day", "week", "month"]
"""What figures can be listed by."""


@dataclass(frozen=True)
class Scope:
    """A unit with its subtree (None: everything), narrowed by what else is given; every condition must hold.

    With a group, accounts are those of the group's population (the snapshot's `pilot_group`).

    as_was      every row counts where its unit stood on the row's own day
    as_is       every row counts at today's successor of its unit (today: the day of the cut-off)
    comparable  only rows of units without change from `since` (default: the first day of the period) to its last day
    """

    unit_code: str | None = None
    group: int | None = None
    tree: Tree = "as_was"
    levels: tuple[str, ...] = ()
    """Only units on these levels, without their subtrees."""
    provinces: tuple[str, ...] = ()
    """Only units of these provinces (codes of units on the province level), with their subtrees."""
    unit_codes: tuple[str, ...] = ()
    """Only these units with their subtrees; a unit below two of them counts once."""
    since: date | None = None

    @property
    def listed_units(self) -> tuple[str, ...]:
        """Every unit that the scope names."""
        return (*((self.unit_code,) if self.unit_code is not None else ()), *self.unit_codes, *self.provinces)

    @property
    def is_narrowed(self) -> bool:
        """Whether it names units, levels or provinces at all (a group apart)."""
        return bool(self.listed_units or self.levels)

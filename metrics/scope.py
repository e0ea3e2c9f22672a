"""Scope: which units a figure speaks of, and in which tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tree = Literal["as_was"]


@dataclass(frozen=True)
class Scope:
    """A unit with its subtree (None: everything), narrowed to the units of a pilot group (None: all groups).

    With a group, accounts are those of the group's population (`data/reference/populations.csv`).
    `as_was`: every row counts where its unit stood on the row's own day.
    """

    unit_code: str | None = None
    group: int | None = None
    tree: Tree = "as_was"

"""Counts told on another day's tree: units restated through successions, and series of units without change.

Pure: frames in, frames out. SQL counts each unit's own rows; placing and rolling them up happens here, because a chain of
successions is a walk and not a join.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.periods import Period
from metrics.tree.scope import Scope


@dataclass(frozen=True)
class Placing:
    """Where each unit's rows count on the tree of one day.

    `units`: unit_code, placed_code (null: nowhere on that tree). `tree`: `org_unit` rows of that day.
    `above`: unit_code, ancestor_code of that day, each unit its own ancestor.
    """

    units: pl.DataFrame
    tree: pl.DataFrame
    above: pl.DataFrame


def placing(units: pl.DataFrame, successions: pl.DataFrame, ancestors: pl.DataFrame, scope: Scope, period: Period, cutoff_on: date) -> Placing:
    """The placing that `scope.tree` asks for: all units on the tree of the cut-off, or unchanged ones on that of the period's last day.

    units: `org_unit`; successions: `unit_succession`; ancestors: `org_unit_ancestor`.
    """
    on = cutoff_on if scope.tree == "as_is" else period.to_on
    tree = units.filter(pl.col("valid_from") <= on, pl.col("valid_to") >= on)
    above = ancestors.filter(pl.col("valid_from") <= on, pl.col("valid_to") >= on).select("unit_code", "ancestor_code")
    placed = restated_units(units, successions, above, on)
    if scope.tree == "comparable":
        placed = placed.filter(
            pl.col("unit_code").is_in(list(unchanged_units(units, successions, Period(scope.since or period.from_on, period.to_on))))
        )
    if scope.group is not None:
        placed = placed.join(units.filter(pl.col("pilot_group") == scope.group), on="unit_code", how="semi")
    return Placing(placed, tree, above)


def restated_units(units: pl.DataFrame, successions: pl.DataFrame, above: pl.DataFrame, on: date) -> pl.DataFrame:
    """For each unit that ever was, the unit of the day `on` that its rows count at: unit_code, placed_code.

    A unit that exists on the day is itself. One that ended is what succeeded it, over chains and merges. Shares are not
    used: rows of a unit that was split can't be told apart, so they count at the lowest unit above all its successors,
    and nothing is invented below it. A unit that ended without a successor counts at what its parent became.
    """
    existing = set(units.filter(pl.col("valid_from") <= on, pl.col("valid_to") >= on)["unit_code"])
    parent = dict(units.select("unit_code", "parent_code").iter_rows())
    begins = dict(units.select("unit_code", "valid_from").iter_rows())
    successors: dict[str, list[str]] = {}
    for old, new in successions.filter(pl.col("effective_on") <= on).sort("old_code", "new_code").select("old_code", "new_code").iter_rows():
        successors.setdefault(old, []).append(new)
    path: dict[str, set[str]] = {}
    for unit_code, ancestor_code in above.iter_rows():
        path.setdefault(unit_code, set()).add(ancestor_code)

    def heirs(unit_code: str, seen: frozenset[str]) -> set[str]:
        if unit_code in existing:
            return {unit_code}
        if unit_code in seen:
            return set()
        below = [heirs(new, seen | {unit_code}) for new in successors.get(unit_code, [])]
        return set().union(*below)

    def place(unit_code: str | None) -> str | None:
        passed: set[str] = set()
        while unit_code is not None and unit_code in parent and unit_code not in passed:
            passed.add(unit_code)
            found = heirs(unit_code, frozenset())
            if len(found) == 1:
                return next(iter(found))
            if found:
                shared = set.intersection(*(path.get(code, {code}) for code in found))
                # The lowest of the shared ancestors has the most units above itself.
                return max(shared, key=lambda code: (len(path.get(code, ())), code), default=None)
            if begins[unit_code] > on:
                return None
            unit_code = parent[unit_code]
        return None

    codes = units["unit_code"].to_list()
    return pl.DataFrame(
        {"unit_code": codes, "placed_code": [place(code) for code in codes]}, schema={"unit_code": pl.String, "placed_code": pl.String}
    )


def unchanged_units(units: pl.DataFrame, successions: pl.DataFrame, window: Period) -> set[str]:
    """Units whose rows mean the same from the first to the last day of the window.

    They existed on every day of it and neither gave nor received anything; or they carry on, under a new code, a unit of
    which they are the only successor and which is their only predecessor. Both codes are in the set.
    """
    within = successions.filter(pl.col("effective_on") > window.from_on, pl.col("effective_on") <= window.to_on)
    pairs = within.select("old_code", "new_code").unique().rows()
    gives = {old: [new for other, new in pairs if other == old] for old, _ in pairs}
    takes = {new: [old for old, other in pairs if other == new] for _, new in pairs}
    valid = {code: (valid_from, valid_to) for code, valid_from, valid_to in units.select("unit_code", "valid_from", "valid_to").iter_rows()}

    unchanged: set[str] = set()
    for code, (valid_from, _) in valid.items():
        if valid_from > window.from_on or code in takes:
            continue
        chain = [code]
        while True:
            last = chain[-1]
            following = gives.get(last, [])
            if not following:
                break
            if len(following) > 1 or len(takes[following[0]]) > 1 or following[0] not in valid or following[0] in chain:
                chain = []
                break
            is_seamless = (valid[following[0]][0] - valid[last][1]).days == 1
            if not is_seamless:
                chain = []
                break
            chain.append(following[0])
        if chain and valid[chain[-1]][1] >= window.to_on:
            unchanged.update(chain)
    return unchanged


def roll_up(counted: pl.DataFrame, where: Placing, scope: Scope, grouping: str | None, keys: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
    """Sums of each unit's own counts over the placed tree, for the whole and the groups.

    counted: `unit_code`, keys and sums. Returns `group_code` (null: the whole), keys and sums.
    """
    scoped = placed_rows(counted, where, scope)
    parts = [scoped.with_columns(group_code=pl.lit(None, dtype=pl.String))]
    if grouping == "unit":
        parts.append(scoped.join(where.above.rename({"ancestor_code": "group_code"}), on="unit_code"))
    elif grouping == "own_unit":
        parts.append(scoped.filter(pl.col("unit_code").is_not_null()).with_columns(group_code="unit_code"))
    elif grouping in {"level", "province"}:
        column = "level" if grouping == "level" else "province_code"
        parts.append(scoped.join(where.tree.select("unit_code", group_code=column), on="unit_code").drop_nulls("group_code"))
    columns = ["group_code", *keys, *sums]
    return pl.concat([part.select(columns) for part in parts]).group_by("group_code", *keys).agg(pl.col(*sums).sum())


def placed_rows(rows: pl.DataFrame, where: Placing, scope: Scope) -> pl.DataFrame:
    """`rows` of the scope with the unit that they count at in place of their own `unit_code`; null where no unit of that tree is it."""
    placed = rows.join(where.units, on="unit_code", how="inner" if is_narrowed(scope) or scope.group is not None else "left")
    placed = placed.with_columns(unit_code="placed_code").drop("placed_code")
    return placed.join(units_in(where, scope), on="unit_code", how="semi") if is_narrowed(scope) else placed


def is_narrowed(scope: Scope) -> bool:
    """Whether only units with a place on the restated tree count; else rows of others are still part of the whole."""
    return scope.tree == "comparable" or bool(scope.unit_code or scope.unit_codes or scope.levels or scope.provinces)


def units_in(where: Placing, scope: Scope) -> pl.DataFrame:
    """The units of the placed tree that the scope means: the rows of `tree`, narrowed."""
    tree = where.tree
    for codes in ((scope.unit_code,) if scope.unit_code is not None else (), scope.unit_codes):
        if codes:
            tree = tree.join(where.above.filter(pl.col("ancestor_code").is_in(list(codes))), on="unit_code", how="semi")
    if scope.levels:
        tree = tree.filter(pl.col("level").is_in(list(scope.levels)))
    if scope.provinces:
        tree = tree.filter(pl.col("province_code").is_in(list(scope.provinces)))
    return tree

"""Which unit of another day's tree carries on what a unit was, and which units did not change at all.

Pure: frames in, plain Python out, because a chain of successions is a walk and not a join.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.periods import Period


def successors_on(units: pl.DataFrame, successions: pl.DataFrame, ancestors: pl.DataFrame, on: date) -> dict[str, str | None]:
    """For each unit that ever was, the unit of the day `on` that its rows count at; None: no unit of that tree.

    units, successions, ancestors: `org_unit`, `unit_succession`, `org_unit_ancestor`.

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
    above = ancestors.filter(pl.col("valid_from") <= on, pl.col("valid_to") >= on)
    path: dict[str, set[str]] = {}
    for unit_code, ancestor_code in above.select("unit_code", "ancestor_code").iter_rows():
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

    return {code: place(code) for code in units["unit_code"]}


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


def unit_beginnings(units: pl.DataFrame, successions: pl.DataFrame) -> dict[str, date]:
    """Since when each unit is what it is: the day on which it began, or last took another one in. units, successions: as in `successors_on`."""
    began: dict[str, date] = dict(units.select("unit_code", "valid_from").iter_rows())
    for code, on in successions.select("new_code", "effective_on").iter_rows():
        began[code] = max(on, began.get(code, on))
    return began

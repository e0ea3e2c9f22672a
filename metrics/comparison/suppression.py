"""What peers may not see of each other: small units, hidden so that nothing else that the same person may ask brings them back.

Each answer may be safe by itself and two of them not: a unit has another code on another tree, a population is a part of another one, a month
lies within a quarter. So for peers there is one tree (today's), one population (all accounts), one set of hidden units and one first day, and
no answer departs from them (docs/decisions/0012-one-set-of-hidden-units.md has the proof). Terms: A. Hundepool et al. (2012), Statistical
Disclosure Control, Wiley, chapter 4: small cells are the primary suppressions, what is hidden beside them the secondary ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units
from metrics.tree.units import units

SMALLEST = 5
"""A population below this is never shown to peers (a setting of the organisation)."""
REMEMBERED = 365
"""Days before the cut-off: who was small within them is hidden in every period; who was small earlier, nobody is asked of those days."""
Heads = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PeersView:
    """What a viewer may see of units beside their own, whatever the metric and the period."""

    hidden: frozenset[str]
    """Small units, all units above them, and what is hidden so that the rest of what no shown row tells is not too few people."""
    since: date
    """Periods that end before this day have no rows of other units."""
    is_closed: bool
    """Nobody is left to hide among: peers see not even the whole."""
    whole_since: date = date.min
    """Figures of accounts of the whole are told from this day on: from it to the cut-off someone stays in every small unit, and someone beside it
    among those whom no shown row tells. Before it, a person who came or left would be told by how the whole changed."""
    settled: int = 0
    """How many of those whom no shown row tells stay in one unit from `whole_since` to the cut-off."""


def peers_view(snapshot: Snapshot, own: Collection[str], smallest: int = SMALLEST) -> PeersView:
    """The view of someone who knows the figures of their `own` units (a subtree), and so can take them out of every total."""
    info = snapshot.info
    placed = scoped_units(snapshot, Scope(tree="as_is"), Period(info.first_on, max(info.first_on, info.cutoff_on))).placed
    assert placed is not None  # every restated tree says where units count
    stays = snapshot.derived("stays of accounts on the tree of today", lambda: _joined(snapshot.query(_STAYS), placed))
    there = set(filter(None, placed.values()))
    above = {code: parent if parent in there else None for code, parent in units(snapshot).select("unit_code", "parent_code").iter_rows()}
    return hidden_units(stays, {code: above[code] for code in above if code in there}, own, smallest, Period(info.first_on, info.cutoff_on))


_STAYS = "SELECT account_no, unit_code, valid_from, valid_to, is_shared FROM account_stay WHERE is_officer"


def _joined(stays: pl.DataFrame, placed: Mapping[str, str | None]) -> pl.DataFrame:
    """Stays on the tree of today, those alike together: who stays through a reorganisation stays in one unit."""
    key = ("account_no", "unit_code", "is_shared")
    stays = stays.with_columns(unit_code=pl.col("unit_code").replace_strict(placed, default=None, return_dtype=pl.String)).sort(*key, "valid_from")
    begins = pl.col("valid_from") > pl.col("valid_to").cum_max().shift().over(key) + timedelta(days=1)
    one = (
        stays.with_columns(run=begins.fill_null(value=True).cum_sum()).group_by(*key, "run").agg(pl.col("valid_from").min(), pl.col("valid_to").max())
    )
    return one.group_by("unit_code", "is_shared", "valid_from", "valid_to").agg(accounts=pl.len())


def hidden_units(stays: pl.DataFrame, above: Mapping[str, str | None], own: Collection[str], smallest: int, known: Period) -> PeersView:
    """The same from people: unit_code, is_shared, valid_from, valid_to, accounts, and the unit above each unit, parents first.

    Small is a unit of which the subtree without `own`, or a parent's own part, which anyone can subtract, has from 1 to `smallest` - 1 people
    on some day. Hidden are those that were small within the last year, and all above them: so all that is hidden is one group, the whole less
    the rows shown. The smallest others join it until on every day each small one has at least `smallest` people beside it in that group.
    """
    days, slots = _heads(stays, list(above), own, known)
    sizes, parents = _with_subtrees(slots, above), {code for code in above.values() if code is not None}
    place = {code: number for number, code in enumerate(above)}
    small = ((sizes > 0) & (sizes < smallest)) | ((slots[:-1] > 0) & (slots[:-1] < smallest) & np.array([[code in parents] for code in above]))
    recent = [day > known.to_on - timedelta(days=REMEMBERED) for day in [*days[1:], date.max]]  # a size holds until the next change
    others = [code for code in above if code not in own]
    hidden: set[str] = set()
    for code in others:
        if small[place[code], recent].any():
            hidden |= _with_above(code, above)
    while True:
        since = max((days[number + 1] for number in _last_small(small, others, hidden, place) if number + 1 < len(days)), default=days[0])
        first = days.index(since)
        if not _lacks_company(slots[:, first:], sizes[:, first:], small[:, first:], hidden, place, smallest):
            hidden -= set(own)
            staying = _staying(stays, own, known)
            whole_since = _whole_since(staying, _small_parts(slots, sizes, above, own, hidden, smallest, first), hidden, days, since)
            settled = staying.filter(pl.col("unit_code").is_null() | pl.col("unit_code").is_in(hidden), pl.col("from_on") <= whole_since)
            return PeersView(frozenset(hidden), since, False, whole_since, int(settled["accounts"].sum()))
        left = [code for code in others if code not in hidden and slots[place[code]].any()]
        if not left:
            return PeersView(frozenset(others), since, is_closed=True)
        # The one that costs readers fewest rows, and of these the smallest.
        costs = {code: (len(_with_above(code, above) - hidden), int(slots[place[code]].max()), code) for code in left}
        hidden |= _with_above(min(left, key=costs.__getitem__), above)


def _heads(stays: pl.DataFrame, codes: list[str], own: Collection[str], known: Period) -> tuple[list[date], Heads]:
    """The days on which any number of people changed, and the people of each unit's own part from each of them on; the last row: in no unit."""
    is_own = pl.col("unit_code").is_in(list(own)).fill_null(value=False)
    there = stays.filter(pl.col("valid_from") <= known.to_on, pl.col("valid_to") >= known.from_on, ~is_own)
    comes = there.select("unit_code", pl.max_horizontal("valid_from", pl.lit(known.from_on)).alias("day_on"), "accounts")
    goes = there.filter(pl.col("valid_to") < known.to_on)
    goes = goes.select("unit_code", (pl.col("valid_to") + timedelta(days=1)).alias("day_on"), -pl.col("accounts").cast(pl.Int64))
    changes = pl.concat([comes, goes], how="vertical_relaxed").group_by("unit_code", "day_on").agg(pl.col("accounts").sum())
    days = sorted({known.from_on, *changes["day_on"]})
    column, row = {day: number for number, day in enumerate(days)}, {code: number for number, code in enumerate(codes)}
    heads = np.zeros((len(codes) + 1, len(days)), dtype=np.int64)
    for code, day, count in changes.iter_rows():
        heads[row.get(code, len(codes)), column[day]] += count
    return days, heads.cumsum(axis=1)


def _with_subtrees(slots: Heads, above: Mapping[str, str | None]) -> Heads:
    sizes = slots[:-1].copy()
    place = {code: number for number, code in enumerate(above)}
    for code, parent in reversed(list(above.items())):
        if parent is not None:
            sizes[place[parent]] += sizes[place[code]]
    return sizes


def _with_above(code: str, above: Mapping[str, str | None]) -> set[str]:
    found: set[str] = set()
    at: str | None = code
    while at is not None and at not in found:
        found.add(at)
        at = above[at]
    return found


def _last_small(small: npt.NDArray[np.bool_], others: Collection[str], hidden: Collection[str], place: Mapping[str, int]) -> list[int]:
    """For each unit that is shown and ever was small, the number of the last change after which it was."""
    return [int(np.flatnonzero(small[place[code]])[-1]) for code in others if code not in hidden and small[place[code]].any()]


def _lacks_company(
    slots: Heads, sizes: Heads, small: npt.NDArray[np.bool_], hidden: Collection[str], place: Mapping[str, int], smallest: int
) -> bool:
    """Whether on some day a small unit, or a parent's small own part, has too few people beside it among those whom no shown row tells."""
    together = slots[-1] + sum(slots[place[code]] for code in hidden)
    for code in hidden:
        for heads in (sizes[place[code]], slots[place[code]]):
            is_small = (heads > 0) & (heads < smallest) & small[place[code]]
            if (together - heads < smallest)[is_small].any():
                return True
    return False


def _small_parts(
    slots: Heads, sizes: Heads, above: Mapping[str, str | None], own: Collection[str], hidden: Collection[str], smallest: int, first: int
) -> dict[frozenset[str], int]:
    """The units of each hidden subtree, and of each hidden parent's own part, that are small from the change `first` on, with the last such."""
    found: dict[frozenset[str], int] = {}
    parents = set(above.values())
    for number, code in enumerate(above):
        if code not in hidden:
            continue
        below = frozenset(one for one in above if code in _with_above(one, above)) - set(own)
        for part, heads in ((below, sizes[number, first:]), *(((frozenset({code}), slots[number, first:]),) if code in parents else ())):
            is_small = np.flatnonzero((heads > 0) & (heads < smallest))
            if is_small.size:
                found[part] = max(found.get(part, 0), first + int(is_small[-1]))
    return found


def _staying(stays: pl.DataFrame, own: Collection[str], known: Period) -> pl.DataFrame:
    """unit_code, from_on, accounts: who is there at the end and since when. Who is in two units at once is one person of the whole, so left out."""
    is_own = pl.col("unit_code").is_in(list(own)).fill_null(value=False)
    there = stays.filter(pl.col("valid_from") <= known.to_on, pl.col("valid_to") >= known.to_on, ~is_own, ~pl.col("is_shared"))
    return there.select("unit_code", "accounts", from_on=pl.max_horizontal("valid_from", pl.lit(known.from_on)))


def _whole_since(staying: pl.DataFrame, small: Mapping[frozenset[str], int], hidden: Collection[str], days: Sequence[date], since: date) -> date:
    """The first day from which to the end somebody stays among the people of each small part, and somebody beside it in the group.

    small: the units of each part, and the number of the last change after which it was small. A part that ends being small is asked no more.
    """
    first: dict[str | None, date] = dict(staying.group_by("unit_code").agg(pl.col("from_on").min()).iter_rows())
    for units_of_part, last in small.items():
        inside = min((first[code] for code in units_of_part if code in first), default=date.max)
        beside = min((first[code] for code in (*hidden, None) if code in first and code not in units_of_part), default=date.max)
        ended = days[last + 1] if last + 1 < len(days) else date.max
        since = max(since, min(max(inside, beside), ended))
    return since

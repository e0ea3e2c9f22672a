"""The units of a snapshot, in the order of the tree, and whether a scope names units that there are."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from data.errors import ConfigurationError
from data.language import folded
from metrics.engines import Snapshot
from metrics.tree.scope import Scope


def units(snapshot: Snapshot) -> pl.DataFrame:
    """Every unit that ever was, parents before their children (preorder by sort_order).

    Columns: those of `org_unit`, and `depth` (0 for a root).
    """
    return snapshot.derived("units", lambda: _in_tree_order(small_table(snapshot, "org_unit")))


def small_table(snapshot: Snapshot, name: str) -> pl.DataFrame:
    """A table that many questions need whole, such as the successions: read once, since a snapshot never changes."""
    return snapshot.derived(name, lambda: snapshot.query(f"SELECT * FROM {name}"))  # noqa: S608


def tree_changes(snapshot: Snapshot) -> tuple[date, ...]:
    """The days, in order, on which some unit's place in the tree began or had just ended."""
    return snapshot.derived("tree_changes", lambda: _changes(small_table(snapshot, "org_unit_ancestor")))


def _changes(ancestors: pl.DataFrame) -> tuple[date, ...]:
    ends = {last + timedelta(days=1) for last in ancestors["valid_to"].unique() if last < date.max}
    return tuple(sorted({*ancestors["valid_from"].unique(), *ends}))


def _in_tree_order(frame: pl.DataFrame) -> pl.DataFrame:
    children: dict[str | None, list[str]] = {}
    known = set(frame["unit_code"])
    for unit_code, parent_code in frame.sort("sort_order", "unit_code", nulls_last=True).select("unit_code", "parent_code").iter_rows():
        children.setdefault(parent_code if parent_code in known else None, []).append(unit_code)
    placed: list[tuple[str, int]] = []
    waiting = [(root, 0) for root in reversed(children.get(None, []))]
    while waiting:
        unit_code, depth = waiting.pop()
        placed.append((unit_code, depth))
        waiting.extend((child, depth + 1) for child in reversed(children.get(unit_code, [])))
    order = pl.DataFrame(placed, schema={"unit_code": pl.String, "depth": pl.Int64}, orient="row")
    return order.join(frame, on="unit_code", how="left", maintain_order="left")


def verify_scope(snapshot: Snapshot, scope: Scope) -> None:
    """Raise ConfigurationError where the scope names what the snapshot's units do not know, with the closest that they do."""
    known = snapshot.derived("known in scopes", lambda: _Known.of(units(snapshot)))
    for code in scope.listed_units:
        if code not in known.codes:
            close = closest_units(units(snapshot), code)
            hint = f"Closest: {'; '.join(close)}." if close else "`vanban metrics --by unit` lists the units."
            raise ConfigurationError(f"There is no unit with the code {code!r}. {hint}")
    for level in scope.levels:
        if level not in known.levels:
            raise ConfigurationError(f"There is no unit on the level {level!r}. Levels in this snapshot: {', '.join(known.levels)}.")
    if scope.group is not None and scope.group not in known.groups:
        raise ConfigurationError(f"There is no unit in group {scope.group}. Groups in this snapshot: {', '.join(map(str, known.groups)) or 'none'}.")


@dataclass(frozen=True)
class _Known:
    """What a scope may name."""

    codes: frozenset[str]
    levels: tuple[str, ...]
    groups: tuple[int, ...]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> _Known:
        return cls(frozenset(frame["unit_code"]), tuple(sorted(set(frame["level"]))), tuple(sorted(set(frame["pilot_group"].drop_nulls()))))


def closest_units(frame: pl.DataFrame, wanted: str, at_most: int = 3) -> list[str]:
    """Codes with names of the units nearest to what was typed, tone marks and case apart."""
    plain = folded(wanted)
    score: dict[str, float] = {}
    for unit_code, name in frame.select("unit_code", "name").iter_rows():
        nearness = max(
            difflib.SequenceMatcher(None, plain, folded(unit_code)).ratio(),
            difflib.SequenceMatcher(None, plain, folded(name)).ratio(),
            0.9 if len(plain) > 2 and plain in folded(name) else 0.0,
        )
        if nearness >= 0.6:
            score[f"{unit_code} ({name})"] = nearness
    return sorted(score, key=lambda unit: (-score[unit], unit))[:at_most]


def level_order(snapshot: Snapshot) -> dict[str, int]:
    """Position of each level code, from the top."""
    return dict(small_table(snapshot, "level").select("level", "sort_order").iter_rows())

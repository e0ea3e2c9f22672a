"""The units of a snapshot, in the order of the tree, and which of them a scope means."""

from __future__ import annotations

import csv
import difflib
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import polars as pl

from data.errors import ConfigurationError
from data.paths import REFERENCE
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.recount import Placing, is_narrowed, placing, units_in
from metrics.tree.scope import Scope


def units(snapshot: Snapshot) -> pl.DataFrame:
    """Every unit that ever was, parents before their children (preorder by sort_order).

    Columns: those of `org_unit`, and `depth` (0 for a root).
    """
    return snapshot.derived("units", lambda: _in_tree_order(snapshot.reference("SELECT * FROM org_unit")))


def tree_changes(snapshot: Snapshot) -> tuple[date, ...]:
    """The days, in order, on which some unit's place in the tree began or had just ended."""
    return snapshot.derived("tree_changes", lambda: _changes(snapshot.reference("SELECT * FROM org_unit_ancestor")))


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


def units_of_scope(snapshot: Snapshot, scope: Scope, period: Period) -> pl.DataFrame:
    """The units of the scope, in the order of `units`: those that existed on some day of the period, or that the restated tree has.

    Raises ConfigurationError for a unit, group, level or province that the snapshot does not know, naming the closest.
    """
    verify_scope(snapshot, scope)
    frame = units(snapshot)
    if scope.tree != "as_was":
        where = placing_of(snapshot, scope, period)
        inside = units_in(where, scope).join(where.units, left_on="unit_code", right_on="placed_code", how="semi")
        return frame.join(inside, on="unit_code", how="semi", maintain_order="left")
    frame = frame.filter(pl.col("valid_from") <= period.to_on, pl.col("valid_to") >= period.from_on)
    for codes in ((scope.unit_code,) if scope.unit_code is not None else (), scope.unit_codes):
        if codes:
            below = snapshot.reference("SELECT * FROM org_unit_ancestor").filter(
                pl.col("ancestor_code").is_in(list(codes)), pl.col("valid_from") <= period.to_on, pl.col("valid_to") >= period.from_on
            )
            frame = frame.join(below, on="unit_code", how="semi", maintain_order="left")
    for column, wanted in (
        ("level", scope.levels),
        ("province_code", scope.provinces),
        ("pilot_group", (scope.group,) if scope.group is not None else ()),
    ):
        if wanted:
            frame = frame.filter(pl.col(column).is_in(list(wanted)))
    return frame


def spans_of_scope(snapshot: Snapshot, scope: Scope, period: Period) -> pl.DataFrame | None:
    """On which days rows of which unit are in the scope: unit_code, valid_from, valid_to, no two of one unit overlapping.

    None: every row is, even of a unit that the tree does not know. The scope is taken as verified.
    """
    frame = units(snapshot)
    if scope.tree != "as_was":
        where = placing_of(snapshot, scope, period)
        placed = where.units
        if is_narrowed(scope):
            placed = placed.join(units_in(where, scope), left_on="placed_code", right_on="unit_code", how="semi")
        elif scope.group is None:
            return None
        return placed.select("unit_code").with_columns(valid_from=pl.lit(date.min), valid_to=pl.lit(date.max))
    spans: pl.DataFrame | None = None
    ancestors = snapshot.reference("SELECT * FROM org_unit_ancestor")
    for codes in ((scope.unit_code,) if scope.unit_code is not None else (), scope.unit_codes):
        if codes:
            below = _merged(ancestors.filter(pl.col("ancestor_code").is_in(list(codes))).select("unit_code", "valid_from", "valid_to"))
            spans = below if spans is None else _shared(spans, below)
    for column, wanted in (
        ("level", scope.levels),
        ("province_code", scope.provinces),
        ("pilot_group", (scope.group,) if scope.group is not None else ()),
    ):
        if wanted:
            chosen = frame.filter(pl.col(column).is_in(list(wanted))).select("unit_code", valid_from=pl.lit(date.min), valid_to=pl.lit(date.max))
            spans = chosen if spans is None else _shared(spans, chosen)
    return spans


def _merged(spans: pl.DataFrame) -> pl.DataFrame:
    """Spans of days of each unit without overlap: a unit below two others is there once."""
    ordered = spans.sort("unit_code", "valid_from")
    reached = pl.col("valid_to").cum_max().shift().over("unit_code")
    ordered = ordered.with_columns(run=(pl.col("valid_from") > reached).fill_null(pl.lit(True)).cum_sum())
    return ordered.group_by("unit_code", "run", maintain_order=True).agg(pl.col("valid_from").min(), pl.col("valid_to").max()).drop("run")


def _shared(spans: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The days that are in a span of both."""
    both = spans.join(others, on="unit_code", suffix="_other")
    both = both.select(
        "unit_code", valid_from=pl.max_horizontal("valid_from", "valid_from_other"), valid_to=pl.min_horizontal("valid_to", "valid_to_other")
    )
    return both.filter(pl.col("valid_from") <= pl.col("valid_to"))


def placing_of(snapshot: Snapshot, scope: Scope, period: Period) -> Placing:
    """Where rows count on the restated tree that the scope asks for.

    Raises ConfigurationError where the scope names a unit that the tree of that day does not have, naming what succeeded it.
    """
    where = placing(
        units(snapshot),
        snapshot.reference("SELECT * FROM unit_succession"),
        snapshot.reference("SELECT * FROM org_unit_ancestor"),
        scope,
        period,
        snapshot.info.cutoff_on,
    )
    known = set(where.tree["unit_code"])
    for code in (*((scope.unit_code,) if scope.unit_code is not None else ()), *scope.unit_codes, *scope.provinces):
        if code not in known:
            successor = dict(where.units.iter_rows()).get(code)
            hint = f"Ask for {successor}, which it became." if successor else "Ask for it with the tree as it was."
            raise ConfigurationError(f"The unit {code} is not in the tree of {'today' if scope.tree == 'as_is' else period.to_on}. {hint}")
    return where


def verify_scope(snapshot: Snapshot, scope: Scope) -> None:
    """Raise ConfigurationError where the scope names what the snapshot's units do not know, with the closest that they do."""
    known = snapshot.derived("known in scopes", lambda: _Known.of(units(snapshot)))
    for code in (*((scope.unit_code,) if scope.unit_code is not None else ()), *scope.unit_codes, *scope.provinces):
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
    plain = _plain(wanted)
    score: dict[str, float] = {}
    for unit_code, name in frame.select("unit_code", "name").iter_rows():
        nearness = max(
            difflib.SequenceMatcher(None, plain, _plain(unit_code)).ratio(),
            difflib.SequenceMatcher(None, plain, _plain(name)).ratio(),
            0.9 if len(plain) > 2 and plain in _plain(name) else 0.0,
        )
        if nearness >= 0.6:
            score[f"{unit_code} ({name})"] = nearness
    return sorted(score, key=lambda unit: (-score[unit], unit))[:at_most]


@cache
def level_order() -> dict[str, int]:
    """Position of each level code in `data/reference/levels.csv`."""
    with (REFERENCE / "levels.csv").open(encoding="utf-8", newline="") as file:
        return {row["level"]: int(row["sort_order"]) for row in csv.DictReader(file)}


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))

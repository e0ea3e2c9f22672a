"""Whose rows a scope means: one relation (unit, first day, last day), which statements join and frames are read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from data.errors import ConfigurationError
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope
from metrics.tree.successors import successors_on, unchanged_units
from metrics.tree.units import small_table, units, verify_scope

IN_SCOPE = "in_scope (unit_code, from_on, to_on)"
PLACED = "placed (unit_code, placed_code)"


@dataclass(frozen=True)
class ScopedUnits:
    """A scope as SQL: `ctes` are what statements put before themselves, by head; their values are `params`.

    IN_SCOPE has the days on which rows of a unit are in the scope, no two spans of one unit overlapping; without it every row is, even of
    a unit that the tree does not know. PLACED has the unit that rows of a unit count at on the tree of the day `tree_on` (NULL: none of it);
    without it they count at their own, on the tree of their own day.
    """

    group: int | None
    ctes: dict[str, str]
    params: dict[str, Any]
    tree_on: date | None = None
    placed: dict[str, str | None] | None = None


def scoped_units(snapshot: Snapshot, scope: Scope, period: Period) -> ScopedUnits:
    """The units of a scope; `period` is the one whose tree and unchanged units a comparable series takes.

    Raises ConfigurationError for a unit, group, level or province that the snapshot does not know, naming the closest, and for a unit that
    the tree of that day does not have, naming what succeeded it.
    """
    verify_scope(snapshot, scope)
    if scope.tree == "as_was":
        sql, params = _days_in_scope(scope)
        return ScopedUnits(scope.group, {IN_SCOPE: sql} if sql else {}, params)
    on = snapshot.info.cutoff_on if scope.tree == "as_is" else period.to_on
    placed = _placed(snapshot, scope, period, on)
    if scope.tree == "as_is" and not scope.is_narrowed and scope.group is None:
        is_there = f"DATE '{on}' BETWEEN valid_from AND valid_to"  # these are their own successors, and most units are
        sql = f"SELECT unit_code, unit_code FROM org_unit WHERE {is_there} UNION ALL "  # noqa: S608
        return ScopedUnits(None, {PLACED: sql + _pairs({code: at for code, at in placed.items() if code != at})}, {}, on, placed)
    ctes = {PLACED: _pairs(placed), IN_SCOPE: "SELECT unit_code, DATE '0001-01-01', DATE '9999-12-31' FROM placed"}
    return ScopedUnits(scope.group, ctes, {}, on, placed)


def days_in_scope(snapshot: Snapshot, scoped: ScopedUnits) -> pl.DataFrame | None:
    """The relation IN_SCOPE as a frame: unit_code, from_on, to_on; None where every row is in the scope."""
    if IN_SCOPE not in scoped.ctes:
        return None
    sql = f"WITH {', '.join(f'{head} AS ({select})' for head, select in scoped.ctes.items())} SELECT * FROM in_scope"  # noqa: S608
    return snapshot.derived(f"{sql} {scoped.params}", lambda: snapshot.query(sql, scoped.params))


def units_of_scope(snapshot: Snapshot, scope: Scope, period: Period) -> pl.DataFrame:
    """The units of the scope, in the order of `units`: those that existed on some day of the period, or that rows count at on another tree.

    Raises as `scoped_units` does.
    """
    scoped = scoped_units(snapshot, scope, period)
    frame = units(snapshot)
    if scoped.placed is not None:
        return frame.filter(pl.col("unit_code").is_in({code for code in scoped.placed.values() if code is not None}))
    frame = frame.filter(pl.col("valid_from") <= period.to_on, pl.col("valid_to") >= period.from_on)
    spans = days_in_scope(snapshot, scoped)
    if spans is None:
        return frame
    within = spans.filter(pl.col("from_on") <= period.to_on, pl.col("to_on") >= period.from_on)
    return frame.join(within, on="unit_code", how="semi", maintain_order="left")


def _placed(snapshot: Snapshot, scope: Scope, period: Period, on: date) -> dict[str, str | None]:
    """The unit of the tree of the day that rows of each unit in the scope count at."""
    every = units(snapshot)
    successions = small_table(snapshot, "unit_succession")
    ancestors = small_table(snapshot, "org_unit_ancestor")
    placed = snapshot.derived(f"successors on {on}", lambda: successors_on(every, successions, ancestors, on))
    tree = set(every.filter(pl.col("valid_from") <= on, pl.col("valid_to") >= on)["unit_code"])
    for code in scope.listed_units:
        if code not in tree:
            hint = f"Ask for {placed[code]}, which it became." if placed.get(code) else "Ask for it with the tree as it was."
            raise ConfigurationError(f"The unit {code} is not in the tree of {'today' if scope.tree == 'as_is' else period.to_on}. {hint}")
    if scope.tree == "comparable":
        unchanged = unchanged_units(every, successions, Period(scope.since or period.from_on, period.to_on))
        placed = {code: at for code, at in placed.items() if code in unchanged and at in tree}
    if scope.group is not None:
        of_group = set(every.filter(pl.col("pilot_group") == scope.group)["unit_code"])
        placed = {code: at for code, at in placed.items() if code in of_group}
    if scope.is_narrowed:
        there = units_of_scope(snapshot, replace(scope, tree="as_was", group=None), Period(on, on))
        inside = set(there["unit_code"])
        placed = {code: at for code, at in placed.items() if at in inside}
    return placed


def _days_in_scope(scope: Scope) -> tuple[str, dict[str, Any]]:
    """The SELECT of IN_SCOPE on the tree as it was, with its parameters; empty where nothing narrows it."""
    params: dict[str, Any] = {}
    selects: list[str] = []
    if scope.unit_code is not None:
        (unit,) = _parameters("scope_unit", (scope.unit_code,), params)
        selects.append(f"SELECT unit_code, valid_from AS from_on, valid_to AS to_on FROM org_unit_ancestor WHERE ancestor_code = {unit}")  # noqa: S608
    if scope.unit_codes:
        selects.append(_BELOW_ANY.format(units=", ".join(_parameters("listed_unit", scope.unit_codes, params))))
    wanted = [
        f"{column} IN ({', '.join(_parameters(name, values, params))})"
        for column, name, values in (
            ("pilot_group", "scope_group", (scope.group,) if scope.group is not None else ()),
            ("level", "scope_level", scope.levels),
            ("province_code", "scope_province", scope.provinces),
        )
        if values
    ]
    if wanted:
        days = "DATE '0001-01-01' AS from_on, DATE '9999-12-31' AS to_on"
        selects.append(f"SELECT unit_code, {days} FROM org_unit WHERE {' AND '.join(wanted)}")  # noqa: S608
    return reduce(_shared_days, selects) if selects else "", params


def _shared_days(one: str, other: str) -> str:
    """The days that are in a span of both."""
    return f"""SELECT one.unit_code, GREATEST(one.from_on, other.from_on) AS from_on, LEAST(one.to_on, other.to_on) AS to_on
FROM ({one}) AS one
INNER JOIN ({other}) AS other
    ON other.unit_code = one.unit_code AND other.from_on <= one.to_on AND other.to_on >= one.from_on"""  # noqa: S608


_BELOW_ANY = """SELECT unit_code, MIN(valid_from) AS from_on, MAX(valid_to) AS to_on
FROM (
    SELECT unit_code, valid_from, valid_to, SUM(begins) OVER (PARTITION BY unit_code ORDER BY valid_from, valid_to ROWS UNBOUNDED PRECEDING) AS run
    FROM (
        SELECT unit_code, valid_from, valid_to, CASE WHEN valid_from <= MAX(valid_to) OVER (
            PARTITION BY unit_code ORDER BY valid_from, valid_to ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) THEN 0 ELSE 1 END AS begins
        FROM org_unit_ancestor
        WHERE ancestor_code IN ({units})
    ) AS marked
) AS numbered
GROUP BY unit_code, run"""
"""Spans that overlap are one, so that a unit below two of those listed is there once."""


def _parameters(name: str, values: Sequence[Any], params: dict[str, Any]) -> list[str]:
    names = [f"{name}_{number}" for number in range(len(values))]
    params.update(zip(names, values, strict=True))
    return [f"${one}" for one in names]


def _pairs(placed: dict[str, str | None]) -> str:
    if not placed:
        return "SELECT unit_code, unit_code FROM org_unit WHERE FALSE"
    return "VALUES " + ", ".join(f"({_text(code)}, {_text(at)})" for code, at in placed.items())


def _text(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else "'" + value.replace("'", "''") + "'"

"""The units of a snapshot, in the order of the tree, and which of them a scope means."""

from __future__ import annotations

import csv
import difflib
import unicodedata
from functools import cache

import polars as pl

from data.errors import ConfigurationError
from data.paths import REFERENCE
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.scope import Scope


def units(snapshot: Snapshot) -> pl.DataFrame:
    """Every unit that ever was, parents before their children (preorder by sort_order).

    Columns: those of `org_unit`, and `depth` (0 for a root).
    """
    frame = snapshot.query("SELECT * FROM org_unit")
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
    """The units of the scope that existed on some day of the period, in the order of `units`.

    Raises ConfigurationError for a unit or a group that the snapshot does not know, naming the closest.
    """
    frame = units(snapshot)
    verify_scope(frame, scope)
    frame = frame.filter(pl.col("valid_from") <= period.to_on, pl.col("valid_to") >= period.from_on)
    if scope.unit_code is not None:
        below = snapshot.query(
            "SELECT DISTINCT unit_code FROM org_unit_ancestor WHERE ancestor_code = $unit_code AND valid_from <= $to_on AND valid_to >= $from_on",
            {"unit_code": scope.unit_code, "from_on": period.from_on, "to_on": period.to_on},
        )
        frame = frame.join(below, on="unit_code", how="semi", maintain_order="left")
    if scope.group is not None:
        frame = frame.filter(pl.col("pilot_group") == scope.group)
    return frame


def verify_scope(frame: pl.DataFrame, scope: Scope) -> None:
    """Raise ConfigurationError where the scope names what `units` does not know."""
    if scope.unit_code is not None and scope.unit_code not in set(frame["unit_code"]):
        close = closest_units(frame, scope.unit_code)
        hint = f"Closest: {'; '.join(close)}." if close else "`vanban metrics --by unit` lists the units."
        raise ConfigurationError(f"There is no unit with the code {scope.unit_code!r}. {hint}")
    if scope.group is not None:
        groups = sorted(set(frame["pilot_group"].drop_nulls()))
        if scope.group not in groups:
            known = ", ".join(map(str, groups)) or "none"
            raise ConfigurationError(f"There is no unit in group {scope.group}. Groups in this snapshot: {known}.")


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

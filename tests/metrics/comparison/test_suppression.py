"""Hidden cells can't be had back: not by subtraction, not by linear programming, not by trying every whole number."""

from __future__ import annotations

import itertools
import random
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from metrics.comparison.suppression import SMALLEST, suppress, suppress_figures
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values, units
from metrics.tree.scope import Scope
from tests.tiny_snapshot import write_snapshot

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
SCHEMA: dict[str, Any] = {"unit_code": pl.String, "parent_code": pl.String, "population": pl.Int64, "count": pl.Int64}


def table(*rows: tuple[str, str | None, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(value=pl.col("count") / pl.col("population"))


def hidden(frame: pl.DataFrame) -> set[str]:
    return set(frame.filter("is_hidden")["unit_code"])


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    shown = suppress(table(("R", None, 30, 9), ("a", "R", 10, 2), ("b", "R", 15, 5)), ["count"], "population")
    assert hidden(shown) == set()
    assert shown["count"].to_list() == [9, 2, 5]


def test_a_single_small_unit_takes_the_smallest_brother_with_it() -> None:
    shown = suppress(table(("R", None, 43, 20), ("a", "R", 3, 1), ("b", "R", 12, 5), ("c", "R", 28, 14)), ["count"], "population")
    assert hidden(shown) == {"a", "b"}
    row = shown.row(1, named=True)
    assert (row["population"], row["count"], row["value"]) == (None, None, None)


def test_two_hidden_units_that_are_both_empty_would_tell_themselves() -> None:
    # Their sum is 0, so both are 0: a third has to go.
    shown = suppress(table(("R", None, 47, 14), ("a", "R", 3, 0), ("b", "R", 4, 0), ("c", "R", 12, 5), ("d", "R", 28, 9)), ["count"], "population")
    assert hidden(shown) == {"a", "b", "c"}


def test_a_small_own_office_is_not_left_over() -> None:
    # 33 - 30 accounts and 11 - 9 of them: the parent's own office of 3, which no row shows.
    shown = suppress(table(("R", None, 33, 11), ("a", "R", 10, 4), ("b", "R", 20, 5)), ["count"], "population")
    assert hidden(shown) == {"a"}


def test_an_only_child_hides_its_parent_too() -> None:
    shown = suppress(table(("R", None, 100, 50), ("P", "R", 3, 1), ("p", "P", 3, 1), ("Q", "R", 97, 49)), ["count"], "population")
    assert hidden(shown) == {"P", "p", "Q"}


def test_each_column_is_protected() -> None:
    frame = table(("R", None, 40, 20), ("a", "R", 3, 1), ("b", "R", 12, 5), ("c", "R", 25, 14)).with_columns(other=pl.Series([9, 0, 0, 9]))
    assert hidden(suppress(frame, ["count"], "population")) == {"a", "b"}
    assert hidden(suppress(frame, ["count", "other"], "population")) == {"a", "b", "c"}


def test_units_without_population_hide_nothing_and_protect_nobody() -> None:
    shown = suppress(table(("R", None, 23, 20), ("a", "R", 3, 1), ("z", "R", 0, 0), ("c", "R", 20, 19)), ["count"], "population")
    assert hidden(shown) == {"a", "c"}


def test_a_count_beyond_its_population_is_refused() -> None:
    with pytest.raises(ValueError, match="population"):
        suppress(table(("R", None, 3, 4)), ["count"], "population")


def test_figures_by_unit_are_hidden_with_all_their_metrics(tmp_path: Path) -> None:
    tree = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in ("a", "b", "c"))]
    accounts = [
        {"unit_code": code, "activated_on": date(2024, 7, 1) if number % 3 else None}
        for code, size in (("R", 9), ("a", 3), ("b", 8), ("c", 20))
        for number in range(size)
    ]
    names = ["activation_rate", "login_rate", "provisioned_accounts"]
    with open_snapshot(write_snapshot(tmp_path, {"org_unit": tree, "account": accounts})) as snapshot:
        values = metric_values(snapshot, names, JULY, by="unit")
        units_frame = units(snapshot)
        shown = suppress_figures(values, units_frame)
    # Nobody logged in anywhere, and a zero of the whole is a zero of each: only without the whole it stays open.
    assert shown["is_hidden"].all()
    shown = suppress_figures(values.filter(pl.col("metric") != "login_rate"), units_frame)
    assert shown.filter("is_hidden")["unit_code"].unique().to_list() == ["a"]  # the office of R itself, which no row shows, keeps it open
    assert shown.filter("is_hidden").select("numerator", "value").null_count().row(0) == (shown["is_hidden"].sum(),) * 2
    assert shown.filter(~pl.col("is_hidden"))["value"].null_count() == 0


def test_a_small_unit_at_the_top_of_a_group_is_not_the_whole_less_the_others(tmp_path: Path) -> None:
    tree = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R", "pilot_group": 1} for code in ("a", "b", "c"))]
    accounts = [
        {"unit_code": code, "activated_on": date(2024, 7, 1) if number % 3 else None}
        for code, size in (("a", 3), ("b", 8), ("c", 20))
        for number in range(size)
    ]
    with open_snapshot(write_snapshot(tmp_path, {"org_unit": tree, "account": accounts})) as snapshot:
        values = metric_values(snapshot, ["activation_rate", "provisioned_accounts"], JULY, Scope(group=1), by="unit")
        shown = suppress_figures(values, units(snapshot))
        below = metric_values(snapshot, ["activation_rate", "provisioned_accounts"], JULY, Scope("R"), by="unit")
        assert set(suppress_figures(below, units(snapshot)).filter("is_hidden")["unit_code"]) == {"a", "b"}
    assert set(shown.filter("is_hidden")["unit_code"]) == {"a", "b"}
    assert not shown["is_hidden"][0]


COUNTS = ("activated", "logged_in", "weekly", "processing")
WITHIN = {"logged_in": ["activated"], "weekly": ["logged_in", "activated"], "processing": ["activated"]}
Own = dict[str, dict[str, int]]
"""For each unit, the population and the counts of its own part."""


def random_table(seed: int, units: int, greatest: int, counts: tuple[str, ...] = COUNTS) -> tuple[pl.DataFrame, Own]:
    """A random tree of units; every count is a part of the population and of those in WITHIN, often all or nothing of it."""
    draw = random.Random(seed)
    own: Own = {}
    parent: dict[str, str | None] = {}
    for number in range(units):
        code = f"U{number}"
        parent[code] = draw.choice(list(own)) if own else None
        mine = {"population": draw.choice([0, 1, 2, 3, draw.randint(0, greatest), draw.randint(5, greatest)])}
        for count in counts:
            most = min(mine[whole] for whole in ("population", *WITHIN.get(count, ())))
            mine[count] = draw.choice([0, most, most, draw.randint(0, most)])
        own[code] = mine
    sums = {code: dict.fromkeys(("population", *counts), 0) for code in own}
    for code, mine in own.items():
        for above in climb(code, parent):
            for name, number in mine.items():
                sums[above][name] += number
    rows = [{"unit_code": code, "parent_code": parent[code], **sums[code]} for code in own]
    return pl.DataFrame(rows, schema={"unit_code": pl.String, "parent_code": pl.String, **dict.fromkeys(("population", *counts), pl.Int64)}), own


def below(frame: pl.DataFrame) -> dict[str, list[str]]:
    """For each unit, itself and all units below it."""
    parent = dict(frame.select("unit_code", "parent_code").iter_rows())
    return {code: [other for other in frame["unit_code"] if code in climb(other, parent)] for code in frame["unit_code"]}


def secrets(frame: pl.DataFrame, own: Own, shown: pl.DataFrame) -> dict[str, list[str]]:
    """What must stay open, as sums of own parts: hidden units, and small own parts of parents."""
    parents = set(frame["parent_code"].drop_nulls())
    inside = below(frame)
    found = {f"unit {code}": inside[code] for code in shown.filter("is_hidden")["unit_code"] if sum(own[one]["population"] for one in inside[code])}
    return found | {f"own part of {code}": [code] for code in own if code in parents and 0 < own[code]["population"] < SMALLEST}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_linear_programming_determines_no_hidden_cell(seed: int) -> None:
    """All columns at once: sums down the tree, headcounts known to everyone, and every count within those that it is a part of."""
    frame, own = random_table(seed, random.Random(seed).randint(1, 8), 15)
    shown = suppress(frame, COUNTS, "population")
    inside, codes = below(frame), frame["unit_code"].to_list()
    place = {(code, count): number for number, (code, count) in enumerate(itertools.product(codes, COUNTS))}
    equal, totals, less, bounds = [], [], [], []
    for row in shown.filter(~pl.col("is_hidden")).iter_rows(named=True):
        for count in COUNTS:
            line = np.zeros(len(place))
            line[[place[code, count] for code in inside[row["unit_code"]]]] = 1
            equal.append(line)
            totals.append(row[count])
    for code, count in place:
        bounds.append((0, own[code]["population"]))
        for whole in WITHIN.get(count, ()):
            line = np.zeros(len(place))
            line[place[code, count]], line[place[code, whole]] = 1, -1
            less.append(line)
    for name, slots in secrets(frame, own, shown).items():
        for count in COUNTS:
            goal = np.zeros(len(place))
            goal[[place[code, count] for code in slots]] = 1
            truth = sum(own[code][count] for code in slots)
            away = 0.0
            for sign in (1, -1):
                if away < 1 - 1e-6:  # the truth lies between the two ends, so one that is far from it is enough
                    found = linprog(sign * goal, less, np.zeros(len(less)), equal or None, totals or None, bounds)
                    assert found.status == 0, (name, count, seed)
                    away += abs(truth - sign * found.fun)
            assert away >= 1 - 1e-6, (name, count, away, seed)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_trying_every_whole_number_determines_no_hidden_cell(seed: int) -> None:
    counts = COUNTS[:2]
    frame, own = random_table(seed, random.Random(seed).randint(2, 3), 6, counts)
    shown = suppress(frame, counts, "population")
    codes, inside = frame["unit_code"].to_list(), below(frame)
    pairs = [[(more, less) for more in range(own[code]["population"] + 1) for less in range(more + 1)] for code in codes]
    known = [(inside[row["unit_code"]], tuple(row[count] for count in counts)) for row in shown.filter(~pl.col("is_hidden")).iter_rows(named=True)]
    asked = secrets(frame, own, shown)
    possible: dict[tuple[str, str], set[int]] = {}
    for guess in itertools.product(*pairs):
        mine = dict(zip(codes, guess, strict=True))
        if all(tuple(map(sum, zip(*(mine[one] for one in slots), strict=True))) == told for slots, told in known):
            for name, slots in asked.items():
                for number, count in enumerate(counts):
                    possible.setdefault((name, count), set()).add(sum(mine[one][number] for one in slots))
    assert all(len(found) > 1 for found in possible.values()), seed
    assert possible or not asked


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_subtraction_brings_no_hidden_cell_back(seed: int) -> None:
    """A parent less its shown children leaves more than one hidden part, or an own part that is not small."""
    frame, own = random_table(seed, random.Random(seed).randint(2, 40), 30)
    shown = suppress(frame, COUNTS, "population")
    hidden_codes = hidden(shown)
    for parent in set(frame["parent_code"].drop_nulls()) - hidden_codes:
        gone = [code for code in frame.filter(parent_code=parent)["unit_code"] if code in hidden_codes]
        assert len(gone) != 1 or own[parent]["population"] > 0, (parent, seed)
        assert gone or not 0 < own[parent]["population"] < SMALLEST, (parent, seed)


@pytest.mark.parametrize("seed", range(20))
def test_a_large_table_keeps_most_of_its_rows(seed: int) -> None:
    draw = random.Random(seed)
    rows: list[tuple[str, str | None, int, int]] = []
    for number in range(200):
        population = draw.choice([2, *range(20, 90, 7)]) if number % 20 == 0 else draw.randint(10, 90)
        rows.append((f"U{number}", "R", population, draw.randint(0, population)))
    rows.insert(0, ("R", None, sum(row[2] for row in rows), sum(row[3] for row in rows)))
    shown = suppress(table(*rows), ["count"], "population")
    small = sum(1 for row in rows if row[2] < SMALLEST)
    assert len(hidden(shown)) <= 2 * small + 1


def climb(code: str, parent: dict[str, str | None]) -> list[str]:
    found = [code]
    while (above := parent[found[-1]]) is not None:
        found.append(above)
    return found

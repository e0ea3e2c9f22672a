"""What the sample plants (truth.json, "effects") is told as what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.paths import Home
from data.snapshot import published_snapshot
from metrics.catalog import metric
from metrics.coherence.checks import run_checks
from metrics.comparison.change import decompose_change
from metrics.comparison.funnel_limits import funnel
from metrics.comparison.intervals import difference_bounds, wilson
from metrics.comparison.peers import ranks
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period, month, period_before, quarter
from metrics.query.metric_values import counts, metric_values, units
from metrics.tree.scope import Scope


@pytest.fixture(scope="module")
def effects(demo_home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((demo_home / "sample" / "truth.json").read_text(encoding="utf-8"))["effects"]
    return found


@pytest.fixture(scope="module")
def snapshot(demo_home: Path) -> Iterator[Snapshot]:
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as opened:
        yield opened


def planted(effects: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    found = [effect for effect in effects if effect["name"] == name]
    assert found, name
    return found


def month_of(effect: dict[str, Any]) -> Period:
    return month(date.fromisoformat(effect["from"] + "-01"))


def level_of(snapshot: Snapshot, metric: str, period: Period, unit_code: str, scope: Scope | None = None) -> pl.DataFrame:
    """The figures of all units on the level of one of them."""
    tree = units(snapshot).select("unit_code", "level")
    level = tree.filter(unit_code=unit_code)["level"].item()
    by_unit = metric_values(snapshot, [metric], period, scope or Scope(), by="unit").drop_nulls("unit_code")
    return by_unit.join(tree.filter(level=level), on="unit_code", how="semi", maintain_order="left")


def moved(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """`now` with the bounds of each unit's change since `before`."""
    both = now.join(before, on="unit_code", suffix="_before")
    low, high = difference_bounds((pl.col("numerator"), pl.col("denominator")), (pl.col("numerator_before"), pl.col("denominator_before")))
    return both.with_columns(low=low, high=high, change=pl.col("value") - pl.col("value_before"))


def test_every_kind_of_effect_has_its_test_here(effects: list[dict[str, Any]]) -> None:
    assert {effect["name"] for effect in effects} == {"drop", "lag", "rise", "mix_shift", "too_small", "midnight", "repeated_number"}


def test_a_unit_that_drops_fell_farther_than_all_others_and_than_chance(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    for effect in planted(effects, "drop"):
        now = month_of(effect)
        before = period_before(now)
        assert before is not None
        # A unit that was named later dropped while it had its old name: on the tree of today it did so itself.
        first_on = units(snapshot).filter(unit_code=effect["unit_code"])["valid_from"].item()
        scope = Scope(tree="as_is" if first_on > now.from_on else "as_was")
        sides = [level_of(snapshot, "login_rate", period, effect["unit_code"], scope) for period in (now, before)]
        found = moved(*sides).sort("change")
        assert found["unit_code"][0] == effect["unit_code"] and found["high"][0] < 0, effect
        assert found["high"][0] == found["high"].min(), effect
        place = funnel(sides[0]).filter(unit_code=effect["unit_code"])["position"].item()
        assert place in {"below_998", "below_95"}, effect
        assert funnel(sides[1]).filter(unit_code=effect["unit_code"])["position"].item() == "within", effect


def test_only_the_unit_that_lags_lies_below_the_outer_limit_of_its_level(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    (central, province) = planted(effects, "lag")
    placed = funnel(level_of(snapshot, central["measure"], month_of(central), central["unit_code"], Scope(group=1)))
    assert placed.filter(pl.col("position") == "below_998")["unit_code"].to_list() == [central["unit_code"]]
    # The province had but its clerks before, too few to say anything, and lags since its officers have accounts.
    month_before = period_before(month_of(province))
    assert month_before is not None
    before = level_of(snapshot, province["measure"], month_before, province["unit_code"])
    placed = funnel(before).filter(unit_code=province["unit_code"])
    assert (placed["denominator"].item() < 5, placed["position"].item()) == (True, "within")
    for later in (month_of(province), month(date(2025, 6, 1))):
        figures = level_of(snapshot, province["measure"], later, province["unit_code"])
        assert funnel(figures).filter(unit_code=province["unit_code"])["position"].item() == "below_998"
        rank = ranks(figures).filter(unit_code=province["unit_code"])
        assert rank["rank_from"].item() > figures.height * 0.6  # surely, of all 63 at once


def test_the_unit_that_rises_is_told_from_itself_and_from_the_others(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    (effect,) = planted(effects, "rise")
    first = month_of(effect)
    sides = [level_of(snapshot, effect["measure"], period, effect["unit_code"], Scope(group=1)) for period in (month(date(2025, 1, 1)), first)]
    found = moved(*sides)
    mine = found.filter(unit_code=effect["unit_code"])
    assert mine["low"].item() > 0.25
    assert funnel(sides[1]).filter(unit_code=effect["unit_code"])["position"].item().startswith("below")
    assert (
        funnel(level_of(snapshot, effect["measure"], month(date(2025, 1, 1)), effect["unit_code"]))
        .filter(unit_code=effect["unit_code"])["position"]
        .item()
        == "above_998"
    )


def test_the_shift_of_volumes_is_told_as_mix_and_not_as_behaviour(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    (effect,) = planted(effects, "mix_shift")
    now = quarter(date.fromisoformat(effect["from"] + "-01"))
    before = period_before(now)
    assert before is not None
    scope = Scope(unit_codes=tuple(effect["unit_codes"]))
    # The units' own documents: those of the units below them did not change places.
    own = [counts(snapshot, [metric(effect["measure"])], [period], scope, "own_unit").rename({"group_code": "unit_code"}) for period in (now, before)]
    found = decompose_change(*(frame.filter(pl.col("unit_code").is_in(effect["unit_codes"])) for frame in own))
    mix, behaviour = found["mix"].sum(), found["behaviour"].sum()
    assert abs(mix) > 0.05
    assert abs(behaviour) < abs(mix) / 2


def test_a_unit_too_small_to_judge_is_not_judged(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    for effect in planted(effects, "too_small"):
        figures = level_of(snapshot, "activation_rate", month_of(effect), effect["unit_code"])
        small = pl.col("unit_code") == effect["unit_code"]
        assert figures.filter(small)["value"].item() == 1.0  # as good as can be, and still nothing to say
        assert funnel(figures).filter(small)["position"].item() == "within"
        interval = wilson(figures).filter(small)
        assert interval["high"].item() - interval["low"].item() > 0.3
        rank = ranks(figures).filter(small)
        assert rank["rank_from"].item() == 1
        assert rank["rank_to"].item() > figures.height / 2


def test_what_happened_after_midnight_counts_on_the_local_day(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    (effect,) = planted(effects, "midnight")
    first = datetime.fromtimestamp(effect["first"], UTC)  # the clock on the wall, as the sample counts
    assert (first.date(), first.hour) == (date.fromisoformat(effect["days"][0]), 0)
    # By UTC what happened in the first hours would lie on the day before, of which nothing else speaks.
    assert snapshot.info.first_on == first.date()
    days = metric_values(snapshot, ["outgoing_documents"], Period(date(2024, 6, 30), first.date()), by="day")
    assert days["numerator"].to_list()[1] is None and days["numerator"].to_list()[2] > 0


def test_the_repeated_number_is_found_where_it_was_planted(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    (effect,) = planted(effects, "repeated_number")
    found = {check.name: check for check in run_checks(snapshot, month_of(effect))}
    assert found["numbers_are_unique"].unit_codes == (effect["unit_code"],)


def test_totals_are_conserved_over_the_reorganisation(snapshot: Snapshot) -> None:
    """Over a year with the reorganisation in it, the restated tree has the same totals, and every province of today its parts."""
    names = ["outgoing_documents", "internal_incoming", "provisioned_accounts", "activated_accounts", "electronic_issue_ratio"]
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    was, is_ = (metric_values(snapshot, names, year, Scope(tree=tree)).drop("label") for tree in ("as_was", "as_is"))
    assert was.equals(is_)
    by_unit = metric_values(snapshot, ["outgoing_documents"], year, Scope(tree="as_is"), by="unit")
    tree = units(snapshot)
    (root,) = tree.filter(pl.col("parent_code").is_null())["unit_code"]
    assert by_unit.filter(unit_code=root)["numerator"].item() == by_unit["numerator"][0]
    ended = set(tree.filter(pl.col("valid_to") < snapshot.info.cutoff_on)["unit_code"])
    assert not ended & set(by_unit["unit_code"].drop_nulls())

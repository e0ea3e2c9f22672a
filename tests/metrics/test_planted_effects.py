"""What the sample plants (truth.json, "effects") is told as what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.paths import Home
from data.snapshot import published_snapshot
from metrics.catalog import metric
from metrics.coherence import run_checks
from metrics.compare import decompose_change
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.funnel import funnel
from metrics.intervals import difference_bounds, wilson
from metrics.peers import ranks
from metrics.periods import Period, month, quarter
from metrics.scope import Scope
from metrics.values import counts, metric_values, units


@pytest.fixture(scope="module")
def effects(demo_home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((demo_home / "sample" / "truth.json").read_text(encoding="utf-8"))["effects"]
    return found


@pytest.fixture(scope="module")
def snapshot(demo_home: Path) -> Iterator[Snapshot]:
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as opened:
        yield opened


def planted(effects: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(effect for effect in effects if effect["name"] == name)


def month_of(effect: dict[str, Any]) -> Period:
    return month(date.fromisoformat(effect["from"] + "-01"))


def level_of(snapshot: Snapshot, metric: str, period: Period, unit_code: str, group: int | None = None) -> pl.DataFrame:
    """The figures of all units on the level of one of them."""
    tree = units(snapshot).select("unit_code", "level")
    level = tree.filter(unit_code=unit_code)["level"].item()
    by_unit = metric_values(snapshot, [metric], period, Scope(group=group), by="unit").drop_nulls("unit_code")
    return by_unit.join(tree.filter(level=level), on="unit_code", how="semi", maintain_order="left")


def test_the_unit_that_drops_can_be_told_from_itself_a_month_before(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    effect = planted(effects, "drop")
    now = month_of(effect)
    before = Period(now.previous().to_on.replace(day=1), now.previous().to_on)
    sides = [metric_values(snapshot, ["login_rate"], period, Scope(effect["unit_code"])) for period in (now, before)]
    both = sides[0].join(sides[1], on="unit_code", suffix="_before")
    _, high = difference_bounds((pl.col("numerator"), pl.col("denominator")), (pl.col("numerator_before"), pl.col("denominator_before")))
    assert both.select(high).item() < 0


def test_the_unit_that_lags_lies_below_the_outer_limit(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    effect = planted(effects, "lag")
    placed = funnel(level_of(snapshot, effect["measure"], month_of(effect), effect["unit_code"], group=1))
    assert placed.filter(pl.col("position") == "below_998")["unit_code"].to_list() == [effect["unit_code"]]


def test_the_shift_of_volumes_is_told_as_mix_and_not_as_behaviour(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    effect = planted(effects, "mix_shift")
    now = quarter(date.fromisoformat(effect["from"] + "-01"))
    before = quarter(now.previous().to_on)
    scope = Scope(unit_codes=tuple(effect["unit_codes"]))
    # The units' own documents: those of the units below them did not change places.
    own = [counts(snapshot, [metric(effect["measure"])], [period], scope, "own_unit").rename({"group_code": "unit_code"}) for period in (now, before)]
    found = decompose_change(*(frame.filter(pl.col("unit_code").is_in(effect["unit_codes"])) for frame in own))
    mix, behaviour = found["mix"].sum(), found["behaviour"].sum()
    assert abs(mix) > 0.05
    assert abs(behaviour) < abs(mix) / 2


def test_the_unit_too_small_to_judge_is_not_judged(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    effect = planted(effects, "too_small")
    figures = level_of(snapshot, "activation_rate", month_of(effect), effect["unit_code"], group=1)
    small = pl.col("unit_code") == effect["unit_code"]
    assert funnel(figures).filter(small)["position"].item() == "within"
    interval = wilson(figures).filter(small)
    assert interval["high"].item() - interval["low"].item() > 0.3
    rank = ranks(figures).filter(small)
    assert rank["rank_to"].item() - rank["rank_from"].item() > figures.height / 3


def test_the_repeated_number_is_found_where_it_was_planted(snapshot: Snapshot, effects: list[dict[str, Any]]) -> None:
    effect = planted(effects, "repeated_number")
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

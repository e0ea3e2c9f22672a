"""The first-login curve against the slow computation, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from data.errors import ConfigurationError
from metrics.comparison.first_logins import COLUMNS, first_login_curve, first_login_wait
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope
from metrics.tree.scope import Tree as TreeName
from tests.metrics import slow_figures as slow
from tests.metrics.test_against_slow_figures import CUTOFF_ON, START, World, groups_of
from tests.tiny_snapshot import write_snapshot

BEFORE_ALL = date(2000, 1, 1)
FIRST_ON = START + timedelta(days=3)


@pytest.mark.parametrize("tree", ["as_was", "as_is", "comparable"])
@pytest.mark.parametrize("seed", range(8))
def test_the_curve_equals_the_slow_computation_on_every_day(seed: int, tree: TreeName) -> None:
    world = World(seed)
    world.rows["snapshot_info"][0]["first_on"] = FIRST_ON
    begins = {account["account_key"]: world.day(FIRST_ON, date(2024, 8, 15)) for account in world.rows["account"]}
    world.rows["account_day"] = [day for day in world.rows["account_day"] if day["day_on"] >= begins[day["account_key"]]]
    period = Period(START + timedelta(days=9 * seed), date(2024, 9, 20))
    ends = {"as_was": date(2024, 7, 10), "as_is": CUTOFF_ON, "comparable": period.to_on}[tree]
    there = [unit["unit_code"] for unit in world.rows["org_unit"] if unit["valid_from"] <= ends <= unit["valid_to"]]
    level = world.random.choice([unit["level"] for unit in world.rows["org_unit"]])
    groups = sorted({unit["pilot_group"] for unit in world.rows["org_unit"] if unit.get("pilot_group")})
    scope = [
        Scope(tree=tree),
        Scope("R", tree=tree),
        Scope(world.random.choice(there), tree=tree),
        Scope(unit_codes=tuple(world.random.sample(there, k=min(3, len(there)))), tree=tree),
        Scope("R", levels=(level,), tree=tree),
        Scope(group=groups[0] if groups else None, tree=tree),
        Scope(levels=(level,), unit_codes=tuple(there[:2]), tree=tree),
        Scope(group=groups[-1] if groups else None, unit_codes=("R",), tree=tree),
    ][seed]
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), world.rows)) as snapshot:
        curve = first_login_curve(snapshot, period, scope)
    assert dict(curve.schema) == {name: kind() for name, kind in COLUMNS.items()}
    assert curve["day_on"].to_list() == [part.from_on for part in period.split("day")]
    stands = slow.Tree(world.rows)
    first_login = {
        account["account_key"]: min(
            (day["day_on"] for day in world.rows["account_day"] if day["account_key"] == account["account_key"] and day["has_logged_in"]),
            default=None,
        )
        for account in world.rows["account"]
    }
    for day_on, first_logins, logged_in, activated, value in curve.iter_rows():
        if not world.rows["account"] or not FIRST_ON <= day_on <= CUTOFF_ON:  # nothing delivered, or days not spoken of
            assert (first_logins, logged_in, activated, value) == (None,) * 4
            continue
        counted = slow.counted_rows(world.rows, "account", BEFORE_ALL, day_on, CUTOFF_ON, scope.group)
        inside = list({one.facts["key"]: one for one in counted if groups_of(world, stands, one, period, scope, None)}.values())
        over, under, rate = slow.figure("login_rate", inside)
        firsts = sum(1 for one in inside if one.facts["activated"] and first_login[one.facts["key"]] == day_on)
        assert (first_logins, logged_in, activated, value) == (firsts, over, under, rate), (seed, scope, day_on)


def test_an_unknown_unit_is_told(tmp_path: Path) -> None:
    with open_snapshot(write_snapshot(tmp_path)) as snapshot, pytest.raises(ConfigurationError, match="no unit"):
        first_login_curve(snapshot, Period(date(2024, 7, 1), date(2024, 7, 2)), Scope("zz"))


def test_how_long_it_takes_from_activation_to_the_first_login(tmp_path: Path) -> None:
    """Waits of 0, 2 and 10 days; one not yet in 30 days, one that went after 4 without; and those that are not asked for."""
    days = {"a": 0, "b": 2, "c": 10}
    rows = [{"account_key": key, "unit_code": "A", "activated_on": date(2024, 7, 1)} for key in "abcd"]
    rows.append({"account_key": "e", "unit_code": "A", "activated_on": date(2024, 7, 1), "disabled_on": date(2024, 7, 6)})
    rows += [{"account_key": "f", "unit_code": "B", "activated_on": date(2024, 7, 1)}, {"account_key": "g", "unit_code": "A", "activated_on": None}]
    logins = [{"account_key": key, "day_on": date(2024, 7, 1) + timedelta(days=wait), "has_logged_in": True} for key, wait in days.items()]
    units = [{"unit_code": "A"}, {"unit_code": "B"}]
    with open_snapshot(write_snapshot(tmp_path, {"org_unit": units, "account": rows, "account_day": logins})) as snapshot:
        wait = first_login_wait(snapshot, Period(date(2024, 7, 1), date(2024, 7, 31)), Scope("A"))
        assert wait is not None
        # At risk 5, 4, 2 (one went): 4/5, then 3/5, then 3/10.
        assert (wait.activated, wait.logged_in, wait.median, wait.ninety) == (5, 3, 10, None)
        assert wait.not_after == pytest.approx(0.3)
        assert first_login_wait(snapshot, Period(date(2024, 7, 2), date(2024, 7, 31))) is None

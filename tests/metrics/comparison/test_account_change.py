"""Accounts followed from one period to the other: a reorganisation moves nobody, and the parts are the change, recounted in fractions."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.errors import ConfigurationError
from metrics.comparison.account_change import COUNTS, PARTS, SCHEMA, account_moves, split_change
from metrics.comparison.targets import SCHEMA as TARGETS
from metrics.comparison.unit_standings import comparison, is_mix_refused, moved
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope, Tree
from tests.tiny_snapshot import write_snapshot

TURN = date(2024, 7, 1)
BEFORE, AFTER = {"valid_to": date(2024, 6, 30)}, {"valid_from": TURN}
JUNE, JULY = Period(date(2024, 6, 1), date(2024, 6, 30)), Period(TURN, date(2024, 7, 31))
UNITS: list[dict[str, Any]] = [
    {"unit_code": "R", "level": "toi_cao"},
    {"unit_code": "V", "parent_code": "R"},
    *({"unit_code": code, "parent_code": "R", **BEFORE} for code in ("T1", "T2", "T3")),
    *({"unit_code": code, "parent_code": "R", **AFTER} for code in ("N", "k1", "k2")),
]
SUCCESSIONS = [
    {"old_code": "T1", "new_code": "N", "effective_on": TURN},
    {"old_code": "T2", "new_code": "N", "effective_on": TURN},
    {"old_code": "T3", "new_code": "k1", "effective_on": TURN, "share": 0.6},
    {"old_code": "T3", "new_code": "k2", "effective_on": TURN, "share": 0.4},
]
HEIRS = {"V": ["V"], "T1": ["N"], "T2": ["N"], "T3": ["k1", "k2"]}


def reorganised(folder: Path, changes: dict[int, dict[str, Any]] | None = None) -> Snapshot:
    """Thirty accounts in four units, every second one activated long ago, all in what became of their unit since July; `changes` by number."""
    accounts, assignments = [], []
    for number in range(30):
        old = list(HEIRS)[number % 4]
        new = HEIRS[old][number // 4 % len(HEIRS[old])]
        account = {"account_key": f"a{number}", "activated_on": date(2024, 2, 1) if (number // 4 + number % 4) % 2 else None}
        change = (changes or {}).get(number, {})
        accounts.append(account | {key: change[key] for key in ("activated_on", "provisioned_on", "disabled_on") if key in change})
        assignments.append({"account_key": f"a{number}", "unit_code": old, "valid_to": date(2024, 6, 30)})
        assignments.append({"account_key": f"a{number}", "unit_code": change.get("unit_code", new), "valid_from": TURN})
    rows = {"org_unit": UNITS, "unit_succession": SUCCESSIONS, "account": accounts, "account_assignment": assignments}
    documents = [{"unit_code": code, "issued_on": on, "is_electronic": True} for code, on in (("T1", JUNE.to_on), ("V", JUNE.to_on), ("V", TURN))]
    info = [{"first_on": date(2024, 6, 1)}]
    return open_snapshot(write_snapshot(folder, {**rows, "document": documents, "snapshot_info": info}))


@pytest.mark.parametrize("tree", ["as_was", "as_is"])
def test_a_reorganisation_alone_changes_nothing(tmp_path: Path, tree: Tree) -> None:
    with reorganised(tmp_path) as snapshot:
        moves = account_moves(snapshot, "activation_rate", JULY, JUNE, Scope(tree=tree))
        parts = split_change(moves)
    assert moves["stayers"].sum() == 30 and set(moves["unit_code"]) == {"V", "N", "k1", "k2"}
    assert all(parts[part].to_list() == [0.0] * 4 for part in PARTS)


def test_habits_transfers_arrivals_and_departures_are_told_apart(tmp_path: Path) -> None:
    changes: dict[int, dict[str, Any]] = {
        0: {"activated_on": date(2024, 7, 9)},  # of V, activated within July
        2: {"unit_code": "V"},  # from T2 to another unit than what became of it
        4: {"provisioned_on": date(2024, 7, 3)},
        5: {"disabled_on": date(2024, 7, 2)},
    }
    with reorganised(tmp_path, changes) as snapshot:
        sides = [metric_values(snapshot, ["activation_rate"], period)["value"].item() for period in (JULY, JUNE)]
        moves = account_moves(snapshot, "activation_rate", JULY, JUNE)
        parts = split_change(moves)
        assert sum(parts[part].sum() for part in PARTS) == pytest.approx(sides[0] - sides[1], abs=1e-12)
    total = {name: moves[name].sum() for name in COUNTS}
    assert (total["stayers"], total["gained"], total["lost"], total["entrants"], total["leavers"]) == (28, 1, 0, 1, 1)
    assert parts["behaviour"].sum() == pytest.approx(1 / 28, abs=1e-12)
    assert parts["mix"].to_list() == [0.0] * parts.height
    assert moves.filter(unit_code="V")["gained"].item() == 1


@pytest.mark.parametrize("seed", range(20))
def test_the_parts_equal_fractions_counted_account_by_account(seed: int) -> None:
    """Melitz and Polanec (2015), equation 4, from single accounts: unit, in the denominator then and now, in the numerator then and now."""
    draw = random.Random(seed)
    accounts = []
    for _ in range(draw.choice([1, 5, 60])):
        there = draw.choice([(0, 1), (1, 0), (1, 1), (1, 1), (1, 1)])
        accounts.append((draw.choice([None, *"ABCD"]), *there, *(side and draw.randint(0, 1) for side in there)))
    counted: dict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for unit, then, now, reached_then, reached_now in accounts:
        one = counted[unit]
        for name, is_counted in (
            ("stayers", then and now),
            ("reached_before", then and now and reached_then),
            ("reached_now", then and now and reached_now),
            ("gained", then and now and reached_now and not reached_then),
            ("lost", then and now and reached_then and not reached_now),
            ("entrants", now and not then),
            ("entrants_reached", now and not then and reached_now),
            ("leavers", then and not now),
            ("leavers_reached", then and not now and reached_then),
        ):
            one[name] += bool(is_counted)
    found = split_change(pl.DataFrame([{"unit_code": unit, **counts} for unit, counts in counted.items()], schema=SCHEMA))
    stay = [one for one in accounts if one[1] and one[2]]
    sides = [[one for one in accounts if one[side]] for side in (1, 2)]
    if not all(sides):
        assert found.is_empty()
        return
    before, now = (Fraction(sum(one[side + 2] for one in sides[side - 1]), len(sides[side - 1])) for side in (1, 2))
    stayed = [Fraction(sum(one[side] for one in stay), len(stay)) if stay else (before + now) / 2 for side in (3, 4)]
    for unit, behaviour, mix, entered, left in found.iter_rows():
        mine = [one for one in accounts if one[0] == unit]
        own = Fraction(sum(one[4] - one[3] for one in mine if one[1] and one[2]), len(stay) or 1)
        came = sum((one[4] - stayed[1] for one in mine if one[2] and not one[1]), Fraction()) / len(sides[1])
        gone = sum((stayed[0] - one[3] for one in mine if one[1] and not one[2]), Fraction()) / len(sides[0])
        assert (behaviour, mix, entered, left) == pytest.approx((float(own), 0.0, float(came), float(gone)), abs=1e-12)
    assert sum(found[part].sum() for part in PARTS) == pytest.approx(float(now - before), abs=1e-12)


def test_documents_are_not_split_on_a_tree_that_changed_in_between(tmp_path: Path) -> None:
    name = "fully_electronic_ratio"
    with reorganised(tmp_path) as snapshot:
        assert is_mix_refused(snapshot, name, JULY, JUNE, Scope()) and moved(snapshot, name, JULY, JUNE, Scope()).is_empty()
        assert not is_mix_refused(snapshot, name, JULY, JUNE, Scope(tree="as_is"))
        table = comparison(snapshot, name, JULY, JUNE, pl.DataFrame(schema=TARGETS))
        assert table.select("behaviour", "mix", "entered", "left").null_count().row(0) == (table.height,) * 4
        whole = comparison(snapshot, name, JULY, JUNE, pl.DataFrame(schema=TARGETS), Scope(tree="as_is")).row(0, named=True)
        assert (whole["behaviour"] + whole["mix"], whole["entered"]) == (pytest.approx(whole["change"], abs=1e-12), None)
        with pytest.raises(ConfigurationError, match="no ratio of accounts"):
            account_moves(snapshot, name, JULY, JUNE)

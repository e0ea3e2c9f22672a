"""What the generator wrote down from its own plan (`sample/truth.json`) comes out of the pipeline, figure by figure.

The plan never saw the pipeline, so a rule that both got wrong in the same way is the only error that could hide here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.demo.months import declarations
from tests.conftest import run_vanban

Json = dict[str, Any]

# The plan's words for what the catalogue has as part of a ratio.
PART_OF_RATIO = {
    "outgoing_fully_signed": ("fully_signed_ratio", "numerator"),
    "issued_electronically": ("electronic_issue_ratio", "numerator"),
    "declared": ("electronic_issue_ratio", "denominator"),
}

MONTHS_WITH_A_UNIT_THAT_DID_NOT_DECLARE = {declarations.NOT_DECLARED[0], declarations.NOT_A_NUMBER[0]}


@pytest.fixture(scope="module")
def truth(demo_home: Path) -> Json:
    read: Json = json.loads((demo_home / "sample" / "truth.json").read_text(encoding="utf-8"))
    return read


def metrics(home: Path, *arguments: str) -> list[Json]:
    finished = run_vanban("metrics", *arguments, "--format", "json", home=home)
    assert finished.returncode == 0, finished.stderr
    rows: list[Json] = json.loads(finished.stdout)
    return rows


def test_every_row_is_accounted_for_as_planned(demo_home: Path, truth: Json) -> None:
    run = json.loads((demo_home / "var" / "runs.jsonl").read_text(encoding="utf-8").splitlines()[0])
    found = {(entity["source"], entity["entity"]): entity for entity in run["entities"]}
    planned = {(source, entity): counts for source, entities in truth["accounting"].items() for entity, counts in entities.items()}
    assert set(found) == set(planned)
    for key, counts in planned.items():
        entity = found[key]
        assert {name: entity[f"rows_{name}"] for name in ("in", "loaded", "duplicate", "filtered", "rejected")} == {
            name: counts[name] for name in ("in", "loaded", "duplicate", "filtered", "rejected")
        }, key
        assert counts["in"] == counts["loaded"] + counts["duplicate"] + counts["filtered"] + counts["rejected"]
    assert sum(counts["filtered"] for counts in planned.values()) > 0
    assert sum(counts["rejected"] for counts in planned.values()) > 0
    assert sum(counts["duplicate"] for counts in planned.values()) > 0


def test_every_month_of_the_whole(demo_home: Path, truth: Json) -> None:
    first, last = truth["first_day"], truth["last_day"]
    computed = {(row["period_from"][:7], row["metric"]): row for row in metrics(demo_home, "--from", first, "--to", last, "--by", "month")[30:]}
    compared = 0
    for month, planned in truth["months"].items():
        for name, expected in planned["all"].items():
            metric, part = PART_OF_RATIO.get(name, (name, "numerator"))
            if name == "issued_electronically" and month in MONTHS_WITH_A_UNIT_THAT_DID_NOT_DECLARE:
                assert computed[month, metric][part] < expected, "the ratio speaks of the units that declared, the plan of everyone"
                continue
            assert computed[month, metric][part] == expected, f"{name} in {month}"
            compared += 1
    assert compared > 28 * 12


def test_every_unit_of_the_pilot(demo_home: Path, truth: Json) -> None:
    """The plan counts a unit alone, the pipeline with everything below it: parents are the sums of their branch."""
    rows = metrics(demo_home, "--from", "2024-07-01", "--to", "2024-07-31", "--by", "unit")
    planned = truth["months"]["2024-07"]["units"]
    districts = {row["unit_code"]: [code for code in planned if code.startswith("H")] for row in rows if row["unit_code"] == "VKSTC"}
    assert districts, "the root is listed"
    compared = 0
    for row in rows:
        code = row["unit_code"]
        if code is None or code in {"VKSTC", "T01", "T22", "T25"} or row["denominator"] is not None or row["metric"] not in planned.get(code, {}):
            continue
        assert row["numerator"] == planned[code][row["metric"]], f"{row['metric']} of {code}"
        compared += 1
    assert compared > 500


def test_accounts_of_each_unit_in_july(demo_home: Path, truth: Json) -> None:
    rows = metrics(demo_home, "--from", "2024-07-01", "--to", "2024-07-31", "--by", "unit", "--metric", "login_rate_of_provisioned")
    found = {row["unit_code"]: (row["denominator"], row["numerator"]) for row in rows}
    planned = truth["accounts_july_2024"]
    for code, counts in planned.items():
        if code.startswith(("H", "VKSTC-")):
            assert found[code] == (counts["provisioned"], counts["logged_in"]), code
    total = [sum(counts[name] for counts in planned.values()) for name in ("provisioned", "logged_in")]
    assert found[None] == tuple(total)


def test_a_moved_account_counts_where_it_was(demo_home: Path, truth: Json) -> None:
    """It left H001 for H002 on 20 July: on the 19th it counts there, on the 20th here."""
    moved = next(defect for defect in truth["defects"] if defect["name"] == "moved_account")
    assert "H001" in moved["expected"] and "2024-07-20" in moved["expected"]

    def accounts(unit: str, day: str) -> int:
        (row,) = metrics(demo_home, "--from", day, "--to", day, "--unit", unit, "--metric", "provisioned_accounts")
        count: int = row["numerator"]
        return count

    assert accounts("H001", "2024-07-19") - accounts("H001", "2024-07-20") == 1
    assert accounts("H002", "2024-07-20") - accounts("H002", "2024-07-19") == 1


@pytest.mark.parametrize(
    ("first", "last", "planted"),
    [
        ("2024-07-01", "2024-07-25", set()),
        ("2024-07-01", "2024-07-31", {"issued_within_declared"}),
        ("2024-09-01", "2024-09-30", {"numbers_are_unique"}),
        ("2025-06-01", "2025-07-31", set()),
        ("2026-10-01", "2026-10-31", set()),
    ],
)
def test_what_does_not_cohere_is_what_was_planted(demo_home: Path, first: str, last: str, planted: set[str]) -> None:
    """The reorganisation of 1 July 2025 in the middle of a period breaks no sum."""
    finished = run_vanban("check", "--from", first, "--to", last, "--format", "json", home=demo_home)
    assert {result["check"] for result in json.loads(finished.stdout) if result["outcome"] == "failed"} == planted
    assert finished.returncode == (1 if planted else 0)

"""The published figures of the pilot, computed by the real pipeline from the sample and read from the command line.

`pilot-2024.json` holds what was published on 31 July 2024; nothing in etl, metrics or dashboard knows its numbers
(tests/test_floors.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_vanban

Row = dict[str, Any]

PILOT = json.loads((Path(__file__).parent / "pilot-2024.json").read_text(encoding="utf-8"))
PUBLISHED = PILOT["published"]
POPULATION = PILOT["synthetic_population_group_1"]
JULY = ("--from", "2024-07-01", "--to", "2024-07-31")
FLOW_WINDOW = ("--from", "2024-07-01", "--to", "2024-07-25")
KEYS = ["metric", "label", "unit_code", "period_from", "period_to", "covered_from", "covered_to", "coverage_days"]
KEYS += ["numerator", "denominator", "value", "snapshot"]


def figures(home: Path, *arguments: str) -> list[Row]:
    finished = run_vanban("metrics", *arguments, "--format", "json", home=home)
    assert finished.returncode == 0, finished.stderr
    rows: list[Row] = json.loads(finished.stdout)
    keys = [*KEYS, *(["unit_name"] if "unit" in arguments else []), "quality"]
    assert all(list(row) == keys for row in rows)
    return rows


def figure(home: Path, metric: str, *arguments: str) -> Row:
    (row,) = figures(home, *arguments, "--metric", metric)
    assert row["metric"] == metric
    assert row["unit_code"] is None
    return row


def test_activation_of_group_1(demo_home: Path) -> None:
    row = figure(demo_home, "activation_rate", *JULY, "--group", "1")
    assert (row["numerator"], row["denominator"]) == (POPULATION["activated"], POPULATION["accounts"])
    assert row["value"] == POPULATION["activated"] / POPULATION["accounts"]
    assert round(row["value"] * 100, 2) == PUBLISHED["activation_rate_pct"]
    assert (row["period_from"], row["period_to"]) == ("2024-07-01", "2024-07-31")


def test_login_of_group_1_on_both_denominators(demo_home: Path) -> None:
    of_activated = figure(demo_home, "login_rate", *JULY, "--group", "1")
    of_provisioned = figure(demo_home, "login_rate_of_provisioned", *JULY, "--group", "1")
    assert (of_activated["numerator"], of_activated["denominator"]) == (POPULATION["logged_in_at_least_once"], POPULATION["activated"])
    assert (of_provisioned["numerator"], of_provisioned["denominator"]) == (POPULATION["logged_in_at_least_once"], POPULATION["accounts"])
    assert round(of_activated["value"] * 100, 2) == PUBLISHED["login_rate_pct"]


def test_units_where_everyone_logged_in(demo_home: Path) -> None:
    units = json.loads(run_vanban("metrics", *JULY, "--metric", "provisioned_accounts", "--by", "unit", "--format", "json", home=demo_home).stdout)
    quang_ninh = {row["unit_code"] for row in figures(demo_home, *JULY, "--unit", "T22", "--by", "unit", "--metric", "provisioned_accounts")}
    assert len(quang_ninh) == 14, "the province and its 13 districts"
    expected = {code for code in PUBLISHED["login_100_percent_units"] if code.startswith("VKSTC-")} | quang_ninh
    assert expected <= {row["unit_code"] for row in units}

    whole, *by_unit = figures(demo_home, *JULY, "--group", "1", "--by", "unit", "--metric", "login_rate")
    assert whole["unit_code"] is None
    assert len(by_unit) == 85, "the units of group 1"
    assert {row["unit_code"] for row in by_unit if row["value"] == 1} == expected
    assert all(row["denominator"] > 0 for row in by_unit)


@pytest.mark.parametrize(
    ("metric", "published"),
    [("axis_incoming", "axis_incoming"), ("axis_outgoing", "axis_outgoing")],
)
def test_axis_to_31_july(demo_home: Path, metric: str, published: str) -> None:
    row = figure(demo_home, metric, *JULY)
    assert row["value"] == row["numerator"] == PUBLISHED["to_31_july"][published]
    assert row["denominator"] is None


def test_electronic_issue_against_what_units_declared(demo_home: Path) -> None:
    row = figure(demo_home, "electronic_issue_ratio", *JULY)
    published = PUBLISHED["to_31_july"]
    assert (row["numerator"], row["denominator"]) == (published["documents_issued_electronically"], published["administrative_documents_not_secret"])


def test_electronic_issue_is_not_known_where_nothing_was_declared_for_the_window(demo_home: Path) -> None:
    row = figure(demo_home, "electronic_issue_ratio", *FLOW_WINDOW)
    assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)


@pytest.mark.parametrize(
    ("metric", "published"),
    [
        ("outgoing_documents", "outgoing_documents"),
        ("outgoing_electronic", "outgoing_fully_electronic"),
        ("outgoing_parallel", "outgoing_parallel_paper"),
        ("outgoing_signed", "outgoing_digitally_signed"),
        ("outgoing_not_signed", "outgoing_not_signed"),
        ("internal_incoming", "internal_incoming_deliveries"),
        ("internal_outgoing", "internal_outgoing_documents"),
    ],
)
def test_flows_of_1_to_25_july(demo_home: Path, metric: str, published: str) -> None:
    assert figure(demo_home, metric, *FLOW_WINDOW)["value"] == PUBLISHED["window_1_to_25_july"][published]


def test_parts_and_whole_of_outgoing_documents(demo_home: Path) -> None:
    value = {row["metric"]: row["value"] for row in figures(demo_home, *FLOW_WINDOW) if row["denominator"] is None}
    assert value["outgoing_documents"] == value["outgoing_electronic"] + value["outgoing_parallel"] + value["outgoing_paper"]
    assert value["outgoing_documents"] == value["outgoing_signed"] + value["outgoing_not_signed"]


def test_the_groups_differ_from_the_whole(demo_home: Path) -> None:
    """Otherwise a figure of one group could pass for the whole unnoticed."""
    whole, first, second = (
        figure(demo_home, "outgoing_documents", *JULY)["value"],
        figure(demo_home, "outgoing_documents", *JULY, "--group", "1")["value"],
        figure(demo_home, "outgoing_documents", *JULY, "--group", "2")["value"],
    )
    assert 0 < second < first < whole
    assert first + second == whole

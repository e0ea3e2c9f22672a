"""Figures, dictionary and checks as the command line tells them, in both languages, on a snapshot of a few rows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_vanban
from tests.tiny_snapshot import write_snapshot

JULY = ("--from", "2024-07-01", "--to", "2024-07-31")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "vanban.toml").write_text('title = "mô phỏng"\n', encoding="utf-8")
    write_snapshot(
        tmp_path / "var" / "snapshots",
        {
            "org_unit": [
                {"unit_code": "R", "level": "toi_cao"},
                {"unit_code": "P", "parent_code": "R", "pilot_group": 1, "short_name": "Tỉnh Một"},
                {"unit_code": "Q", "parent_code": "R", "pilot_group": 2},
            ],
            "account": [{"unit_code": "P", "activated_on": date(2024, 7, 1)}, {"unit_code": "Q"}, {"unit_code": "Q", "is_clerk": True}],
            "document": [{"unit_code": "P"}],  # without a form
        },
    )
    return tmp_path


def told(*arguments: str, home: Path | None = None, ends_with: int = 0) -> list[dict[str, Any]]:
    finished = run_vanban(*arguments, "--format", "json", home=home)
    assert finished.returncode == ends_with, finished.stderr
    rows: list[dict[str, Any]] = json.loads(finished.stdout)
    return rows


def test_figures_by_group_in_english(home: Path) -> None:
    rows = told("metrics", *JULY, "--metric", "activation_rate", "--by", "group", "--language", "en", home=home)
    assert [(row["label"], row["unit_code"], row["numerator"], row["denominator"]) for row in rows] == [
        ("Account activation rate", None, 1, 3),
        ("Account activation rate", "group:1", 1, 1),
        ("Account activation rate", "group:2", 0, 1),
    ]
    assert told("metrics", *JULY, "--metric", "activation_rate", home=home)[0]["label"] == "Tỷ lệ kích hoạt tài khoản"


def test_why_tells_the_population_that_was_counted(home: Path) -> None:
    facts = {row["fact"]: row["is"] for row in told("why", "activation_rate", *JULY, "--group", "2", "--language", "en", home=home)}
    assert (facts["population"], facts["numerator"], facts["denominator"]) == ("Clerks", "0", "1")
    assert facts["definition"] == "Accounts activated / accounts provisioned, on the last day of the period."
    assert {row["fact"]: row["is"] for row in told("why", "activation_rate", *JULY, home=home)}["population"] == "Công chức"


def test_the_dictionary_speaks_english() -> None:
    rows = {row["metric"]: row for row in told("dictionary", "--language", "en")}
    assert rows["median_working_days"]["unit"] == "working days"
    assert "public holidays" in rows["median_working_days"]["exclusions"]


def test_a_check_names_units_and_passes_nothing_that_it_could_not_look_at(home: Path) -> None:
    found = {row["check"]: row for row in told("check", *JULY, home=home, ends_with=1)}
    assert (found["forms_add_up"]["passed"], found["forms_add_up"]["units"]) == (False, "P")
    assert found["forms_add_up"]["detail"] == "0 + 0 + 0 = 0 ≠ 1 văn bản đi. Sai ở Tỉnh Một."
    assert (found["internal_documents_arrived"]["passed"], found["signatures_add_up"]["passed"]) == (None, True)
    english = {row["check"]: row for row in told("check", *JULY, "--language", "en", home=home, ends_with=1)}
    assert english["forms_add_up"]["detail"] == "0 + 0 + 0 = 0 ≠ 1 outgoing documents. Wrong in Tỉnh Một."
    assert english["internal_documents_arrived"]["detail"] == "There is nothing to check."
    assert run_vanban("check", "--unit", "Q", *JULY, "--tree", "as_is", home=home).returncode == 0

"""Figures, dictionary and checks as the command line tells them, in both languages, on a snapshot of a few rows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pytest
import xlsxwriter

from cli.figures.compare import for_people
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
            "document": [{"unit_code": "P", "is_electronic": True, "is_paper": True}],  # of two forms
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
    assert rows[0]["quality"] == "as it stands at the end of 31 Jul 2024; 3 cases, so the rate is told in whole per cents"
    (row,) = told("metrics", *JULY, "--metric", "activation_rate", home=home)
    assert (row["label"], row["quality"].split(";")[0]) == ("Tỷ lệ kích hoạt tài khoản", "hiện trạng đến hết ngày 31/7/2024")


def test_a_day_of_another_spelling_is_refused_with_the_one_that_is_read(home: Path) -> None:
    for typed, words in (("01/10/2026", "2026-10-01"), ("31/02/2026", "2024-07-31"), ("hôm qua", "2024-07-31")):
        finished = run_vanban("metrics", "--from", typed, home=home)
        assert finished.returncode == 2 and "YYYY-MM-DD" in finished.stderr and words in finished.stderr and "%" not in finished.stderr


def test_why_tells_the_population_that_was_counted(home: Path) -> None:
    facts = {row["fact"]: row["is"] for row in told("why", "activation_rate", *JULY, "--group", "2", "--language", "en", home=home)}
    assert (facts["population"], facts["numerator"], facts["denominator"]) == ("Clerks", "0", "1")
    assert facts["definition"] == "Accounts activated / accounts provisioned, on the last day of the period."
    assert {row["fact"]: row["is"] for row in told("why", "activation_rate", *JULY, home=home)}["population"] == "Nhân viên"
    (home / "vanban.toml").write_text('title = "mô phỏng"\n[words]\nstaff = "công chức"\n', encoding="utf-8")
    assert {row["fact"]: row["is"] for row in told("why", "activation_rate", *JULY, home=home)}["population"] == "Công chức"


def test_the_dictionary_speaks_english() -> None:
    rows = {row["metric"]: row for row in told("dictionary", "--language", "en")}
    assert rows["median_working_days"]["unit"] == "working days"
    assert "public holidays" in rows["median_working_days"]["exclusions"]


def test_a_check_names_units_and_passes_nothing_that_it_could_not_look_at(home: Path) -> None:
    found = {row["check"]: row for row in told("check", *JULY, home=home, ends_with=1)}
    assert (found["forms_add_up"]["outcome"], found["forms_add_up"]["units"]) == ("failed", "P")
    assert found["forms_add_up"]["detail"] == "1 + 0 + 1 + 0 = 2 ≠ 1 văn bản đi. Sai ở Tỉnh Một."
    assert (found["internal_documents_arrived"]["outcome"], found["signatures_add_up"]["outcome"]) == ("nothing", "passed")
    english = {row["check"]: row for row in told("check", *JULY, "--language", "en", home=home, ends_with=1)}
    assert english["forms_add_up"]["detail"] == "1 + 0 + 1 + 0 = 2 ≠ 1 outgoing documents. Wrong in Tỉnh Một."
    assert english["internal_documents_arrived"]["detail"] == "There is nothing to check."
    assert run_vanban("check", "--unit", "Q", *JULY, "--tree", "as_is", home=home).returncode == 0


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
def test_figures_are_read_out_of_a_report(kind: str, tmp_path: Path) -> None:
    rows = [["Chỉ tiêu", "Kết quả"], ["Kích hoạt", "61,68% (1.848/2.996)"], ["Phát hành", "2.322/3.911 (100%)"]]
    path = tmp_path / f"bao-cao.{kind}"
    if kind == "docx":
        document = docx.Document()
        document.add_paragraph("629 = 156 + 613")
        table = document.add_table(rows=0, cols=2)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        document.save(str(path))
    elif kind == "xlsx":
        with xlsxwriter.Workbook(str(path)) as workbook:
            sheet = workbook.add_worksheet()
            for number, row in enumerate([["629 = 156 + 613"], *rows]):
                sheet.write_row(number, 0, row)
    else:
        path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in [["629 = 156 + 613"], *rows]), encoding="utf-8")
    found = told("check", "figures", str(path), ends_with=1)
    assert [(row["line"], row["statement"], row["agrees"]) for row in found] == [
        (1, "629 = 156 + 613", False),
        (3, "1.848 / 2.996 = 61,68%", True),
        (4, "2.322 / 3.911 = 100%", False),
    ]


def test_a_damaged_report_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(b"no zip")
    finished = run_vanban("check", "figures", path)
    assert finished.returncode == 2
    assert "type its figures into a text file" in finished.stderr and "Traceback" not in finished.stderr


@pytest.fixture(scope="module")
def compared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four units of 20 accounts with 8, 10, 12 and 19 activated, two of each within July; five more accounts came to P3 in July."""
    home = tmp_path_factory.mktemp("compared")
    (home / "vanban.toml").write_text('title = "mô phỏng"\n[dashboard]\ntargets = "targets.csv"\n', encoding="utf-8")
    (home / "targets.csv").write_text("metric,unit_code,level,from_on,target\nactivation_rate,,,2024-07-01,90%\n", encoding="utf-8")
    accounts: list[dict[str, Any]] = []
    for number, activated in enumerate((8, 10, 12, 19)):
        days = [date(2024, 6, 1)] * (activated - 2) + [date(2024, 7, 20)] * 2 + [None] * (20 - activated)
        accounts += [{"unit_code": f"P{number}", "activated_on": day} for day in days]
    accounts += [{"unit_code": "P3", "provisioned_on": date(2024, 7, 5), "activated_on": date(2024, 7, 5)} for _ in range(5)]
    units = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": f"P{number}", "parent_code": "R"} for number in range(4))]
    write_snapshot(home / "var" / "snapshots", {"org_unit": units, "account": accounts, "snapshot_info": [{"first_on": date(2024, 6, 1)}]})
    return home


def test_everything_that_a_ratio_can_be_judged_by_stands_in_one_table(compared_home: Path) -> None:
    rows = {row["unit_code"]: row for row in told("compare", "activation_rate", "--from", "2024-07-02", "--to", "2024-07-31", home=compared_home)}
    assert list(rows) == [None, "R", "P0", "P1", "P2", "P3"]
    whole = rows[None]
    assert (whole["numerator"], whole["denominator"], whole["value_before"]) == (54, 85, 41 / 80)
    assert whole["quality"].startswith("hiện trạng đến hết ngày 31/7/2024; 85 trường hợp")
    parts = ("behaviour", "mix", "entered", "left")
    assert sum(whole[part] for part in parts) == pytest.approx(whole["change"], abs=1e-12)
    assert sum(rows[f"P{number}"][part] for number in range(4) for part in parts) == pytest.approx(whole["change"], abs=1e-12)
    # Eight of the eighty who were there before were activated; five came, all activated, among 85.
    assert (whole["behaviour"], whole["mix"], whole["entered"]) == pytest.approx((8 / 80, 0.0, 5 / 85 * (1 - 49 / 80)), abs=1e-12)
    assert [rows[f"P{number}"]["position"] for number in range(4)] == [
        "within",
        "within",
        "within",
        "above_998",
    ]  # 8 of 20 where 12.7 are usual is not rare enough
    assert (rows["P3"]["rank_from"], rows["P3"]["rank_to"], rows["P0"]["rank_from"]) == (1, 3, 2)  # 24 of 25 and 8 of 20: surely above P0 alone
    assert (rows["P0"]["missing"], rows["P0"]["per_week"], rows["P0"]["reached_on"]) == (10, 0.5, "2025-06-22")
    assert (rows["P3"]["missing"], rows["P3"]["reached_on"]) == (0, "2024-07-31")
    assert (whole["position"], whole["rank_from"]) == (None, None)
    assert (whole["gained"], whole["lost"], whole["p_value"]) == (8, 0, None)  # activation only rises: no test is asked


def test_what_is_compared_with_and_what_cannot_be(compared_home: Path) -> None:
    july = ("--from", "2024-07-02", "--to", "2024-07-31")
    (whole, *_) = told("compare", "activation_rate", *july, "--with", "2024-07-10", home=compared_home)
    assert whole["value_before"] == 46 / 85
    table = run_vanban("compare", "activation_rate", *july, "--targets", compared_home / "targets.csv", home=compared_home)
    assert table.returncode == 0 and "54/85" in table.stdout and "compared with 2024-06-02 – 2024-07-01" in table.stderr
    for words, said in ((("outgoing_documents",), "no ratio"), (("activation_rate", "--with", "easter"), "previous, last_year")):
        finished = run_vanban("compare", *words, *july, home=compared_home)
        assert finished.returncode == 2 and said in finished.stderr


def test_a_part_too_small_to_show_has_no_sign() -> None:
    row = dict.fromkeys(("value", "low", "high", "change", "behaviour", "mix", "entered", "left", "target"), -1e-05)
    words = {
        "unit_code": "P0",
        "position": "within",
        "missing": 1,
        "reached_on": None,
        "reached_from": None,
        "reached_to": None,
        "control": None,
        "assurance": None,
    }
    frame = pl.DataFrame([{**row, **words, "numerator": 1, "denominator": 2, "rank_from": 1, "rank_to": 1, "ranked": 1}])
    assert for_people(frame)["mix"].to_list() == ["0.00%"]

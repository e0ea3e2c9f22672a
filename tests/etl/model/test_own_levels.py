"""Levels, groups and days off are the home's own, and the data's where it has none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from data.errors import ConfigurationError, DataRefused
from data.organisation import GROUPS, LEVELS, assumed_words, read_organisation, words_of
from data.paths import Home
from etl.setup.new_source import TEMPLATES
from tests.etl.tiny_system import TinySystem

HEAD = "level,label_vi,label_en,is_province,sort_order\n"


def written(tiny: TinySystem, text: str | None) -> TinySystem:
    """The small system in a home with this levels.csv."""
    path = tiny.home.root / LEVELS
    path.unlink()
    if text is not None:
        path.write_text(HEAD + text, encoding="utf-8")
    return tiny


def test_levels_are_those_of_the_home(tmp_path: Path) -> None:
    tiny = written(TinySystem(tmp_path), "toi_cao,Tập đoàn,Group,0,\ncap_tinh,Chi nhánh,Branch,1,\nto,Tổ,Team,,\n")
    tiny.save_and_run()
    assert tiny.ask("SELECT level, label_vi, label_en, is_province, sort_order FROM level ORDER BY sort_order") == [
        ("toi_cao", "Tập đoàn", "Group", False, 1),
        ("cap_tinh", "Chi nhánh", "Branch", True, 2),
        ("to", "Tổ", "Team", False, 3),
    ]
    assert tiny.ask("SELECT province_code FROM org_unit WHERE unit_code = 'A'") == [("A",)]


def test_without_a_file_levels_are_those_of_the_data_from_the_top_of_the_tree(tmp_path: Path) -> None:
    tiny = written(TinySystem(tmp_path), None)
    tiny.add("org_unit", unit_code="A1", parent_code="A", level="a_team")
    tiny.save_and_run()
    assert tiny.ask("SELECT level, label_vi FROM level ORDER BY sort_order") == [
        ("toi_cao", "toi_cao"),
        ("cap_tinh", "cap_tinh"),
        ("a_team", "a_team"),
    ]


def test_an_older_home_of_the_procuracy_keeps_its_levels_groups_and_words(tmp_path: Path) -> None:
    """Such a home has no levels.csv, groups.csv or [words]: what counts and what is said stays as it was, and the run tells of it."""
    tiny = written(TinySystem(tmp_path), None)
    (tiny.home.root / GROUPS).unlink()
    tiny.write_sql("org_unit", "SELECT *, CASE unit_code WHEN 'A' THEN 2 END AS pilot_group FROM org_unit")
    tiny.save_and_run()
    assert tiny.ask("SELECT label_vi, is_province FROM level WHERE level = 'cap_tinh'") == [("Viện kiểm sát nhân dân cấp tỉnh", True)]
    assert tiny.ask("SELECT pilot_group, accounts FROM pilot_group") == [(2, "clerks")]
    settings = {"organisation": "Viện kiểm sát nhân dân"}
    template = tomllib.loads((TEMPLATES / "organisation" / "procuracy" / "words.toml").read_text(encoding="utf-8"))
    assert words_of(settings) == words_of(settings | template) and words_of(settings).sector == "ngành"
    assert "“ngành”, “công chức”" in assumed_words(settings) and assumed_words(template) == ""
    assert words_of({}).sector == "tổ chức" and "“tổ chức”, “nhân viên”" in assumed_words({})


def test_the_law_is_told_where_it_is_the_organisations() -> None:
    assert words_of({}).is_state_body and not words_of({"time_zone": "Europe/Moscow"}).is_state_body
    assert not words_of({"state_body": False}).is_state_body
    with pytest.raises(ConfigurationError, match="state_body must be true or false"):
        words_of({"state_body": "no"})


def test_a_level_that_the_home_does_not_name_stops_the_run(tmp_path: Path) -> None:
    tiny = written(TinySystem(tmp_path), "toi_cao,Tập đoàn,Group,0,1\n")
    with pytest.raises(DataRefused, match=r"source tiny: \d+ units have the level 'cap_tinh' \(A.*levels.csv .*lines 2 to 2: toi_cao.*Add line 3"):
        tiny.save_and_run()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,A,A,0,x\n", "line 2: sort_order must be a whole number"),
        ("a,A,A,2,1\n", "line 2: is_province must be 0 or 1"),
        ("a,A,A,0,1\na,B,B,0,2\n", "line 3: level 'a' stands in line 2 already"),
        ("a,,,0,1\n", "line 2: level and a label must not be empty"),
    ],
)
def test_a_wrong_line_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / LEVELS).write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        read_organisation(Home(tmp_path), "UTC")


def test_public_holidays_are_viet_nams_where_the_clock_is(tmp_path: Path) -> None:
    assert read_organisation(Home(tmp_path), "Asia/Ho_Chi_Minh").days_off and not read_organisation(Home(tmp_path), "Europe/Moscow").days_off


def test_a_word_that_there_is_not_is_told() -> None:
    with pytest.raises(ConfigurationError, match="there is no word whole_fr"):
        words_of({"words": {"whole_fr": "x"}})

"""The people table on SQLite, PostgreSQL and MariaDB: one place each, letter by letter, in and out by CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.ledger.people import COLUMNS, People, Person, place_of, read_people
from data.errors import ConfigurationError
from data.paths import Home
from tests.conftest import run_vanban

ISSUER = "https://id.example/realms/x"
PLACES = {"statistics": place_of("statistics"), "of A": place_of("unit", "A")}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param != "sqlite":
        url = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "mariadb_url")
        (tmp_path / "vanban.env").write_text(f"VANBAN_LEDGER_URL={url}\n", encoding="utf-8")
    return Home(tmp_path)


def person(subject: str, place: str = "statistics", is_disabled: bool = False) -> Person:
    return Person(ISSUER, subject, f"Người {subject}", PLACES[place], is_disabled)


def test_a_person_has_the_place_given_last_and_ends_with_being_disabled(home: Home) -> None:
    with People(home) as people:
        assert people.standing(ISSUER, "an").places == frozenset()
        people.give([person("an")], "x")
        people.give([person("an", "of A"), person("AN")], "x")
        assert people.standing(ISSUER, "an").places == {PLACES["of A"]}
        assert people.standing(ISSUER, "AN").places == {PLACES["statistics"]}, "subjects are told apart letter by letter"
        assert people.standing("https://other.example", "an").places == frozenset()
        before = datetime.now(UTC)
        people.disable(ISSUER, "an")
        standing = people.standing(ISSUER, "an")
        assert standing.is_disabled
        assert standing.not_before is not None
        assert standing.not_before >= before
        assert not people.standing(ISSUER, "AN").is_disabled
        people.end_sessions(ISSUER, "an")
        assert people.standing(ISSUER, "an").is_disabled, "a sign-out lets nobody in again"
        people.give([person("an")], "x")
        assert not people.standing(ISSUER, "an").is_disabled
        people.end_sessions(ISSUER, "stranger")
        assert not people.standing(ISSUER, "stranger").is_disabled


def test_nobody_is_given_two_places_and_a_wrong_line_gives_none(home: Home) -> None:
    with People(home) as people:
        with pytest.raises(ConfigurationError, match="an is named twice"):
            people.give([person("an"), person("an", "of A")], "x")
        with pytest.raises(ConfigurationError, match="is empty"):
            people.give([person("binh"), person("")], "x")
        assert people.all() == []


@pytest.mark.parametrize(("role", "unit", "said"), [("boss", "", "no role"), ("unit", "", "needs the code"), ("leader", "A", "has no unit")])
def test_a_place_that_cannot_be_is_refused(role: str, unit: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        place_of(role, unit)


def test_the_table_goes_out_and_in_as_csv(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "vanban.toml").write_text(f'title = "x"\n[sign_in]\nissuer = "{ISSUER}"\n', encoding="utf-8")
    assert run_vanban("people", "add", "an", "--role", "statistics", "--name", "Nguyễn, An", home=tmp_path).returncode == 0
    assert run_vanban("people", "add", "binh", "--role", "unit", "--unit", "A", home=tmp_path).returncode == 0
    assert run_vanban("people", "disable", "binh", home=tmp_path).returncode == 0
    out = run_vanban("people", "list", "--format", "csv", home=tmp_path).stdout
    assert [tuple(row.values())[1:] for row in csv.DictReader(io.StringIO(out))] == [
        ("binh", "", "unit", "A", "disabled"),
        ("an", "Nguyễn, An", "statistics", "", "active"),
    ]
    file = tmp_path / "people.csv"
    file.write_text(out.replace("statistics", "leader"), encoding="utf-8")
    assert run_vanban("people", "import", str(file), home=tmp_path).returncode == 0
    with People(home) as people:
        assert people.standing(ISSUER, "an").places == {place_of("leader")}
        assert people.standing(ISSUER, "binh").is_disabled
    file.write_text(f"{','.join(COLUMNS)}\n{ISSUER},chi,,leader,,gone\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"people\.csv, line 2: state"):
        read_people(file)


def test_without_a_provider_a_person_cannot_be_named(tmp_path: Path) -> None:
    (tmp_path / "vanban.toml").write_text('title = "x"\n', encoding="utf-8")
    refused = run_vanban("people", "disable", "an", home=tmp_path)
    assert refused.returncode == 2
    assert "--issuer" in refused.stderr

"""Tokens of programs: shown once, kept as a hash, ended by time and by being revoked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.ledger.audit import Audit
from dashboard.ledger.people import People, Person, place_of
from dashboard.ledger.tokens import Tokens
from data.errors import ConfigurationError
from data.paths import Home
from tests.conftest import run_vanban


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param != "sqlite":
        url = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "mariadb_url")
        (tmp_path / "vanban.env").write_text(f"VANBAN_LEDGER_URL={url}\n", encoding="utf-8")
    return Home(tmp_path)


def test_a_token_opens_until_its_end_or_until_it_is_revoked(home: Home) -> None:
    with Tokens(home) as tokens:
        now = datetime.now(UTC)
        first, text = tokens.make("Bảng tính", place_of("unit", "A"), 90, "x")
        second, other = tokens.make("Báo biểu", place_of("statistics"), 1, "x")
        assert tokens.in_force(text, now) == first
        assert (first.place, first.name) == (place_of("unit", "A"), "Bảng tính")
        assert tokens.in_force(other, now + timedelta(hours=23)) == second
        assert tokens.in_force(other, now + timedelta(days=1, seconds=5)) is None
        for wrong in ("", "vanban_", text.upper(), text[:-1], f" {text}", text.removeprefix("vanban_"), "vanban_ấ"):
            assert tokens.in_force(wrong, now) is None
        assert tokens.revoke(first.token_id).state(now) == "revoked"
        assert tokens.in_force(text, now) is None
        with pytest.raises(ConfigurationError, match="no token 1 in force"):
            tokens.revoke(first.token_id)
        assert [one.state(now) for one in tokens.all()] == ["revoked", "active"]
        with pytest.raises(ConfigurationError, match="needs a name"):
            tokens.make(" ", place_of("leader"), 1, "x")
        for days in (0, 367):
            with pytest.raises(ConfigurationError, match="--days"):
                tokens.make("x", place_of("leader"), days, "x")


def test_a_persons_token_may_what_the_person_may_and_ends_with_them(home: Home) -> None:
    an = ("https://id.example", "an")
    with Tokens(home) as tokens, People(home) as people:
        now = datetime.now(UTC)
        with pytest.raises(ConfigurationError, match="vanban people add"):
            tokens.make_for(an, "Báo biểu", 90, "x")
        people.give([Person(*an, "An", place_of("unit", "A"))], "x")
        made, text = tokens.make_for(an, "Báo biểu", 90, "x")
        assert (made.place, made.subject) == (place_of("unit", "A"), "an")
        people.give([Person(*an, "An", place_of("unit", "B"))], "x")
        found = tokens.in_force(text, now)
        assert found is not None and found.place == place_of("unit", "B"), "as it is at the request"
        tokens.tell(found, "values")
        people.disable(*an)
        assert tokens.in_force(text, now) is None
        assert [one.state(now) for one in tokens.all()] == ["disabled"]
        people.give([Person(*an, "An", place_of("leader"))], "x")
        assert tokens.in_force(text, now) is not None
    with Audit(home) as audit:
        (told,) = [row for row in audit.rows() if row.act == "figures.read"]
        assert (told.issuer, told.subject, told.object) == (*an, "token 1")


def test_the_commands_show_a_token_once_and_keep_its_hash_alone(tmp_path: Path) -> None:
    (tmp_path / "vanban.toml").write_text('title = "x"\n', encoding="utf-8")
    made = run_vanban("people", "token", "create", "Bảng tính", "--role", "unit", "--unit", "A", home=tmp_path)
    text = made.stdout.strip()
    assert (made.returncode, len(text)) == (0, 50)
    assert text not in made.stderr
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert text.encode() not in kept
    assert text.removeprefix("vanban_").encode() not in kept
    (listed,) = json.loads(run_vanban("people", "token", "list", "--format", "json", home=tmp_path).stdout)
    assert (listed["number"], listed["role"], listed["unit_code"], listed["state"]) == (1, "unit", "A", "active")
    assert text not in json.dumps(listed)
    assert run_vanban("people", "token", "revoke", "1", home=tmp_path).returncode == 0
    assert run_vanban("people", "token", "revoke", "1", home=tmp_path).returncode == 2
    for wrong in (["--role", "unit"], [], ["--role", "leader", "--for", "an", "--issuer", "i"], ["--for", "an", "--issuer", "i"]):
        assert run_vanban("people", "token", "create", "x", *wrong, home=tmp_path).returncode == 2
    assert run_vanban("people", "add", "an", "--role", "leader", "--issuer", "i", home=tmp_path).returncode == 0
    assert run_vanban("people", "token", "create", "x", "--for", "an", "--issuer", "i", home=tmp_path).returncode == 0
    assert run_vanban("people", "disable", "an", "--issuer", "i", home=tmp_path).returncode == 0
    told = json.loads(run_vanban("people", "token", "list", "--format", "json", home=tmp_path).stdout)
    assert [(one["person"], one["state"]) for one in told] == [("", "revoked"), ("an", "disabled")]

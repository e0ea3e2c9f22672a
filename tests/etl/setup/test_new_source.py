"""A new source's folder: whole, explained, accepted by the settings, and wrong only where a person has to write."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from data.errors import ConfigurationError
from data.paths import Home
from etl.contract import ENTITIES, ENTITY
from etl.settings import load_settings
from etl.setup.check_source import check_source
from etl.setup.new_source import new_source
from etl.sources import KINDS
from etl.sources.folder import load_source
from tests.etl.tiny_system import TinySystem

MANDATORY = [entity.name for entity in ENTITIES if entity.is_mandatory]


def made(tiny: TinySystem, kind: str) -> Path:
    return new_source(tiny.home, f"new_{kind}", kind, "NEW_URL" if kind == "database" else None)


def test_every_column_of_the_contract_has_a_meaning() -> None:
    assert [(entity.name, column.name) for entity in ENTITIES for column in entity.columns if not column.meaning] == []
    assert all(entity.meaning for entity in ENTITIES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_folder_is_a_source_of_its_kind(tiny: TinySystem, kind: str) -> None:
    folder = made(tiny, kind)
    source = load_source(tiny.home, folder.name)
    assert (source.kind, source.folder) == (kind, folder)
    assert list(source.entities) == {"access_log": ["access_event"], "edxml": ["axis_message"], "ledger": ["declared_total"]}.get(kind, MANDATORY)
    assert sorted(path.name for path in tiny.home.sources.iterdir()) == sorted([folder.name, "tiny"])
    for entity in source.entities:
        text = (folder / f"{entity}.sql").read_text(encoding="utf-8")
        for column in ENTITY[entity].columns:
            if (kind, column.name) == ("access_log", "address"):
                continue  # lines are read without it: only a table of logins gives it
            assert re.search(rf"\b{column.name}\b", text)
            assert kind not in ("database", "files") or column.meaning in text


def test_a_check_of_a_new_database_fails_where_a_person_has_to_write_and_nowhere_else(tiny: TinySystem) -> None:
    folder = made(tiny, "database")
    tiny.home.config.write_text(f'[etl]\nsources = ["tiny", "{folder.name}"]\n', encoding="utf-8")
    with tiny.home.environment.open("a", encoding="utf-8") as file:
        file.write("NEW_URL=sqlite:///{home}/tiny.sqlite\n")
    problems = {entity.entity: entity.problem for entity in check_source(load_settings(tiny.home), folder.name).entities}
    assert set(problems) == set(MANDATORY)
    assert all("no such table: TODO_table" in problem for problem in problems.values())
    for entity in MANDATORY:  # what the person has to do: name the table, then each column
        path = folder / f"{entity}.sql"
        path.write_text(path.read_text(encoding="utf-8").replace("TODO_table", entity), encoding="utf-8")
    problems = {entity.entity: entity.problem for entity in check_source(load_settings(tiny.home), folder.name).entities}
    assert all("no such column: TODO_" in problem for problem in problems.values())
    for entity in MANDATORY:
        path = folder / f"{entity}.sql"
        text = path.read_text(encoding="utf-8").replace("TODO_", "").replace("'thường'", "'ordinary'")
        path.write_text(text, encoding="utf-8")
    check = check_source(load_settings(tiny.home), folder.name)
    assert check.is_passed, check.frame["problem"].to_list()
    assert {entity.entity: entity.rows for entity in check.entities} == {"org_unit": 3, "account": 2, "access_event": 1, "document": 1}


def test_a_check_of_new_files_names_the_columns_that_there_are(tiny: TinySystem) -> None:
    folder = made(tiny, "files")
    (tiny.home.root / "inbox").mkdir()
    for entity in MANDATORY:
        (tiny.home.root / "inbox" / f"{entity}.csv").write_text("Mã,Tên\n1,2\n", encoding="utf-8")
    tiny.home.config.write_text(f'[etl]\nsources = ["tiny", "{folder.name}"]\n', encoding="utf-8")
    check = check_source(load_settings(tiny.home), folder.name)
    assert [bool(re.search(r'Referenced column "TODO_\w+" not found', entity.problem)) for entity in check.entities] == [True] * len(MANDATORY)


def test_a_new_log_and_new_messages_are_read_as_they_are(tiny: TinySystem) -> None:
    (tiny.home.root / "logs").mkdir()
    line = '10.0.0.1 - u1 [10/Jul/2024:08:00:00 +0700] "POST /login HTTP/1.1" 302 5 "-" "-"\n'
    (tiny.home.root / "logs" / "access.log").write_text(line, encoding="utf-8")
    folder = made(tiny, "access_log")
    tiny.home.config.write_text(f'[etl]\nsources = ["tiny", "{folder.name}"]\n', encoding="utf-8")
    check = check_source(load_settings(tiny.home), folder.name)
    assert check.is_passed
    assert dict(check.entities[0].first)["kind"] == "login"


@pytest.mark.parametrize(
    ("name", "kind", "url_env", "said"),
    [
        ("tiny", "database", "U", "is there already, and nothing was written"),
        ("../x", "database", "U", "letters a-z"),
        ("Đơn", "database", "U", "letters a-z"),
        ("x", "oracle", None, "Choose one of: database, files, access_log, edxml, ledger"),
        ("x", "database", None, "such as --url-env QLVB_URL"),
        ("x", "database", "postgresql://a:b@c/d", "such as --url-env QLVB_URL"),
        ("x", "files", "U", "Only a database has a URL"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is_written(tiny: TinySystem, name: str, kind: str, url_env: str | None, said: str) -> None:
    before = {path: path.read_bytes() for path in tiny.home.root.rglob("*") if path.is_file()}
    with pytest.raises(ConfigurationError) as caught:
        new_source(tiny.home, name, kind, url_env)
    assert said in str(caught.value)
    assert {path: path.read_bytes() for path in tiny.home.root.rglob("*") if path.is_file()} == before


def test_a_folder_without_a_home_gets_no_source(tiny: TinySystem) -> None:
    tiny.home.config.unlink()
    with pytest.raises(ConfigurationError, match=r"no vanban\.toml"):
        new_source(tiny.home, "x", "files")


def test_an_empty_folder_becomes_a_home_with_the_source_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "srv" / "vanban")
    folder = new_source(home, "qlvb", "database", "QLVB_URL")
    assert folder == home.sources / "qlvb"
    assert load_settings(home).source("qlvb").kind == "database"
    assert home.environment.stat().st_mode & 0o077 == 0 or os.name == "nt"
    assert "QLVB_URL=" in home.environment.read_text(encoding="utf-8")
    other = tmp_path / "full"
    other.mkdir()
    (other / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"no vanban\.toml"):
        new_source(Home(other), "qlvb", "files")
    with pytest.raises(ConfigurationError, match="no kind"):
        new_source(Home(tmp_path / "none"), "qlvb", "ftp")
    assert not (tmp_path / "none").exists()
    assert [path.name for path in other.iterdir()] == ["letter.txt"]


def test_a_folder_that_is_merely_not_empty_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"is not empty and has no vanban.toml.*Name an empty folder"):
        new_source(Home(tmp_path), "qlvb", "database", "QLVB_URL")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]

"""The sample's source folder is an ordinary one: its SQL gives the contract's columns, the same rows from every kind of database."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from data.demo.build import build_sample, sample_is_complete
from data.errors import ConfigurationError, SourceUnreachable
from etl.contract import ENTITY

TINY = 0.002
SOURCES = Path(__file__).resolve().parents[3] / "data" / "demo" / "home" / "sources"
ENTITIES = ("org_unit", "unit_succession", "account", "account_assignment", "access_event", "document", "delivery")
HANOI = timezone(timedelta(hours=7))


def query(entity: str, dialect: str) -> str:
    own = SOURCES / "qlvb" / f"{entity}.{dialect}.sql"
    return (own if own.is_file() else SOURCES / "qlvb" / f"{entity}.sql").read_text(encoding="utf-8")


def plain(value: Any) -> Any:
    """One value as every database could have said it: text, with instants in UTC."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value):
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return value


def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every entity's rows in an order of their own; the local login times get their zone as the source's settings say."""
    engine = sqlalchemy.create_engine(url)
    found = {}
    with engine.connect() as connection:
        for entity in ENTITIES:
            result = connection.exec_driver_sql(query(entity, engine.dialect.name))
            assert set(result.keys()) <= {column.name for column in ENTITY[entity].columns}
            assert {column.name for column in ENTITY[entity].columns if column.required} <= set(result.keys())
            rows = [tuple(plain(value) for value in row) for row in result]
            if entity == "access_event":
                rows = [
                    (key, datetime.fromisoformat(at).replace(tzinfo=HANOI).astimezone(UTC).isoformat() if " " in at else at, kind)
                    for key, at, kind in rows
                ]
            if entity == "unit_succession":
                rows = [(*row[:3], float(row[3])) for row in rows]
            found[entity] = sorted(rows, key=repr)
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def sqlite_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("mapping")
    build_sample(home, scale=TINY)
    return home


@pytest.fixture(scope="module")
def from_sqlite(sqlite_home: Path) -> dict[str, list[tuple[Any, ...]]]:
    return rows_of(f"sqlite:///{sqlite_home / 'sample' / 'qlvb.sqlite'}")


def test_accounting_identity_and_rows_in(sqlite_home: Path, from_sqlite: dict[str, list[tuple[Any, ...]]]) -> None:
    truth = json.loads((sqlite_home / "sample" / "truth.json").read_text(encoding="utf-8"))
    for source in truth["accounting"].values():
        for entry in source.values():
            assert entry["in"] == entry["loaded"] + entry["duplicate"] + entry["filtered"] + entry["rejected"]
            assert entry["rejected"] == sum(entry["rejected_columns"].values())
    assert {entity: entry["in"] for entity, entry in truth["accounting"]["qlvb"].items()} == {
        entity: len(rows) for entity, rows in from_sqlite.items()
    }


def test_secret_rows_are_marked_so_that_they_can_be_asked_out(sqlite_home: Path, from_sqlite: dict[str, list[tuple[Any, ...]]]) -> None:
    truth = json.loads((sqlite_home / "sample" / "truth.json").read_text(encoding="utf-8"))
    for entity, column in (("document", 9), ("delivery", 8)):
        secret = [row for row in from_sqlite[entity] if row[column] != "ordinary"]
        assert len(secret) == truth["accounting"]["qlvb"][entity]["filtered"] > 0


def test_duplicates_are_what_truth_says(sqlite_home: Path, from_sqlite: dict[str, list[tuple[Any, ...]]]) -> None:
    truth = json.loads((sqlite_home / "sample" / "truth.json").read_text(encoding="utf-8"))
    events = [
        row
        for row in from_sqlite["access_event"]
        if (row[0] or "").strip() and row[2] in ("login", "login_failed", "view", "process", "sign", "issue", "logout")
    ]
    assert len(events) - len(set(events)) == truth["accounting"]["qlvb"]["access_event"]["duplicate"] > 0
    sent = [row[:3] for row in from_sqlite["delivery"] if row[2] is not None]
    assert len(sent) - len(set(sent)) == truth["accounting"]["qlvb"]["delivery"]["duplicate"] > 0


@pytest.mark.parametrize("database", ["postgres_url", "mariadb_url"])
def test_other_databases_give_the_same_rows(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, sqlite_home: Path, from_sqlite: dict[str, list[tuple[Any, ...]]]
) -> None:
    url: str = request.getfixturevalue(database)
    build_sample(tmp_path, scale=TINY, url=url)
    assert rows_of(url) == from_sqlite
    assert sample_is_complete(tmp_path, scale=TINY, url=url)
    assert not sample_is_complete(tmp_path, scale=TINY)
    assert (tmp_path / "sample" / "truth.json").read_bytes() == (sqlite_home / "sample" / "truth.json").read_bytes()
    assert not (tmp_path / "sample" / "qlvb.sqlite").exists()
    assert f"QLVB_URL={url}\n" in (tmp_path / "vanban.env").read_text(encoding="utf-8")


def test_its_own_tables_are_made_anew(tmp_path: Path, from_sqlite: dict[str, list[tuple[Any, ...]]]) -> None:
    url = f"sqlite:///{tmp_path / 'named.sqlite'}"
    for seed in (7, 2024):
        build_sample(tmp_path / "home", scale=TINY, seed=seed, url=url)
    assert rows_of(url) == from_sqlite


def test_tables_of_others_are_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE don_vi (x INTEGER)")
        connection.exec_driver_sql("INSERT INTO don_vi VALUES (7)")
    with pytest.raises(ConfigurationError, match="don_vi"):
        build_sample(tmp_path / "home", scale=TINY, url=url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT x FROM don_vi").scalar() == 7
    engine.dispose()


def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachable) as caught:
        build_sample(tmp_path, scale=TINY, url="postgresql+psycopg://user:geheim@127.0.0.1:9/none")
    assert "geheim" not in str(caught.value)
    with pytest.raises(ConfigurationError):
        build_sample(tmp_path, scale=TINY, url="nonsense")


def test_sql_can_be_wrapped_and_run_through_any_driver() -> None:
    for path in sorted((SOURCES / "qlvb").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        assert ";" not in re.sub(r"--.*", "", text), f"{path.name} ends a statement, so it can't be a subquery"
        assert "%" not in text and not re.search(r":\w", text), f"{path.name} has what a driver takes for a parameter"

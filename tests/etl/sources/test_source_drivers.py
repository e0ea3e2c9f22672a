"""SQL Server and Oracle, of which no server runs here: the drivers are to be had, and what is said to each fits its dialect."""

from __future__ import annotations

import tomllib
from typing import Any, cast

import pytest
import sqlalchemy as sa

import bootstrap
from data.errors import ConfigurationError
from data.paths import PROJECT
from etl.contract import ENTITY
from etl.sources.database import source as database
from etl.sources.database.oracle import refuse_lost_zones
from etl.sources.source import Query
from tests.etl.sources.test_source_database import point_at
from tests.etl.tiny_system import TinySystem


class Recorder:
    """A connection that takes note of what it is told."""

    def __init__(self, url: str) -> None:
        self.dialect = sa.make_url(url).get_dialect()()
        self.told: list[str] = []
        self.options: dict[str, object] = {}

    def execution_options(self, **options: object) -> Recorder:
        self.options |= options
        return self

    def exec_driver_sql(self, statement: str) -> None:
        self.told.append(statement)


@pytest.mark.parametrize(
    ("url", "told", "isolation"),
    [
        ("oracle+oracledb://h/x", ["ALTER SESSION SET TIME_ZONE = '+07:00'", "SELECT 1 FROM dual"], "SERIALIZABLE"),
        ("mssql+pymssql://h/x", ["SELECT 1"], None),
    ],
)
def test_reading_begins_in_words_that_the_database_knows(url: str, told: list[str], isolation: str | None) -> None:
    recorder = Recorder(url)
    database._begin_reading(cast(Any, recorder), "Asia/Ho_Chi_Minh")
    assert recorder.told == told
    assert recorder.options.get("isolation_level") == isolation
    if isolation:
        assert isolation in recorder.dialect.get_isolation_level_values(cast(Any, None))


def test_a_wrapped_query_has_nothing_that_oracle_or_sql_server_lacks() -> None:
    """No AS before a table's alias (Oracle), no LIMIT (both), an alias for every subquery (SQL Server), no quoted names (both)."""
    query = Query("document.sql", "SELECT * FROM van_ban -- all")
    for statement in (
        query.wrapped("*", "WHERE 1 = 0"),
        query.wrapped("count(*), coalesce(sum(CASE WHEN q.security_level = 'x' THEN 1 ELSE 0 END), 0)"),
    ):
        assert statement.count(") q") == 1
        assert not {"LIMIT", " AS q", '"', "`", "FILTER", "::"} & {part for part in ("LIMIT", " AS q", '"', "`", "FILTER", "::") if part in statement}
    assert ENTITY["document"].is_classified


def test_a_moment_of_oracle_whose_zone_the_driver_drops_is_refused_with_what_to_write() -> None:
    """The names are those of python-oracledb's own types (its API, "Oracle Database Types")."""
    names = ("document_key", "issued_at", "received_at")
    refuse_lost_zones("ora", "delivery.sql", names, ("DB_TYPE_VARCHAR", "DB_TYPE_TIMESTAMP", "DB_TYPE_DATE"))
    with pytest.raises(ConfigurationError, match=r"delivery\.sql delivers issued_at with a time zone.*CAST\(… AS TIMESTAMP\) AS issued_at"):
        refuse_lost_zones("ora", "delivery.sql", names, ("DB_TYPE_VARCHAR", "DB_TYPE_TIMESTAMP_LTZ", "DB_TYPE_DATE"))
    with pytest.raises(ConfigurationError, match=r"CAST\(… AT TIME ZONE SESSIONTIMEZONE AS TIMESTAMP\) AS received_at"):
        refuse_lost_zones("ora", "delivery.sql", names, ("DB_TYPE_VARCHAR", "DB_TYPE_DATE", "DB_TYPE_TIMESTAMP_TZ"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mssql+pymssql://reader:bimatkhau@h/x", "pymssql is not installed. Run `vanban source driver sqlserver`"),
        ("oracle+oracledb://reader:bimatkhau@h/x", "oracledb is not installed. Run `vanban source driver oracle`"),
        ("mssql+pyodbc://reader:bimatkhau@h/x", "pyodbc is not installed. Write the URL as mssql+pymssql"),
    ],
)
def test_a_missing_driver_says_how_to_get_it(tiny: TinySystem, url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package = said.split()[0]
    monkeypatch.setitem(__import__("sys").modules, package, None)
    point_at(tiny, url)
    with pytest.raises(ConfigurationError) as caught, tiny.settings.source("tiny").open(tiny.settings.environment):
        pass
    assert said in str(caught.value)
    assert "bimatkhau" not in str(caught.value)


def test_every_driver_of_the_extras_is_locked_and_can_be_asked_for() -> None:
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for package, name in database.DRIVERS.items():
        assert extras[name] == [package]
        lock = (bootstrap.LOCKS / f"{name}.lock").read_text(encoding="utf-8")
        assert f"{package}==" in lock
        assert "://" not in lock


def test_a_driver_is_remembered_and_comes_again_with_a_new_environment(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "CHOSEN_DRIVERS", tmp_path / ".venv.drivers")
    monkeypatch.setattr(bootstrap, "install", lambda python, lock: installed.append(lock.name))
    monkeypatch.setattr(bootstrap, "VANBAN", bootstrap.Environment(tmp_path / ".venv", PROJECT / "requirements.lock"))
    monkeypatch.setattr(bootstrap.venv, "create", lambda folder, with_pip: folder.mkdir())
    bootstrap.add_driver("oracle")
    bootstrap.add_driver("oracle")
    bootstrap.make(bootstrap.VANBAN)
    assert installed == ["oracle.lock", "oracle.lock", "requirements.lock", "oracle.lock"]
    assert (tmp_path / ".venv.drivers").read_text(encoding="utf-8") == "oracle\n"

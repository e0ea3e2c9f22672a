"""A database never seen before, mapped by SQL and TOML alone: the example of Outline on PostgreSQL, and a copy of its tables in MariaDB."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from cli.source.check import try_whole
from data.paths import PROJECT, Home
from data.snapshot import published_snapshot
from etl.run import run_etl
from etl.settings import load_settings
from etl.setup.check_source import check_source
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from tests.etl.landed_and_staged import PSEUDONYMS, Staged, land_and_stage, person

EXAMPLE = PROJECT / "docs" / "examples" / "outline"
JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
A, B, C = (f"00000003-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
TEAM = "00000001-0000-4000-8000-000000000001"


def home_with(tmp_path: Path, url: str, to_dialect: dict[str, str]) -> Home:
    """The example's folder as a home, its tables and rows in the database."""
    root = tmp_path / "home"
    shutil.copytree(EXAMPLE, root)
    (root / "vanban.env").write_text(f"OUTLINE_URL={url}\nVANBAN_ACCOUNT_KEY={PSEUDONYMS.secret.decode()}\n", encoding="utf-8")
    (root / "vanban.env").chmod(0o600)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for name in ("schema.sql", "rows.sql"):
            text = (EXAMPLE / name).read_text(encoding="utf-8")
            for pattern, replacement in to_dialect.items():
                text = re.sub(pattern, replacement, text)
            for statement in re.sub(r"(?m)^--.*$", "", text).split(";\n"):
                if statement.strip():
                    connection.execution_options(no_parameters=True).exec_driver_sql(statement)
    engine.dispose()
    return Home(root)


def stays(staged: dict[str, Staged], user: int) -> list[tuple[str, str, str | None]]:
    key = person(f"00000002-0000-4000-8000-00000000000{user}")
    found = [row for row in staged["account_assignment"].rows if row["account_key"] == key]
    return sorted((row["valid_from"], row["unit_code"], row["valid_to"]) for row in found)


@pytest.fixture
def outline(tmp_path: Path, postgres_url: str) -> Home:
    return home_with(tmp_path, postgres_url, {})


def test_the_check_finds_nothing_missing_and_says_which_way_is_taken(outline: Home) -> None:
    report = check_source(load_settings(outline), "outline")
    assert report.is_passed
    assert {(entity.entity, entity.missing, entity.unknown, entity.refused) for entity in report.entities} == {
        (name, (), (), ()) for name in ("org_unit", "account", "account_assignment", "access_event", "document")
    }
    assert {entity.way for entity in report.entities} == {"DuckDB's postgres extension"}
    figures = try_whole(load_settings(outline), "outline", 600)
    assert figures is not None
    assert figures.height == 5


def test_memberships_become_one_unit_at_a_time_by_local_days(outline: Home) -> None:
    staged = land_and_stage(outline, "outline")
    assert stays(staged, 1) == [("2024-01-03", A, "2024-06-30"), ("2024-07-01", B, None)]
    assert stays(staged, 3) == [("2024-01-03", C, "2024-07-15"), ("2024-07-16", A, None)]
    assert stays(staged, 5) == [("2024-01-03", B, "2024-06-20")]
    assert stays(staged, 6) == [("2024-01-03", B, None)]
    assert stays(staged, 7) == []
    units = {row["unit_code"]: (row["parent_code"], row["valid_to"]) for row in staged["org_unit"].rows}
    assert units == {TEAM: (None, None), A: (TEAM, None), B: (TEAM, None), C: (TEAM, "2024-07-16")}
    documents = {row["number"]: (row["unit_code"], row["issued_on"], row["status"]) for row in staged["document"].rows}
    assert documents == {"aB3": (B, "2024-07-01", "issued"), "aB4": (B, "2024-07-01", "recalled"), "aB5": (TEAM, "2024-07-31", "issued")}
    account = staged["document"].account
    assert (account.rows_in, account.rows_loaded, account.rows_filtered) == (5, 3, 2)


def test_a_run_gives_the_figures_counted_by_hand(outline: Home) -> None:
    result = run_etl(load_settings(outline))
    assert result.status == "published"
    with open_snapshot(published_snapshot(outline.pointer)) as snapshot:
        values = metric_values(snapshot, ["login_rate", "processing_rate", "outgoing_documents"], JULY)
    found = {row["metric"]: (row["numerator"], row["denominator"]) for row in values.to_dicts()}
    # Activated officers on 31 July: 1, 2, 3 (4 is suspended, 5 deleted, 6 only reads, 7 never signed in). Of them 1 and 2 signed in, 1 worked.
    assert found["login_rate"] == (2, 3)
    assert found["processing_rate"] == (1, 3)
    assert found["outgoing_documents"][0] == 2
    files = [path for path in outline.var.rglob("*") if path.is_file()]
    assert not [path.name for path in files if re.search(rb"canary|nguoi\.\d|00000002-0000-4000", path.read_bytes())]


def test_the_same_tables_in_mariadb_without_zones_give_the_same_rows(outline: Home, tmp_path: Path, mariadb_url: str) -> None:
    of_postgres = land_and_stage(outline, "outline")
    to_mariadb = {r"\bgroups \(": "`groups` (", '"': "`", r"\btimestamptz\b": "datetime(6)", r"\buuid\b": "char(36)", r"\+00'": "'"}
    of_mariadb = land_and_stage(home_with(tmp_path / "other", mariadb_url, to_mariadb), "outline")
    assert {name: staged.rows for name, staged in of_mariadb.items()} == {name: staged.rows for name, staged in of_postgres.items()}
    assert {name: staged.account.rows_filtered for name, staged in of_mariadb.items()} == {
        name: staged.account.rows_filtered for name, staged in of_postgres.items()
    }

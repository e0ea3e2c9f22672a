"""The core and the figures on another engine: Sail, which speaks Spark's words and needs no Java, here; a cluster of Spark's own with --long."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data import spark as spark_module
from data.paths import Home
from data.snapshot import TABLES, published_snapshot
from data.spark import Spark, open_spark, translated
from etl.model import CORE, select_of
from etl.model.suspect_use import rules
from metrics.catalog import METRICS
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.engines.spark import open_spark_snapshot
from metrics.periods import Period
from metrics.query.statements import OF_ROWS, Grouping, Statement, questions, statement
from metrics.rows import ROWS
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units
from tests.conftest import run_vanban
from tests.spark_cluster import Cluster, distribution

SAIL = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", int(sys.argv[1]))
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
"""
HALF = Period(date(2024, 7, 3), date(2024, 12, 20))
JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
GROUPINGS: tuple[Grouping | None, ...] = (None, "unit", "own_unit", "level", "province", "doc_type", "receiver")
SAMPLE = 37
"""Of so many statements one is asked by default."""


class Sail:
    """A server in a process of its own, which can be killed."""

    def __init__(self, port: int = 0) -> None:
        if any(importlib.util.find_spec(name) is None for name in ("pysail", "pyspark", "sqlglot")):
            pytest.skip("pysail, pyspark-client or sqlglot is missing (pip install '.[spark]' pysail): no engine but DuckDB was tried")
        command = [sys.executable, "-c", SAIL, str(port)]
        environment = {**os.environ, "RUST_LOG": "off"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
        assert self.process.stdout is not None
        self.address = f"sc://127.0.0.1:{int(self.process.stdout.readline())}"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def sail() -> Iterator[str]:
    server = Sail()
    yield server.address
    server.kill()


@pytest.fixture
def home(small_demo: Path, tmp_path: Path) -> Home:
    shutil.copytree(small_demo, tmp_path / "home")
    return Home(tmp_path / "home")


def different_rows(one: Path, other: Path) -> dict[str, int]:
    """By content table, how many rows the two files do not have in common."""
    with duckdb.connect() as database:
        database.execute(f"ATTACH '{one}' AS one (READ_ONLY); ATTACH '{other}' AS other (READ_ONLY)")
        counts = {}
        for table in (table.name for table in TABLES if table.is_content):
            sides = f"(FROM one.{table} EXCEPT ALL FROM other.{table}) UNION ALL (FROM other.{table} EXCEPT ALL FROM one.{table})"
            (counts[table],) = database.execute(f"SELECT count(*) FROM ({sides})").fetchone() or (-1,)  # noqa: S608
    return counts


def test_a_rebuild_on_sail_has_the_same_rows_in_every_table(home: Home, sail: str) -> None:
    before = published_snapshot(home.pointer)
    with duckdb.connect(before.as_posix(), read_only=True) as snapshot:
        for table in ("account_day", "axis_sending", "registered_document", "login_day", "row_place"):
            assert snapshot.execute(f"FROM {table} LIMIT 1").fetchone(), f"{table}: nothing would be compared"
    finished = run_vanban("etl", "rebuild", "--engine", sail, home=home.root)
    assert finished.returncode == 0, finished.stderr
    after = published_snapshot(home.pointer)
    assert after != before
    assert different_rows(before, after) == {table.name: 0 for table in TABLES if table.is_content}
    assert not list(home.builds.glob("*")), "what was written for the workers is removed"


def every_statement(snapshot: Snapshot) -> list[tuple[str, Statement]]:
    """What the catalogue can ask of a month, half a year, and half a year by month, week and day, on each tree and of a group."""
    asked: dict[tuple[str, str], tuple[str, Statement]] = {}
    (province,) = snapshot.query("SELECT MIN(province_code) FROM org_unit").row(0)
    for periods in ([JULY], [HALF], [HALF, *HALF.split("month")], HALF.split("week"), JULY.split("day")):
        for scope in (Scope(), Scope(tree="as_is"), Scope(tree="comparable"), Scope(group=1), Scope(unit_code=province)):
            for grouping in GROUPINGS:
                for metrics in questions(METRICS):
                    if grouping not in OF_ROWS or grouping in ROWS[metrics[0].of].dimensions:
                        made = statement(snapshot, metrics, periods, scoped_units(snapshot, scope, periods[0]), grouping)
                        name = f"{metrics[0].of} by {grouping}, {len(periods)} periods, {scope}"
                        asked.setdefault((made.sql, str(made.params)), (name, made))
    return list(asked.values())


def compare(snapshot: Snapshot, other: Snapshot, asked: list[tuple[str, Statement]]) -> int:
    """How many rows the answers had; every one is compared."""
    rows = 0
    for name, made in asked:
        ours, theirs = (engine.query(made.sql, made.params) for engine in (snapshot, other))
        theirs = theirs.select(pl.col(column).cast(kind) for column, kind in ours.schema.items())
        key = ["period_no", "group_code"]
        assert ours.sort(key).equals(theirs.sort(key)), name
        rows += ours.height
    return rows


def test_a_sample_of_statements_has_the_same_answers_on_sail(small_demo: Path, sail: str, tmp_path: Path) -> None:
    path = published_snapshot(Home(small_demo).pointer)
    with open_spark(sail) as spark, open_spark_snapshot(path, spark, tmp_path / "spark") as other, open_snapshot(path) as snapshot:
        asked = every_statement(snapshot)
        sample = asked[::SAMPLE]
        assert {name.split(" by ")[0] for name, _ in sample} == set(ROWS), "every kind of row is asked"
        assert {name.split(" by ")[1].split(",")[0] for name, _ in sample} >= {str(grouping) for grouping in GROUPINGS}
        assert compare(snapshot, other, sample) > 1000


@pytest.mark.long
def test_every_statement_has_the_same_answer_on_sail(small_demo: Path, sail: str, tmp_path: Path) -> None:
    path = published_snapshot(Home(small_demo).pointer)
    with open_spark(sail) as spark, open_spark_snapshot(path, spark, tmp_path / "spark") as other, open_snapshot(path, 600) as snapshot:
        asked = every_statement(snapshot)
        print(f"{len(asked)} statements, {compare(snapshot, other, asked)} rows equal")


@pytest.mark.long
def test_a_cluster_of_spark_has_the_same_rows_though_a_worker_dies(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = distribution()
    if found is None or importlib.util.find_spec("pyspark") is None:
        pytest.skip("SPARK_HOME, Java 17 or pyspark-client is missing: no cluster of Spark's own was tried")
    before = published_snapshot(home.pointer)
    write = Spark.write
    with Cluster(found) as cluster:

        def write_and_kill(self: Spark, sql: str, folder: Path) -> None:
            if folder.name == "core.account_day":
                cluster.workers[0].kill()
            write(self, sql, folder)

        monkeypatch.setattr(Spark, "write", write_and_kill)
        finished = run_vanban("etl", "rebuild", "--engine", cluster.address, home=home.root)
        assert finished.returncode == 0, finished.stderr
        assert cluster.workers[0].poll() is not None, "the worker was to die"
        path = published_snapshot(home.pointer)
        assert path != before
        assert different_rows(before, path) == {table.name: 0 for table in TABLES if table.is_content}
        with (
            open_spark(cluster.address) as spark,
            open_spark_snapshot(path, spark, tmp_path / "spark") as other,
            open_snapshot(path, 600) as snapshot,
        ):
            asked = every_statement(snapshot)[:: SAMPLE * 5]
            print(f"{len(asked)} statements, {compare(snapshot, other, asked)} rows equal")


def test_figures_by_command_are_the_same_on_sail(home: Home, sail: str) -> None:
    words = ("metrics", "--from", "2024-07-01", "--to", "2024-07-31", "--by", "unit", "--metric", "login_rate", "--metric", "median_login_days")
    here, there = (run_vanban(*words, "--format", "csv", *engine, home=home.root) for engine in ((), ("--engine", sail)))
    assert here.returncode == there.returncode == 0, there.stderr
    assert here.stdout == there.stdout
    assert here.stdout.count("\n") > 10


def test_a_spark_that_does_not_answer_is_one_plain_message(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_module, "PATIENCE_S", 0.5)
    pytest.importorskip("pyspark")
    for words in (("etl", "rebuild"), ("metrics", "--metric", "login_rate")):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            no_spark = run_vanban(*words, "--engine", f"sc://127.0.0.1:{port}", home=home.root)
        away = run_vanban(*words, "--engine", f"sc://127.0.0.1:{port}", home=home.root)
        assert (away.returncode, no_spark.returncode) == (3, 3)
        for finished, said in ((away, "does not answer"), (no_spark, "is no Spark Connect server")):
            message = finished.stderr.strip().splitlines()[-1]
            assert message.startswith("vanban: ") and said in message and "Traceback" not in finished.stderr, finished.stderr
        wrong = run_vanban(*words, "--engine", "localhost", home=home.root)
        assert wrong.returncode == 2 and "sc://host:port" in wrong.stderr


def test_a_client_that_is_not_installed_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    finished = run_vanban("etl", "rebuild", "--engine", "sc://127.0.0.1:15002", home=home.root)
    assert finished.returncode == 2 and "vanban[spark]" in finished.stderr


def test_a_spark_that_goes_away_leaves_what_was_published(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    server, before = Sail(), home.pointer.read_bytes()
    monkeypatch.setattr(spark_module, "TRIES", 1)
    write = Spark.write

    def write_until_killed(self: Spark, sql: str, folder: Path) -> None:
        if folder.name == "core.delivery":
            server.kill()
        write(self, sql, folder)

    monkeypatch.setattr(Spark, "write", write_until_killed)
    finished = run_vanban("etl", "rebuild", "--engine", server.address, home=home.root)
    assert finished.returncode == 3, finished.stderr
    assert finished.stderr.strip().splitlines()[-1].startswith(f"vanban: {server.address} went away")
    assert home.pointer.read_bytes() == before
    assert not list(home.builds.glob("*"))
    again = run_vanban("etl", "rebuild", home=home.root)
    assert again.returncode == 0, again.stderr


def test_every_select_of_the_core_can_be_said_for_spark() -> None:
    pytest.importorskip("sqlglot")
    for sql in [*(select_of(name) for name in CORE), *rules().values()]:
        said = translated(sql).sql
        assert "core." not in said and "canonical." not in said and "UUID" not in said and "GROUP BY ALL" not in said


def test_many_periods_are_a_table_and_not_text() -> None:
    pytest.importorskip("sqlglot")
    rows = ", ".join(f"({number}, DATE '2024-01-01', {1 << number % 31})" for number in range(100))
    sql = f"WITH period (period_no, from_on, days) AS (VALUES {rows}) SELECT * FROM period WHERE days > $least"  # noqa: S608
    made = translated(sql, (("least", 3),))
    (table,) = made.tables.values()
    assert len(made.sql) < 200 and "> 3" in made.sql
    assert table.num_rows == 100
    assert list(table.slice(30, 1).to_pylist()[0].values()) == [30, date(2024, 1, 1), 1 << 30]

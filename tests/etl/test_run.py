"""One run and what comes after it: unchanged, changed, refused, killed, at the same time as another."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import pytest

from data.errors import ConfigurationError, DataRefused
from data.paths import PROJECT
from data.run_history import RunResult, last_runs
from data.snapshot import TABLES, NoSnapshot, published_snapshot
from etl import run
from etl.model.warehouse import fresh_warehouse
from etl.run import rebuild_etl, run_etl
from etl.runs.fail_points import FAIL_AT
from etl.runs.run_lock import AnotherRun, only_run
from etl.runs.status import etl_status
from tests.etl.tiny_system import TinySystem
from tests.faults.fork_server import Forks, Start, fork_server

Content = dict[str, Counter[tuple[object, ...]]]


def content(tiny: TinySystem) -> Content:
    with duckdb.connect(published_snapshot(tiny.home.pointer).as_posix(), read_only=True) as snapshot:
        every = "SELECT COLUMNS(*)::VARCHAR FROM {}"
        return {table.name: Counter(snapshot.execute(every.format(table.name)).fetchall()) for table in TABLES if table.is_content}


def published(tiny: TinySystem) -> RunResult:
    """What the newest run wrote down."""
    return last_runs(tiny.home)[0]


@pytest.mark.usefixtures("the_library")
def test_a_run_publishes_what_the_source_holds(tiny: TinySystem) -> None:
    result = tiny.run()
    assert result.status == "published"
    assert tiny.ask("SELECT unit_code, parent_code, province_code, pilot_group, valid_from::VARCHAR, valid_to::VARCHAR FROM org_unit ORDER BY 1") == [
        ("A", "R", "A", None, "0001-01-01", "9999-12-31"),
        ("B", "R", "B", None, "0001-01-01", "9999-12-31"),
        ("R", None, None, None, "0001-01-01", "9999-12-31"),
    ]
    assert tiny.ask("SELECT day_on::VARCHAR, has_logged_in, has_processed, has_signed FROM account_day") == [("2024-07-10", True, False, False)]
    assert tiny.ask("SELECT document_key, receiver_code, arrived_on::VARCHAR, is_internal FROM delivery") == [("d1", "B", "2024-07-10", True)]
    assert tiny.ask("SELECT epoch(cutoff_at), first_on::VARCHAR, is_synthetic, time_zone FROM snapshot_info") == [
        (datetime(2024, 7, 10, 2, 5, tzinfo=UTC).timestamp(), "2024-07-10", True, "Asia/Ho_Chi_Minh")
    ]
    assert tiny.ask("SELECT count(*) FROM quality_result WHERE outcome = 'failed'") == [(0,)]
    assert not list(tiny.home.builds.iterdir())


def test_the_second_run_changes_nothing(after_first_run: TinySystem) -> None:
    tiny = after_first_run
    first = published(tiny)
    landed = sorted(path.name for path in tiny.home.landing.rglob("*.parquet"))
    second = tiny.run()
    assert second.status == "unchanged"
    assert (second.snapshot, second.content_hash) == (first.snapshot, first.content_hash)
    assert sorted(path.name for path in tiny.home.landing.rglob("*.parquet")) == landed
    assert len(list(tiny.home.snapshots.glob("*.duckdb"))) == 1


def test_one_changed_row_changes_exactly_that_row(after_first_run: TinySystem) -> None:
    tiny = after_first_run
    before = content(tiny)
    tiny.rows["document"][0]["form"] = "parallel"
    assert tiny.save_and_run().status == "published"
    after = content(tiny)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == ["document", "document_day"]  # the row, and its sum
    assert sum((after["document"] - before["document"]).values()) == 1


@pytest.mark.usefixtures("without_checks")
def test_the_order_of_rows_does_not_matter(tiny: TinySystem) -> None:
    tiny.add("document", document_key="d1", form="paper", number="7")  # one key twice, with different content
    tiny.add("document", document_key="d1", form="parallel", number="9")
    tiny.add("access_event", account_key="u2")
    first = tiny.save_and_run()
    for rows in tiny.rows.values():
        rows.reverse()
    second = tiny.save_and_run()
    assert second.content_hash == first.content_hash
    assert second.status == "unchanged"


@pytest.mark.usefixtures("without_checks")
def test_only_a_newer_cutoff_is_published_too(tiny: TinySystem) -> None:
    tiny.add("access_event", occurred_at="2024-07-20 08:00:00", kind="view")  # counts as nothing, but tells how far the data reach
    first = tiny.save_and_run()
    tiny.rows["access_event"][-1]["occurred_at"] = "2024-07-21 08:00:00"
    second = tiny.save_and_run()
    assert second.content_hash != first.content_hash  # what was delivered reaches a day further
    assert second.snapshot != first.snapshot


@pytest.mark.usefixtures("without_checks")
def test_an_instant_in_the_future_is_no_cutoff(tiny: TinySystem) -> None:
    tiny.add("document", document_key="d2", issued_at="2099-01-01 00:00:00")
    tiny.save_and_run()
    assert tiny.ask("SELECT year(cutoff_at) FROM snapshot_info") == [(2024,)]


def test_rebuild_gives_the_same_content_without_the_source(after_first_run: TinySystem) -> None:
    tiny = after_first_run
    first = published(tiny)
    tiny.database.unlink()
    rebuilt = rebuild_etl(tiny.settings)
    assert rebuilt.content_hash == first.content_hash
    assert rebuilt.snapshot != first.snapshot


def test_rebuild_mends_a_lost_snapshot_and_refuses_a_damaged_batch(after_first_run: TinySystem) -> None:
    tiny = after_first_run
    first = published(tiny)
    published_snapshot(tiny.home.pointer).unlink()
    with pytest.raises(NoSnapshot):
        published_snapshot(tiny.home.pointer)
    assert rebuild_etl(tiny.settings).content_hash == first.content_hash
    batch = next(tiny.home.landing.rglob("document/*.parquet"))
    batch.write_bytes(batch.read_bytes()[:-9] + b"damaged!!")
    with pytest.raises(ConfigurationError, match=r"gone or damaged\. Run `vanban etl run`"):
        rebuild_etl(tiny.settings)
    assert run_etl(tiny.settings).status == "unchanged"
    assert rebuild_etl(tiny.settings).content_hash == first.content_hash


def test_a_run_leaves_memory_to_the_others_and_has_a_place_for_what_is_more(tiny: TinySystem) -> None:
    with fresh_warehouse(tiny.home, "one") as warehouse:
        asked = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
        assert warehouse.execute(asked).fetchone() == ("768.0 MiB", (tiny.home.builds / "warehouse.spill").as_posix())


@pytest.mark.usefixtures("without_checks")
def test_a_run_in_little_memory_publishes_the_same(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_etl(tiny.settings)
    limits: list[str] = []
    build = run.build_core

    def build_and_ask(warehouse: duckdb.DuckDBPyConnection) -> None:
        limits.extend(warehouse.execute("SELECT current_setting('memory_limit')").fetchone() or ())
        build(warehouse)

    monkeypatch.setattr(run, "build_core", build_and_ask)
    tiny.home.config.write_text('[etl]\nsources = ["tiny"]\nmemory = "256MiB"\n', encoding="utf-8")
    assert rebuild_etl(tiny.settings).content_hash == first.content_hash
    assert limits == ["256.0 MiB"]


@pytest.mark.parametrize("memory", ["255MiB", "1", "lots", "768MB", "0GiB", ""])
def test_memory_that_is_none_is_refused(tiny: TinySystem, memory: str) -> None:
    tiny.home.config.write_text(f'[etl]\nsources = ["tiny"]\nmemory = "{memory}"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match='such as "768MiB" or "4GiB"'):
        _ = tiny.settings


def test_rebuild_before_the_first_run_says_so(tiny: TinySystem) -> None:
    with pytest.raises(ConfigurationError, match=r"never been fetched\. Run `vanban etl run`"):
        rebuild_etl(tiny.settings)


@pytest.mark.usefixtures("without_checks")
def test_old_snapshots_go_and_the_one_in_force_stays(tiny: TinySystem) -> None:
    tiny.home.config.write_text('[etl]\nsources = ["tiny"]\nkeep_snapshots = 2\n', encoding="utf-8")
    names = []
    for pages in range(4):
        tiny.rows["document"][0]["page_count"] = pages
        names.append(tiny.save_and_run().snapshot)
    assert sorted(path.stem for path in tiny.home.snapshots.glob("*.duckdb")) == sorted(names[-2:])
    assert published_snapshot(tiny.home.pointer).stem == names[-1]


def test_a_failed_check_keeps_the_old_snapshot(after_first_run: TinySystem) -> None:
    tiny = after_first_run
    first = published(tiny)
    tiny.rows["org_unit"][0]["parent_code"] = "A"  # R below A, and A below R
    with pytest.raises(DataRefused, match=r"2 units stand above themselves.*Correct parent_code") as refused:
        tiny.save_and_run()
    assert refused.value.exit_code == 1
    assert published_snapshot(tiny.home.pointer).stem == first.snapshot
    assert tiny.ask("SELECT count(*) FROM document") == [(1,)]
    assert [run.status for run in last_runs(tiny.home)] == ["failed", "published"]
    assert "stand above themselves" in last_runs(tiny.home)[0].message


@pytest.mark.usefixtures("without_checks")
def test_status_tells_the_last_runs(tiny: TinySystem) -> None:
    assert etl_status(tiny.home).is_empty()
    tiny.run()
    tiny.run()
    with tiny.home.runs.open("a", encoding="utf-8") as file:
        file.write('{"run": "torn')  # a run that was killed while it wrote
    tiny.run()
    frame = etl_status(tiny.home)
    assert frame["status"].to_list() == ["unchanged", "unchanged", "published"]
    assert frame["rows_in"].to_list() == [8, 8, 8]
    assert etl_status(tiny.home, 1).height == 1


@pytest.mark.usefixtures("without_checks")
def test_two_runs_at_once_one_works_and_one_leaves(tiny: TinySystem) -> None:
    with only_run(tiny.home.lock), pytest.raises(AnotherRun, match="Another run is at work") as refused:
        tiny.run()
    assert refused.value.exit_code == 2
    assert not tiny.home.runs.exists()
    assert tiny.run().status == "published"


@pytest.mark.usefixtures("without_checks")
def test_a_lock_is_dropped_when_its_holder_dies(tiny: TinySystem) -> None:
    program = f"""
import time
from pathlib import Path
from etl.runs.run_lock import only_run
with only_run(Path({str(tiny.home.lock)!r})):
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AnotherRun):
            tiny.run()
        holder.kill()
    assert tiny.run().status == "published"


KILL_POINTS = {
    "before a batch has its name": "landing.rows_written:2",
    "between a batch and its manifest": "landing.batch_placed:2",
    "before the batches are in force": "landing.manifest_placed:4",
    "while staging": "stage.entity_staged:4",
    "before the model": "check.done",
    "before the warehouse is kept": "model.built",
    "before anything is published": "warehouse.committed",
    "while the snapshot is written": "publish.written",
    "before the snapshot has its name": "publish.verified",
    "before the pointer is replaced": "publish.placed",
    "after the pointer is replaced": "publish.in_force",
}


def change(tiny: TinySystem) -> None:
    tiny.rows["document"][0]["form"] = "parallel"
    tiny.add("access_event", account_key="u2", occurred_at="2024-07-11 08:00:00")
    tiny.add("org_unit", unit_code="C")
    tiny.add("account", account_key="u3", unit_code="C")
    tiny.save()


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with fork_server() as server:
        yield server


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What the changed system comes to when nothing interferes."""
    tiny = TinySystem(tmp_path_factory.mktemp("undisturbed") / "home")
    change(tiny)
    tiny.run()
    return content(tiny)


@pytest.mark.parametrize("point", KILL_POINTS)
def test_a_killed_run_leaves_the_old_snapshot_and_the_next_one_ends_as_if_nothing_had_been(
    forks: Forks, after_first_run: TinySystem, undisturbed: Content, point: str
) -> None:
    tiny = after_first_run
    first = published(tiny)
    change(tiny)
    kill(forks, tiny, point)

    in_force = json.loads(tiny.home.pointer.read_text(encoding="utf-8"))["snapshot"]
    assert (in_force == first.snapshot) == (point != "after the pointer is replaced")
    assert tiny.ask("SELECT count(*) FROM document") == [(1,)]

    tiny.run()
    assert content(tiny) == undisturbed
    assert not list(tiny.home.builds.iterdir())
    assert not [path for path in tiny.home.var.rglob("*") if ".unfinished" in path.name]
    killed = next(run for run in last_runs(tiny.home) if run.status == "killed")
    assert datetime.fromisoformat(killed.started_at).tzinfo is not None


def kill(forks: Forks, tiny: TinySystem, point: str) -> None:
    """Runs the ETL in a process that dies at the point; checks are skipped there."""
    start = Start([str(tiny.home.root)], call="tests.etl.tiny_system:run_without_checks", environment={FAIL_AT: KILL_POINTS[point]})
    (ended,) = forks.together([start])
    assert ended.was_killed, ended.said

"""A run is written and read in one way, for the command line and for the pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dashboard.session import queries
from data.paths import Home
from data.run_history import EntityAccount, RunResult, last_runs, record
from etl.runs import lost_rows, status


def run(minute: int, **fields: str) -> RunResult:
    accounts = [
        EntityAccount("qlvb", name, "b1", "2024-08-01T03:00:00+00:00", rows, rows - 1, 0, 0, 1) for name, rows in (("document", 10), ("account", 5))
    ]
    started_at = f"2024-08-01T03:{minute:02}:00+00:00"
    return RunResult(f"r{minute}", "published", started_at, {"fetch": 1.5, "stage": 2}, entities=tuple(accounts), warnings=("w",), **fields)


def test_what_is_recorded_is_read_newest_first_and_half_lines_are_passed_over(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert last_runs(home) == []
    record(home, run(1))
    with home.runs.open("a", encoding="utf-8") as file:
        file.write('[]\n7\n{"started_at": "2024-08-0')
    record(home, run(2, message="xuống\ndòng\u2028"))
    record(home, run(3, snapshot="s"))
    assert last_runs(home) == [run(3, snapshot="s"), run(2, message="xuống\ndòng\u2028"), run(1)]
    assert last_runs(home, 1) == [run(3, snapshot="s")]


def test_a_line_without_an_instant_is_no_run(tmp_path: Path) -> None:
    home = Home(tmp_path)
    record(home, RunResult("r", "failed", "yesterday", {}))
    assert last_runs(home) == []


def test_the_command_line_and_the_quality_page_read_one_history(tmp_path: Path) -> None:
    home = Home(tmp_path)
    record(home, run(3))
    (read,) = last_runs(home)
    assert (read.started, read.total_seconds, read.rows_in, read.rows_rejected) == (datetime(2024, 8, 1, 3, 3, tzinfo=UTC), 3.5, 15, 2)
    (told,) = status.etl_status(home).iter_rows(named=True)
    assert (told["seconds"], told["rows_in"], told["rows_rejected"], told["warnings"]) == (3.5, 15, 2, 1)
    assert queries.last_runs is status.last_runs is lost_rows.last_runs

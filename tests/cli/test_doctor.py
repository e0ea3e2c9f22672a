"""The doctor names what is wrong with an installation, and what to do, for each kind of trouble."""

from __future__ import annotations

import errno
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.main import main
from cli.upkeep.checks.findings import Finding, examine, examine_locally
from dashboard.ledger.database import bring_up
from data import run_history
from data.paths import PROJECT, Home
from data.run_history import RunResult
from data.version import program_version
from etl.runs.run_lock import only_run
from etl.runs.status import etl_status
from tests.etl.conftest import skip_checks
from tests.etl.tiny_system import TinySystem

SILENT_S = 60
"""Less than a driver waits for a database that is silent (130 s), and enough on a machine at work."""


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after its first run."""
    with pytest.MonkeyPatch.context() as patch:
        skip_checks(patch)
        system = TinySystem(tmp_path_factory.mktemp("doctor") / "home")
        system.run()
    system.home.environment.chmod(0o600)
    return system.home


def found(home: Home) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(home)}


def test_at_least_fourteen_checks_and_nothing_to_mend(well: Home) -> None:
    findings = found(well)
    assert len(findings) >= 14
    assert {name for name, finding in findings.items() if finding.outcome == "mend"} <= {"packages"}, findings


def future_run(home: Home) -> None:
    started = datetime.now(UTC) + timedelta(days=400)
    run_history.record(home, RunResult(started.strftime(run_history.RUN_NAME), "published", started.isoformat(timespec="seconds"), {}))


def failed_run(home: Home) -> None:
    started = datetime.now(UTC)
    run_history.record(home, RunResult(started.strftime(run_history.RUN_NAME), "failed", started.isoformat(), {}, message="qlvb: it is gone"))


def killed_run(home: Home) -> None:
    (home.builds / f"{datetime.now(UTC).strftime(run_history.RUN_NAME)}.begun").touch()


def old_figures(home: Home) -> None:
    home.config.write_text(home.config.read_text(encoding="utf-8") + "[dashboard]\noldest_data_hours = 0.0000001\n", encoding="utf-8")


def lost_ledger(home: Home) -> None:
    home.pins.mkdir(parents=True, exist_ok=True)
    (home.pins / "1.json").write_text("{}")


def with_toml(text: str) -> Callable[[Home], None]:
    return lambda home: home.config.write_text(home.config.read_text(encoding="utf-8") + text, encoding="utf-8") and None


TROUBLES: dict[str, tuple[Callable[[Home], object], str, str]] = {
    "settings": (lambda home: home.config.write_text("[etl", encoding="utf-8"), "settings", "not complete TOML"),
    "open to others": (lambda home: home.environment.chmod(0o644), "rights", "chmod"),
    "other key": (lambda home: home.environment.write_text("VANBAN_ACCOUNT_KEY=" + "f" * 32), "account key", "not the one"),
    "no key": (lambda home: home.environment.write_text("TINY_URL=sqlite:///x"), "account key", "backup"),
    "source gone": (lambda home: (home.root / "tiny.sqlite").unlink(), "sources", "tiny"),
    "no figures": (lambda home: home.pointer.unlink(), "figures", "etl run"),
    "clock": (future_run, "clock", "Set the clock"),
    "failed": (failed_run, "last run", "it is gone"),
    "killed": (killed_run, "last run", "killed"),
    "old": (old_figures, "age of the figures", "etl status"),
    "lost ledger": (lost_ledger, "ledger", "backup"),
    "mail": (with_toml('[report.mail]\nserver = "127.0.0.1"\nport = 9\nsender = "a@example.vn"\nsecurity = "none"\n'), "mail", "does not answer"),
    "sign-in": (with_toml('[sign_in]\nissuer = "http://127.0.0.1:9"\nclient_id = "x"\naddress = "http://127.0.0.1:8"\n'), "sign-in", "sign in"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_is_found_with_its_way_out(well: Home, tmp_path: Path, trouble: str) -> None:
    make, check, words = TROUBLES[trouble]
    home = Home(Path(shutil.copytree(well.root, tmp_path / "home")))
    make(home)
    home.environment.chmod(home.environment.stat().st_mode & (0o777 if trouble == "open to others" else 0o700))
    finding = found(home)[check]
    assert (finding.outcome, words in finding.text) == ("mend", True), finding


def test_a_database_that_takes_the_call_and_is_silent_holds_up_neither_the_others_nor_the_end(well: Home, tmp_path: Path) -> None:
    home = Home(Path(shutil.copytree(well.root, tmp_path / "home")))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"TINY_URL=postgresql+psycopg://reader:x@127.0.0.1:{silent.getsockname()[1]}/db\n"
        home.environment.write_text(home.environment.read_text(encoding="utf-8") + address, encoding="utf-8")
        command = [sys.executable, PROJECT / "cli", "doctor", "--format", "json", "--home", home.root]
        ended = subprocess.run(command, stdout=subprocess.PIPE, timeout=SILENT_S)
    told = {row["check"]: row for row in json.loads(ended.stdout)}
    assert (told["sources"]["outcome"], "No answer" in told["sources"]["text"]) == ("look at", True)
    assert told["ledger"]["outcome"] == told["clock"]["outcome"] == "ok"


def test_a_lost_ledger_is_told_by_each_command_and_by_no_new_one_hidden(well: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(Path(shutil.copytree(well.root, tmp_path / "home")))
    bring_up(home)
    lost_ledger(home)
    (home.var / "ledger" / "ledger.db").unlink()
    for words in (["report", "list"], ["report", "verify"], ["people", "list"]):
        assert main([*words, "--home", str(home.root)]) == 2
        assert "The ledger is gone" in capsys.readouterr().err
    assert not (home.var / "ledger" / "ledger.db").exists()
    assert next(one for one in examine_locally(home) if one.check == "ledger").outcome == "mend"


def test_by_command_it_ends_with_the_worst_outcome(well: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(Path(shutil.copytree(well.root, tmp_path / "home")))
    failed_run(home)
    assert main(["doctor", "--format", "json", "--home", str(home.root)]) == 2
    rows = json.loads(capsys.readouterr().out)
    assert {row["check"] for row in rows} == set(found(home)) and all(row["text"] for row in rows)


def test_status_shows_a_killed_run_before_the_next_one(well: Home, tmp_path: Path) -> None:
    home = Home(Path(shutil.copytree(well.root, tmp_path / "home")))
    killed_run(home)
    with only_run(home.lock):
        assert etl_status(home)["status"].to_list() == ["published"], "a run at work is no killed one"
    assert etl_status(home)["status"].to_list() == ["killed", "published"]


def test_a_long_history_keeps_its_newest_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    home.var.mkdir()
    monkeypatch.setattr(run_history, "LARGEST", 4000)
    monkeypatch.setattr(run_history, "KEPT_RUNS", 7)
    for number in range(60):
        run_history.record(home, RunResult(f"{number:03}", "unchanged", "2026-01-01T00:00:00+00:00", {}))
    runs = [run.run for run in run_history.last_runs(home, 100)]
    assert runs == [f"{number:03}" for number in range(59, 59 - len(runs), -1)] and 7 <= len(runs) < 60
    assert home.runs.stat().st_size <= 4000


def test_a_full_disk_has_room_for_the_record_of_the_run_that_met_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    home.var.mkdir()
    run_history.keep_reserve(home)
    append = run_history.append_line

    def on_a_full_disk(path: Path, line: bytes) -> None:
        if run_history.reserve_of(home).exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        append(path, line)

    monkeypatch.setattr(run_history, "append_line", on_a_full_disk)
    failed_run(home)
    assert [run.status for run in run_history.last_runs(home)] == ["failed"]


def test_version_and_commit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["vanban", program_version()]

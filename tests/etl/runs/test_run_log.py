"""The log of runs: what it says, what it must not say, and that nothing in it passes for something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from data.errors import DataRefused
from data.paths import Home
from etl.run import rebuild_etl
from etl.runs import run_log as log
from etl.runs.run_log import RunLog
from tests.etl.tiny_system import TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")


def lines(home: Home) -> list[dict[str, Any]]:
    return [json.loads(line) for line in home.etl_log.read_text(encoding="ascii").splitlines()]


def test_a_run_is_told_step_by_step_and_source_by_source(tiny: TinySystem) -> None:
    result = tiny.run()
    told = lines(tiny.home)
    assert {line["run"] for line in told} == {result.run}
    assert [line["step"] for line in told if line["event"] == "step"] == list(result.seconds)
    assert all(line["outcome"] == "done" for line in told if line["event"] == "step")
    (fetched,) = [line for line in told if line["event"] == "source fetched"]
    assert (fetched["source"], fetched["kind"], fetched["rows_in"], fetched["entities"]) == ("tiny", "database", 8, 7)
    staged = {line["entity"]: line["rows_loaded"] for line in told if line["event"] == "entity staged"}
    assert staged == {account.entity: account.rows_loaded for account in result.entities}
    assert (told[0]["event"], told[0]["kind"]) == ("run started", "run")
    assert (told[-1]["event"], told[-1]["status"], told[-1]["snapshot"]) == ("run ended", "published", result.snapshot)
    rebuild_etl(tiny.settings)
    assert [line["kind"] for line in lines(tiny.home) if line["event"] == "run started"] == ["run", "rebuild"]


def test_a_run_that_fails_says_where_and_why(tiny: TinySystem) -> None:
    tiny.rows["access_event"][0]["occurred_at"] = "hôm qua"
    with pytest.raises(DataRefused):
        tiny.save_and_run()
    told = lines(tiny.home)
    assert [(line["step"], line["outcome"]) for line in told if line["event"] == "step"] == [
        ("connect", "done"),
        ("fetch", "done"),
        ("stage", "failed"),
    ]
    assert told[-1]["status"] == "failed"
    assert "none of the 1 rows of access_event could be used" in told[-1]["message"]


def test_nothing_of_the_data_is_in_it(tiny: TinySystem) -> None:
    tiny.add("org_unit", unit_code="MAT-DON-VI", name="Canary Đơn vị")
    tiny.add("account", account_key="nguyen.canary", unit_code="MAT-DON-VI")
    tiny.add("access_event", account_key="nguyen.canary")
    tiny.add("document", document_key="canary-doc", number="CANARY/1", page_count="canary")
    tiny.add("document", document_key="canary-mat", security_level="tối mật canary")
    tiny.save_and_run()
    text = tiny.home.etl_log.read_text(encoding="ascii").lower()
    assert "rejected" in text
    assert "canary" not in text
    assert "mat-don-vi" not in text


def test_no_text_forges_a_line_or_moves_a_cursor(tiny: TinySystem) -> None:
    hostile = 'a\n{"event": "run ended"}\r\x1b[31m\x00\x7f\u0085\u2028\u202e'
    RunLog(tiny.home, "r").write("warning", message=hostile)
    raw = tiny.home.etl_log.read_bytes()
    assert raw.count(b"\n") == 1
    assert all(0x20 <= byte < 0x7F for byte in raw[:-1])
    assert lines(tiny.home)[0]["message"] == hostile


def test_a_torn_line_spoils_no_other(tiny: TinySystem) -> None:
    tiny.home.var.mkdir()
    tiny.home.etl_log.write_text('{"event": "to', encoding="utf-8")
    RunLog(tiny.home, "r").write("step")
    assert json.loads(tiny.home.etl_log.read_text(encoding="ascii").splitlines()[1])["event"] == "step"


def test_the_log_never_grows_beyond_its_cap(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST", 2000)
    for number in range(200):
        RunLog(tiny.home, "r").write("step", step=f"{number}")
    files = sorted(tiny.home.var.glob("etl.log*"))
    assert [path.name for path in files] == ["etl.log.1.jsonl", "etl.log.jsonl"]
    assert all(path.stat().st_size <= 2000 for path in files)
    kept = [int(json.loads(line)["step"]) for path in files for line in path.read_text(encoding="ascii").splitlines()]
    assert kept == list(range(kept[0], 200))


def test_a_log_that_cannot_be_written_stops_no_run(tiny: TinySystem) -> None:
    tiny.home.etl_log.mkdir(parents=True)
    assert tiny.run().status == "published"

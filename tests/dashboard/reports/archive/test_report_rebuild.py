"""P4: a report is a function of snapshot, definitions, template and inputs; later loads and settings do not reach it, and a changed byte is seen."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.ledger import Ledger
from dashboard.reports.archive import pinning
from dashboard.reports.archive.pinning import differences_of, pin_report, verify
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.kinds import KINDS
from dashboard.reports.content.request import Request
from data.paths import Home
from metrics.periods import Period
from tests.conftest import PROJECT
from tests.dashboard.reports.report_homes import JULY, account, copied_home, login, tiny_home
from tests.faults.figures import Campaign
from tests.tiny_snapshot import Row, write_snapshot

UNITS: list[Row] = [
    {"unit_code": "GOC", "name": "Gốc", "level": "toi_cao", "sort_order": 1},
    {"unit_code": "A", "name": "Vụ Một", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 2},
]
DOCUMENTS: list[Row] = [{"document_key": f"d{number}", "unit_code": "A", "is_paper": True} for number in range(4)]
FRESH = """
import json, sys
from pathlib import Path
import logging; logging.disable(logging.WARNING)
from dashboard.reports.archive.pinning import verify
from data.paths import Home
home = Home(Path(sys.argv[1]))
found = [{"id": one, "format": file.format, "equal": file.is_equal, "why": file.why} for one in map(int, sys.argv[2:]) for file in verify(home, one)]
print(json.dumps(found))
"""


def content() -> dict[str, list[Row]]:
    return {
        "org_unit": UNITS,
        "account": [account(number, "A", activated=number < 3) for number in range(4)],
        "account_day": [login(0, "A")],
        "document": [dict(one) for one in DOCUMENTS],
    }


def publish_later(home: Home, rows: dict[str, list[Row]], name: str = "20240901T030000-later") -> None:
    """A load after the pin: another snapshot in force, the pinned one kept."""
    write_snapshot(home.snapshots, rows, name)


def request(kind: str = "so-ket", **asked: Any) -> Request:
    return Request(kind, JULY, "all", **asked)


def verified_in_a_fresh_process(home: Home, *ids: int) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/Lima", "LC_ALL": "C"}
    command = [sys.executable, "-c", FRESH, str(home.root), *map(str, ids)]
    finished = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    found: list[dict[str, Any]] = json.loads(finished.stdout)
    return found


def test_a_fresh_process_gives_the_same_bytes_after_later_loads_and_other_settings(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    inputs = read_inputs(home)
    ids = [pin_report(home, request(kind.name, unit_code="A" if kind.is_per_unit else None), inputs, "Lập").pin_id for kind in KINDS]
    publish_later(home, {**content(), "account_day": [login(number, "A") for number in range(3)]})
    home.config.write_text(home.config.read_text(encoding="utf-8").replace("Hà Nội", "Huế"), encoding="utf-8")
    (tmp_path / "targets.csv").write_text("metric,unit_code,level,from_on,target\nactivation_rate,,,2024-07-01,50%\n", encoding="utf-8")
    (tmp_path / "giai-trinh.csv").write_text("unit_code,from_on,to_on,subject,text\nA,2024-07-01,2024-07-31,Mới,Thêm sau.\n", encoding="utf-8")
    found = verified_in_a_fresh_process(home, *ids)
    assert len(found) > len(KINDS)
    assert [one for one in found if not one["equal"]] == []


def test_a_changed_byte_and_a_lost_file_are_seen(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    pin = pin_report(home, request("tom-tat"), read_inputs(home), "Lập", ["html", "docx"])
    assert all(one.is_equal for one in verify(home, pin.pin_id))
    path = tmp_path / "var" / "ledger" / "files" / pin.files["html"]
    written = bytearray(path.read_bytes())
    written[len(written) // 2] ^= 1
    path.write_bytes(written)
    assert {one.format for one in verify(home, pin.pin_id) if not one.is_equal} == {"html"}


def test_a_snapshot_that_was_tampered_with_is_seen(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    pin = pin_report(home, request("tom-tat"), read_inputs(home), "Lập", ["html"])
    path = home.snapshots / f"{pin.snapshot}.duckdb"
    changed = path.with_name("changed")
    shutil.copyfile(path, changed)
    with duckdb.connect(str(changed)) as connection:
        connection.execute("UPDATE account_stay SET activated_on = NULL")
    changed.replace(path)
    found = verified_in_a_fresh_process(home, pin.pin_id)  # a process that has it open would go on reading the old file
    assert [one["equal"] for one in found] == [False, False]
    assert "figures differ" in found[0]["why"]


def test_what_an_earlier_template_wrote_holds_by_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tiny_home(tmp_path, content())
    pin = pin_report(home, request("tom-tat"), read_inputs(home), "Lập", ["html"])
    monkeypatch.setattr(pinning, "TEMPLATE_VERSION", "9")
    assert [(one.is_equal, one.by) for one in verify(home, pin.pin_id)] == [(True, "figures")] * 2
    with contextlib.closing(sqlite3.connect(tmp_path / "var" / "ledger" / "ledger.db")) as ledger, ledger:
        ledger.execute("""UPDATE report_pin SET figures = replace(figures, '"numerator":3', '"numerator":4')""")
    found = verify(home, pin.pin_id)
    assert not found[0].is_equal and "figures differ" in found[0].why and "template version" in found[0].why


def test_then_and_now_names_late_rows_corrections_and_definitions(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    pin = pin_report(home, request("thang"), read_inputs(home), "Lập", ["html"])
    assert differences_of(home, pin.pin_id) == []
    corrected = [{**DOCUMENTS[0], "is_paper": False, "is_electronic": True}, *DOCUMENTS[1:]]
    publish_later(
        home, {**content(), "account_day": [login(0, "A"), login(1, "A")], "document": [*corrected, {"document_key": "late", "unit_code": "A"}]}
    )
    found = {one.figure.metric: one for one in differences_of(home, pin.pin_id) if one.figure.unit_code is None}
    assert (found["login_rate"].figure.text, found["login_rate"].now.text) == ("33% (1/3 tài khoản)", "67% (2/3 tài khoản)")
    assert found["login_rate"].cause == "late_rows"
    assert found["outgoing_documents"].cause == "late_rows"
    assert found["fully_electronic_ratio"].cause == "correction"
    assert "activation_rate" not in found
    with Ledger(home) as ledger:
        record = ledger.record(pin.pin_id)
    assert {"definition_version"} <= set(record.figures[0])


def test_a_row_that_counted_and_does_not_any_more_was_corrected(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    pin = pin_report(home, request("thang"), read_inputs(home), "Lập", ["html"])
    publish_later(home, {**content(), "document": [dict(one) for one in DOCUMENTS[1:]]})
    found = {one.figure.metric: one for one in differences_of(home, pin.pin_id) if one.figure.unit_code is None}
    assert (found["outgoing_documents"].figure.text, found["outgoing_documents"].now.text) == ("4", "3")
    assert found["outgoing_documents"].cause == "correction"


def test_a_changed_definition_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from dashboard.reports.content.facts import figures
    from metrics.catalog import metric

    home = tiny_home(tmp_path, content())
    pin = pin_report(home, request("tom-tat"), read_inputs(home), "Lập", ["html"])
    publish_later(home, {**content(), "account_day": [login(0, "A"), login(1, "A")]})
    monkeypatch.setattr(figures, "metric", lambda name: replace(metric(name), version=2))
    assert {one.cause for one in differences_of(home, pin.pin_id)} == {"definition"}


def test_the_next_report_lists_what_reads_differently_now(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    first = pin_report(home, request("so-ket"), read_inputs(home), "Lập", ["html"])
    rows = {**content(), "account_day": [login(0, "A"), login(1, "A")]}
    publish_later(home, rows)
    later = Request("so-ket", Period(date(2024, 7, 1), date(2024, 8, 31)), "all")
    second = pin_report(home, later, read_inputs(home), "Lập", ["html"])
    with Ledger(home) as ledger:
        inputs = ledger.record(second.pin_id).inputs
    assert inputs["compared_with"] == first.title
    assert ("33% (1/3 tài khoản)", "67% (2/3 tài khoản)", "dữ liệu đến muộn") in {
        (one["then"], one["now"], one["cause"]) for one in inputs["restated"]
    }


def test_a_revision_keeps_the_differences_with_its_cause(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    first = pin_report(home, request("tom-tat"), read_inputs(home), "Lập", ["html"])
    publish_later(home, {**content(), "account_day": [login(0, "A"), login(1, "A")]})
    second = pin_report(home, request("tom-tat"), read_inputs(home), "Lập", ["html"], revises=first.pin_id, cause="số liệu đăng nhập đến muộn")
    assert (second.revises, second.cause) == (first.pin_id, "số liệu đăng nhập đến muộn")
    assert verify(home, first.pin_id)[0].is_equal, "what was pinned first stands as it was"


def test_a_snapshot_that_is_gone_is_told_and_the_kept_bytes_stay(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, content())
    pin = pin_report(home, request("tom-tat"), read_inputs(home), "Lập", ["html"])
    publish_later(home, content())
    (home.snapshots / f"{pin.snapshot}.duckdb").unlink()
    (html, _) = verify(home, pin.pin_id)
    assert (html.is_kept, html.rebuilt) == (True, None)
    assert "There is no snapshot" in html.why
    with Ledger(home) as ledger:
        assert hashlib.sha256(ledger.file(pin.pin_id, "html")).hexdigest() == pin.files["html"]


@pytest.mark.long
def test_two_hundred_reports_are_equal_in_a_fresh_process(demo_home: Path, tmp_path: Path) -> None:
    """The campaign of P4: reports of every kind, period, population and unit on the demo, rebuilt after a later load."""
    campaign = Campaign("P4", "reports of every kind pinned, and made anew in fresh processes after a later load", "200 reports, all bytes equal")
    home = copied_home(demo_home, tmp_path)
    inputs, dice = read_inputs(home), random.Random(4)
    ids = []
    while len(ids) < 200:
        kind = dice.choice(KINDS)
        from_on = date(2024, 7, 1) + timedelta(days=dice.randrange(800))
        period = Period(from_on, from_on + timedelta(days=dice.choice((6, 27, 29, 30, 89))))
        unit = dice.choice(("T22", "T01", "VKSTC-V1", "VKSTC-C2")) if kind.is_per_unit else dice.choice((None, None, "T22"))
        asked = Request(kind.name, period, dice.choice(("pilot", "all", "1")), unit, language=dice.choice(kind.languages))  # type: ignore[arg-type]
        ids.append(pin_report(home, asked, inputs, "Chiến dịch", kind.formats).pin_id)
    name = json.loads(home.pointer.read_text(encoding="utf-8"))["snapshot"]
    later = f"{name}-later"
    shutil.copyfile(home.snapshots / f"{name}.duckdb", home.snapshots / f"{later}.duckdb")
    with duckdb.connect(str(home.snapshots / f"{later}.duckdb")) as connection:
        connection.execute("UPDATE snapshot_info SET snapshot = ?", [later])
        connection.execute("DELETE FROM account_month WHERE account_no % 7 = 0")
    home.pointer.chmod(0o644)
    home.pointer.write_text(json.dumps({"snapshot": later}), encoding="utf-8")
    found = [one for start in range(0, 200, 50) for one in verified_in_a_fresh_process(home, *ids[start : start + 50])]
    differ = [one for one in found if not one["equal"]]
    campaign.record(f"{len(ids)} reports of {len(KINDS)} kinds, {len(found):,} files: {len(differ)} differ")
    assert differ == []

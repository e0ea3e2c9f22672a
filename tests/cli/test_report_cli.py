"""`vanban report …` as people type it: files, ledger, plain errors, nothing half written."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from dashboard.ledger.audit import Audit
from data.paths import Home
from tests.conftest import run_vanban
from tests.dashboard.reports.report_homes import account, login, tiny_home
from tests.tiny_snapshot import Row, write_snapshot

UNITS: list[Row] = [
    {"unit_code": "GOC", "name": "Gốc", "level": "toi_cao", "sort_order": 1},
    {"unit_code": "A", "name": "Vụ Một", "short_name": "Vụ Một", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 2},
    {"unit_code": "B/../x", "name": "Vụ Hai", "short_name": "Vụ Hai", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 3},
]
DAYS = ("--from", "2024-07-01", "--to", "2024-07-31")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    accounts = [account(number, unit) for unit in ("A", "B/../x") for number in range(6)]
    (tmp_path / "home").mkdir()
    return tiny_home(tmp_path / "home", {"org_unit": UNITS, "account": accounts, "account_day": [login(0, "A")]})


def test_build_writes_the_files_and_their_figures_and_no_ledger(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    finished = run_vanban("report", "build", "so-ket", *DAYS, "--number", "7", "--out", out, "--format", "html", "--format", "docx", home=home.root)
    assert finished.returncode == 0, finished.stderr
    stem = "so-ket_2024-07-01_2024-07-31"
    assert sorted(path.name for path in out.iterdir()) == [f"{stem}.docx", f"{stem}.html", f"{stem}.so-lieu.json"]
    assert sorted(finished.stdout.splitlines()) == sorted(str(path) for path in out.iterdir())
    assert json.loads((out / f"{stem}.so-lieu.json").read_text(encoding="utf-8"))["parameters"]["number"] == "7"
    assert not (home.var / "ledger").exists()


def test_files_of_real_figures_are_written_down_before_they_leave(home: Home, tmp_path: Path) -> None:
    write_snapshot(home.snapshots, {"org_unit": UNITS, "snapshot_info": [{"is_synthetic": False}]}, "20240801T030000-real")
    build = ("report", "build", "tom-tat", *DAYS, "--format", "html", "--out")
    assert run_vanban(*build, tmp_path / "out", home=home.root).returncode == 0
    with Audit(home) as audit:
        (told,) = audit.rows()
    assert (told.issuer, told.act, told.object) == ("os", "report.build", "report tom-tat")
    assert json.loads(told.detail)["files"] == sorted(path.name for path in (tmp_path / "out").iterdir())
    home.audit_key_file.unlink()
    assert run_vanban(*build, tmp_path / "none", home=home.root).returncode == 2
    assert not (tmp_path / "none").exists(), "what cannot be written down does not leave"


def test_the_same_question_gives_the_same_bytes(home: Home, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        finished = run_vanban("report", "build", "tom-tat", *DAYS, "--language", "en", "--out", tmp_path / folder, home=home.root)
        assert finished.returncode == 0, finished.stderr
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("one", "two"))
    assert one == two
    assert "tom-tat_2024-07-01_2024-07-31_en.pdf" in one


def test_all_units_are_one_archive_with_safe_names(home: Home, tmp_path: Path) -> None:
    finished = run_vanban("report", "build", "don-vi", "--all-units", *DAYS, "--out", tmp_path / "out", "--format", "html", home=home.root)
    assert finished.returncode == 0, finished.stderr
    path = Path(finished.stdout.strip())
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
        names = packed.namelist()
        sheet = packed.read("don-vi_A_2024-07-01_2024-07-31.html").decode("utf-8")
    assert [name for name in names if name.endswith(".html")] == [f"don-vi_{unit}_2024-07-01_2024-07-31.html" for unit in ("GOC", "A", "B____x")]
    assert "Vụ Một" in sheet
    assert "Vụ Hai" not in sheet


def test_what_stood_there_stays_until_all_is_done(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    old = out / "so-ket_2024-07-01_2024-07-31.docx"
    old.write_bytes(b"old")
    monkeypatch.setattr("dashboard.reports.writers.html.write", _refuse)
    with pytest.raises(RuntimeError):
        run_vanban("report", "build", "so-ket", *DAYS, "--out", out, "--format", "docx", "--format", "html", home=home.root)
    assert [path.name for path in out.iterdir()] == [old.name]
    assert old.read_bytes() == b"old"


def test_a_full_disk_leaves_what_stood_there_and_nothing_half_written(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    old = out / "so-ket_2024-07-01_2024-07-31.html"
    old.write_bytes(b"old")
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if ".json" in path.name:
            write(path, content[:10])
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    finished = run_vanban("report", "build", "so-ket", *DAYS, "--out", out, "--format", "html", home=home.root)
    assert (finished.returncode, "No space left on device" in finished.stderr) == (2, True)
    assert [path.name for path in out.iterdir()] == [old.name]
    assert old.read_bytes() == b"old"


def _refuse(report: object) -> bytes:
    raise RuntimeError("a writer that fails")


def test_pin_list_approve_get_verify_and_diff(home: Home, tmp_path: Path) -> None:
    assert run_vanban("report", "list", home=home.root).stderr.startswith("No report is pinned yet")
    assert not (home.var / "ledger").exists(), "looking makes no ledger"
    edits = tmp_path / "edits.toml"
    edits.write_text('"accounts.regular" = "Câu do cán bộ sửa."\n', encoding="utf-8")
    pinned = run_vanban("report", "pin", "thang", *DAYS, "--by", "Phòng Tổng hợp", "--format", "html", home=home.root)
    assert (pinned.returncode, pinned.stdout.strip()) == (0, "1"), pinned.stderr
    edited = run_vanban("report", "pin", "so-ket", *DAYS, "--by", "Phòng Tổng hợp", "--format", "html", "--edits", edits, home=home.root)
    assert (edited.returncode, edited.stdout.strip()) == (0, "2"), edited.stderr
    refused = run_vanban("report", "approve", "2", "--by", "Cục trưởng", home=home.root)
    missing = re.findall(r"^- (\w+):", refused.stderr, re.MULTILINE)
    assert (refused.returncode, "signer" in missing) == (2, True), refused.stderr
    answers = [word for name in missing for word in ("--answer", f"{name}=đã rõ")]
    assert run_vanban("report", "approve", "2", "--by", "Cục trưởng", *answers, home=home.root).returncode == 0
    listed = json.loads(run_vanban("report", "list", "--format", "json", home=home.root).stdout)
    assert [(row["id"], row["status"], row["approved_by"]) for row in listed] == [(2, "approved", "Cục trưởng"), (1, "pinned", None)]
    got = run_vanban("report", "get", "2", "--out", tmp_path / "out", home=home.root)
    page = next(Path(line) for line in got.stdout.splitlines() if line.endswith(".html"))
    assert "Câu do cán bộ sửa." in page.read_text(encoding="utf-8")
    verified = run_vanban("report", "verify", "--format", "json", home=home.root)
    assert verified.returncode == 0, verified.stdout
    assert len(json.loads(verified.stdout)) == 4
    assert json.loads(run_vanban("report", "diff", "2", "--format", "json", home=home.root).stdout) == []
    next((home.var / "ledger" / "files").iterdir()).write_bytes(b"changed")
    assert run_vanban("report", "verify", home=home.root).returncode == 1


def test_text_lists_every_paragraph_by_its_key(home: Home) -> None:
    finished = run_vanban("report", "text", "so-ket", *DAYS, "--format", "json", home=home.root)
    told = {row["key"]: row["text"] for row in json.loads(finished.stdout)}
    assert told["accounts.activated"].startswith("Đến hết ngày 31/7/2024")


def test_a_usual_period_and_the_one_before_it(home: Home, tmp_path: Path) -> None:
    finished = run_vanban("report", "build", "tom-tat", "--period", "month", "--out", tmp_path, "--format", "html", home=home.root)
    assert "tom-tat_2024-07-01_2024-07-31.html" in finished.stdout
    before = run_vanban("report", "build", "tom-tat", "--period", "month", "--previous", "--out", tmp_path, "--format", "html", home=home.root)
    assert "tom-tat_2024-06-01_2024-06-30.html" in before.stdout


def test_sections_are_left_out_and_the_numbers_close_up(home: Home) -> None:
    finished = run_vanban("report", "text", "so-ket", *DAYS, "--without", "accounts", "--format", "json", home=home.root)
    told = {row["key"] for row in json.loads(finished.stdout)}
    assert "comparison.full" in told
    assert not any(key.startswith("accounts.") for key in told)
    assert run_vanban("report", "text", "so-ket", *DAYS, "--without", "nothing", home=home.root).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("build", "so-ket", "--out", "x"), "Which days?"),
        (("build", "so-ket", *DAYS, "--period", "month", "--out", "x"), "contradict each other"),
        (("build", "so-ket", *DAYS, "--unit", "KHONG", "--out", "x"), "There is no unit 'KHONG'"),
        (("build", "don-vi", *DAYS, "--out", "x"), "--all-units"),
        (("build", "so-ket", "--all-units", *DAYS, "--out", "x"), "Reports made per unit: don-vi"),
        (("build", "so-ket", *DAYS, "--language", "en", "--out", "x"), "is not written in 'en'"),
        (("build", "so-ket", *DAYS, "--flow-to", "2024-08-02", "--out", "x"), "must lie within the period"),
        (("build", "thang", *DAYS, "--flow-to", "2024-07-25", "--out", "x"), "tells one window only"),
        (("build", "so-ket", *DAYS, "--snapshot", "../../etc", "--out", "x"), "There is no snapshot"),
        (("build", "so-ket", *DAYS, "--edits", "nowhere.toml", "--out", "x"), "cannot be read as TOML"),
        (("pin", "so-ket", *DAYS, "--by", "A", "--revises", "9", "--cause", "x", "--format", "html"), "There is no report 9"),
        (("approve", "9", "--by", "A"), "There is no report 9"),
        (("send", "9", "--to", "a@b.vn"), "Sending is off"),
    ],
)
def test_mistakes_are_told_in_a_sentence_and_write_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    finished = run_vanban("report", *arguments, home=home.root)
    assert finished.returncode == 2
    assert told in finished.stderr
    assert not (tmp_path / "x").exists()


def test_edits_of_unknown_paragraphs_and_control_characters_are_refused(home: Home, tmp_path: Path) -> None:
    wrong = {'"no.such" = "x"': "No paragraph of this report", '"accounts.regular" = "a\\u0007b"': "U+0007", "a = 1": "is not a sentence"}
    for content, told in wrong.items():
        edits = tmp_path / "edits.toml"
        edits.write_text(content, encoding="utf-8")
        finished = run_vanban("report", "text", "so-ket", *DAYS, "--edits", edits, home=home.root)
        assert (finished.returncode, told in finished.stderr) == (2, True), finished.stderr

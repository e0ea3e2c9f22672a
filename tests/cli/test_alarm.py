"""Whoever looks after an installation is told by mail, by a real mail server on this machine: once a day for each cause, and once when it is over."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from cli.upkeep.causes import CAUSES, tell_causes
from cli.upkeep.checks.findings import examine
from data import run_history
from data.errors import ConfigurationError
from data.paths import PROJECT, Home
from data.run_history import RunResult
from tests.etl.conftest import skip_checks
from tests.etl.tiny_system import TinySystem
from tests.faults.figures import Campaign
from tests.servers import mail_server


@dataclass
class Box:
    """What the server took."""

    subjects: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd calls it so)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.subjects.append(mail["Subject"])
        self.texts.append(mail.get_content())
        assert envelope.rcpt_tos == ["it@example.vn"]
        return "250 OK"

    def taken(self) -> list[str]:
        taken, self.subjects = self.subjects, []
        return taken


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    box = Box()
    with mail_server(box) as port:
        yield box, port


@pytest.fixture
def system(tmp_path: Path, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch) -> TinySystem:
    """A home after its first run, with somebody to tell."""
    skip_checks(monkeypatch)
    system = TinySystem(tmp_path / "home")
    system.home.environment.chmod(0o600)
    with system.home.config.open("a", encoding="utf-8") as file:
        file.write('[alarm]\nto = ["it@example.vn"]\n[report.mail]\nserver = "127.0.0.1"\nsender = "vanban@example.vn"\nsecurity = "none"\n')
        file.write(f"port = {box[1]}\n")
    system.run()
    return system


def night(home: Home) -> int:
    return main(["etl", "run", "--home", str(home.root)])


def mended_by_hand(home: Home) -> set[str]:
    """The doctor's checks that say that something is to be mended; another machine's answers aside."""
    return {finding.check for finding in examine(home) if finding.outcome == "mend"} - {"packages", "dashboard"}


def test_a_source_that_is_down_is_told_once_a_day_and_its_return_once(system: TinySystem, box: tuple[Box, int]) -> None:
    away = system.database.with_suffix(".away")
    system.database.rename(away)
    assert night(system.home) == 3
    assert box[0].taken() == ["[vanban] Cần xử lý: lần chạy gần nhất không thành công"]
    assert "tiny" in box[0].texts[-1] and str(system.home.root) in box[0].texts[-1]
    assert night(system.home) == 3
    assert box[0].taken() == [], "told today already"
    assert mended_by_hand(system.home) == {"last run", "sources"}
    assert tell_causes(system.home, date.today() + timedelta(days=1)).mails and len(box[0].taken()) == 1
    away.rename(system.database)
    assert night(system.home) == 0
    assert box[0].taken() == ["[vanban] Đã ổn: lần chạy gần nhất không thành công"]
    assert night(system.home) == 0
    assert box[0].taken() == []


def killed(home: Home) -> None:
    (home.builds / f"{datetime.now(UTC).strftime(run_history.RUN_NAME)}.begun").touch()


def clock_back(home: Home) -> None:
    started = datetime.now(UTC) + timedelta(days=400)
    run_history.record(home, RunResult(started.strftime(run_history.RUN_NAME), "published", started.isoformat(timespec="seconds"), {}))


def no_run_for_long(home: Home) -> None:
    home.config.write_text(home.config.read_text(encoding="utf-8") + "[dashboard]\noldest_data_hours = 0.0000001\n", encoding="utf-8")


def ledger_lost(home: Home) -> None:
    home.pins.mkdir(parents=True)
    (home.pins / "1.json").write_text("{}")


@pytest.mark.parametrize(
    ("trouble", "cause", "check"),
    [
        (killed, "lần chạy gần nhất không thành công", "last run"),
        (clock_back, "đồng hồ của máy sai", "clock"),
        (no_run_for_long, "số liệu đã cũ", "age of the figures"),
        (ledger_lost, "sổ báo cáo không còn hoặc không đọc được", "ledger"),
    ],
    ids=["killed", "clock back", "timer off", "ledger lost"],
)
def test_what_no_run_tells_the_second_timer_tells(system: TinySystem, box: tuple[Box, int], trouble: Any, cause: str, check: str) -> None:
    before = Path(shutil.copytree(system.home.root, system.home.root.with_name("before")))
    trouble(system.home)
    words = ["alarm", "--home", str(system.home.root)]
    assert main(words) == 0 == main(words)
    assert box[0].taken() == [f"[vanban] Cần xử lý: {cause}"]
    assert mended_by_hand(system.home) == {check}
    told = (system.home.var / "alarm.json").read_bytes()
    shutil.rmtree(system.home.root)
    before.rename(system.home.root)
    (system.home.var / "alarm.json").write_bytes(told)
    assert main(words) == 0 == main(words)
    assert box[0].taken() == [f"[vanban] Đã ổn: {cause}"]


def test_a_night_with_the_clock_set_back_publishes_nothing_and_is_told(system: TinySystem, box: tuple[Box, int]) -> None:
    pointer, history = system.home.pointer.read_bytes(), system.home.runs.read_bytes()
    system.add("document", document_key="d2")
    system.save()
    clock_back(system.home)
    assert night(system.home) == 2 == night(system.home)
    assert system.home.pointer.read_bytes() == pointer
    assert box[0].taken() == ["[vanban] Cần xử lý: đồng hồ của máy sai"]
    assert "Set the clock" in box[0].texts[-1] and "runs.jsonl" in box[0].texts[-1]
    system.home.runs.write_bytes(history)  # as the words say
    assert night(system.home) == 0
    assert system.home.pointer.read_bytes() != pointer
    assert box[0].taken() == ["[vanban] Đã ổn: đồng hồ của máy sai"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of which a test may take all the room."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("this user may mount no file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_night_on_a_full_disk_leaves_its_record_and_is_told(system: TinySystem, box: tuple[Box, int], small_disk: Path) -> None:
    there = system.copied(small_disk / "home")
    snapshot = there.home.pointer.read_bytes()
    fill(small_disk)
    assert night(there.home) == 2
    assert [run.status for run in run_history.last_runs(there.home, 1)] == ["failed"]
    assert there.home.pointer.read_bytes() == snapshot
    told = ["[vanban] Cần xử lý: ổ đĩa sắp đầy", "[vanban] Cần xử lý: lần chạy gần nhất không thành công"]
    assert box[0].taken() == told
    assert main(["alarm", "--home", str(there.home.root)]) == 0
    assert box[0].taken() == [], "told today already, though there is hardly room to note it"
    assert mended_by_hand(there.home) == {"disk", "last run"}
    (small_disk / "full").unlink()
    subprocess.run(["mount", "-o", "remount,size=4g", small_disk], check=True)
    assert night(there.home) == 0
    assert box[0].taken() == [word.replace("Cần xử lý", "Đã ổn") for word in told]


def test_too_many_refused_rows_are_told(system: TinySystem, box: tuple[Box, int]) -> None:
    refuse_rows(system)
    assert night(system.home) == 1
    assert len(box[0].taken()) == 1 and "refused" in box[0].texts[-1]
    assert mended_by_hand(system.home) == {"last run"}
    del system.rows["document"][1:]
    system.rows["document"][0]["issued_at"] = "2024-07-10 09:00:00"
    system.save()
    assert night(system.home) == 0
    assert box[0].taken() == ["[vanban] Đã ổn: lần chạy gần nhất không thành công"]


def program(home: Home, *words: str) -> tuple[int, str]:
    """A command as a timer starts it: its exit code and what it printed."""
    ended = subprocess.run([sys.executable, "-m", "cli", *words, "--home", str(home.root)], cwd=PROJECT, capture_output=True, text=True)
    return ended.returncode, ended.stdout


def kill_a_run(home: Home) -> None:
    """SIGKILL to a real run as soon as it has begun."""
    run = subprocess.Popen([sys.executable, "-m", "cli", "etl", "run", "--home", str(home.root)], cwd=PROJECT, stderr=subprocess.DEVNULL)
    while not any(home.builds.glob("*.begun")):
        assert run.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()


def refuse_rows(system: TinySystem) -> None:
    toml = system.folder / "source.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("[entities.document]\nmax_rejected = 1\n", "[entities.document]\n"), encoding="utf-8")
    system.rows["document"] = [{**system.rows["document"][0], "document_key": f"d{number}", "issued_at": "khi nào đó"} for number in range(9)]
    system.save()


def fill(place: Path) -> None:
    with (place / "full").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"0" * 4096) == 4096:
            pass


CAMPAIGN: dict[str, tuple[Any, tuple[str, ...], str]] = {
    "source down": (lambda system: system.database.unlink(), ("etl", "run"), "last run"),
    "killed": (lambda system: kill_a_run(system.home), ("alarm",), "last run"),
    "disk full": (lambda system: fill(system.home.root.parent), ("etl", "run"), "disk"),
    "clock back": (lambda system: clock_back(system.home), ("alarm",), "clock"),
    "timer off": (lambda system: no_run_for_long(system.home), ("alarm",), "age of the figures"),
    "rows refused": (refuse_rows, ("etl", "run"), "last run"),
    "ledger lost": (lambda system: ledger_lost(system.home), ("alarm",), "ledger"),
}
"""What is done, which of the two timers tells of it, and the doctor's check that finds it."""


@pytest.mark.long
def test_each_trouble_is_mailed_by_the_programs_that_timers_start(system: TinySystem, box: tuple[Box, int], small_disk: Path, tmp_path: Path) -> None:
    campaign = Campaign(
        "P13", "seven troubles, told by the programs that the two timers start to a real mail server", "1 mail and 1 all-clear each; ≤ 300 s"
    )
    longest, mails = 0.0, 0
    for kind, (trouble, timer, check) in CAMPAIGN.items():
        place = small_disk if kind == "disk full" else tmp_path
        one = system.copied(place / "one")
        trouble(one)
        begun = time.monotonic()
        program(one.home, *timer)
        longest = max(longest, time.monotonic() - begun)
        told = box[0].taken()
        assert sum(CAUSES[check] in subject for subject in told) == 1, (kind, told)
        assert len(told) == (2 if kind == "disk full" else 1), (kind, told)  # the disk, and the run that met it
        program(one.home, "alarm")
        assert box[0].taken() == [], (kind, "once a day")
        code, found = program(one.home, "doctor", "--format", "json")
        assert code == 2 and check in [row["check"] for row in json.loads(found) if row["outcome"] == "mend"], (kind, found)
        noted = (one.home.var / "alarm.json").read_bytes()
        shutil.rmtree(one.home.root)
        if kind == "disk full":
            (small_disk / "full").unlink()
            subprocess.run(["mount", "-o", "remount,size=4g", small_disk], check=True)
        mended = system.copied(place / "one")
        (mended.home.var / "alarm.json").write_bytes(noted)
        assert program(mended.home, "etl", "run")[0] == 0, kind
        assert box[0].taken() == [word.replace("Cần xử lý", "Đã ổn") for word in told], kind
        shutil.rmtree(mended.home.root)
        mails += len(told)
    campaign.record(f"{len(CAMPAIGN)} troubles: {mails} mails, {longest:.0f} s at most after its start, {mails} all-clears; `doctor` found each")


def test_a_mail_server_that_is_away_changes_no_exit_code(system: TinySystem, capsys: pytest.CaptureFixture[str]) -> None:
    text = system.home.config.read_text(encoding="utf-8")
    system.home.config.write_text(text.replace("[report.mail]", "[report.mail]\nuser = 'x'"), encoding="utf-8")  # and its password is nowhere
    system.database.unlink()
    assert night(system.home) == 3
    assert "nobody could be told" in capsys.readouterr().err


def test_without_anybody_to_tell_it_says_what_to_write(system: TinySystem) -> None:
    text = system.home.config.read_text(encoding="utf-8")
    for setting, other in (("[alarm]", "[alarm_]"), ('to = ["it@example.vn"]', "to = []"), ("[report.mail]", "[report.x]")):
        wrong = text.replace(setting, other)
        system.home.config.write_text(wrong, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r"\[alarm\]"):
            tell_causes(system.home, date.today())

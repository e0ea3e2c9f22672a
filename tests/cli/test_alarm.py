"""Whoever looks after an installation is told by mail, by a real mail server on this machine: once a day for each cause, and once when it is over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from cli.main import main
from cli.upkeep.causes import tell_causes
from data import run_history
from data.errors import ConfigurationError
from data.paths import Home
from data.run_history import RunResult
from tests.etl.conftest import skip_checks
from tests.etl.tiny_system import TinySystem
from tests.servers import free_port


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
    box, port = Box(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box, port
    finally:
        server.stop()


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


def test_a_source_that_is_down_is_told_once_a_day_and_its_return_once(system: TinySystem, box: tuple[Box, int]) -> None:
    away = system.database.with_suffix(".away")
    system.database.rename(away)
    assert night(system.home) == 3
    assert box[0].taken() == ["[vanban] Cần xử lý: lần chạy gần nhất không thành công"]
    assert "tiny" in box[0].texts[-1] and str(system.home.root) in box[0].texts[-1]
    assert night(system.home) == 3
    assert box[0].taken() == [], "told today already"
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
    ("trouble", "cause"),
    [
        (killed, "lần chạy gần nhất không thành công"),
        (clock_back, "đồng hồ của máy sai"),
        (no_run_for_long, "số liệu đã cũ"),
        (ledger_lost, "sổ báo cáo không còn hoặc không đọc được"),
    ],
    ids=["killed", "clock back", "timer off", "ledger lost"],
)
def test_what_no_run_tells_the_second_timer_tells(system: TinySystem, box: tuple[Box, int], trouble: Any, cause: str) -> None:
    before = Path(shutil.copytree(system.home.root, system.home.root.with_name("before")))
    trouble(system.home)
    words = ["alarm", "--home", str(system.home.root)]
    assert main(words) == 0 == main(words)
    assert box[0].taken() == [f"[vanban] Cần xử lý: {cause}"]
    told = (system.home.var / "alarm.json").read_bytes()
    shutil.rmtree(system.home.root)
    before.rename(system.home.root)
    (system.home.var / "alarm.json").write_bytes(told)
    assert main(words) == 0 == main(words)
    assert box[0].taken() == [f"[vanban] Đã ổn: {cause}"]


def test_too_many_refused_rows_are_told(system: TinySystem, box: tuple[Box, int]) -> None:
    toml = system.folder / "source.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("[entities.document]\nmax_rejected = 1\n", "[entities.document]\n"), encoding="utf-8")
    system.rows["document"] = [{**system.rows["document"][0], "document_key": f"d{number}", "issued_at": "khi nào đó"} for number in range(9)]
    system.save()
    assert night(system.home) == 1
    assert len(box[0].taken()) == 1 and "refused" in box[0].texts[-1]


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

"""The guides' timers: systemd itself reads when they are due, each line for cron is run as cron would, each for Windows is read as schtasks does.

One that cannot be read or run never goes off, and nobody is told.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from aiosmtpd.handlers import Sink

from bootstrap import VANBAN
from data.paths import PROJECT
from tests.conftest import run_vanban
from tests.etl.conftest import skip_checks
from tests.etl.tiny_system import TinySystem
from tests.programs import not_tried, program
from tests.servers import mail_server

PAGES = [path.read_text(encoding="utf-8") for path in sorted((PROJECT / "docs").rglob("*.md"))]
CRON_FIELDS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 7)}
LONGEST_TASK = 261
"""What schtasks takes as /TR."""
SETTINGS = """
[alarm]
to = ["it@example.vn"]
[report.mail]
server = "127.0.0.1"
port = {port}
sender = "vanban@example.vn"
security = "none"
[sign_in]
address = "https://vanban.example"
issuer = "https://id.example"
client_id = "vanban"
"""


def test_systemd_understands_when_each_timer_is_due() -> None:
    analyze = program("systemd-analyze", package="systemd", without="no timer of the guide was read")
    due = [time for page in PAGES for time in re.findall(r"^OnCalendar=(.+)$", page, flags=re.MULTILINE)]
    assert len(due) >= 4
    read = subprocess.run([analyze, "calendar", *due], capture_output=True, text=True)
    assert read.returncode == 0, read.stderr


def cron_lines() -> list[tuple[list[str], str, str]]:
    """When, as whom and what, of each line for `/etc/cron.d` on any page, each once."""
    found = {line for page in PAGES for line in re.findall(r"^(?:[\d*/,-]+ ){5}.+$", page, flags=re.MULTILINE)}
    return [(line.split()[:5], line.split()[5], line.split(maxsplit=6)[6]) for line in sorted(found)]


def test_cron_understands_when_each_line_is_due() -> None:
    lines = cron_lines()
    assert len(lines) == 3
    for due, user, command in lines:
        assert user == "vanban"
        assert "%" not in command, "cron ends the command there"
        for field, (lowest, highest) in zip(due, CRON_FIELDS.values(), strict=True):
            assert field == "*" or all(lowest <= int(number) <= highest for number in field.split(",")), due


@pytest.mark.skipif(os.name == "nt", reason="Windows has no cron")
def test_each_line_does_its_work_with_the_little_that_cron_gives_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not VANBAN.is_finished:
        not_tried("the wrapper has not made this environment: no line of cron was run")
    skip_checks(monkeypatch)
    system = TinySystem(tmp_path / "srv" / "vanban")
    system.run()
    with system.home.environment.open("a", encoding="utf-8") as file:
        file.write(f"VANBAN_SIGN_IN_SECRET=s\nVANBAN_COOKIE_SECRET={'c' * 64}\n")
    (tmp_path / "opt").mkdir()
    (tmp_path / "opt" / "vanban").symlink_to(PROJECT)
    surroundings = {"HOME": str(system.home.root), "LOGNAME": "vanban", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    with mail_server(Sink()) as port:
        system.home.config.write_text(system.home.config.read_text(encoding="utf-8") + SETTINGS.format(port=port), encoding="utf-8")
        for _, _, command in cron_lines():
            here = command.replace("/opt/", f"{tmp_path}/opt/").replace("/srv/", f"{tmp_path}/srv/")
            ended = subprocess.run(["/bin/sh", "-c", here], cwd=system.home.root, env=surroundings, capture_output=True, text=True)
            assert ended.returncode == 0 and "Traceback" not in ended.stderr, (command, ended.stderr)


def test_schtasks_takes_each_line_and_its_task_can_be_run() -> None:
    lines = {line for page in PAGES for line in re.findall(r"^schtasks /Create .+$", page, flags=re.MULTILINE)}
    assert len(lines) == 4
    for line in lines:
        words = shlex.split(line.replace("\\", "\\\\"))
        assert (words[2], words[-1]) == ("/TN", "/F"), "a second time replaces the first"
        given = dict(zip(words[2:-1:2], words[3:-1:2], strict=True))
        every = {"DAILY": {}, "HOURLY": {"/MO": range(1, 24)}, "MONTHLY": {"/D": range(1, 29)}}[given["/SC"]]
        assert set(given) == {"/TN", "/SC", "/ST", "/TR", "/RU", "/RP", *every}, line
        assert all(int(given[name]) in numbers for name, numbers in every.items())
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", given["/ST"])
        assert (given["/RU"], given["/RP"]) == (r"%USERDOMAIN%\%USERNAME%", "*"), "without them it runs only while that user is signed in"
        task = given["/TR"]
        assert len(task) <= LONGEST_TASK and '"' not in task
        shell, parts = "cmd /c ", task.split(" & ")
        assert task.startswith(shell) == (len(parts) > 1), "what is no shell knows no `&`"
        for part in parts:
            called, *arguments = part.removeprefix(shell).split()
            assert called == r"C:\vanban\vanban.cmd"
            command = arguments[: next(place for place, word in enumerate(arguments) if word.startswith("-"))]
            told = run_vanban(*command[:2], "--help")
            assert told.returncode == 0 and all(word in told.stdout for word in arguments if word.startswith("--")), part

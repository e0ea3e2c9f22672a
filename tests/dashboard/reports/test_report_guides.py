"""What the guides to reports tell people to type runs as written; units and jobs call commands and options that exist."""

from __future__ import annotations

import configparser
import re
import shlex
import tomllib
from itertools import takewhile
from pathlib import Path

import pytest

from dashboard.reports.archive.mail import mail_settings
from dashboard.reports.content.settings import report_settings
from data.paths import PROJECT
from tests.conftest import run_vanban
from tests.dashboard.reports.report_homes import account, login, tiny_home

GUIDE = (PROJECT / "docs" / "bao-cao.md").read_text(encoding="utf-8")
SCHEDULE = (PROJECT / "docs" / "scheduled-reports.md").read_text(encoding="utf-8")


VIETNAMESE = (PROJECT / "docs" / "huong-dan" / "van-hanh.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)


def test_every_command_of_the_guide_runs_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    units = [{"unit_code": "A", "name": "Vụ Một", "short_name": "Vụ 1", "level": "don_vi_toi_cao", "sort_order": 1, "pilot_group": 1}]
    home = tiny_home(tmp_path, {"org_unit": units, "account": [account(0, "A")], "account_day": [login(0, "A")]})
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks(GUIDE, "sh") for line in block.splitlines()]
    assert len(lines) >= 9
    for line in lines:
        finished = run_vanban(*shlex.split(line)[1:], home=home.root)
        assert finished.returncode == 0, (line, finished.stderr)


def test_the_settings_of_both_guides_are_settings() -> None:
    written = next(block for block in blocks(GUIDE, "toml") if "[report]" in block)
    first, second = (tomllib.loads(block) for block in (written, blocks(SCHEDULE, "toml")[0]))
    assert report_settings(first).signer_authority == ("KT. CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG")
    settings = mail_settings(second)
    assert settings is not None
    assert settings.security == "starttls"


def test_units_and_jobs_call_commands_that_exist() -> None:
    called = []
    for text in blocks(SCHEDULE, "ini"):
        # systemd runs several ExecStart lines in their order; the parser would keep the last.
        called += re.findall(r"^ExecStart=/opt/vanban/vanban (.*)$", text, flags=re.MULTILINE)
        configparser.ConfigParser(interpolation=None, strict=False).read_string(text)
    called += re.findall(r'/TR "C:\\vanban\\vanban\.cmd ([^"]*)"', "".join(blocks(SCHEDULE, "bat")))
    called += re.findall(r"`vanban (report send [^`]*)`", SCHEDULE)
    assert len(called) == 6
    for arguments in called:
        words = shlex.split(arguments, posix=False)
        told = run_vanban(*takewhile(lambda word: not word.startswith("-"), words[:2]), "--help")
        assert told.returncode == 0, arguments
        assert all(word in told.stdout for word in words if word.startswith("--")), arguments


def test_the_guide_in_vietnamese_sets_the_same_timers() -> None:
    for language in ("cron", "bat"):
        assert blocks(VIETNAMESE, language) == blocks(SCHEDULE, language)[-1:], language
    for command in re.findall(r"/vanban (\w+) --home", "".join(blocks(VIETNAMESE, "cron"))):
        assert run_vanban(command, "--help").returncode == 0
    assert "vanban-mails.timer" in VIETNAMESE and "# /etc/systemd/system/vanban-mails.timer\n" in SCHEDULE

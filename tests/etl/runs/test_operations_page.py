"""What the operations page tells people to type runs as written, on a small home; what it says of units and jobs is read off their own lines."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from data.paths import PROJECT, Home
from tests.conftest import run_vanban
from tests.etl.conftest import skip_checks
from tests.etl.tiny_system import TinySystem

PAGE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skip_checks(monkeypatch)
    system = TinySystem(tmp_path / "srv" / "vanban")
    system.folder.rename(system.home.sources / "qlvb")
    system.home.config.write_text('[etl]\nsources = ["qlvb"]\n[sign_in]\nissuer = "https://dang-nhap.example.vn"\n', encoding="utf-8")
    (tmp_path / "backups").mkdir()
    monkeypatch.chdir(tmp_path)
    ran = 0
    for line in "".join(blocks("sh")).splitlines():
        if line.startswith("sudo "):  # changes the machine: the units that it speaks of are looked at below
            continue
        words = [word.replace("/srv/", f"{tmp_path}/srv/").replace("/var/backups/", f"{tmp_path}/backups/") for word in shlex.split(line)]
        if words[0] == "vanban":
            finished = run_vanban(*words[1:])
            assert finished.returncode == 0, (line, finished.stderr)
            if words[1:3] == ["people", "list"]:
                Path("people.csv").write_text(finished.stdout, encoding="utf-8")
            if words[1:3] == ["ledger", "template"]:
                fill_in(Path(words[4]))
        else:
            subprocess.run(words, check=True, capture_output=True)
        ran += 1
    assert ran >= 12
    published = [json.loads(home.pointer.read_text(encoding="utf-8")) for home in (system.home, Home(tmp_path / "srv" / "vanban-restored"))]
    assert published[0]["content_hash"] == published[1]["content_hash"]
    assert published[0]["snapshot"][-8:] == published[1]["snapshot"][-8:] != published[0]["snapshot"][:8]


def test_the_guide_in_vietnamese_tells_no_other_commands() -> None:
    guide = (PROJECT / "docs" / "huong-dan" / "van-hanh.md").read_text(encoding="utf-8")
    tried = set("".join(block for language in ("sh", "text") for block in blocks(language)).splitlines())
    told = [line for block in re.findall(r"^```(?:sh|text)\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL) for line in block.splitlines()]
    assert len(told) > 15 and [line for line in told if line not in tried] == []
    for anchor in re.findall(r"operations\.md#([a-z-]+)", guide):
        assert anchor in {re.sub(r"[^a-z -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^#+ (.*)$", PAGE, flags=re.MULTILINE)}


def fill_in(form: Path) -> None:
    """Writes a total for the first unit of the form, as whoever was sent it would."""
    heads, first, *_ = CalamineWorkbook.from_path(form).get_sheet_by_index(0).to_python()
    with xlsxwriter.Workbook(form) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, heads)
        sheet.write_row(1, 0, [first[0], "01/07/2024", "31/07/2024", 12])


def test_units_and_jobs_call_commands_that_exist() -> None:
    units = {block.splitlines()[0].rpartition("/")[2]: block for block in blocks("ini")}
    assert set(units) == {"vanban-etl.service", "vanban-etl.timer", "vanban-alarm.service", "vanban-alarm.timer", "vanban-dashboard.service"}
    for text in units.values():
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
        for command in [section["ExecStart"] for section in parser.values() if "ExecStart" in section]:
            assert_usable(command.removeprefix("/opt/vanban/vanban "))
    run, alarm = re.findall(r'/TR "C:\\vanban\\vanban\.cmd ([^"]*)"', "".join(blocks("bat")))
    assert_usable(run)
    assert_usable(alarm)


def assert_usable(arguments: str) -> None:
    """The command exists and has each of the options."""
    words = shlex.split(arguments, posix=False)
    place = next(number for number, word in enumerate(words) if word.startswith("--"))
    told = run_vanban(*words[:place], "--help")
    assert told.returncode == 0
    for option in (word for word in words[place:] if word.startswith("--")):
        assert option in told.stdout

"""What the README tells people to type runs as written, and what it points to is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import run_vanban

PROJECT = Path(__file__).resolve().parent.parent
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
SET_UP = {"./vanban demo", "./vanban test"}  # the first is what the demo_home fixture does, the second is what runs this


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (PROJECT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_the_two_commands_come_first() -> None:
    assert commands()[:2] == ["./vanban demo", "./vanban test"]


@pytest.mark.usefixtures("alone_in_demo")
@pytest.mark.parametrize("command", [line for line in commands() if line not in SET_UP])
def test_command_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    wrapper, *arguments = shlex.split(command, comments=True)
    assert wrapper == "./vanban"
    # A source is looked at for a minute and said to be looked at in part; of a smaller one all is seen in seconds.
    home = request.getfixturevalue("small_demo" if arguments[:2] == ["source", "check"] else "demo_home")
    monkeypatch.setenv("VANBAN_HOME", str(home))
    monkeypatch.chdir(tmp_path)  # where a command writes beside itself
    finished = run_vanban(*arguments)
    assert finished.returncode in ((0, 1) if "check" in arguments else (0,)), finished.stderr
    assert finished.stdout or finished.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_and_named_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"
    for named in re.findall(r"`((?:data|etl|metrics|dashboard|tests|docs)/[\w./-]+\.\w+)`", text):
        assert (PROJECT / named).exists(), f"{page.name} names {named}"

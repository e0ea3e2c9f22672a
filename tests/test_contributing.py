"""The five additions of CONTRIBUTING.md, made from its own text in a copy of the project, each seen where people see it.

The guide says each step in one of three ways, above a block of code: "Write `file`:", "In `file`, below `line`:", "In `file`, in place of `text`:".
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from data.paths import PROJECT
from tests.etl.tiny_system import DEFAULTS, TinySystem

GUIDE = PROJECT / "CONTRIBUTING.md"
STEP = re.compile(
    r"^(?:Write `(?P<new>[^`]+)`|In `(?P<file>[^`]+)`, (?P<how>below|in place of) `(?P<anchor>[^`]+)`):\n\n```\w+\n(?P<code>.*?)^```", re.M | re.S
)
JULY = ("--from", "2024-07-01", "--to", "2024-07-31")


@dataclass(frozen=True)
class Copy:
    """A copy of the project with the additions made, and the demo home to look at them in."""

    project: Path
    home: Path

    def python(self, *words: str | Path) -> str:
        """What a program of the copy wrote, both streams; fails where it ends with an error."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VANBAN_")}
        finished = subprocess.run(
            [sys.executable, *map(str, words)], cwd=self.project, env={**environment, "PYTHONPATH": str(self.project)}, capture_output=True, text=True
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout + finished.stderr

    def vanban(self, *words: str | Path) -> str:
        return self.python("cli", *words, "--home", self.home)


def make(project: Path, step: re.Match[str]) -> None:
    """One step of the guide."""
    if step["new"]:
        path = project / step["new"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step["code"], encoding="utf-8")
        return
    path = project / step["file"]
    text = path.read_text(encoding="utf-8")
    assert text.count(step["anchor"]) == 1, f"{step['file']} has {step['anchor']!r} {text.count(step['anchor'])} times: correct CONTRIBUTING.md"
    if step["how"] == "in place of":
        text = text.replace(step["anchor"], step["code"].rstrip("\n"))
    else:
        end = text.index("\n", text.index(step["anchor"])) + 1
        text = text[:end] + step["code"] + text[end:]
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, demo_home: Path) -> Copy:
    project = tmp_path_factory.mktemp("contributing") / "project"
    left_out = shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__", "demo", "pictures", "benchmarks", "*.lock")
    shutil.copytree(PROJECT, project, ignore=lambda folder, names: left_out(folder, names) if Path(folder) == PROJECT else {"__pycache__"} & {*names})
    steps = list(STEP.finditer(GUIDE.read_text(encoding="utf-8")))
    for step in steps:
        make(project, step)
    return Copy(project, demo_home)


def test_each_addition_takes_as_few_files_as_promised() -> None:
    chapters = re.split(r"^### ", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    files = {chapter.partition("\n")[0]: {step["new"] or step["file"] for step in STEP.finditer(chapter)} for chapter in chapters}
    assert {name: len(touched) for name, touched in files.items()} == {
        "A metric": 2,  # the declaration, and its row in the recount
        "A panel": 2,
        "A section of a report": 2,  # the file, and its line
        "A kind of source": 3,  # the folder's two, and its line
        "A command": 2,  # the file, and its line
    }


def test_the_metric_is_counted_and_in_the_dictionary(copy: Copy) -> None:
    rows = json.loads(copy.vanban("metrics", *JULY, "--metric", "paper_ratio", "--metric", "outgoing_paper", "--format", "json"))
    ratio, count = rows
    assert ratio["numerator"] == count["numerator"] > 0
    assert ratio["value"] == pytest.approx(count["numerator"] / ratio["denominator"])
    assert "paper_ratio" in copy.python("cli", "dictionary", "--format", "csv")


def test_the_metric_equals_the_slow_recount(copy: Copy) -> None:
    program = """
from tests.metrics.test_against_slow_figures import GROUPINGS, agree, test_every_metric_is_counted_a_second_time
test_every_metric_is_counted_a_second_time()
for seed in range(4):
    agree(seed, GROUPINGS[seed], "as_was")
"""
    copy.python("-c", program)


def test_the_panel_is_on_its_page(copy: Copy) -> None:
    program = """
import sys
from datetime import date
from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import unit_tree
from dashboard.views.documents.page import _compose
from data.paths import Home
reader = pin(Home(__import__("pathlib").Path(sys.argv[1])), DEMO_VIEWER)
page = Page(reader, Selection(None, date(2024, 7, 1), date(2024, 7, 31), "all"), unit_tree(reader.units(), ""), "")
_, columns = _compose(page)
print([panel.markup for column in columns.columns for panel in column])
"""
    shown = copy.python("-c", program, copy.home)
    assert 'data-panel="left_on_paper"' in shown
    assert "Văn bản" in shown


def test_the_section_is_in_the_report(copy: Copy, tmp_path: Path) -> None:
    copy.vanban("report", "build", "so-ket", *JULY, "--format", "html", "--out", tmp_path)
    (page,) = tmp_path.glob("*.html")
    assert "Văn bản chỉ phát hành bản giấy" in page.read_text(encoding="utf-8")


def test_the_kind_of_source_is_read(copy: Copy, tmp_path: Path) -> None:
    tiny = TinySystem(tmp_path)
    with duckdb.connect(str(tmp_path / "theirs.duckdb")) as theirs:
        for name, columns in DEFAULTS.items():
            theirs.execute(f"CREATE TABLE {name} ({', '.join(f'{column} VARCHAR' for column in columns)})")
            for row in tiny.rows[name]:
                theirs.execute(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in row)})", list(row.values()))  # noqa: S608
    described = (tiny.folder / "source.toml").read_text(encoding="utf-8")
    described = described.replace('kind = "database"', 'kind = "duckdb_file"').replace('url_env = "TINY_URL"', 'file = "theirs.duckdb"')
    (tiny.folder / "source.toml").write_text(described, encoding="utf-8")
    copy.python("cli", "etl", "run", "--home", tmp_path)
    asked = ("metrics", "--from", "2024-07-01", "--to", "2024-07-10", "--metric", "login_rate", "--format", "json")
    (row,) = json.loads(copy.python("cli", *asked, "--home", tmp_path))
    assert (row["numerator"], row["denominator"]) == (1, 2)


def test_the_command_lists_the_units(copy: Copy) -> None:
    listed = copy.vanban("units", "--format", "csv").splitlines()
    assert listed[0] == "unit_code,name,level"
    assert len(listed) > 149
    assert "Codes and names of all units" in copy.python("cli", "--help")


def test_the_gates_hold_in_the_copy(copy: Copy) -> None:
    copy.python("-m", "ruff", "check", "--no-cache", "cli", "dashboard", "etl", "metrics")
    copy.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_contents.py", "tests/test_floors.py")

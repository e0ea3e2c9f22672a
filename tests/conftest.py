"""What all tests share: database servers, the command line, and one demo home at full scale that the whole session reads."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from cli import main as cli
from data.demo.build import build_sample, sample_is_complete
from etl.checks import suite
from etl.checks.check import Check

pytest_plugins = ["tests.servers", "tests.dashboards"]

PROJECT = Path(__file__).resolve().parent.parent
SAMPLE_SCALE = 0.02

os.umask(0o077)  # homes that tests write hold a vanban.env, which is refused where other users may read it
# A session starts a hundred programs of the project and three workers: what they import is compiled once, also where an image forbids it.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--demo-home", type=Path, help="read this home, made by `vanban demo --no-serve` of this very code, instead of making one")
    parser.addoption("--long", action="store_true", help="run the full campaigns too (hours; figures go to docs/)")


LONGEST = (
    "browser/test_overview.py",  # waits for the demo home to be made, which this and many others read
    "etl/test_run.py",  # meanwhile the other workers need none
    "test_style.py",
    "test_wrapper.py",
    "test_databases.py",
    "browser/test_figures_everywhere.py",
    "etl/sources/test_source_database.py",
    "browser/test_accessibility.py",
    "data/demo/test_sample_mapping.py",
    "test_main_job.py",
    "dashboard/reports/content/test_unknown_figures.py",
    "faults/test_sources_that_fail.py",
    "browser/test_sign_in_page.py",
    "etl/model/test_core.py",
    "etl/model/test_people_as_they_are.py",
    "dashboard/reports/archive/test_report_rebuild.py",
    "dashboard/reports/writers/test_pdf.py",
    "etl/landing/test_new_files.py",
    "data/demo/test_sample_build.py",
    "etl/landing/test_increment_schedules.py",
    "faults/test_kills.py",
    "browser/test_reports_page.py",
    "test_contributing.py",
    "browser/test_roles_page.py",
    "test_readme.py",
    "browser/test_files_and_links.py",
    "cli/test_cli.py",
    "etl/landing/test_increment_servers.py",
    "etl/landing/test_increment.py",
    "browser/test_report_revision.py",
    "browser/test_compare_page.py",
    "etl/setup/test_example_mayan.py",
    "browser/test_small_homes.py",
    "metrics/query/test_delivered.py",
)
"""Files that take longest, in the order in which workers side by side begin with them: the short ones then fill up the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("dist", "no") != "no" or hasattr(config, "workerinput"):
        places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(item.path, len(places)))
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="full campaign: run with --long"))


def pytest_collection() -> None:
    gc.disable()  # what is imported stays: looking it through again and again is a fifth of the time until the first test


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@dataclass(frozen=True)
class Finished:
    """How a call of the command line ended."""

    returncode: int
    stdout: str
    stderr: str


def run_vanban(*arguments: str | Path, home: Path | None = None) -> Finished:
    """Call the command line in this process: the same code as a user's, without paying for the imports at each call."""
    words = [*map(str, arguments), *(("--home", str(home)) if home is not None else ())]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = cli.main(words)
    return Finished(code, out.getvalue(), err.getvalue())


def run_vanban_process(*arguments: str | Path, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, where that is what is tested."""
    command = [sys.executable, str(PROJECT / "cli"), *map(str, arguments), *(("--home", str(home)) if home is not None else ())]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})


@pytest.fixture(autouse=True)
def no_home_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VANBAN_") or name == "QLVB_URL"]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_waiting_for_eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that are drawn within the test's process have no reader whose browser must come to their first words."""
    if panel := sys.modules.get("dashboard.ui.panel"):
        monkeypatch.setattr(panel, "WORDS_FIRST_S", 0.0)


library_judge = suite.judge


def plain_judge(checks: Sequence[Check], violations: dict[str, int]) -> dict[str, bool]:
    """As Great Expectations judges, without the seconds that it takes to load and its third of a tiny run."""
    return {check.name: violations[check.name] == 0 for check in checks}


@pytest.fixture(scope="session", autouse=True)
def plain_verdicts() -> Iterator[None]:
    """Lets runs in the tests' own process count violations as always and judge them plainly; runs in processes of their own have the library.

    That both say the same is tested in tests/etl/checks/test_verdicts.py. Tests with `the_library` judge as users' runs do.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suite, "judge", plain_judge)
        yield


@pytest.fixture(scope="session", autouse=True)
def small_blocks() -> Iterator[None]:
    """Has DuckDB files that the tests' own process makes grow by 16 KiB, not 256: homes of a few rows are a fifth as large, and runs shorter."""
    connect = duckdb.connect

    def connect_to_small(*words: Any, config: dict[str, Any] | None = None, read_only: bool = False, **more: Any) -> duckdb.DuckDBPyConnection:
        small = {} if read_only else {"default_block_size": "16384"}
        return connect(*words, config={**small, **(config or {})}, read_only=read_only, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", connect_to_small)
        yield


@pytest.fixture
def the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "judge", library_judge)


def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that all workers of this session have in common."""
    return tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent


@pytest.fixture
def alone_in_demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Keeps the demo to one test at a time, for commands that are runs: a home has one at a time, and a second one says so and ends."""
    with FileLock(shared_folder(tmp_path_factory, worker_id) / "alone_in_demo.lock"):
        yield


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The sample document system at scale 0.02, on which nothing ran; tests only read it or copy it. The pilot month is whole at every scale."""
    shared = shared_folder(tmp_path_factory, worker_id)
    home = shared / "sample" / "nhà mẫu"
    with FileLock(shared / "sample.lock"):
        if not sample_is_complete(home, scale=SAMPLE_SCALE):
            build_sample(home, scale=SAMPLE_SCALE)
    return home


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home as `vanban demo --no-serve --scale 0.01` leaves it; tests only read it or copy it."""
    shared = shared_folder(tmp_path_factory, worker_id)
    home = shared / "small_demo" / "home"
    with FileLock(shared / "small_demo.lock"):
        if not (home / "var" / "snapshots" / "current.json").is_file():
            finished = run_vanban("demo", "--no-serve", "--scale", "0.01", home=home)
            assert finished.returncode == 0, finished.stderr
    return home


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str, request: pytest.FixtureRequest) -> Path:
    """A home as `vanban demo --no-serve` leaves it, at scale 1; tests only read it. Workers side by side share one: the first that comes makes it."""
    given: Path | None = request.config.getoption("--demo-home")
    if given is not None:
        return given.resolve()
    shared = shared_folder(tmp_path_factory, worker_id)
    home = shared / "demo" / "home"
    with FileLock(shared / "demo.lock"):
        if not (home / "var" / "snapshots" / "current.json").is_file():
            finished = run_vanban_process("demo", "--no-serve", home=home)
            assert finished.returncode == 0, finished.stderr
    return home

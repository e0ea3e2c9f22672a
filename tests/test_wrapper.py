"""The wrapper on a fresh machine: any folder, spaces in the path, a second time, an interrupted first time.

The lock is empty here, so that a set-up takes seconds; with the real one it is the first thing every user and CI does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import bootstrap
from tests.programs import not_tried, program

PROJECT = Path(__file__).resolve().parent.parent

LONGEST_S = 30
"""What a command may be late by where newer packages cannot be had."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the POSIX wrapper; vanban.cmd is tried by hand")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def set_up_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose first call is over; it finished what an interrupted one had begun."""
    place = make_checkout(tmp_path_factory.mktemp("set_up"))
    half = place / ".venv" / "bin"
    half.mkdir(parents=True)
    (half / "python").symlink_to(place / "gone" / "python")  # what is left when the set-up dies while the environment is laid out
    first = call(place / "vanban", "metrics", "a b", cwd=place.parent)
    assert first.returncode == 0, first.stderr
    assert "setting up" in first.stderr
    assert first.stdout.splitlines() == [str(place.parent), str(place / ".venv"), "metrics|a b"], "the caller's folder and words arrive as they were"
    return place


@pytest.fixture
def set_up(set_up_once: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return shutil.copytree(set_up_once, tmp_path / set_up_once.name, symlinks=True)


def make_checkout(folder: Path) -> Path:
    place = folder / "a folder with spaces, and a dấu"
    place.mkdir()
    for name in ("vanban", "bootstrap.py"):
        shutil.copy(PROJECT / name, place / name)
    (place / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    (place / "cli").mkdir()
    (place / "cli" / "__main__.py").write_text(
        "import sys, os; print(os.getcwd()); print(sys.prefix); print(*sys.argv[1:], sep='|')\n", encoding="utf-8"
    )
    return place


def call(wrapper: Path, *arguments: str, cwd: Path, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VANBAN_", "PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run([*before, str(wrapper), *arguments], cwd=cwd, capture_output=True, text=True, env=environment)


def test_an_interrupted_first_time_is_finished_and_a_second_call_sets_nothing_up(set_up_once: Path) -> None:
    second = call(set_up_once / "vanban", "again", cwd=set_up_once)
    assert (second.returncode, second.stderr) == (0, "")


def test_through_a_symbolic_link(set_up_once: Path, tmp_path: Path) -> None:
    link = tmp_path / "bin" / "vanban"
    link.parent.mkdir()
    link.symlink_to(set_up_once / "vanban")
    assert call(link, "x", cwd=tmp_path).stdout.splitlines()[1] == str(set_up_once / ".venv")


def without_network() -> list[str]:
    """The words before a command that leave it in a network namespace where there is nothing, not even loopback."""
    words = [program("unshare", package="util-linux", without="no set-up was tried without a network"), "--map-root-user", "--net"]
    if subprocess.run([*words, "true"], capture_output=True).returncode:
        not_tried("this machine makes no network namespaces: no set-up was tried without a network")
    return words


def test_a_changed_lock_without_network_leaves_the_old_program_at_work(set_up: Path) -> None:
    (set_up / ".venv" / "of-before").touch()
    (set_up / "requirements.lock").write_text("no-such-package-of-vanban==1 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    network_is_gone, began = without_network(), time.monotonic()
    went_on = call(set_up / "vanban", "x", cwd=set_up, before=network_is_gone)
    assert time.monotonic() - began < LONGEST_S
    assert went_on.returncode == 0
    assert "could not be installed" in went_on.stderr and "going on with the packages of before" in went_on.stderr
    assert went_on.stdout.splitlines()[-1] == "x"
    soon = call(set_up / "vanban", "y", cwd=set_up)
    assert (soon.stdout.splitlines()[-1], soon.stderr.count("\n")) == ("y", 1), "within the hour one line says so, and nothing is tried"

    (set_up / "requirements.lock").write_text("# another lock, that can be had\n", encoding="utf-8")
    assert call(set_up / "vanban", "z", cwd=set_up).returncode == 0
    assert not (set_up / ".venv" / "of-before").exists(), "the new environment stands in its place"
    assert [path.name for path in set_up.glob(".venv*") if path.is_dir()] == [".venv"]


def test_without_a_terminal_it_tells_again_and_again_what_it_does(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.STEP_S <= 10
    monkeypatch.setattr(bootstrap, "STEP_S", 0.01)
    told, last = "", time.monotonic() + 30
    with bootstrap.Doing() as doing:
        doing.now("installing 3/85 duckdb")
        while told.count("installing 3/85 duckdb, 0 s so far") < 2 and time.monotonic() < last:
            told += capsys.readouterr().err
    assert told.count("installing 3/85 duckdb, 0 s so far") >= 2


def test_without_an_environment_of_before_nothing_runs(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("no-such-package-of-vanban==1 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    failed = call(checkout / "vanban", "x", cwd=checkout, before=["env", "PIP_NO_INDEX=1"])
    assert (failed.returncode, failed.stdout) == (2, "")
    assert "could not be installed" in failed.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("whole", ["new", "old"])
def test_a_kill_between_two_renamings_is_ended_by_the_next_call(set_up: Path, whole: str) -> None:
    (set_up / ".venv").rename(set_up / f".venv.{whole}")
    finished = call(set_up / "vanban", "y", cwd=set_up)
    assert (finished.returncode, finished.stdout.splitlines()[-1]) == (0, "y")
    assert "setting up" not in finished.stderr


def test_without_a_python_it_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cmp", "dirname", "readlink"):
        (tools / name).symlink_to(str(shutil.which(name)))
    finished = subprocess.run([str(checkout / "vanban")], cwd=tmp_path, capture_output=True, text=True, env={"PATH": str(tools)})
    assert finished.returncode == 2
    assert "Python 3.11" in finished.stderr

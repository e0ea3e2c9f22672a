"""The wrapper on a fresh machine: any folder, spaces in the path, a second time, an interrupted first time.

The lock is empty here, so that a set-up takes seconds; with the real one it is the first thing every user and CI does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the POSIX wrapper; vanban.cmd is tried by hand")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    place = tmp_path / "a folder with spaces, and a dấu"
    place.mkdir()
    for name in ("vanban", "bootstrap.py"):
        shutil.copy(PROJECT / name, place / name)
    (place / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    (place / "cli").mkdir()
    (place / "cli" / "__main__.py").write_text(
        "import sys, os; print(os.getcwd()); print(sys.prefix); print(*sys.argv[1:], sep='|')\n", encoding="utf-8"
    )
    return place


def call(wrapper: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VANBAN_", "PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run([str(wrapper), *arguments], cwd=cwd, capture_output=True, text=True, env=environment)


def test_first_and_second_call_from_another_folder(checkout: Path, tmp_path: Path) -> None:
    first = call(checkout / "vanban", "metrics", "a b", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "setting up" in first.stderr
    assert first.stdout.splitlines() == [str(tmp_path), str(checkout / ".venv"), "metrics|a b"], "the caller's folder and words arrive as they were"

    second = call(checkout / "vanban", "again", cwd=checkout)
    assert (second.returncode, second.stderr) == (0, "")


def test_through_a_symbolic_link(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "bin" / "vanban"
    link.parent.mkdir()
    link.symlink_to(checkout / "vanban")
    assert call(link, "x", cwd=tmp_path).stdout.splitlines()[1] == str(checkout / ".venv")


def test_an_interrupted_first_time_is_finished_by_the_next_call(checkout: Path) -> None:
    half = checkout / ".venv" / "bin"
    half.mkdir(parents=True)
    (half / "python").symlink_to(checkout / "gone" / "python")  # what is left when the set-up dies while the environment is laid out
    finished = call(checkout / "vanban", "x", cwd=checkout)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines()[-1] == "x"


def test_a_changed_lock_is_noticed(checkout: Path) -> None:
    assert call(checkout / "vanban", "x", cwd=checkout).returncode == 0
    (checkout / "requirements.lock").write_text("no-such-package-of-vanban==1 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    failed = call(checkout / "vanban", "x", cwd=checkout)
    assert failed.returncode == 2
    assert "could not be installed" in failed.stderr
    assert failed.stdout == "", "nothing runs in an environment that does not match the lock"


def test_without_a_python_it_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cmp", "dirname", "readlink"):
        (tools / name).symlink_to(str(shutil.which(name)))
    finished = subprocess.run([str(checkout / "vanban")], cwd=tmp_path, capture_output=True, text=True, env={"PATH": str(tools)})
    assert finished.returncode == 2
    assert "Python 3.11" in finished.stderr

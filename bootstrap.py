"""Makes `.venv` beside this file from `requirements.lock`; run by the wrappers, with the standard library alone.

Safe to interrupt and to start twice: one set-up works at a time, and an environment counts as finished only once the
copy of its lock file lies in it. The benchmarks' peers have an environment of their own, made when it is first asked for.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the lock that says what is in it."""

    folder: Path
    lock: Path

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def finished(self) -> Path:
        """The copy of the lock that is written last."""
        return self.folder / self.lock.name

    @property
    def is_finished(self) -> bool:
        return self.finished.is_file() and self.finished.read_bytes() == self.lock.read_bytes() and starts(self.python)


VANBAN = Environment(PROJECT / ".venv", PROJECT / "requirements.lock")
LOCKS = PROJECT / "locks"
"""Locks of what only some need: `<driver>.lock` of a database's driver, `peers.lock` of the benchmarks' peers."""
CHOSEN_DRIVERS = PROJECT / ".venv.drivers"
"""Names of the drivers that this installation has, one a line; an environment that is made anew gets them again."""
PEERS = Environment(PROJECT / ".venv-peers", LOCKS / "peers.lock")


class SetupFailed(Exception):
    """The environment could not be made; the text says what to do."""


@contextlib.contextmanager
def one_setup_at_a_time() -> Iterator[None]:
    """Hold the set-up for this process; a second one waits (the operating system frees a lock whose holder died)."""
    with (PROJECT / ".venv.lock").open("w") as handle:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):
                    msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
                    break
                time.sleep(0.5)
        else:
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("another set-up is under way; waiting for it")
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """Tells on stderr what is happening."""
    print(f"vanban: {text}", file=sys.stderr, flush=True)


def starts(python: Path) -> bool:
    """Whether the environment's Python starts (the one it was made from may be gone)."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], capture_output=True).returncode == 0


def ensure(environment: Environment, reason: str) -> None:
    """Makes the environment unless it stands as its lock says; raises SetupFailed or OSError."""
    with one_setup_at_a_time():
        if not environment.is_finished:
            say(reason)
            make(environment)


def make(environment: Environment) -> None:
    """From nothing each time: what an interruption left half unpacked can look whole. pip keeps its downloads, so little is fetched twice."""
    shutil.rmtree(environment.folder, ignore_errors=True)
    try:
        venv.create(environment.folder, with_pip=True)
    except (subprocess.CalledProcessError, ImportError):
        shutil.rmtree(environment.folder, ignore_errors=True)
        raise SetupFailed("this Python cannot make virtual environments. On Debian: apt-get install python3-venv, then run it again.") from None
    install(environment.python, environment.lock)
    for name in chosen_drivers() if environment is VANBAN else ():
        install(environment.python, LOCKS / f"{name}.lock")
    environment.finished.write_bytes(environment.lock.read_bytes())


def chosen_drivers() -> list[str]:
    """Those of this installation that there is still a lock for."""
    names = CHOSEN_DRIVERS.read_text(encoding="utf-8").split() if CHOSEN_DRIVERS.is_file() else []
    return [name for name in names if name in driver_names()]


def driver_names() -> list[str]:
    """The drivers that there is a lock for."""
    return sorted(lock.stem for lock in LOCKS.glob("*.lock") if lock != PEERS.lock)


def add_driver(name: str) -> None:
    """Installs a driver beside what is there and remembers it; raises SetupFailed or OSError."""
    with one_setup_at_a_time():
        install(VANBAN.python, LOCKS / f"{name}.lock")
        if name not in chosen_drivers():
            with CHOSEN_DRIVERS.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")


def install(python: Path, lock: Path) -> None:
    """Install the locked packages, hashes checked, with one line of progress per package."""
    total = len(re.findall(r"^[a-z0-9._-]+==", lock.read_text(encoding="utf-8"), flags=re.IGNORECASE | re.MULTILINE))
    command: list[str | Path] = [python, "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", lock]
    started, seen = time.monotonic(), 0
    tail: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace") as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            tail = [*tail[-30:], line.rstrip()]
            if match := re.match(r"(?:Collecting|Requirement already satisfied:|Ignoring) ([A-Za-z0-9._-]+)", line):
                seen += 1
                show_progress(seen, total, match[1])
            elif line.startswith("Installing collected packages"):
                show_progress(total, total, "unpacking")
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if pip.returncode:
        print("\n".join(tail), file=sys.stderr)
        raise SetupFailed("the packages could not be installed; above is what pip said. Mend that and run the same command again.")
    say(f"ready after {time.monotonic() - started:.0f} s")


def show_progress(done: int, total: int, name: str) -> None:
    text = f"vanban: installing {min(done, total)}/{total} {name}"
    if sys.stderr.isatty():
        print(f"\r{text[:78]:<78}", end="", file=sys.stderr, flush=True)
    elif done % 20 == 0 or name == "unpacking":
        print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Makes the product's environment unless it stands; the exit code."""
    try:
        ensure(VANBAN, "setting up the environment, once (a minute or a few, about 1 GB)")
    except SetupFailed as failure:
        say(str(failure))
        return 2
    except OSError as failure:
        say(f"the environment could not be written: {failure}. Mend that and run the same command again.")
        return 2
    except KeyboardInterrupt:
        say("interrupted; the next call starts the set-up anew")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

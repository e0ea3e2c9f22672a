"""Makes `.venv` beside this file from `requirements.lock`; run by the wrappers, with the standard library alone.

An environment is made beside the one that stands and takes its place only when it is whole: a set-up that is interrupted, or that has no
network, leaves the old one at work. One set-up works at a time. Tests need `locks/test.lock` as well, benchmarks' peers an environment of their own;
both are fetched when they are first asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
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
    def is_usable(self) -> bool:
        """Whether it was once finished, by this lock or an earlier one, and its Python starts."""
        return self.finished.is_file() and starts(self.python)

    @property
    def is_finished(self) -> bool:
        return self.is_usable and self.finished.read_bytes() == self.lock.read_bytes()

    def beside(self, ending: str) -> Environment:
        """The same in a folder beside it: `new` while it is made, `old` while it makes room."""
        return Environment(self.folder.with_name(f"{self.folder.name}.{ending}"), self.lock)


VANBAN = Environment(PROJECT / ".venv", PROJECT / "requirements.lock")
LOCKS = PROJECT / "locks"
"""Locks of what only some need: `<driver>.lock` of a database's driver, `test.lock` of tests and developers, `peers.lock` of the benchmarks."""
TOOLS = LOCKS / "test.lock"
CHOSEN_DRIVERS = PROJECT / ".venv.drivers"
"""Names of the drivers that this installation has, one a line; an environment that is made anew gets them again."""
PEERS = Environment(PROJECT / ".venv-peers", LOCKS / "peers.lock")
WHEELS = PROJECT / "wheels"
"""There in what `vanban bundle` made: all packages, so that nothing is asked of a network."""
BUNDLED_FOR = WHEELS / "python.txt"
"""The Python that they are for, such as 3.11."""
TRIED_AGAIN_AFTER_S = 3600
"""How long commands go on with the packages of before, once newer ones could not be had."""
STEP_S = 10
"""Without a terminal, a word at least this often."""


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
    """Makes the environment unless it stands as its lock says; raises SetupFailed or OSError, and then the one that stood stands."""
    with one_setup_at_a_time():
        finish_renaming(environment)
        if not environment.is_finished:
            say(reason)
            make(environment)


def make(environment: Environment) -> None:
    """From nothing each time: what an interruption left half unpacked can look whole. pip keeps its downloads, so little is fetched twice."""
    refuse_other_python()
    new = environment.beside("new")
    shutil.rmtree(new.folder, ignore_errors=True)
    try:
        try:
            with Doing() as doing:
                doing.now("making a folder for the packages")
                venv.create(new.folder, with_pip=True)
        except (subprocess.CalledProcessError, ImportError):
            raise SetupFailed("this Python cannot make virtual environments. On Debian: apt-get install python3-venv, then run it again.") from None
        install(new.python, new.lock)
        for name in chosen_drivers() if environment is VANBAN else ():
            install(new.python, LOCKS / f"{name}.lock")
        tell_its_name(new.folder, environment.folder)
        new.finished.write_bytes(new.lock.read_bytes())
    except BaseException:
        shutil.rmtree(new.folder, ignore_errors=True)
        raise
    take_place(environment)


def refuse_other_python() -> None:
    """Packages of a bundle are for one Python; raises SetupFailed under another."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    wanted = BUNDLED_FOR.read_text(encoding="utf-8").strip() if BUNDLED_FOR.is_file() else here
    if wanted != here:
        way = f"Name it in VANBAN_PYTHON (python{wanted}, or its whole path), or take the bundle for {here}"
        raise SetupFailed(f"the packages of this bundle are for Python {wanted}, and this is Python {here}. {way}.")


def tell_its_name(folder: Path, name: Path) -> None:
    """Writes the name under which the environment will stand where its own files say where they lie (scripts, pyvenv.cfg)."""
    for path in (folder / "pyvenv.cfg", *(folder / "bin").glob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 100_000:
            content = path.read_bytes()
            if bytes(folder) in content:
                path.write_bytes(content.replace(bytes(folder), bytes(name)))


def take_place(environment: Environment) -> None:
    """Puts the finished new environment where the old one stands; what runs in the old one should be started again."""
    old = environment.beside("old").folder
    shutil.rmtree(old, ignore_errors=True)
    if environment.folder.exists():
        environment.folder.rename(old)
    environment.beside("new").folder.rename(environment.folder)
    shutil.rmtree(old, ignore_errors=True)


def finish_renaming(environment: Environment) -> None:
    """Ends what a kill between two renamings left: the new environment takes the empty place, else the old one comes back."""
    if environment.folder.exists():
        return
    if environment.beside("new").is_usable:
        take_place(environment)
    elif environment.beside("old").folder.exists():
        environment.beside("old").folder.rename(environment.folder)


def ensure_tools() -> None:
    """Adds what tests and developers need to the environment of this Python, once; raises SetupFailed or OSError.

    Whoever made an environment of their own looks after it themselves.
    """
    copy = VANBAN.folder / TOOLS.name
    if Path(sys.prefix) != VANBAN.folder or (copy.is_file() and copy.read_bytes() == TOOLS.read_bytes()):
        return
    with one_setup_at_a_time():
        say("adding the tools of tests and developers, once (about 400 MB)")
        install(VANBAN.python, TOOLS)
        copy.write_bytes(TOOLS.read_bytes())


def chosen_drivers() -> list[str]:
    """Those of this installation that there is still a lock for."""
    names = CHOSEN_DRIVERS.read_text(encoding="utf-8").split() if CHOSEN_DRIVERS.is_file() else []
    return [name for name in names if name in driver_names()]


def driver_names() -> list[str]:
    """The drivers that there is a lock for."""
    return sorted(lock.stem for lock in LOCKS.glob("*.lock") if lock not in (PEERS.lock, TOOLS))


def add_driver(name: str) -> None:
    """Installs a driver beside what is there and remembers it; raises SetupFailed or OSError."""
    with one_setup_at_a_time():
        install(VANBAN.python if VANBAN.python.exists() else Path(sys.executable), LOCKS / f"{name}.lock")
        if name not in chosen_drivers():
            with CHOSEN_DRIVERS.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")


def install(python: Path, lock: Path) -> None:
    """Install the locked packages, hashes checked, with one line of progress per package."""
    total = len(re.findall(r"^[a-z0-9._-]+==", lock.read_text(encoding="utf-8"), flags=re.IGNORECASE | re.MULTILINE))
    command: list[str | Path] = [python, "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", lock]
    # A closed network often swallows what is sent to it: with pip's own patience a nightly job would wait for minutes before it goes on.
    command += ["--no-index", "--find-links", WHEELS] if WHEELS.is_dir() else ["--retries", "1", "--timeout", "10"]
    started, seen = time.monotonic(), 0
    tail: list[str] = []
    doing = Doing()
    with doing, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace") as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            tail = [*tail[-30:], line.rstrip()]
            if match := re.match(r"(?:Collecting|Requirement already satisfied:|Ignoring) ([A-Za-z0-9._-]+)", line):
                seen += 1
                doing.now(f"installing {min(seen, total)}/{total} {match[1]}")
            elif line.startswith("Installing collected packages"):
                doing.now(f"installing {total}/{total}, unpacking")
        if not pip.wait():
            doing.now("compiling")
            compile_packages(python)
    if pip.returncode:
        # The errors say it; the warnings before them say the same thing five times.
        print("\n".join([line for line in tail if line.startswith("ERROR")] or tail), file=sys.stderr)
        raise SetupFailed("the packages could not be installed; above is what pip said. Mend that and run the same command again.")
    say(f"ready after {time.monotonic() - started:.0f} s")


COMPILE = r"""
import compileall, re, sys, sysconfig
if __name__ == "__main__":
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2, workers=int(sys.argv[1]), rx=re.compile(r"[/\\]tests[/\\]"))
"""


def compile_packages(python: Path) -> None:
    """What pip does on one processor, on all of them and without the packages' own tests: whoever runs vanban later cannot write there."""
    if subprocess.run([python, "-c", COMPILE, "0"], stderr=subprocess.DEVNULL).returncode:
        # A machine without /dev/shm starts no processes side by side.
        subprocess.run([python, "-c", COMPILE, "1"], stderr=subprocess.DEVNULL)


class Doing:
    """Shows what is being done: at once on a terminal, else in a line at least every STEP_S."""

    def __init__(self) -> None:
        self.text = "installing"
        self.ended = threading.Event()
        self.started = time.monotonic()
        self.thread = threading.Thread(target=self._say_it_again, daemon=True)

    def __enter__(self) -> Doing:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        if sys.stderr.isatty():
            print(file=sys.stderr)

    def now(self, text: str) -> None:
        self.text = text
        if sys.stderr.isatty():
            print(f"\r{f'vanban: {text}'[:78]:<78}", end="", file=sys.stderr, flush=True)

    def _say_it_again(self) -> None:
        while not self.ended.wait(STEP_S):
            if not sys.stderr.isatty():
                say(f"{self.text}, {time.monotonic() - self.started:.0f} s so far")


def put_off() -> bool:
    """Whether this very lock could not be installed within the last hour, and the environment of before is at work."""
    note = VANBAN.folder / "not-installed"
    return (
        note.is_file() and note.read_text() == digest(VANBAN.lock) and time.time() - note.stat().st_mtime < TRIED_AGAIN_AFTER_S and VANBAN.is_usable
    )


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def main() -> int:
    """Makes the product's environment unless it stands, or goes on with the one of before; the exit code."""
    if put_off():
        say("still at work with the packages of before; newer ones could not be installed within the last hour")
        return 0
    try:
        ensure(VANBAN, "setting up the environment, once (a minute or a few, about 1.4 GB)")
        return 0
    except SetupFailed as failure:
        problem = str(failure)
    except OSError as failure:
        problem = f"the environment could not be written: {failure}. Mend that and run the same command again."
    except KeyboardInterrupt:
        say("interrupted; the next call starts the set-up anew")
        return 130
    say(problem)
    if not VANBAN.is_usable:
        return 2
    with contextlib.suppress(OSError):
        (VANBAN.folder / "not-installed").write_text(digest(VANBAN.lock))
    say("going on with the packages of before; they are brought up to date by the first command an hour from now")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""One run at a time: a lock that the operating system drops when its holder dies."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from data.errors import ConfigurationError


class AnotherRun(ConfigurationError):
    """A second run was started while one is at work."""


@contextlib.contextmanager
def only_run(lock: Path) -> Iterator[None]:
    """Holds the home's lock for the time of a run.

    Raises AnotherRun at once when a run holds it. The file itself stays: removing it would let two runs lock two files of one name.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="utf-8") as file:
        if not _take(file):
            raise AnotherRun(f"Another run is at work in {lock.parent.parent}. Wait until it has ended and run the command again.")
        try:
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield
        finally:
            _release(file)


def is_run_at_work(lock: Path) -> bool:
    """Whether some process holds the home's lock now."""
    if not lock.exists():
        return False
    with lock.open("a+", encoding="utf-8") as file:
        is_free = _take(file)
        if is_free:
            _release(file)
        return not is_free


if sys.platform == "win32":
    import msvcrt

    # Locked far beyond the file's end, because Windows also refuses reads of locked bytes.
    _PLACE = 1 << 30

    def _take(file: IO[str]) -> bool:
        os.lseek(file.fileno(), _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        os.lseek(file.fileno(), _PLACE, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

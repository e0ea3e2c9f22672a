"""What an installation writes is its user's alone, on systems where files have modes (POSIX)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from data.errors import ConfigurationError
from data.paths import Home

OTHERS = 0o077
"""The rights of the group and of everyone else."""
HAS_MODES = os.name == "posix"


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """While it lasts, files and folders that this process makes are closed to other users."""
    if not HAS_MODES:
        yield
        return
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def private_files(home: Home) -> Iterator[None]:
    """The same, and what lies in the home's `var` already is closed first.

    But for the account key: who finds it open has to know that others may have read it, and is told so where it is used.
    """
    with private_umask():
        home.var.mkdir(parents=True, exist_ok=True)
        if HAS_MODES:
            _close_to_others(home.var, but=home.account_key_file)
        yield


def _close_to_others(folder: Path, but: Path) -> None:
    """Takes every right of other users from a folder and all below it; links are left alone, and so is what another user owns."""
    for parent, _, names in os.walk(folder):
        for path in (Path(parent), *(Path(parent, name) for name in names)):
            with contextlib.suppress(OSError):
                mode = path.lstat().st_mode
                if mode & OTHERS and not path.is_symlink() and path != but:
                    path.chmod(mode & ~OTHERS & 0o7777)


def refuse_open_to_others(path: Path) -> None:
    """Raises ConfigurationError with the command to run where other users may read a file that holds secrets."""
    if HAS_MODES and path.stat().st_mode & OTHERS:
        raise ConfigurationError(f"{path} can be read by other users of this machine, and it holds passwords. Run: chmod 600 {path}")

"""Writing the files of a report into a folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from data.errors import ConfigurationError


def require_writable(folder: Path) -> None:
    """Raises ConfigurationError where no file can be written into the folder, before anything is built for it; nothing is made."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigurationError(f"The files cannot be written to {folder} ({there} takes none). Name another folder with --out.")


def write_together(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Writes all of the files beside their places first, then puts each in its place: nothing half written is ever seen."""
    unfinished = {folder / name: folder / f".{name}.{os.getpid()}.unfinished" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, beside in unfinished.items():
            beside.write_bytes(files[path.name])
        for path, beside in unfinished.items():
            beside.replace(path)
    except OSError as error:
        for beside in unfinished.values():
            with contextlib.suppress(OSError):
                beside.unlink()
        raise ConfigurationError(f"The files cannot be written to {folder} ({error.strerror}). Name another folder with --out.") from None
    return list(unfinished)

"""Writing the files of a report into a folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from data.errors import ConfigurationError


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

"""Writing the files of a report into a folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import ConfigurationError

if TYPE_CHECKING:
    from dashboard.reports.content.request import Request
    from data.paths import Home


def require_writable(folder: Path) -> None:
    """Raises ConfigurationError where no file can be written into the folder, before anything is built for it; nothing is made."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigurationError(f"The files cannot be written to {folder} ({there} takes none). Name another folder with --out.")


def tell_built(home: Home, request: Request, files: Iterable[str], is_synthetic: bool) -> None:
    """Writes down that files of a report leave, before they do; of made-up figures only where there is a ledger already."""
    from dashboard.ledger import has_ledger
    from dashboard.ledger.actor import os_actor
    from dashboard.ledger.audit import Audit

    if is_synthetic and not has_ledger(home):
        return
    days = f"{request.period.from_on} {request.period.to_on}"
    with Audit(home) as audit:
        audit.write(os_actor(), "report.build", f"report {request.kind}", days=days, unit=request.unit_code, files=sorted(files))


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

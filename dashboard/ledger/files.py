"""The bytes of pinned reports, kept under their SHA-256 in the home: what was signed stays, whatever the program becomes."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from data.errors import ConfigurationError
from data.paths import Home
from data.private_files import private_umask

_UNFINISHED = ".unfinished"


def folder(home: Home) -> Path:
    """Where the ledger's files and its SQLite database lie."""
    return home.var / "ledger"


def keep(home: Home, content: bytes) -> str:
    """Writes the bytes where they are not kept yet; their SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder(home) / "files" / digest
    if not path.is_file() or path.stat().st_size != len(content):
        _write_whole(path, content)
    return digest


def kept(home: Home, digest: str) -> bytes:
    """The bytes of that SHA-256; raises ConfigurationError where they are gone or are not what was pinned any more."""
    path = folder(home) / "files" / digest
    try:
        content = path.read_bytes()
    except OSError:
        raise ConfigurationError(f"The file {digest} of a pinned report is missing from {path.parent}. Restore it from a backup.") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ConfigurationError(f"The file {digest} in {path.parent} is not what was pinned: it was changed afterwards. Restore it from a backup.")
    return content


def hold_snapshot(home: Home, pin_id: int, snapshot: str) -> Path:
    """Tells the ETL to keep the snapshot that a pinned report was made from."""
    path = folder(home) / "pins" / f"{pin_id}.json"
    _write_whole(path, (json.dumps({"snapshot": snapshot}) + "\n").encode())
    return path


def _write_whole(path: Path, content: bytes) -> None:
    """Whole and on disk, or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
    with private_umask():
        path.parent.mkdir(parents=True, exist_ok=True)
        file = unfinished.open("wb")
    with file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)

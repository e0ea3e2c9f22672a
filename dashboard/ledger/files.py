"""The bytes of pinned reports, kept under their SHA-256 in the home: what was signed stays, whatever the program becomes."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from dashboard.refusal import Refused
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
        raise Refused("kept_file_missing", file=digest, place=path.parent) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused("kept_file_changed", file=digest, place=path.parent)
    return content


def hold_snapshot(home: Home, pin_id: int, snapshot: str) -> Path:
    """Tells the ETL to keep the snapshot that a pinned report was made from."""
    path = folder(home) / "pins" / f"{pin_id}.json"
    _write_whole(path, (json.dumps({"snapshot": snapshot}) + "\n").encode())
    return path


def require_writable(home: Home) -> None:
    """Raises ConfigurationError where the files of a report could not be kept, before one is built."""
    for place in (folder(home) / "files", folder(home) / "pins"):
        there = next(one for one in (place, *place.parents) if one.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            raise Refused("ledger_takes_no_files", place=there)


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

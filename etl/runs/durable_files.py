"""Files that are either whole and on disk, or not there at all: write beside, flush, rename."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from etl.runs.fail_points import reach

UNFINISHED = ".unfinished"
"""Suffix of a file that is still being written; the next run removes what a killed one left."""


def flush_file(path: Path) -> None:
    """Has the disk hold the file's bytes before anything points to it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Has the disk hold the folder's names (POSIX only: elsewhere a folder cannot be opened, and renames are journalled)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(unfinished: Path, final: Path) -> None:
    """Flushes a finished file and gives it its final name, replacing what had that name."""
    flush_file(unfinished)
    unfinished.replace(final)
    flush_folder(final.parent)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replaces `path` with `content` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + UNFINISHED)
    unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    reach("json.written")
    put_in_place(unfinished, path)


def remove_unfinished(folder: Path) -> None:
    """Removes what killed runs left half written below `folder`."""
    for path in folder.rglob(f"*{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""An installation in one file, and back: whatever figures and reports rest on, with a list of digests against which it is unpacked.

Secrets (connection addresses, the key of the pseudonyms) go into a file of their own, so that the large one may lie where backups lie.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from data.errors import ConfigurationError, DataRefused
from data.paths import AUDIT_HEADS, Home
from data.private_files import private_umask
from data.run_history import audit_head
from data.snapshot import SCHEMA_VERSION
from etl.publish.snapshots import in_force
from etl.runs.durable_files import UNFINISHED, put_in_place, sha256_of
from etl.runs.progress import Progress, Silent
from etl.runs.run_lock import only_run

CONTENTS = "backup.json"
"""First in the file: what it was made of, and the digest of every file in it."""
LEFT_OUT = ("var/builds", "var/warehouse", "var/sums", "var/spark", "var/etl.lock", "var/reserve")
"""Made anew by the next run."""


@dataclass(frozen=True)
class Backup:
    """What one file holds."""

    files: int
    bytes: int
    snapshot: str | None
    content_hash: str | None


def back_up(home: Home, target: Path, secrets: Path | None, program: str, progress: Progress | None = None) -> Backup:
    """Writes the home to `target` (tar, packed with gzip) and, where asked, its secrets to another file; both are closed to other users.

    No run may begin meanwhile; the dashboard may go on. Nothing of that name may exist. Raises ConfigurationError (AnotherRun while one is at work).
    """
    for path in filter(None, (target, secrets)):
        _refuse_place(home, path)
    with private_umask(), only_run(home.lock), tempfile.TemporaryDirectory(prefix="vanban-backup-") as folder:
        kept = {name: _still(path, Path(folder)) for name, path in _files(home) if path not in _secrets(home)}
        current = in_force(home)
        size = sum(path.stat().st_size for path in kept.values())
        backup = Backup(len(kept), size, current.snapshot if current else None, current.content_hash if current else None)
        _write(target, kept, _contents(home, program, backup), progress or Silent())
        if secrets:
            _write(secrets, {path.relative_to(home.root).as_posix(): path for path in _secrets(home)}, _contents(home, program, backup), Silent())
    return backup


def restore(file: Path, home: Home, secrets: Path | None, progress: Progress | None = None) -> Backup:
    """Unpacks a backup into the home's folder, which must be empty or missing; what does not come out as its list says is refused and removed.

    Raises ConfigurationError for a file or folder that will not do, DataRefused for one that is damaged.
    """
    if home.root.exists() and any(home.root.iterdir()):
        raise ConfigurationError(f"{home.root} is not empty. Restore into an empty folder (--home DIR), look at it, and then put it in place.")
    with private_umask():
        with _writable(home):
            home.root.parent.mkdir(parents=True, exist_ok=True)
            # A folder that stands is filled: its user may write nothing beside it, and a volume cannot be replaced.
            beside = home.root if home.root.exists() else home.root.parent
            half = tempfile.TemporaryDirectory(prefix=f"{home.root.name}.", suffix=UNFINISHED, dir=beside)
        with half as folder:
            unpacked = Path(folder) / "home"
            unpacked.mkdir()
            contents = _unpack(file, unpacked, progress or Silent())
            if secrets:
                _unpack(secrets, unpacked, Silent())
            if beside == home.root:
                for path in sorted(unpacked.iterdir(), key=lambda path: path.name == home.config.name):  # last what makes it a home
                    path.rename(home.root / path.name)
            else:
                unpacked.rename(home.root)
    return Backup(contents["files_count"], contents["bytes"], contents["snapshot"], contents["content_hash"])


@contextlib.contextmanager
def _writable(home: Home) -> Iterator[None]:
    """Raises ConfigurationError, with what to do, where this user may not write."""
    try:
        yield
    except PermissionError:
        way = f"Make the empty folder {home.root} as root, give it to the user that runs vanban (chown), and restore as that user"
        raise ConfigurationError(f"{home.root} cannot be written by this user. {way}.") from None


def _refuse_place(home: Home, path: Path) -> None:
    if path.exists():
        raise ConfigurationError(f"{path} exists already. Name another file, or remove it first; a backup replaces nothing.")
    if not path.parent.is_dir():
        raise ConfigurationError(f"There is no folder {path.parent}. Make it, or name a file elsewhere.")
    if path.resolve().is_relative_to(home.root):
        raise ConfigurationError(f"{path} lies in the home itself, and would be lost with it. Name a file elsewhere, best on another disk.")


def _secrets(home: Home) -> list[Path]:
    return [path for path in (home.environment, home.account_key_file, home.audit_key_file) if path.is_file()]


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """Each file of the home that counts, by its place in it."""
    for path in sorted(home.root.rglob("*")):
        place = path.relative_to(home.root).as_posix()
        is_left_out = place.startswith(LEFT_OUT) or UNFINISHED in path.name or path.name.endswith(("-wal", "-shm", "-journal"))
        if path.is_file() and not path.is_symlink() and not is_left_out:
            yield place, path


def _still(path: Path, folder: Path) -> Path:
    """A file that does not change while it is copied: of a SQLite database, which people may be writing, a copy as of this moment."""
    with path.open("rb") as file:
        is_database = file.read(16) == b"SQLite format 3\x00"
    if path.name == AUDIT_HEADS:  # taken before the ledger, whose rows it tells of: it must not tell of more than there are
        return Path(shutil.copy(path, folder / path.name))
    if not is_database:
        return path
    copy = Path(tempfile.mkstemp(dir=folder)[1])
    with contextlib.closing(sqlite3.connect(path)) as database, contextlib.closing(sqlite3.connect(copy)) as still:
        database.backup(still)
    return copy


def _contents(home: Home, program: str, backup: Backup) -> dict[str, Any]:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "program": program,
        "schema_version": SCHEMA_VERSION,
        "made_at": made_at,
        "snapshot": backup.snapshot,
        "content_hash": backup.content_hash,
        "audit_head": audit_head(home),
        "files_count": backup.files,
        "bytes": backup.bytes,
    }


def _write(target: Path, files: dict[str, Path], contents: dict[str, Any], progress: Progress) -> None:
    """All or nothing: under another name until the disk has it."""
    unfinished = target.with_name(target.name + UNFINISHED)
    listed = json.dumps({**contents, "files": {name: sha256_of(path) for name, path in files.items()}}, indent=1).encode()
    try:
        # The landing and snapshots are packed already: the quickest level does.
        progress.step("copying")
        with tarfile.open(unfinished, "w:gz", compresslevel=1) as archive:
            _add(archive, CONTENTS, io.BytesIO(listed), len(listed))
            for name, path in files.items():
                progress.advance(1, len(files))
                with path.open("rb") as file:
                    _add(archive, name, file, path.stat().st_size)
        put_in_place(unfinished, target)
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written: {error.strerror}. Free space there, or name a file elsewhere.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(entry, content)


def _unpack(file: Path, folder: Path, progress: Progress) -> dict[str, Any]:
    """Writes every listed file below `folder`, each read once, with its digest compared on the way; the list."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            first = archive.next()
            listed = archive.extractfile(first) if first and first.name == CONTENTS else None
            if listed is None:
                raise ConfigurationError(f"{file} is no backup of vanban: it does not begin with {CONTENTS}.")
            contents: dict[str, Any] = json.load(listed)
            if contents["schema_version"] > SCHEMA_VERSION:
                raise ConfigurationError(f"{file} was made by a newer program ({contents['program']}). Restore it with that one.")
            wanted: dict[str, str] = contents["files"]
            done = 0
            progress.step("unpacking")
            for entry in islice(archive, 1, None):
                if entry.name not in wanted or wanted[entry.name] != _unpack_one(archive, entry, folder):
                    raise DataRefused(f"{file} is damaged: {entry.name} is not what its list says. Take an earlier backup.")
                done += 1
                progress.advance(1, len(wanted))
            if done != len(wanted):
                raise DataRefused(f"{file} is damaged: {len(wanted) - done} of {len(wanted)} files are missing. Take an earlier backup.")
            return contents
    except FileNotFoundError:
        raise ConfigurationError(f"There is no file {file}.") from None
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise DataRefused(f"{file} is damaged or no backup ({error}). Take an earlier one.") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be unpacked below {folder.parent}: {error.strerror or error}.") from None


def _unpack_one(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> str | None:
    """Writes a plain file below `folder`; its digest, None for what is no plain file in a place of its own there."""
    target = Path(os.path.normpath(folder / entry.name))
    content = archive.extractfile(entry) if entry.isfile() and target.is_relative_to(folder) else None
    if content is None:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(content, file)
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

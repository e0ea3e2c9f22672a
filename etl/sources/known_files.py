"""Which files of a source were read before. They are known by what they hold: a log that is rotated and packed is read neither twice nor half."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_SAMPLE = 64 << 10
"""Bytes looked at from the beginning and from the end of a file that seems untouched."""


@dataclass(frozen=True)
class Seen:
    """One file as it was when it was read. Places are bytes of the unpacked file where it is a log, else of the file as it is."""

    name: str
    """A fingerprint of its path below the home: what files are called is nobody's business here."""
    bytes: int
    """On disk."""
    modified: int
    """Nanoseconds since 1970."""
    sample: str
    """Fingerprint of its beginning and its end as they are on disk."""
    length: int
    digest: str
    """SHA-256 of everything."""
    closed: int
    """Place after the last whole line of a log; `length` for other files."""
    closed_digest: str
    """SHA-256 of what stands before `closed`."""


@dataclass(frozen=True)
class Piece:
    """What is to be read of a file."""

    path: Path
    start: int
    stop: int
    is_open: bool = False
    """Whether it is the last line of a log, without its line feed, which may be half of a line."""


@dataclass(frozen=True)
class Found:
    """A file as it is found now, beside what is known of it."""

    seen: Seen
    earlier: int | None
    """The known file that it goes on from, by its place."""
    pieces: tuple[Piece, ...] = ()
    """What of it is new."""
    keeps_closed: bool = True
    """Whether what was read of the earlier one up to `closed` still stands."""
    keeps_open: bool = True
    """Whether its open last line does."""


def look_at(path: Path, root: Path) -> Seen:
    """What can be told of a file without reading it whole: digests are empty. Raises OSError."""
    status = path.stat()
    with path.open("rb") as file:
        sampled = hashlib.sha256(file.read(_SAMPLE))
        if status.st_size > _SAMPLE:
            file.seek(max(_SAMPLE, status.st_size - _SAMPLE))
            sampled.update(file.read(_SAMPLE))
    name = hashlib.sha256(path.relative_to(root).as_posix().encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return Seen(name, status.st_size, status.st_mtime_ns, sampled.hexdigest()[:32], 0, "", 0, "")


def untouched(seen: Seen, known: Sequence[Seen]) -> int | None:
    """Which known file has the same name, size, time of change, beginning and end."""
    same = ("name", "bytes", "modified", "sample")
    return next((place for place, other in enumerate(known) if all(getattr(seen, each) == getattr(other, each) for each in same)), None)


def compare_whole(paths: Sequence[Path], root: Path, known: Sequence[Seen], has_name: bool) -> list[Found]:
    """The files in their order, where each is read whole or not at all; one that was changed replaces what it was.

    With `has_name`, where rows hold the file's name, a file under another name is another file. Raises OSError.
    """
    by_name = {other.name: place for place, other in enumerate(known)}
    by_content = {(other.digest, other.name if has_name else ""): place for place, other in reversed(list(enumerate(known)))}
    matched: list[tuple[Path, Seen, int | None]] = []
    claimed: set[int] = set()
    for path in paths:
        seen = look_at(path, root)
        place = by_name.get(seen.name)
        if place is not None and untouched(seen, (known[place],)) is not None:
            seen = known[place]
        else:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            seen = replace(seen, length=seen.bytes, digest=digest, closed=seen.bytes, closed_digest=digest)
            if place is None or known[place].digest != digest:
                place = by_content.get((digest, seen.name if has_name else ""))
        if place in claimed:
            place = None
        if place is not None:
            claimed.add(place)
        matched.append((path, seen, place))
    found = []
    for path, seen, place in matched:
        if place is not None:
            found.append(Found(seen, place))
            continue
        changed = by_name.get(seen.name)
        is_new = changed is None or changed in claimed
        piece = Piece(path, 0, seen.length)
        found.append(Found(seen, None if is_new else changed, (piece,), keeps_closed=is_new, keeps_open=is_new))
    return found

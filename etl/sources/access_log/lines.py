"""Whole lines of log files in blocks of bounded size, plain or .gz, and a count of them that no parser has a hand in."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from etl.sources.files.titles import FileRefused

Piece = bytes | memoryview

BLOCK_BYTES = 4 << 20
PIECE_BYTES = 256 << 10
MOST_LINES = 100_000
"""Lines of a block at the most. Lines of some letters each, which only somebody who means harm would send, take a hundred times their bytes."""
HIGHEST_RATIO = 500
SMALLEST_BOMB = 64 << 20
"""Bytes. Logs pack to a tenth or a thirtieth; only what was made to hurt packs to a thousandth."""
LONGEST_LINE = 64 << 10
"""Bytes. Web servers take request lines of 8 to 32 KiB; what is longer is an attack or a damaged disk."""

_FEED = 10
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class LogFile:
    """A stretch of one file as it was when it was counted; what a server adds afterwards belongs to the next run."""

    path: Path
    size: int
    """Bytes on disk of the whole file."""
    lines: int
    """Line feeds, and one more where the last line has none."""
    inode: int
    start: int
    """Bytes of the unpacked file before the stretch; a line begins there."""
    stop: int
    """Bytes of the unpacked file up to its end."""


@dataclass(frozen=True)
class Survey:
    """One file, counted and fingerprinted. Places are bytes of the unpacked file."""

    path: Path
    size: int
    """Bytes on disk."""
    inode: int
    length: int
    closed: int
    """Place after the last line feed: what follows may be a line that is still being written."""
    digests: Mapping[int, str] = field(repr=False)
    """SHA-256 of what stands before a place: before `length`, `closed` and those places asked for that the file reaches."""
    feeds: Mapping[int, int] = field(repr=False)
    """Line feeds before the same places."""

    def stretch(self, start: int, stop: int) -> LogFile:
        """What stands between two of the places."""
        return LogFile(self.path, self.size, self.feeds[stop] - self.feeds[start] + (stop > self.closed), self.inode, start, stop)


def survey(path: Path, places: Collection[int] = ()) -> Survey:
    """Counts the physical lines of a file and reads a .gz to its end, so that its CRC and length are known to be right before anything is loaded.

    Raises FileRefused for a .gz that is damaged, truncated (DuckDB and others would load its first half without a word) or made to fill the memory,
    OSError when it cannot be read.
    """
    status = path.stat()
    hash_ = hashlib.sha256()
    digests, feeds = {0: hash_.hexdigest()}, {0: 0}
    length = lines = closed = 0
    closed_hash = hash_.copy()
    flags = np.empty(max(BLOCK_BYTES, PIECE_BYTES), np.bool_)
    for chunk in _pieces(path, status.st_size):
        is_feed = np.equal(np.frombuffer(chunk, np.uint8), _FEED, out=flags[: len(chunk)])
        last_feed = _past_last(is_feed)
        cuts = {place - length for place in places if length < place <= length + len(chunk)} | {last_feed, len(chunk)}
        for left, right in itertools.pairwise(sorted({0, *cuts})):
            hash_.update(memoryview(chunk)[left:right])
            lines += int(np.count_nonzero(is_feed[left:right]))
            if length + right in places:
                digests[length + right], feeds[length + right] = hash_.hexdigest(), lines
            if right == last_feed:
                closed, closed_hash = length + right, hash_.copy()
        length += len(chunk)
    digests |= {closed: closed_hash.hexdigest(), length: hash_.hexdigest()}
    feeds |= {closed: lines, length: lines}
    return Survey(path, status.st_size, status.st_ino, length, closed, digests, feeds)


def blocks(file: LogFile) -> Iterator[bytes]:
    """The stretch in blocks of whole lines, each ending in a line feed, Windows line ends made plain and a byte order mark taken off.

    A line over LONGEST_LINE comes shortened, but still longer than that. Raises FileRefused when the file is no longer the one that was counted.
    """
    status = file.path.stat()
    if status.st_ino != file.inode or status.st_size < file.size:
        raise FileRefused("it was rotated or cut while it was read")
    carried = b""
    is_first = file.start == 0
    for chunk in _between(file):
        if is_first:
            is_first = False
            chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
        if len(carried) > LONGEST_LINE:  # the rest of such a line is passed over, however long it is
            end = chunk.find(b"\n")
            if end < 0:
                continue
            carried, chunk = carried[: LONGEST_LINE + 1], chunk[end:]
        end = chunk.rfind(b"\n") + 1
        if end:
            yield from _parts(_plain(carried + chunk[:end]))
            carried = chunk[end:]
        else:
            carried += chunk
    if carried:
        yield _plain(carried[: LONGEST_LINE + 1] + b"\n")


def _between(file: LogFile) -> Iterator[bytes]:
    """The bytes of the stretch."""
    if file.path.suffix.lower() != ".gz":
        yield from _chunks(file.path, file.stop, file.start)
        return
    place = 0
    for chunk in _chunks(file.path, file.size):
        part = chunk[max(file.start - place, 0) : max(file.stop - place, 0)]
        if part:
            yield part
        place += len(chunk)


def _parts(block: bytes) -> Iterator[bytes]:
    """The block, halved at a line's end until no part has more than MOST_LINES."""
    if len(block) <= MOST_LINES or np.count_nonzero(np.frombuffer(block, np.uint8) == _FEED) <= MOST_LINES:
        yield block
        return
    middle = block.rfind(b"\n", 0, len(block) // 2) + 1 or block.find(b"\n") + 1
    yield from _parts(block[:middle])
    yield from _parts(block[middle:])


def _plain(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n") if b"\r" in block else block


def _past_last(is_feed: npt.NDArray[np.bool_]) -> int:
    """The place behind the last line feed, 0 where there is none; nearly always it stands near the end."""
    near = max(len(is_feed) - LONGEST_LINE, 0)
    for start in (near, 0):
        found = np.flatnonzero(is_feed[start:])
        if len(found):
            return start + int(found[-1]) + 1
    return 0


def _pieces(path: Path, stop: int) -> Iterator[Piece]:
    """The unpacked bytes of a file in pieces that last until the next one is asked for: a buffer that is filled again and again costs half."""
    if path.suffix.lower() == ".gz":
        yield from _unpacked(path)
        return
    buffer = bytearray(PIECE_BYTES)
    with path.open("rb", buffering=0) as file:
        while stop and (read := file.readinto(memoryview(buffer)[: min(stop, PIECE_BYTES)])):
            stop -= read
            yield memoryview(buffer)[:read]


def _chunks(path: Path, stop: int, start: int = 0) -> Iterator[bytes]:
    """The unpacked bytes of a file; of a plain one, those between two places."""
    if path.suffix.lower() == ".gz":
        yield from _unpacked(path)
        return
    left = stop - start
    with path.open("rb") as file:
        file.seek(start)
        while left and (chunk := file.read(min(left, BLOCK_BYTES))):
            left -= len(chunk)
            yield chunk


def _unpacked(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from _reads(file)
    except EOFError:
        raise FileRefused("it is a truncated .gz: its end is missing") from None
    except (gzip.BadGzipFile, zlib.error):
        raise FileRefused("it is a damaged .gz: its contents do not fit its checksum") from None


def _reads(file: gzip.GzipFile) -> Iterator[bytes]:
    packed = Path(file.name).stat().st_size
    unpacked = 0
    while chunk := file.read(BLOCK_BYTES):
        unpacked += len(chunk)
        if unpacked > max(SMALLEST_BOMB, packed * HIGHEST_RATIO):
            raise FileRefused(f"it unpacks to more than {HIGHEST_RATIO} times its size, as no log does")
        yield chunk
    if unpacked == packed == 0:  # a file of no bytes at all passes for a whole one in Python's gzip
        raise EOFError

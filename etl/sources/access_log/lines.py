"""Whole lines of log files in blocks of bounded size, plain or packed, and a count of the lines made without the parser."""

from __future__ import annotations

import codecs
import hashlib
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etl.sources.open_file import FileRefused, packing_of, unpacked

BLOCK_BYTES = 4 << 20
SURVEY_BYTES = 64 << 10
"""Read at a time while counting: larger pieces cost the operating system a new stretch of memory each."""
MOST_LINES = 100_000
"""Lines of a block at the most: lines of a few letters each, which only an attacker sends, take a hundred times their bytes in memory."""
SMALLEST_BOMB = 64 << 20
"""Bytes."""
LONGEST_LINE = 64 << 10
"""Bytes. Web servers take request lines of 8 to 32 KiB; what is longer is an attack or a damaged disk."""

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
    """Counts the lines of a file and takes its fingerprints; a packed one is read to its end, as its checksum stands there.

    Raises FileRefused for a packed file that is damaged, truncated or made to fill the memory, and for UTF-16; OSError when it cannot be read.
    """
    status = path.stat()
    hash_ = hashlib.sha256()
    digests, feeds = {0: hash_.hexdigest()}, {0: 0}
    length = lines = closed = 0
    closed_hash = hash_.copy()
    for chunk in _chunks(path, 0, sys.maxsize if packing_of(path) else status.st_size, SURVEY_BYTES):
        if not length and chunk[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise FileRefused("it is UTF-16 text, as PowerShell saves what it is given: copy the log itself, or save it as UTF-8")
        last_feed = chunk.rfind(b"\n") + 1
        left = 0
        for right in sorted({place - length for place in places if length < place < length + len(chunk)} | {last_feed, len(chunk)} - {0}):
            hash_.update(memoryview(chunk)[left:right])
            lines += chunk.count(b"\n", left, right)
            if length + right in places:
                digests[length + right], feeds[length + right] = hash_.hexdigest(), lines
            if right == last_feed:
                closed, closed_hash = length + right, hash_.copy()
            left = right
        length += len(chunk)
    digests |= {closed: closed_hash.hexdigest(), length: hash_.hexdigest()}
    feeds |= {closed: lines, length: lines}
    return Survey(path, status.st_size, status.st_ino, length, closed, digests, feeds)


def blocks(file: LogFile) -> Iterator[bytes]:
    """The stretch in blocks of whole lines: each ends in a line feed, Windows line ends become plain ones, a byte order mark is taken off.

    A line over LONGEST_LINE comes shortened, but still longer than that. Raises FileRefused when the file is no longer the one that was counted.
    """
    status = file.path.stat()
    if status.st_ino != file.inode or status.st_size < file.size:
        raise FileRefused("it was rotated or cut while it was read")
    carried = b""
    is_first = file.start == 0
    for chunk in _chunks(file.path, file.start, file.stop, BLOCK_BYTES):
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
            yield from _at_most_lines(_plain_line_ends(carried + chunk[:end]))
            carried = chunk[end:]
        else:
            carried += chunk
    if carried:
        yield _plain_line_ends(carried[: LONGEST_LINE + 1] + b"\n")


def _chunks(path: Path, start: int, stop: int, size: int) -> Iterator[bytes]:
    """The bytes between two places of the unpacked file, a chunk at a time; a packed one is unpacked to its end when it is counted."""
    if not packing_of(path):
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            while start < stop and (chunk := file.read(min(stop - start, size))):
                start += len(chunk)
                yield chunk
        return
    place = 0
    for chunk in unpacked(path, BLOCK_BYTES, SMALLEST_BOMB, "log"):
        part = chunk[max(start - place, 0) : max(stop - place, 0)]
        if part:
            yield part
        place += len(chunk)


def _at_most_lines(block: bytes) -> Iterator[bytes]:
    """The block, halved at a line's end until no part has more than MOST_LINES."""
    if len(block) <= MOST_LINES or block.count(b"\n") <= MOST_LINES:
        yield block
        return
    middle = block.rfind(b"\n", 0, len(block) // 2) + 1 or block.find(b"\n") + 1
    yield from _at_most_lines(block[:middle])
    yield from _at_most_lines(block[middle:])


def _plain_line_ends(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n") if b"\r" in block else block

"""Opens files that people hand in, plain or packed; what packs them is told by their first bytes, and they are given out only if they are whole."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

BLOCK_BYTES = 1 << 20
HIGHEST_RATIO = 500
SMALLEST_BOMB = 16 << 20
"""Bytes. Logs and tables pack to a tenth or a fiftieth; only what was made to hurt packs to a thousandth."""
MOST_MEMORY = 128 << 20
"""Bytes that an .xz may ask for; xz -9 asks for 65 MiB."""

PACKED = (".gz", ".bz2", ".xz", ".zip")
"""What is unpacked here."""
_BEGINNINGS = {
    ".gz": rb"\x1f\x8b",
    ".bz2": rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)",
    ".xz": rb"\xfd7zXZ\x00",
    ".zip": rb"PK(?:\x03\x04|\x05\x06|\x07\x08)",
    ".zst": rb"\x28\xb5\x2f\xfd",
    ".lz4": rb"\x04\x22\x4d\x18|[\x50-\x5f]\x2a\x4d\x18",
    ".7z": rb"7z\xbc\xaf\x27\x1c",
    ".z": rb"\x1f[\x9d\x9e\xa0]",
    ".lz": rb"LZIP[\x00\x01]",
    ".lzo": rb"\x89LZO\x00",
    ".lzma": rb"\x5d\x00\x00",
    ".rar": rb"Rar!\x1a\x07",
    ".sz": rb"\xff\x06\x00\x00sNaPpY",
    ".tar": rb".{257}ustar[\x00 ]",
}
_BEGINNING = 263
"""Bytes that tell all of them."""


class FileRefused(ValueError):
    """What is wrong with a file, as half a sentence that quotes titles and row numbers, never values."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is packed. Raises FileRefused as `unpacked` does, before a byte is given out."""
    packing = packing_of(path)
    for _ in unpacked(path) if packing else ():
        pass
    with _packing_errors(packing), _open(path, packing) as file:
        yield file


def packing_of(path: Path) -> str:
    """How it is packed, of PACKED; "" for a plain file.

    Raises FileRefused where it is packed by something else, and where its name says that it is packed and its first bytes do not.
    """
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    packing, ending = _packing(beginning), path.suffix.lower()
    if not packing and ending in _BEGINNINGS:
        fault = f"damaged {ending}: it does not begin as one" if beginning else f"truncated {ending}: its end is missing"
        raise FileRefused(f"it is a {fault}")
    return packing


def unpacked(path: Path, block_bytes: int = BLOCK_BYTES, smallest_bomb: int = SMALLEST_BOMB, kind: str = "table") -> Iterator[bytes]:
    """The contents of a packed file in blocks. Only at the end is it known that they are right: checksums and lengths stand there.

    Raises FileRefused where it is damaged or truncated (DuckDB would load the first half of a .gz without an error), holds something that is packed
    itself, or unpacks to more than a `kind` does.
    """
    packing = packing_of(path)
    packed_bytes = path.stat().st_size
    unpacked_bytes = 0
    with _packing_errors(packing):
        for block in _blocks(path, packing, block_bytes):
            if not unpacked_bytes and (inner := _packing(block)):
                raise FileRefused(f"it holds a file that is packed itself ({inner}): pack each file once, by itself")
            unpacked_bytes += len(block)
            if unpacked_bytes > max(smallest_bomb, packed_bytes * HIGHEST_RATIO):
                raise FileRefused(f"it unpacks to more than {HIGHEST_RATIO} times its size, as no {kind} does")
            yield block


def _packing(beginning: bytes) -> str:
    packing = next((ending for ending, pattern in _BEGINNINGS.items() if re.match(pattern, beginning, re.DOTALL)), "")
    if packing and packing not in PACKED:
        raise FileRefused(f"it is a {packing}, which is not unpacked here: leave it plain, or pack it by itself as {' or '.join(PACKED)}")
    return packing


def _open(path: Path, packing: str) -> BinaryIO:
    if packing == ".zip":
        return _only_member(path)
    openers: dict[str, Callable[..., object]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, "": Path.open}
    return cast(BinaryIO, openers[packing](path, "rb"))


def _only_member(path: Path) -> BinaryIO:
    with zipfile.ZipFile(path) as archive:
        names = [member for member in archive.infolist() if not member.is_dir()]
        if len(names) != 1:
            raise FileRefused(f"it is a .zip of {len(names)} files: pack each file by itself")
        if names[0].flag_bits & 1:
            raise FileRefused("it is a .zip with a password: unpack it")
        return cast(BinaryIO, archive.open(names[0]))


def _blocks(path: Path, packing: str, block_bytes: int) -> Iterator[bytes]:
    if packing in (".gz", ".zip"):
        with _open(path, packing) as file:
            while block := file.read(block_bytes):
                yield block
    else:
        with path.open("rb") as file:
            yield from _streams(file, packing, block_bytes)


def _streams(file: BinaryIO, packing: str, block_bytes: int) -> Iterator[bytes]:
    """The streams of an .xz or .bz2, one after another: Python's own files pass over what follows the first damaged beginning."""
    left = file.read(block_bytes)
    while left:
        stream = bz2.BZ2Decompressor() if packing == ".bz2" else lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)
        while not stream.eof:
            if stream.needs_input and not left and not (left := file.read(block_bytes)):
                raise EOFError
            block = stream.decompress(left, block_bytes)
            left = b""
            if block:
                yield block
        left = stream.unused_data or file.read(block_bytes)
        while packing == ".xz" and left and not (left := left.lstrip(b"\0")):  # an .xz may be filled up with zeros
            left = file.read(block_bytes)


@contextlib.contextmanager
def _packing_errors(packing: str) -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise FileRefused(f"it is a truncated {packing}: its end is missing") from None
    except (gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError):
        raise FileRefused(f"it is a damaged {packing}: its contents do not fit its checksum") from None
    except OSError as error:
        if error.errno is not None or not packing:  # bz2 reports damage as an OSError without a number
            raise
        raise FileRefused(f"it is a damaged {packing}: its contents do not fit its checksum") from None

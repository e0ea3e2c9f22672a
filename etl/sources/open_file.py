"""Opens files that people hand in, plain or packed (.gz); a packed one is given out only if its checksum and length are right."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

BLOCK_BYTES = 1 << 20
HIGHEST_RATIO = 500
SMALLEST_BOMB = 16 << 20
"""Bytes. Logs and tables pack to a tenth or a fiftieth; only what was made to hurt packs to a thousandth."""


class FileRefused(ValueError):
    """What is wrong with a file, as half a sentence that quotes titles and row numbers, never values."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where its name ends in .gz. Raises FileRefused as `unpacked` does, before a byte is given out."""
    if not is_packed(path):
        with path.open("rb") as plain:
            yield plain
        return
    for _ in unpacked(path):
        pass
    with gzip.open(path, "rb") as file, _gzip_errors():
        yield cast(BinaryIO, file)


def is_packed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def unpacked(path: Path, block_bytes: int = BLOCK_BYTES, smallest_bomb: int = SMALLEST_BOMB, kind: str = "table") -> Iterator[bytes]:
    """The contents of a .gz in blocks. Only at the end is it known that they are right: Python's gzip compares checksum and length there.

    Raises FileRefused where it is damaged or truncated (DuckDB would load its first half without an error), or unpacks to more than a `kind` does.
    """
    packed_bytes = path.stat().st_size
    unpacked_bytes = 0
    with _gzip_errors(), gzip.open(path, "rb") as file:
        if packed_bytes == 0:  # passes for a whole file in Python's gzip
            raise EOFError
        while block := file.read(block_bytes):
            unpacked_bytes += len(block)
            if unpacked_bytes > max(smallest_bomb, packed_bytes * HIGHEST_RATIO):
                raise FileRefused(f"it unpacks to more than {HIGHEST_RATIO} times its size, as no {kind} does")
            yield block


@contextlib.contextmanager
def _gzip_errors() -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise FileRefused("it is a truncated .gz: its end is missing") from None
    except (gzip.BadGzipFile, zlib.error):
        raise FileRefused("it is a damaged .gz: its contents do not fit its checksum") from None

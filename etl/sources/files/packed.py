"""Files that may be packed (.gz), opened only once their checksum and length are known to be right."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from etl.sources.files.titles import FileRefused

_BLOCK_BYTES = 1 << 20
_HIGHEST_RATIO = 500
_SMALLEST_BOMB = 16 << 20
"""Bytes. Tables pack to a tenth or a fiftieth; only what was made to hurt packs to a thousandth."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where its name ends in .gz.

    Raises FileRefused for a truncated or damaged .gz, before a byte of it is given out, and for one that unpacks to far more than tables do.
    """
    if path.suffix.lower() != ".gz":
        with path.open("rb") as plain:
            yield plain
        return
    with _plain_errors():
        _read_to_its_end(path)
    with gzip.open(path, "rb") as file, _plain_errors():
        yield cast(BinaryIO, file)


def _read_to_its_end(path: Path) -> None:
    """Python's gzip compares checksum and length at the end of each part; DuckDB would load the first half of a truncated file without a word."""
    packed = path.stat().st_size
    if packed == 0:  # which passes for a whole one in Python's gzip
        raise EOFError
    unpacked = 0
    with gzip.open(path, "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            unpacked += len(block)
            if unpacked > max(_SMALLEST_BOMB, packed * _HIGHEST_RATIO):
                raise FileRefused(f"it unpacks to more than {_HIGHEST_RATIO} times its size, as no table does")


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise FileRefused("it is a truncated .gz: its end is missing") from None
    except (gzip.BadGzipFile, zlib.error):
        raise FileRefused("it is a damaged .gz: its contents do not fit its checksum") from None

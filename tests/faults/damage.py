"""Damages that files meet on their way: cut, flipped, spliced, spelt in another encoding, filled with what terminals and parsers obey."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable

CONTROLS = [b"\0", b"\x1b[2J", b"\r", b"\r\n", b"\n\n", b"\x1a", b"\x85", b"\x0b", b"\x0c", "\u2028".encode(), "\u200b".encode(), b"\x7f", b"\x08"]
MARKS = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"]
SYNTAX = [b'"', b"'", b",", b";", b"\t", b"\\", b"[", b"]", b"{", b"}", b":", b"%", b"?", b" ", b"&", b"<", b">", b"=", b"#", b"-"]
LETTERS = ["Đ", "ệ", "hoà", "e\u0323\u0302", "Ð", "ﬁ", "😀", "\u202e", "\ufeff", "NULL", "=1+1", "0x1F", "1e400", "٣"]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _cut_start(content: bytes, chance: random.Random) -> bytes:
    return content[chance.randrange(len(content)) :]


def _flip(content: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _insert(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    piece = chance.choice((chance.choice(SYNTAX), chance.choice(CONTROLS), chance.choice(LETTERS).encode())) * chance.choice((1, 1, 1, 2, 5))
    return content[:place] + piece + content[place:]


def _overwrite(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    piece = chance.choice((chance.choice(SYNTAX), chance.choice(CONTROLS), bytes(chance.randrange(256) for _ in range(chance.randrange(1, 90)))))
    return content[:place] + piece + content[place + len(piece) :]


def _remove(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + content[place + chance.choice((1, 1, 3, 40)) :]


def _splice(content: bytes, chance: random.Random) -> bytes:
    first, second = sorted((chance.randrange(len(content)), chance.randrange(len(content))))
    return chance.choice((content[:first] + content[second:] + content[first:second], content[:second] + content[first:]))


def _mark(content: bytes, chance: random.Random) -> bytes:
    return chance.choice(MARKS) + content


def _encode(content: bytes, chance: random.Random) -> bytes:
    place = chance.choice((0, chance.randrange(len(content))))
    encoding = chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-7", "cp1258", "utf-8"))
    return content[:place] + content[place:].decode("utf-8", "replace").encode(encoding, "replace")


def _line_ends(content: bytes, chance: random.Random) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\r", b"\n\n", b"\x85\n")))


def _lines(content: bytes, chance: random.Random) -> bytes:
    """Takes a line out, doubles it, or moves it."""
    lines = content.splitlines(keepends=True)
    line = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.randrange(3)):
        lines.insert(chance.randrange(len(lines) + 1), line)
    return b"".join(lines)


def _swell(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + chance.choice((b"x", b"\0", b'"', b"\n", b"<a>")) * chance.choice((1_000, 65_000, 66_000, 300_000)) + content[place:]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut,
    _cut_start,
    _flip,
    _flip,
    _insert,
    _insert,
    _overwrite,
    _remove,
    _splice,
    _mark,
    _encode,
    _line_ends,
    _lines,
    _lines,
    _swell,
)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One damage, or now and then two; never nothing at all done to an empty file."""
    for _ in range(chance.choice((1, 1, 1, 2))):
        if content:
            content = chance.choice(DAMAGES)(content, chance)
    return content


def packed(content: bytes, chance: random.Random) -> bytes:
    """As .gz: whole, of two parts, with zeros after it, or damaged once packed."""
    place = chance.randrange(len(content) + 1)
    match chance.randrange(6):
        case 0:
            return _gz(content[:place]) + _gz(content[place:])
        case 1:
            return _gz(content) + b"\0" * chance.randrange(1, 600)
        case 2 | 3:
            return damaged(_gz(content), chance)
        case 4:
            return _gz(content) + chance.choice((b"\n", b"garbage", _gz(b"")[:12]))
        case _:
            return _gz(content)


def unpacked(content: bytes) -> bytes | None:
    """What a .gz holds, by zlib alone; None where any of its parts is not whole."""
    parts = []
    if not content:
        return None
    while content:
        part = zlib.decompressobj(wbits=31)
        try:
            parts.append(part.decompress(content) + part.flush())
        except zlib.error:
            return None
        if not part.eof:
            return None
        content = part.unused_data.lstrip(b"\0")  # padding, as tapes and some copies leave it
    return b"".join(parts)


def _gz(content: bytes) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(content) + packer.flush()

"""Widths and coverage of the bundled Times-metric typeface, read from its own tables: what a line measures is known before anything is laid out.

Liberation Serif has the advance widths of Times New Roman: one measure holds for the PDF, which embeds it, and for Word, which names the other.
Tables: OpenType specification: `cmap` format 4, `hmtx`, `hhea`, `head`.
"""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent / "fonts"
FAMILY = "Liberation Serif"
TWIN = "Times New Roman"
"""The typeface that the decree names; the same widths."""
MISSING = "□"
"""Stands where the typeface has no sign for a character."""
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True)
class Face:
    """One cut of the typeface: advance widths by character, in shares of the type size."""

    advances: dict[str, float]
    ascent: float
    descent: float
    line_gap: float


@cache
def face(is_bold: bool = False, is_italic: bool = False) -> Face:
    """Reads a cut once per process."""
    style = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "BoldItalic"}[is_bold, is_italic]
    return _read(FONTS / f"LiberationSerif-{style}.ttf")


def width_pt(text: str, size: float, is_bold: bool = False, is_italic: bool = False) -> float:
    """What a line of text measures in points, without kerning (Word sets none, and the PDF is told not to)."""
    advances = face(is_bold, is_italic).advances
    try:
        return size * sum(map(advances.__getitem__, text))
    except KeyError:
        return size * sum(advances.get(character, advances[MISSING]) for character in text)


@cache
def shown_as(character: str) -> str:
    """The character itself; nothing for one that only steers; `MISSING` where a cut has no sign for it or it runs from right to left.

    The typesetter cannot write letters that run from right to left.
    """
    if unicodedata.category(character) == "Cf":
        return ""
    has_sign = all(character in face(is_bold, is_italic).advances for is_bold in (False, True) for is_italic in (False, True))
    return character if has_sign and unicodedata.bidirectional(character) not in _FROM_THE_RIGHT else MISSING


def showable(text: str) -> str:
    """The text as the typeface can show it: what it lacks is seen, not dropped."""
    return text if text.isascii() and text.isprintable() else "".join(map(shown_as, text))


def line_height(lines: float = 1.0) -> float:
    """Distance of two baselines in shares of the type size, as Word counts `lines` of spacing."""
    regular = face()
    return lines * (regular.ascent + regular.descent + regular.line_gap)


def _read(path: Path) -> Face:
    font = path.read_bytes()
    tables = {}
    for entry in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * entry)
        tables[tag] = offset
    units = struct.unpack_from(">H", font, tables[b"head"] + 18)[0]
    ascent, descent, gap = struct.unpack_from(">hhh", font, tables[b"hhea"] + 4)
    count = struct.unpack_from(">H", font, tables[b"hhea"] + 34)[0]
    widths = [struct.unpack_from(">H", font, tables[b"hmtx"] + 4 * glyph)[0] / units for glyph in range(count)]
    advances = {chr(code): widths[min(glyph, count - 1)] for code, glyph in _characters(font, tables[b"cmap"]).items()}
    return Face(advances, ascent / units, -descent / units, gap / units)


def _characters(font: bytes, cmap: int) -> dict[int, int]:
    """Glyph by code point of the Windows Unicode subtable, without those that only lead to the sign for missing ones."""
    for entry in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * entry)
        if (platform, encoding) == (3, 1):
            return _segments(font, cmap + offset)
    raise ValueError("the font has no Unicode character map")


def _segments(font: bytes, start: int) -> dict[int, int]:
    doubled = struct.unpack_from(">H", font, start + 6)[0]
    count = doubled // 2
    ends, firsts, deltas, offsets = start + 14, start + 16 + doubled, start + 16 + 2 * doubled, start + 16 + 3 * doubled
    glyphs: dict[int, int] = {}
    for segment in range(count):
        end, first, delta, offset = (struct.unpack_from(">H", font, table + 2 * segment)[0] for table in (ends, firsts, deltas, offsets))
        for code in range(first, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", font, offsets + 2 * segment + offset + 2 * (code - first))[0]
                if not glyph:
                    continue
            if shown := (glyph + delta) & 0xFFFF:
                glyphs[code] = shown
    return glyphs

"""Widths and coverage of the bundled Times-metric typeface, read from its own tables: what a line measures is known before anything is laid out.

Liberation Serif has the advance widths of Times New Roman: one measure holds for the PDF, which embeds it, and for Word, which names the other.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
FAMILY = "Liberation Serif"
TWIN = "Times New Roman"
"""The typeface that the decree names; the same widths."""
MISSING = "□"
"""Stands where the typeface has no sign for a character."""
WINDOWS_UNICODE = (3, 1)
"""Platform and encoding of the character map that is read."""
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
    from fontTools.ttLib import TTFont  # heavy: only who measures pays for it

    style = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "BoldItalic"}[is_bold, is_italic]
    with TTFont(FONTS / f"LiberationSerif-{style}.ttf", lazy=True) as font:
        tables: Any = font
        units, lines, widths = tables["head"].unitsPerEm, tables["hhea"], tables["hmtx"].metrics
        glyphs: dict[int, str] = tables["cmap"].getcmap(*WINDOWS_UNICODE).cmap
        advances = {chr(code): widths[glyph][0] / units for code, glyph in glyphs.items()}
        return Face(advances, lines.ascent / units, -lines.descent / units, lines.lineGap / units)


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

"""How much room a text takes on a slide, in points, by the advance widths of Arial (Helvetica's metrics, which Liberation Sans shares)."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

LINE = 1.2
"""Height of a line in type sizes."""
_BOLD = 1.08
"""Bold Arial is up to so much wider than regular."""
_WIDTHS: dict[int, str] = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " \u00a0!,./:;I[\\]ft",
    333: "()-`r{}·“”",
    355: '"’',
    389: "*",
    469: "^",
    500: "Jcksvxyzзкстух",
    556: "#$0123456789?L_abdeghnopquđ–авГенопрчьэ«»",
    584: "+<=>~−бдилцК",
    611: "FTZЗТ",
    667: "&ABEKPSVXYơưАБВЕЛРУХЧЬъ",
    722: "CDHNRUwĐДНПСЭЯжмы",
    778: "GOQОФЦю",
    833: "MmМЪфшщ",
    889: "%ƠƯ",
    944: "WЖШЩЫ",
    1015: "@Ю",
}
"""Thousandths of the type size; Cyrillic letters as wide as the next of these or a little less."""
_UNKNOWN = 1000


@cache
def _width(sign: str) -> int:
    for width, signs in _WIDTHS.items():
        if sign in signs:
            return width
    plain = unicodedata.normalize("NFD", sign)
    if len(plain) > 1:  # ấ is as wide as a, and ớ as ơ
        horned = unicodedata.normalize("NFC", plain[0] + "\u031b") if "\u031b" in plain else plain[0]
        return _width(horned)
    return 0 if unicodedata.combining(sign) else _UNKNOWN


def width_of(text: str, size: float, is_bold: bool = False) -> float:
    """Points that the text takes in one line."""
    return sum(map(_width, text)) * size / 1000 * (_BOLD if is_bold else 1.0)


def lines_of(text: str, size: float, width: float, is_bold: bool = False) -> int:
    """Lines that the text breaks into; a word wider than a line is broken within."""
    lines, used = 1, 0.0
    space = width_of(" ", size, is_bold)
    for word in text.split(" "):
        needed = width_of(word, size, is_bold)
        if used and used + space + needed <= width:
            used += space + needed
            continue
        lines += 1 if used else 0
        lines += max(0, math.ceil(needed / width) - 1)
        used = needed if needed <= width else max(needed % width, 1.0)
    return lines


def height_of(text: str, size: float, width: float, is_bold: bool = False) -> float:
    """Points that the text takes from its first line to its last."""
    return lines_of(text, size, width, is_bold) * size * LINE


def fitting(text: str, sizes: Sequence[float], width: float, height: float, is_bold: bool = False) -> tuple[str, float]:
    """The text at the largest of the sizes (falling) at which it fits; at the smallest it is cut with an ellipsis where it must be."""
    for size in sizes:
        if height_of(text, size, width, is_bold) <= height:
            return text, size
    least = sizes[-1]
    kept = len(text)
    while kept > 1 and height_of(f"{text[:kept]}…", least, width, is_bold) > height:
        kept = int(kept * 0.95) if kept > 20 else kept - 1
    return f"{text[:kept].rstrip()}…", least


def pieces(text: str, size: float, width: float, height: float) -> Iterator[str]:
    """The text in pieces that fit into the height each, broken between words where there are any."""
    most = max(1, int(height / (size * LINE)))
    words, piece = text.split(" "), ""
    while words:
        word = words.pop(0)
        longer = f"{piece} {word}" if piece else word
        if lines_of(longer, size, width) <= most:
            piece = longer
        elif piece:
            yield piece
            piece = ""
            words.insert(0, word)
        else:
            cut = max(1, int(most * width / (size * _UNKNOWN / 1000)))
            yield word[:cut]
            words.insert(0, word[cut:])
    if piece:
        yield piece

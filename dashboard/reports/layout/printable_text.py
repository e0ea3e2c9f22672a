"""Text from data as it may stand in a file: every sign that prints, and none that only steers."""

from __future__ import annotations

import re
import unicodedata

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make a reader see letters in another order than they are stored in."""
LINE_ENDS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
REPLACEMENT = "\ufffd"
NO_BREAK = "\u00a0"
_WHOLE = re.compile(
    r"\([^()]{1,60}\)"  # days, counts
    r"|(?:\d+ tháng (?:đầu |cuối )?|tháng \d+ |quý [IV]+ )?năm (?:công tác )?\d{4}"
    r"|(?<=– )[^()–]{1,45}(?= \()"  # the unit that a report is about
    r"|\d+ (?:đơn vị|văn bản|tài khoản|lượt)"
)
"""What no title breaks within."""


def printable(text: str) -> str:
    """The text in one line, without control characters and noncharacters; half a surrogate pair becomes the replacement sign.

    What is left is allowed in XML 1.0 and encodes to UTF-8, so no writer can fail on it.
    """
    if text.isprintable():  # nearly every text; what prints in Python's sense is never changed below
        return text
    return "".join(_kept(sign) for sign in text.replace("\r\n", "\n"))


def _kept(sign: str) -> str:
    if sign in LINE_ENDS:
        return " "
    category = unicodedata.category(sign)
    if category == "Cs":
        return REPLACEMENT
    if category == "Cc" or sign in BIDI_CONTROLS or (category == "Cn" and ord(sign) & 0xFFFE == 0xFFFE):
        return ""
    return sign


def kept_together(title: str) -> str:
    """The title, broken neither within the days that it names nor within a unit's name or a count with what it counts."""
    return _WHOLE.sub(lambda found: found[0].replace(" ", NO_BREAK), title)


def clipped(text: str, most: int) -> str:
    """The printable text cut to `most` characters, the last of them an ellipsis where something is cut."""
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

"""Text that people type into settings, reports and the ledger: refused where it could not be printed as it stands."""

from __future__ import annotations

from dashboard.refusal import Refused, Word

_NO_BREAK_SPACE = "\u00a0"


def checked_text(what: str | Word, text: str, longest: int, is_one_line: bool = True) -> str:
    """The text without space around it; raises Refused where it has control or broken characters, or is longer than `longest`."""
    text = text.strip()
    if len(text) > longest:
        raise Refused("too_long", what=what, length=len(text), longest=longest)
    allowed = _NO_BREAK_SPACE if is_one_line else f"{_NO_BREAK_SPACE}\n"
    wrong = next((character for character in text if not character.isprintable() and character not in allowed), None)
    if wrong is not None:
        raise Refused("unprintable", what=what, character=f"U+{ord(wrong):04X}")
    return text

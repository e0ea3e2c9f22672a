"""Text that people type into settings, reports and the ledger: refused where it could not be printed as it stands."""

from __future__ import annotations

from data.errors import ConfigurationError

_NO_BREAK_SPACE = "\u00a0"


def checked_text(what: str, text: str, longest: int, is_one_line: bool = True) -> str:
    """The text without space around it; raises ConfigurationError where it has control or broken characters, or is longer than `longest`."""
    text = text.strip()
    if len(text) > longest:
        raise ConfigurationError(f"{what} has {len(text)} characters, and {longest} is the most. Shorten it.")
    allowed = _NO_BREAK_SPACE if is_one_line else f"{_NO_BREAK_SPACE}\n"
    wrong = next((character for character in text if not character.isprintable() and character not in allowed), None)
    if wrong is not None:
        raise ConfigurationError(f"{what} has a character that cannot be printed (U+{ord(wrong):04X}). Type the text anew without it.")
    return text

"""Folds Vietnamese text for comparing what people type: `Phú Thọ` and `phu tho` become the same."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Lower case without tone and vowel marks, đ and Ð as d, blanks squeezed.

    Đ does not decompose in Unicode, and the Icelandic Ð looks the same on screen, so both are named here.
    """
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().replace("đ", "d").replace("ð", "d").split())


def folding_table() -> dict[str, str]:
    """Each letter with marks that Vietnamese and its neighbours write (Latin-1 to Latin Extended Additional), and what `folded` makes of it."""
    letters = (chr(code) for first, last in ((0xC0, 0x24F), (0x1E00, 0x1EFF)) for code in range(first, last + 1))
    return {letter: bare for letter in letters if (bare := folded(letter)) != letter}

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

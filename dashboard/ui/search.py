"""Finds Vietnamese names typed without tone marks: `phu tho` finds Phú Thọ, `dong da` finds Đống Đa."""

from __future__ import annotations

import re
import unicodedata


def fold(text: str) -> str:
    """Lower case without tone and vowel marks, đ and Ð as d, blanks squeezed.

    Đ does not decompose in Unicode, and the Icelandic Ð looks the same on screen, so both are named here.
    """
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().replace("đ", "d").replace("ð", "d").split())


def matches(query: str, *texts: str) -> bool:
    """Whether each word of the query begins some word of the texts, marks, case and order aside."""
    words = re.findall(r"\w+", fold(" ".join(texts)))
    return all(any(word.startswith(part) for word in words) for part in re.findall(r"\w+", fold(query)))

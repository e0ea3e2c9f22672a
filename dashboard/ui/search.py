"""Finds Vietnamese names typed without tone marks: `phu tho` finds Phú Thọ, `dong da` finds Đống Đa."""

from __future__ import annotations

import re

from data.language import folded

_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
"""Thai, Lao, Tibetan, Burmese, Khmer, Japanese and Chinese."""


def matches(query: str, *texts: str) -> bool:
    """Whether each word of the query begins some word of the texts, marks, case and order aside.

    Of a script that writes no blanks between words a part is enough; what has no letter at all (an emoji) has to stand in the texts as it is.
    """
    looked_at, asked = folded(" ".join(texts)), folded(query)
    words, parts = re.findall(r"\w+", looked_at), re.findall(r"\w+", asked)
    if not parts:
        return asked in looked_at
    return all(any(word.startswith(part) or (part in word and _UNSPACED.fullmatch(part)) for word in words) for part in parts)

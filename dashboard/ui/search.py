"""Finds Vietnamese names typed without tone marks: `phu tho` finds Phú Thọ, `dong da` finds Đống Đa."""

from __future__ import annotations

import re

from data.text_folding import folded


def matches(query: str, *texts: str) -> bool:
    """Whether each word of the query begins some word of the texts, marks, case and order aside."""
    words = re.findall(r"\w+", folded(" ".join(texts)))
    return all(any(word.startswith(part) for word in words) for part in re.findall(r"\w+", folded(query)))

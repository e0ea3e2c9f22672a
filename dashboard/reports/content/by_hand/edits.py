"""Sentences that a person wrote in place of those written from the numbers: marked, kept by the paragraph's key, and read for numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dashboard.reports.content.blocks import Block, Paragraph, Run
from dashboard.reports.content.by_hand.own_words import PREFIX
from dashboard.typed_text import checked_text
from data.errors import ConfigurationError

LONGEST = 5000
_NUMBER = re.compile(r"\d[\d.,/]*%?")


def with_edits(blocks: tuple[Block, ...], edits: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks with the edited paragraphs in place of the written ones, marked as such.

    The department's own passages are none of them: those stand in the blocks already. Raises ConfigurationError for a key that no
    paragraph has, or text that cannot be printed.
    """
    keys = {block.key for block in blocks if isinstance(block, Paragraph)}
    edits = {key: text for key, text in edits.items() if not key.startswith(PREFIX)}
    unknown = sorted(set(edits) - keys)
    if unknown:
        raise ConfigurationError(f"No paragraph of this report is called {unknown[0]!r}. Paragraphs: {', '.join(sorted(keys))}.")
    return tuple(_edited(block, edits) for block in blocks)


def typed_numbers(paragraph: Paragraph, confirmed: str = "") -> tuple[str, ...]:
    """The numbers of an edited paragraph that are neither figures nor in the sentence that it replaces nor in a text that confirms them.

    Either side of a fraction that stands there is confirmed too. The others were typed by hand, and nobody can trace them.
    """
    if not paragraph.is_edited:
        return ()
    printed = _NUMBER.findall(f"{paragraph.written or ''} {confirmed}")
    known = {part.strip(".,/") for one in printed for part in (one, *one.split("/"))}
    typed = [number for run in paragraph.runs if run.figure is None for number in _NUMBER.findall(run.text)]
    return tuple(number for number in typed if number.strip(".,/") not in known)


def _edited(block: Block, edits: Mapping[str, str]) -> Block:
    if not isinstance(block, Paragraph) or block.key not in edits or edits[block.key] == block.text:
        return block
    text = checked_text(f"The paragraph {block.key}", edits[block.key], LONGEST)
    if not text:
        raise ConfigurationError(f"The paragraph {block.key} is empty. Write a sentence, or leave the one that was written.")
    return replace(block, runs=_with_figures(text, block.runs), is_edited=True, written=block.text)


def _with_figures(text: str, written: Sequence[Run]) -> tuple[Run, ...]:
    """The new text, in which the prints of the old one's figures stay figures wherever they still stand."""
    prints = {run.text: run.figure for run in written if run.figure is not None}
    if not prints:
        return (Run(text),)
    # Longest first, and never the tail of a longer number.
    anyone = "|".join(re.escape(one) for one in sorted(prints, key=len, reverse=True))
    parts = re.split(rf"(?<![\d.,])({anyone})(?![\d%]|[.,/]\d)", text)
    return tuple(Run(part, prints.get(part) if place % 2 else None) for place, part in enumerate(parts) if part)

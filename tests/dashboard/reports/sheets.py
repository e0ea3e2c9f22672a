"""Reads a PDF as a clerk with a ruler does: phrases with their places in millimetres, sizes, cuts and colours."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pdfplumber

from tests.dashboard.reports.decree import MM


@dataclass(frozen=True)
class Phrase:
    """Letters on one line without a gap wider than a space, in one cut and size."""

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    font: str
    colour: tuple[float, ...]

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def is_bold(self) -> bool:
        return "Bold" in self.font

    @property
    def is_italic(self) -> bool:
        return "Italic" in self.font


@dataclass(frozen=True)
class Rule:
    """A thin horizontal line."""

    page: int
    left: float
    right: float
    top: float

    @property
    def length(self) -> float:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Sheet:
    """One page."""

    number: int
    width: float
    height: float
    phrases: tuple[Phrase, ...]
    rules: tuple[Rule, ...]
    text: str
    drawn: tuple[tuple[float, float], ...] = ()
    """Top and bottom of every line, field and curve, of charts too."""

    @property
    def is_landscape(self) -> bool:
        return self.width > self.height

    def starting(self, start: str) -> Phrase:
        """The first phrase that begins so."""
        found = [phrase for phrase in self.phrases if phrase.text.startswith(start)]
        assert found, f"page {self.number} has no {start!r}: {[phrase.text for phrase in self.phrases]}"
        return found[0]


def sheets(file: bytes) -> list[Sheet]:
    """All pages of a PDF."""
    with pdfplumber.open(io.BytesIO(file)) as pdf:
        return [_sheet(page) for page in pdf.pages]


def plain(text: str) -> str:
    """Without white space: where lines end is the typesetter's business."""
    return "".join(text.split())


def _sheet(page: Any) -> Sheet:
    attributes = ["fontname", "size", "non_stroking_color"]
    words = page.extract_words(keep_blank_chars=True, x_tolerance=5, y_tolerance=1, extra_attrs=attributes, use_text_flow=False)
    phrases = tuple(
        Phrase(
            word["text"].strip(),
            page.page_number,
            word["x0"] * MM,
            word["x1"] * MM,
            word["top"] * MM,
            word["bottom"] * MM,
            round(word["size"], 1),
            word["fontname"].split("+")[-1],
            tuple(word["non_stroking_color"] or (0,)),
        )
        for word in words
        if word["text"].strip()
    )
    thin = [*page.lines, *(rect for rect in page.rects if rect["height"] < 2), *(curve for curve in page.curves if curve["height"] < 2)]
    rules = sorted(
        (Rule(page.page_number, one["x0"] * MM, one["x1"] * MM, one["top"] * MM) for one in thin if one["width"] > 10), key=lambda rule: rule.top
    )
    drawn = tuple((one["top"] * MM, one["bottom"] * MM) for one in (*page.lines, *page.rects, *page.curves, *page.images))
    return Sheet(page.page_number, page.width * MM, page.height * MM, phrases, tuple(rules), page.extract_text(), drawn)

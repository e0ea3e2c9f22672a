"""Words of the interface by key, from data/translations; Vietnamese first, English second."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from typing import Any

from dashboard.ui.format import Language
from data.language import in_words
from data.outcomes import Outcome, outcome_counts
from data.paths import TRANSLATIONS

_language: ContextVar[Language] = ContextVar("language", default="vi")


def use_language(language: Language) -> None:
    """Sets the language of this page run (each run of a page or fragment has its own context)."""
    _language.set(language)


def language() -> Language:
    """The language of this page run."""
    return _language.get()


@cache
def catalogue(language: Language) -> dict[str, str]:
    """All words of a language by dotted key: `card.on_time.second`."""
    with (TRANSLATIONS / f"{language}.toml").open("rb") as file:
        return dict(_flatten(tomllib.load(file)))


def t(key: str, /, **values: object) -> str:
    """The words for a key in the language of this run, with `{name}` places filled; a KeyError names a missing key."""
    text = in_words(catalogue(language())[key], language())
    return text.format(**values) if values else text


def outcomes_in_words(outcomes: Iterable[Outcome], of: Language | None = None) -> str:
    """How many checks came to what, such as "1 failed · 7 passed": the one wording of every surface."""
    words = catalogue(of or language())
    return " · ".join(f"{count} {words[f'outcome.{outcome}']}" for outcome, count in outcome_counts(outcomes).items() if count)


def _flatten(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    words: list[tuple[str, str]] = []
    for key, value in table.items():
        words += _flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return words

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
    """The words for a key in the language of this run, with `{name}` places filled; a KeyError names a missing key.

    `{count:unit|units}` is the word for one, or for any other number, of what stands in the place `count`.
    """
    return in_language_of(language(), key, **values)


def in_language_of(of: Language, key: str, /, **values: object) -> str:
    """`t` in a language of its own: a report speaks another one than the page that it is made on."""
    text = in_words(catalogue(of)[key], of)
    return text.format(**{name: _Counted(value) for name, value in values.items()}) if values else text


def rows_word(kind: str, count: object = None) -> str:
    """What rows of a kind are called (`unit.rows_…`, in languages that tell one from many as `account|accounts`): one of them, or several."""
    one, bar, many = t(f"unit.rows_{kind}").partition("|")
    return one if not bar or str(count) == "1" else many


class _Counted:
    """A value of a place, which also picks the word that goes with its number."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if bar:
            return one if str(self._value) == "1" else many
        return format(self._value, spec)


def outcomes_in_words(outcomes: Iterable[Outcome], of: Language | None = None) -> str:
    """How many checks came to what, such as "1 failed · 7 passed": the one wording of every surface."""
    words = catalogue(of or language())
    return " · ".join(f"{count} {words[f'outcome.{outcome}']}" for outcome, count in outcome_counts(outcomes).items() if count)


def _flatten(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    words: list[tuple[str, str]] = []
    for key, value in table.items():
        words += _flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return words

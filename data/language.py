"""The languages that everything is shown in, Vietnamese first, English second, the organisation's own words in their texts, and folding of Vietnamese
for comparing what people type: `Phú Thọ` and `phu tho` become the same.
"""

from __future__ import annotations

import unicodedata
from contextvars import ContextVar
from typing import Literal, get_args

from data.organisation import Words

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_words: ContextVar[Words] = ContextVar("words")


def use_words(words: Words) -> None:
    """Sets the organisation's words for this page run, command or report (each has its own context)."""
    _words.set(words)


def words_in(language: Language) -> dict[str, str]:
    """The organisation's words by the name that texts call them: `sector`, `staff`, `secret`, `whole`."""
    words = _words.get(Words())
    if language == "en":
        return {"sector": words.sector_en, "staff": words.staff_en, "secret": words.secret_en, "whole": words.whole_en}
    return {"sector": words.sector, "staff": words.staff, "secret": words.secret, "whole": words.whole or f"Toàn {words.sector}"}


def is_state_body() -> bool:
    """Whether texts may refer to the law on state bodies."""
    return _words.get(Words()).is_state_body


def in_words(text: str, language: Language) -> str:
    """The text with `{sector}`, `{staff}`, `{secret}` and `{whole}` filled in, with a capital where they are written with one; else as it is."""
    if "{" not in text:
        return text
    for name, word in words_in(language).items():
        text = text.replace(f"{{{name}}}", word).replace(f"{{{name.capitalize()}}}", word[:1].upper() + word[1:])
    return text


def in_language(declared: object, name: str, language: Language) -> str:
    """A text of a declaration (metric, population, check, ...) in a language: its field `label`, in English `label_en`."""
    return in_words(str(getattr(declared, f"{name}_en" if language == "en" else name)), language)


def source_in_language(declared: object, language: Language) -> str:
    """What a metric's definition follows: the law that it names where that is the organisation's law, else its source."""
    return (in_language(declared, "law", language) if is_state_body() else "") or in_language(declared, "source", language)


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

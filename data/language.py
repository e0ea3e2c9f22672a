"""The languages that everything is shown in: Vietnamese first, English second."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def in_language(declared: object, name: str, language: Language) -> str:
    """A text of a declaration (metric, population, check, ...) in a language: its field `label`, in English `label_en`."""
    return str(getattr(declared, f"{name}_en" if language == "en" else name))

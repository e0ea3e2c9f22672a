"""What is refused, in words of data/translations: English where a command says it, the reader's language on a page."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.ui.translations import in_language_of, language
from data.errors import ConfigurationError, SourceUnreachable, VanbanError
from data.language import Language


@dataclass(frozen=True)
class Word:
    """Words by key that stand in a refusal."""

    key: str


class Refusal(VanbanError):
    """A refusal with the words `refused.<key>`; as text it is English."""

    def __init__(self, key: str, /, **values: object) -> None:
        self._key, self._values = key, values
        super().__init__(self.in_words("en"))

    @property
    def is_of_ledger(self) -> bool:
        """Whether the ledger cannot be used, rather than what was asked of it."""
        return self._key.startswith("ledger_")

    def in_words(self, of: Language) -> str:
        """The refusal in a language."""
        values = {name: in_language_of(of, value.key) if isinstance(value, Word) else value for name, value in self._values.items()}
        return in_language_of(of, f"refused.{self._key}", **values)


class Refused(Refusal, ConfigurationError):
    """What was typed, sent or set cannot be used as it stands."""


class RefusedByDatabase(Refusal, SourceUnreachable):
    """A database cannot be used now."""


def words_of_error(error: VanbanError) -> str:
    """What a page says of an error, in the language of its run."""
    return error.in_words(language()) if isinstance(error, Refusal) else str(error)

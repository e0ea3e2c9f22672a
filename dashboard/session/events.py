"""Dated events that may explain a turn in a line, from a CSV file beside vanban.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dashboard.ui.format import Language
from data.csv_forms.settings_csv import csv_rows
from data.errors import ConfigurationError

COLUMNS = ("on", "unit_code", "title", "title_en")
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Event:
    """One event; without a unit it is everyone's, else that unit's and of those below it."""

    on: date
    unit_code: str | None
    title: str
    title_en: str = ""

    def named(self, language: Language) -> str:
        """Its title in a language; the Vietnamese one where there is no other."""
        return self.title_en if language == "en" and self.title_en else self.title


def read_events(path: Path) -> tuple[Event, ...]:
    """Events from a CSV (UTF-8, comma) with the columns COLUMNS, oldest first; raises ConfigurationError naming the line."""
    return tuple(sorted((_event(*row) for row in csv_rows(path, COLUMNS)), key=lambda event: (event.on, event.title)))


def _event(values: dict[str, str], line: str) -> Event:
    try:
        on = date.fromisoformat(values["on"])
    except ValueError:
        raise ConfigurationError(f"{line}: on is {values['on']!r}. Write a day like 2024-07-01.") from None
    if not values["title"] or max(len(values["title"]), len(values["title_en"])) > LONGEST_TITLE:
        raise ConfigurationError(f"{line}: give the event a title of at most {LONGEST_TITLE} letters.")
    return Event(on, values["unit_code"] or None, values["title"], values["title_en"])


def concerning(events: Sequence[Event], unit_codes: Sequence[str], from_on: date, to_on: date) -> list[Event]:
    """The events of some days that concern a unit: everyone's, and those of it or a unit above it (`unit_codes`)."""
    return [event for event in events if from_on <= event.on <= to_on and (event.unit_code is None or event.unit_code in unit_codes)]

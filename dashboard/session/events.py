"""What happened and may explain a turn in a line: dated events from a CSV file beside vanban.toml, read anew when the file changes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from dashboard.ui.format import Language
from data.configuration import Section
from data.errors import ConfigurationError
from data.paths import Home

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
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ConfigurationError(f"{path}: the first line must name the columns {','.join(COLUMNS)}.")
            found = [_event(row, f"{path}, line {reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read as UTF-8 text ({error}). Save it as CSV in UTF-8.") from None
    return tuple(sorted(found, key=lambda event: (event.on, event.title)))


def _event(row: dict[str, str], line: str) -> Event:
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        on = date.fromisoformat(values["on"])
    except ValueError:
        raise ConfigurationError(f"{line}: on is {values['on']!r}. Write a day like 2024-07-01.") from None
    if not values["title"] or max(len(values["title"]), len(values["title_en"])) > LONGEST_TITLE:
        raise ConfigurationError(f"{line}: give the event a title of at most {LONGEST_TITLE} letters.")
    return Event(on, values["unit_code"] or None, values["title"], values["title_en"])


def events_of(home: Home, configuration: Section) -> tuple[Event, ...]:
    """The events of the file that `events` in [dashboard] of vanban.toml names (beside that file), none where it names none.

    Raises ConfigurationError where the file is not there or cannot be used.
    """
    name = configuration.get("dashboard", {}).get("events")
    if name is None:
        return ()
    if not isinstance(name, str) or not (path := home.root / name).is_file():
        raise ConfigurationError(f"vanban.toml: events in [dashboard] names no file ({name}). Write the path of a CSV file beside vanban.toml.")
    stat = path.stat()
    return _read(str(path), stat.st_mtime_ns, stat.st_size)


def concerning(events: Sequence[Event], unit_codes: Sequence[str], from_on: date, to_on: date) -> list[Event]:
    """The events of some days that concern a unit: everyone's, and those of it or a unit above it (`unit_codes`)."""
    return [event for event in events if from_on <= event.on <= to_on and (event.unit_code is None or event.unit_code in unit_codes)]


@st.cache_resource(show_spinner=False, max_entries=8)
def _read(path: str, changed_ns: int, size: int) -> tuple[Event, ...]:
    return read_events(Path(path))

"""What an organisation calls its own: levels of units, groups, days off and a few words, all from files of its home.

`levels.csv`, `groups.csv` and `holidays.csv` lie beside vanban.toml; a run puts them into the snapshot (tables `level`, `pilot_group`, `day_off`), so
that figures and labels are of one making. [words] of vanban.toml is read by whatever shows text (`data.language.in_words`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

from data.configuration import Section
from data.csv_forms.settings_csv import csv_rows
from data.errors import ConfigurationError
from data.paths import REFERENCE, Home

LEVELS, GROUPS, HOLIDAYS, WORDS = "levels.csv", "groups.csv", "holidays.csv", "words.toml"
PROCURACY = "viện kiểm sát"
"""In the name of an organisation whose homes the program once knew the levels, groups and words of: they are still taken from data/reference."""
VIET_NAM = "Asia/Ho_Chi_Minh"
"""Where the public holidays are those of data/reference, unless the home has its own."""
ACCOUNTS = ("officers", "clerks")
LONGEST_WORD = 100


class Level(NamedTuple):
    """A row of the snapshot's `level`."""

    level: str
    label_vi: str
    label_en: str
    is_province: bool
    sort_order: int


class Group(NamedTuple):
    """A row of the snapshot's `pilot_group`."""

    pilot_group: int
    accounts: str
    label_vi: str
    label_en: str
    caption_vi: str
    caption_en: str


class DayOff(NamedTuple):
    """A row of the snapshot's `day_off`: a day off, or one of the weekend that is worked."""

    day_on: date
    is_working: bool
    name_vi: str
    name_en: str


@dataclass(frozen=True)
class Organisation:
    """The home's own files; `levels` and `groups` are empty where it has none, and are then taken from the data."""

    levels: tuple[Level, ...] = ()
    groups: tuple[Group, ...] = ()
    days_off: tuple[DayOff, ...] = ()


@dataclass(frozen=True)
class Words:
    """How running text speaks of the organisation: `trong {sector}`, `{staff}`, `văn bản {secret}`."""

    sector: str = "tổ chức"
    sector_en: str = "organisation"
    whole: str = ""
    """The scope of everything; empty: `Toàn` with the sector's word."""
    whole_en: str = "Whole organisation"
    staff: str = "nhân viên"
    staff_en: str = "staff"
    secret: str = "mật"
    secret_en: str = "marked confidential"
    abbreviation: str = ""
    """Stands for the organisation's name at the beginning of its units' names in reports; empty: the name is not shortened."""
    is_state_body: bool = True
    """Whether Viet Nam's law on state bodies is its law, so that texts refer to it: `state_body` of vanban.toml, not a word of [words]."""


Row = TypeVar("Row")


def read_organisation(home: Home, time_zone: str) -> Organisation:
    """The home's files; raises ConfigurationError naming file, line and column of what cannot be used."""
    holidays = home.root / HOLIDAYS
    if not holidays.is_file() and time_zone == VIET_NAM:
        holidays = REFERENCE / HOLIDAYS
    return Organisation(levels(home.root / LEVELS), groups(home.root / GROUPS), days_off(holidays))


def words_of(configuration: Section) -> Words:
    """[words] of vanban.toml, and its `state_body`: where it says nothing, yes in Viet Nam's time zone.

    Raises ConfigurationError naming the key.
    """
    section = configuration.get("words", _procuracy_words() if is_procuracy(configuration) else {})
    if not isinstance(section, dict):
        raise ConfigurationError("vanban.toml: words must be a section. Write [words] on a line of its own and the words below it.")
    known = {one.name for one in fields(Words) if one.type == "str"}
    for key, value in section.items():
        if key not in known:
            raise ConfigurationError(f"vanban.toml, [words]: there is no word {key}. Words: {', '.join(sorted(known))}.")
        if not isinstance(value, str) or len(value) > LONGEST_WORD or any(not letter.isprintable() for letter in value):
            raise ConfigurationError(f'vanban.toml, [words]: {key} must be one line of at most {LONGEST_WORD} letters. Write {key} = "...".')
    is_state_body = configuration.get("state_body", configuration.get("time_zone", VIET_NAM) == VIET_NAM)
    if not isinstance(is_state_body, bool):
        raise ConfigurationError("vanban.toml: state_body must be true or false, without quotes.")
    return Words(**section, is_state_body=is_state_body)


def is_procuracy(configuration: Section) -> bool:
    """Whether the organisation is called a procuracy."""
    return PROCURACY in str(configuration.get("organisation", "")).lower()


def assumed_words(configuration: Section) -> str:
    """What to tell whoever runs it of a home without [words]; else nothing."""
    if "words" in configuration:
        return ""
    words = words_of(configuration)
    where = "copy [words] of data/reference/words.toml" if is_procuracy(configuration) else "docs/connecting.md says how to write [words]"
    return f"words: no [words] in vanban.toml, so texts say “{words.sector}”, “{words.staff}” and “văn bản {words.secret}”; {where} to have your own"


def procuracy_tables(found_levels: Sequence[str], found_groups: Sequence[int]) -> Organisation:
    """Levels and groups of data/reference for data that have no other; empty where they have."""
    known_levels, known_groups = levels(REFERENCE / LEVELS), groups(REFERENCE / GROUPS)
    if not set(found_levels) <= {level.level for level in known_levels}:
        return Organisation()
    return Organisation(known_levels, tuple(group for group in known_groups if group.pilot_group in found_groups))


def _procuracy_words() -> Section:
    found: Section = tomllib.loads((REFERENCE / WORDS).read_text(encoding="utf-8"))["words"]
    return found


def levels(path: Path) -> tuple[Level, ...]:
    """The levels of a CSV file in their order; none where there is no file. Without a sort_order the lines are the order."""

    def level(row: dict[str, str], number: int) -> Level:
        label = row["label_vi"] or row["label_en"]
        if not row["level"] or not label:
            raise ValueError("level and a label must not be empty")
        return Level(row["level"], label, row["label_en"] or label, _flag(row, "is_province"), int(row["sort_order"] or number))

    return tuple(sorted(_rows(path, Level._fields, level, "sort_order must be a whole number"), key=lambda one: one.sort_order))


def groups(path: Path) -> tuple[Group, ...]:
    """The groups of a CSV file; none where there is no file."""

    def group(row: dict[str, str], number: int) -> Group:
        if row["accounts"] not in ACCOUNTS:
            raise ValueError(f"there are no accounts {row['accounts']!r}, write officers or clerks")
        label = row["label_vi"] or row["label_en"]
        texts = (label, row["label_en"] or label, row["caption_vi"], row["caption_en"] or row["caption_vi"])
        return Group(int(row["pilot_group"]), row["accounts"], *texts)

    return tuple(_rows(path, Group._fields, group, "pilot_group must be a whole number"))


def days_off(path: Path) -> tuple[DayOff, ...]:
    """The days of a CSV file in order; none where there is no file."""

    def day(row: dict[str, str], number: int) -> DayOff:
        return DayOff(date.fromisoformat(row["day_on"]), _flag(row, "is_working"), row["name_vi"], row["name_en"] or row["name_vi"])

    return tuple(sorted(_rows(path, (*DayOff._fields, "source"), day, "day_on must be YYYY-MM-DD")))


def _rows(path: Path, columns: Sequence[str], made: Callable[[dict[str, str], int], Row], usual: str) -> Iterator[Row]:
    """A row for each line; raises ConfigurationError for one that cannot be made, and for the second of two with one key (the first column)."""
    if not path.is_file():
        return
    lines: dict[str, str] = {}
    for number, (row, line) in enumerate(csv_rows(path, columns), start=1):
        key = row[columns[0]]
        if key in lines:
            raise ConfigurationError(f"{line}: {columns[0]} {key!r} stands in {lines[key].rpartition(', ')[2]} already. Keep one of the two.")
        lines[key] = line
        try:
            yield made(row, number)
        except ValueError as error:
            said = str(error) if str(error) and "literal" not in str(error) and "isoformat" not in str(error) else usual
            raise ConfigurationError(f"{line}: {said}.") from None


def _flag(row: dict[str, str], name: str) -> bool:
    if row[name] not in ("0", "1", ""):
        raise ValueError(f"{name} must be 0 or 1")
    return row[name] == "1"

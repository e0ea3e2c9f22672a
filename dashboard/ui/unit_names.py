"""How units and levels are called on screen: without the organisation's name in front of each of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.ui.format import Language


def without_organisation(name: str, organisation: str) -> str:
    """`Viện kiểm sát nhân dân tỉnh Phú Thọ` as `Tỉnh Phú Thọ`; a name that is the organisation's alone stays whole."""
    if not begins_with(name, organisation):
        return name
    rest = name[len(organisation) :].strip()
    return rest[:1].upper() + rest[1:] if rest[:1].isalnum() else name


def begins_with(name: str, organisation: str) -> bool:
    """Whether a name is the organisation's with more behind it. Compared letter by letter: some letters are longer in lower case."""
    return bool(organisation) and name[: len(organisation)].lower() == organisation.lower() and name[len(organisation) :].startswith(" ")


def with_abbreviation(text: str, organisation: str, abbreviation: str) -> str:
    """`Đơn vị thuộc Viện kiểm sát nhân dân tối cao` as `Đơn vị thuộc VKSND tối cao`; at the beginning the name is left out."""
    short = without_organisation(text, organisation)
    return short.replace(organisation, abbreviation) if organisation and abbreviation else short


def tile_name(name: str) -> str:
    """A place name short enough for a tile: whole up to eight letters, else all words but the last as initials (`T.Quang`)."""
    if len(name) <= 8:
        return name
    if " - " in name:
        return "-".join("".join(map(_initial, part.split())) for part in name.split(" - "))
    *first, last = name.split()
    return "".join(f"{letter}." for letter in map(_initial, first) if letter) + last


def _initial(word: str) -> str:
    """The first letter or digit of a word with the marks on it; nothing of a word that has none, such as a quotation mark."""
    place = next((place for place, sign in enumerate(word) if sign.isalnum()), None)
    if place is None:
        return ""
    end = place + 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[place:end]


@dataclass(frozen=True)
class Unit:
    """One unit as a page needs it."""

    code: str
    name: str
    """Full name."""
    label: str
    """Short name for lists and charts."""
    parent_code: str | None
    level: str
    province_code: str | None
    depth: int
    """0 for the root."""
    valid_from: date
    valid_to: date

    def is_valid_in(self, from_on: date, to_on: date) -> bool:
        """Whether it existed on some day of the period."""
        return self.valid_from <= to_on and self.valid_to >= from_on


@dataclass(frozen=True)
class UnitTree:
    """All units of a snapshot by code, in tree order."""

    units: dict[str, Unit]

    @property
    def root(self) -> Unit | None:
        """The one unit above all others, if there is just one."""
        roots = [unit for unit in self.units.values() if unit.parent_code is None]
        return roots[0] if len(roots) == 1 else None

    def label(self, code: str) -> str:
        """Short name of a unit; the code itself where it is not known."""
        unit = self.units.get(code)
        return unit.label if unit else code

    def below(self, code: str) -> frozenset[str]:
        """Codes of a unit and all units below it, of any time."""
        found = {code}
        for unit in self.units.values():  # parents come before their children
            if unit.parent_code in found:
                found.add(unit.code)
        return frozenset(found)

    def above(self, code: str | None) -> list[str]:
        """Codes of the units above, the nearest first."""
        found: list[str] = []
        unit = self.units.get(code or "")
        while unit is not None and unit.parent_code is not None:
            found.append(unit.parent_code)
            unit = self.units.get(unit.parent_code)
        return found

    def children(self, code: str) -> list[str]:
        """Codes of the units directly below."""
        return [unit.code for unit in self.units.values() if unit.parent_code == code]


def unit_tree(frame: pl.DataFrame, organisation: str) -> UnitTree:
    """The tree from the frame of `metrics.query.metric_values.units` (tree order, with `depth`)."""
    known = set(frame["unit_code"])
    found = {
        row["unit_code"]: Unit(
            code=row["unit_code"],
            name=row["name"],
            label=row["short_name"] or without_organisation(row["name"], organisation),
            parent_code=row["parent_code"] if row["parent_code"] in known else None,
            level=row["level"],
            province_code=row["province_code"],
            depth=row["depth"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
        )
        for row in frame.iter_rows(named=True)
    }
    return UnitTree(found)


def level_labels(levels: pl.DataFrame, language: Language, organisation: str, abbreviation: str) -> dict[str, str]:
    """Labels of unit levels by code, from the top; `levels` as `Reader.levels` gives them."""
    labels = levels.select("level", f"label_{language}").iter_rows()
    return {level: with_abbreviation(label, organisation, abbreviation) for level, label in labels}

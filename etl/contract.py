"""The source contract: the entities and columns that a source's queries deliver, as contract.toml declares them.

A source delivers some or all of these entities; its SQL names the contract's columns. Keys are the source's own,
text is brought to Unicode NFC, instants to UTC. What a column may hold follows from its `kind` (KINDS).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["key", "person", "text", "choice", "date", "instant", "flag", "integer", "decimal"]

KINDS: dict[Kind, str] = {
    "key": "text that identifies a row or points to one; trimmed, never empty",
    "person": "a key that stands for a person: replaced by a keyed hash before anything is written",  # promises.md, P8
    "text": "free text, trimmed; empty is NULL",
    "choice": "one of the words given; anything else is rejected",
    "date": "a day: YYYY-MM-DD or D/M/YYYY (M/D/YYYY as date_order says); a time behind it plays no part but with an offset: then, the local day",
    "instant": "a point in time; without a zone it is read in the source's time zone",
    "flag": "0/1, true/false, t/f, yes/no, Y/N, C/K (có/không), x or empty for no",
    "integer": "a whole number, not negative",
    "decimal": "a number with a point",
}
"""What a column of each kind may hold."""


@dataclass(frozen=True)
class Column:
    """One column of an entity."""

    name: str
    kind: Kind
    required: bool = False
    """The column must be in the query and its value must not be empty (a row without it is rejected)."""
    choices: tuple[str, ...] = ()
    is_told_apart: bool = False
    """A source may know some of the choices and never hear of others: one that no row has is not delivered."""
    has_happened: bool = False
    """It is when the row's own event was: a row that dates it after it was fetched is rejected."""
    meaning: str = ""
    """What it says, as a new source's SQL and the documentation tell it."""


@dataclass(frozen=True)
class Entity:
    """One canonical entity: its columns and the ones that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    meaning: str = ""
    """What one row is."""
    is_mandatory: bool = False
    """Whoever delivers it has rows of it: where it comes empty, something is wrong with the source."""
    day: str = ""
    """The local day of a row, as SQL over its staged columns: from the first to the last of them the source speaks. Empty: it holds for all days."""

    @property
    def is_classified(self) -> bool:
        """Whether rows carry a security marking: all but `ordinary` are dropped at the source boundary."""
        return any(column.name == "security_level" for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


ORDINARY = "ordinary"
"""The security level of rows that may be read."""


def _read_entities() -> Iterator[Entity]:
    """What contract.toml declares. Raises TypeError, KeyError or ValueError where it says something else than columns and kinds."""
    declared = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8"))
    for name, entity in declared.items():
        columns = [Column(column, **{**fields, "choices": tuple(fields.get("choices", ()))}) for column, fields in entity.pop("columns").items()]
        if unknown := {column.kind for column in columns} - set(KINDS):
            raise ValueError(f"contract.toml, {name}: unknown kinds {sorted(unknown)}")
        yield Entity(name, tuple(columns), **{**entity, "key": tuple(entity["key"])})


ENTITIES: tuple[Entity, ...] = tuple(_read_entities())
ENTITY: dict[str, Entity] = {entity.name: entity for entity in ENTITIES}
EVENT_KINDS = ENTITY["access_event"].column("kind").choices

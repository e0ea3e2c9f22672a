"""What a program asks: the parameters of an address, each known by name and checked. Pure: what there is, only a snapshot knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar, get_args
from urllib.parse import parse_qs

from dashboard.api.problems import Problem
from data.errors import ConfigurationError
from data.language import LANGUAGES, Language
from metrics.periods import EARLIEST, LATEST, PRESETS, Period
from metrics.tree.scope import By, Tree

OfPeers = Literal["peers"]
PEERS: OfPeers = "peers"
"""`by=peers`: all units side by side, small ones hidden, as the page that compares units has them."""
BY: tuple[str, ...] = (*get_args(By), PEERS)
TREES: tuple[Tree, ...] = get_args(Tree)
MOST_PARAMETERS = 200
OF_EVERY_ADDRESS = frozenset({"format", "language"})
OF_VALUES = OF_EVERY_ADDRESS | {"metric", "from", "to", "period", "unit", "group", "tree", "by"}

Known = TypeVar("Known", bound=str)


@dataclass(frozen=True)
class Question:
    """Which figures a program wants; None where it leaves that open."""

    metrics: tuple[str, ...] = ()
    from_on: date | None = None
    to_on: date | None = None
    preset: str | None = None
    unit_code: str | None = None
    group: int | None = None
    tree: Tree | None = None
    by: By | OfPeers | None = None

    def period(self, first_on: date, cutoff_on: date) -> Period:
        """The days that are meant, an open end filled with the data's own. Raises Problem where they make no period."""
        last = self.to_on or cutoff_on
        try:
            if self.preset is not None:
                return next(preset.of(last) for preset in PRESETS if preset.name == self.preset)
            return Period(self.from_on or first_on, last)
        except ConfigurationError as error:
            raise Problem(400, str(error)) from None


def read_query(query_string: bytes, known: Collection[str]) -> dict[str, list[str]]:
    """The parameters of an address. Raises Problem for one that is not known there, naming those that are."""
    try:
        found = parse_qs(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Problem(400, "The part of the address after the question mark cannot be read. Write it as name=value&name=value, in UTF-8.") from None
    if unknown := sorted(set(found) - set(known)):
        raise Problem(400, f"There is no parameter {unknown[0]!r} here. Parameters are: {', '.join(sorted(known))}.")
    if twice := sorted(name for name, values in found.items() if len(values) > 1 and name != "metric"):
        raise Problem(400, f"{twice[0]} is given twice. Give it once.")
    return found


def language_of(query: Mapping[str, Sequence[str]]) -> Language:
    """Of labels and sentences: Vietnamese where nothing is said."""
    return _one_of(query, "language", LANGUAGES) or "vi"


def read_question(query: Mapping[str, Sequence[str]]) -> Question:
    """The question of the parameters. Raises Problem for a value that cannot be used, with the values that can."""
    asked = Question(
        metrics=tuple(dict.fromkeys(name for value in query.get("metric", ()) for name in value.split(",") if name)),
        from_on=_day(query, "from"),
        to_on=_day(query, "to"),
        preset=_one_of(query, "period", [preset.name for preset in PRESETS]),
        unit_code=_only(query, "unit"),
        group=_number(query, "group"),
        tree=_one_of(query, "tree", TREES),
        by=_one_of(query, "by", BY),  # type: ignore[arg-type]  # one of BY
    )
    if asked.preset is not None and asked.from_on is not None:
        raise Problem(400, "period and from contradict each other. Give period with to (a day within it), or from with to.")
    if asked.by == PEERS and (asked.unit_code is not None or asked.group is not None or asked.tree not in (None, "as_is")):
        raise Problem(400, "Peers are all units, on the tree of today and with all accounts. Leave out unit, group and tree with by=peers.")
    return asked


def _only(query: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = query.get(name)
    return values[0] if values and values[0] else None


def _one_of(query: Mapping[str, Sequence[str]], name: str, known: Sequence[Known]) -> Known | None:
    value = _only(query, name)
    found = next((one for one in known if one == value), None)
    if value is not None and found is None:
        raise Problem(400, f"{name} is {value!r}. Give one of: {', '.join(known)}.")
    return found


def _day(query: Mapping[str, Sequence[str]], name: str) -> date | None:
    value = _only(query, name)
    if value is None:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise Problem(400, f"{name} is {value!r}. Give a day as YYYY-MM-DD, from {EARLIEST.year} to {LATEST.year}.")
    return found


def _number(query: Mapping[str, Sequence[str]], name: str) -> int | None:
    value = _only(query, name)
    if value is not None and not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Problem(400, f"{name} is {value!r}. Give the number of a group, like 1.")
    return None if value is None else int(value)

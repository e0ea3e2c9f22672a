"""The view that a link names: URL query <-> Selection, both ways pure.

The URL is the only state. A widget writes what was chosen into the URL and nothing else; every run reads the URL anew and
checks it, so that a forged widget value, an old link and a mistyped one all go through the same door.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, get_args

from dashboard.session.policy import ROLES, Role
from dashboard.ui.format import LANGUAGES, Language
from data.errors import ConfigurationError
from metrics.periods import EARLIEST, LATEST, Period, month
from metrics.rows import ROWS, RowKind
from metrics.tree.scope import Tree

Population = str
"""`all`, the number of a group, or `pilot`, the reading of the pilot's review: account figures of group 1, document figures of all units."""

PILOT: Population = "pilot"

TREES: tuple[Tree, ...] = get_args(Tree)

PAGE_PARAMETERS = (
    *("metric", "compare", "base", "sort", "find", "by", "level", "rows", "price"),
    *("kind", "report", "flow", "number", "report_lang", "without"),
)
"""What only some pages read: carried along unread while on the page, and checked by the page that reads it."""
OF_EVERY_PAGE = ("unit", "from", "to", "population", "lang", "tree", "role", "role_unit")
LONGEST_VALUE = 100


@dataclass(frozen=True)
class Selection:
    """What the page shows: a unit with its subtree (None: all), a period with both ends in it, a population, a language."""

    unit_code: str | None
    from_on: date
    to_on: date
    population: Population
    language: Language = "vi"
    tree: Tree = "as_was"
    """The tree that figures are told on (`metrics.tree.scope`)."""
    role: Role | None = None
    """Whose view the demo shows; None where the link does not say, and always outside the demo."""
    role_unit: str | None = None
    """Which unit's view, for the role `unit`."""
    own: tuple[tuple[str, str], ...] = ()
    """What the link says of PAGE_PARAMETERS, in their order; text from outside."""

    @property
    def period(self) -> Period:
        """The days from `from_on` to `to_on`."""
        return Period(self.from_on, self.to_on)

    def own_value(self, name: str) -> str:
        """The link's value of a page parameter, empty where it says nothing; to be checked by the page."""
        return dict(self.own).get(name, "")

    def group_for(self, row_kind: RowKind) -> int | None:
        """The pilot group that figures counted over `account`, `document`, ... rows are restricted to."""
        if self.population == "pilot":
            return 1 if ROWS[row_kind].is_of_accounts else None
        return None if self.population == "all" else int(self.population)


def populations_of(groups: Collection[int]) -> tuple[Population, ...]:
    """The populations of an organisation with those groups; the pilot's reading is of one with the pilot's two."""
    return (*(("pilot",) if {1, 2} <= set(groups) else ()), "all", *(str(group) for group in sorted(groups)))


def population_of_group(group: int | None) -> Population:
    """The population of one group, or of everyone."""
    return "all" if group is None else str(group)


def is_population(name: object) -> bool:
    """Whether it can name a population; which groups there are, only a snapshot knows."""
    return isinstance(name, str) and (name in ("pilot", "all") or (name.isascii() and name.isdecimal()))


@dataclass(frozen=True)
class Notice:
    """A part of the link that could not be used, and the key of the words that say what was done instead."""

    key: str
    given: str


def parse(
    query: Mapping[str, str], default: Selection, units: Collection[str], populations: Collection[str] = ("pilot", "all", "1", "2")
) -> tuple[Selection, tuple[Notice, ...]]:
    """The selection of a query string, with the default's part wherever a value is absent or unusable.

    `units` are the codes that exist, `populations` those to choose from;
    every unusable value comes back as a notice. A period is taken whole or not at all.
    """
    notices: list[Notice] = []
    chosen = replace(
        default,
        language=next((known for known in LANGUAGES if known == query.get("lang")), default.language),
        own=tuple((name, query[name][:LONGEST_VALUE]) for name in PAGE_PARAMETERS if query.get(name)),
    )
    known: dict[str, Collection[str]] = {"role": ROLES, "role_unit": units, "tree": TREES, "unit": units, "population": populations}
    for name, values in known.items():
        value = query.get(name, "")
        if value in values:
            part: dict[str, Any] = {"unit_code" if name == "unit" else name: value}
            chosen = replace(chosen, **part)
        elif value:
            notices.append(Notice(f"notice.{name}", value))
    if query.get("lang", chosen.language) != chosen.language:
        notices.append(Notice("notice.lang", query["lang"]))
    notices += [Notice("notice.unknown", name) for name in query if name not in (*OF_EVERY_PAGE, *PAGE_PARAMETERS)]
    given = (query.get("from", ""), query.get("to", ""))
    if any(given):
        from_on, to_on = (_date(text) for text in given)
        if from_on and to_on and from_on <= to_on:
            chosen = replace(chosen, from_on=from_on, to_on=to_on)
        else:
            notices.append(Notice("notice.period", " – ".join(given)))
    return chosen, tuple(notices)


def to_query(selection: Selection) -> dict[str, str]:
    """The whole view as query parameters; `parse` gives the same selection back, whatever the default is."""
    query = {"from": selection.from_on.isoformat(), "to": selection.to_on.isoformat(), "population": selection.population, "lang": selection.language}
    if selection.tree != "as_was":
        query["tree"] = selection.tree
    if selection.role:
        query["role"] = selection.role
    if selection.role_unit:
        query["role_unit"] = selection.role_unit
    query |= dict(selection.own)
    return {"unit": selection.unit_code, **query} if selection.unit_code else query


@dataclass(frozen=True)
class Pinned:
    """A period that the installation keeps at hand, such as that of a pilot: its name, and the view that it opens."""

    name: str
    view: Selection


def newest_complete_month(cutoff_on: date) -> Period:
    """The newest month of which the data reach to the last day."""
    this = month(cutoff_on)
    return this if this.to_on == cutoff_on else month(this.from_on - timedelta(days=1))


def default_selection(configuration: Mapping[str, Any], cutoff_on: date) -> Selection:
    """The view of a bare address: `[dashboard] first_view` of vanban.toml, else the newest complete month before the cut-off.

    Raises ConfigurationError where first_view is there but not usable.
    """
    view = configuration.get("dashboard", {}).get("first_view")
    if view is not None:
        return _configured_view("first_view", view)
    newest = newest_complete_month(cutoff_on)
    return Selection(None, newest.from_on, newest.to_on, "all")


def pinned_periods(configuration: Mapping[str, Any]) -> tuple[Pinned, ...]:
    """`[dashboard] pinned` of vanban.toml; raises ConfigurationError where an entry is not usable."""
    entries = configuration.get("dashboard", {}).get("pinned", [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in entries):
        raise ConfigurationError(
            "vanban.toml: pinned in [dashboard] is a list of periods, each with a name. "
            'Write it like pinned = [{ name = "Pilot", from = 2024-07-01, to = 2024-07-31 }].'
        )
    return tuple(Pinned(one["name"][:LONGEST_VALUE], _configured_view("pinned", one)) for one in entries)


def _configured_view(key: str, view: Any) -> Selection:
    usable = view if isinstance(view, dict) else {}
    from_on, to_on, population = usable.get("from"), usable.get("to"), usable.get("population", "all")
    if type(from_on) is not date or type(to_on) is not date or from_on > to_on or not is_population(population):
        raise ConfigurationError(
            f"vanban.toml: {key} in [dashboard] cannot be used. "
            f'Write a period like {{ from = 2024-07-01, to = 2024-07-31, population = "all" }} (all, pilot, or the number of a group).'
        )
    return Selection(None, from_on, to_on, population)


def _date(text: str) -> date | None:
    try:
        value = date.fromisoformat(text)
    except ValueError:
        return None
    return value if EARLIEST <= value <= LATEST else None

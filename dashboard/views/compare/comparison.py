"""Every unit of the scope on one ratio: what the page that compares them shows, read in a handful of questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from dashboard.session.address import link
from dashboard.session.compared_period import CompareWith, chosen_compare, chosen_metric, compared_period, is_reached
from dashboard.session.figures import Figure, whole
from dashboard.session.state import Selection, population_of_group
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.search import matches
from dashboard.ui.translations import language, t
from dashboard.ui.unit_names import Unit
from data.language import folded
from metrics.catalog import metric
from metrics.comparison.unit_standings import standings
from metrics.model import Ratio
from metrics.periods import Period

FEWEST_PEERS = 3
"""Among fewer than four units there are no quarters."""
DEFAULT: CompareWith = "weeks4"
SIZE = "provisioned_accounts"

Side = Literal["above", "below", "within"]


@dataclass(frozen=True)
class Standing:
    """One unit: its ratio, its interval, and where it stands; None where there is nothing to say (see `metrics.comparison.unit_standings`)."""

    unit: Unit
    href: str
    """The address of its own page; empty where the viewer may not open it."""
    level: str
    pilot_group: int | None
    below: int
    """How many units stand below it in the tree."""
    figure: Figure
    is_hidden: bool
    low: float | None = None
    high: float | None = None
    position: str | None = None
    spread: float | None = None
    change: float | None = None
    target: float | None = None
    missing: int | None = None
    quarter: int | None = None
    is_low: bool = False
    """Whether it lies on the unwanted side of the whole beyond chance, and by how many cases (`metrics.comparison.ranking`)."""
    excess: int | None = None

    @property
    def side(self) -> Side | None:
        """On which side of the whole it lies beyond chance (95%)."""
        if self.position is None:
            return None
        return "above" if self.position.startswith("above") else "below" if self.position.startswith("below") else "within"

    @property
    def is_far(self) -> bool:
        """Beyond the limits of 99.8% too."""
        return self.position is not None and self.position.endswith("998")

    @property
    def counts_text(self) -> str:
        return t("compare.hidden") if self.is_hidden else self.figure.counts_text

    @property
    def rate_text(self) -> str:
        return "" if self.is_hidden else self.figure.rate_text

    @property
    def change_text(self) -> str:
        """`+6,8`, `−2,6`, `0,0`; a dash where there is nothing to compare with."""
        return written.NO_ACTIVITY if self.change is None else written.signed_points(self.change, language(), self.figure.denominator)

    @property
    def missing_text(self) -> str:
        if self.missing is None:
            return written.NO_ACTIVITY if self.target is not None else ""
        count = written.number(self.missing, language())
        key = "compare.excess" if metric(self.figure.metric).good == "down" else "compare.missing"
        return t("compare.reached") if self.missing == 0 else t(key, count=count)

    @property
    def peers_text(self) -> str:
        """`50–75% · chưa khác mức chung`."""
        quarter = t(f"compare.quarter_{self.quarter}") if self.quarter else ""
        verdict = t("compare.not_different") if self.side == "within" else ""
        return " · ".join(filter(None, (quarter, verdict)))


@dataclass(frozen=True)
class Comparison:
    """What the page shows of one ratio."""

    metric: Ratio
    whole: Figure
    with_what: CompareWith
    compared: Period | None
    """None where the data do not reach back."""
    standings: tuple[Standing, ...]
    are_peers_hidden: bool = False
    """Whether a unit's people see no row of another unit in this period."""
    is_whole_hidden: bool = False
    """Whether they do not see the whole: it would tell of people in small units."""

    @property
    def worse(self) -> Side:
        """The side of the whole that is not wanted; the lower one where neither is better."""
        return "above" if self.metric.good == "down" else "below"

    def tone(self, standing: Standing) -> str:
        """`worse`, `better`, or `within` where it cannot be told from the whole."""
        if standing.side in (None, "within"):
            return "within"
        return "worse" if standing.is_low else "better"

    @property
    def has_target(self) -> bool:
        return any(standing.target is not None for standing in self.standings)

    def on(self, side: Side) -> list[Standing]:
        return [standing for standing in self.standings if standing.side == side]

    @property
    def target(self) -> float | None:
        """The target that all units share; None where there is none or they differ."""
        targets = {standing.target for standing in self.standings}
        return targets.pop() if len(targets) == 1 else None


def is_beside_peers(page: Page) -> bool:
    """Whether a unit's people see it among all units here, by name: at the top of what is theirs, where the policy names peers."""
    viewer, selection = page.reader.viewer, page.selection
    return viewer.home_unit is not None and selection.unit_code == viewer.home_unit and viewer.peers == "named"


def read_comparison(page: Page) -> Comparison:
    """Reads the comparison that the link asks for: the ratio by unit now and then, and the sizes for the peers."""
    selection, period = page.selection, page.selection.period
    name, with_what = chosen_metric(selection), chosen_compare(selection, DEFAULT)
    one = metric(name)
    assert isinstance(one, Ratio)
    then = compared_period(page, with_what)
    compared = then if is_reached(page, then, name) else None
    now = _by_unit(page, name, selection)
    hidden = now.filter("is_hidden")["unit_code"].drop_nulls().to_list()
    is_seen = ~pl.col("unit_code").is_in(hidden)
    before = _by_unit(page, name, selection, compared).filter(is_seen.fill_null(True), ~pl.col("is_hidden")).drop("is_hidden") if compared else None
    # Sizes on the population that the ratio itself is read on, so that peers are among those shown.
    sizes = _by_unit(page, SIZE, replace(selection, population=population_of_group(selection.group_for(one.of))))
    units = page.reader.units()
    placed = standings(
        name,
        now.drop("is_hidden"),
        before,
        units.select("unit_code", "level", "parent_code"),
        sizes.select("unit_code", size="numerator").filter(is_seen).drop_nulls("size"),
        page.targets,
    )
    groups = dict(units.select("unit_code", "pilot_group").iter_rows())
    levels, may_lead = page.level_labels(), page.has_page("unit")
    below = Counter(code for unit in page.tree.units.values() if page.is_in_tree(unit) for code in page.tree.above(unit.code))
    rows = tuple(
        Standing(
            unit=(unit := page.tree.units[row["unit_code"]]),
            href=link("unit", selection, unit=unit.code, metric=name) if may_lead and page.may_open(unit.code) else "",
            level=levels.get(unit.level, unit.level),
            pilot_group=groups[unit.code],
            below=below[unit.code],
            figure=Figure(name, unit.code, period.from_on, period.to_on, row["numerator"], row["denominator"], row["value"]),
            is_hidden=unit.code in hidden,
            quarter=row["quarter"] if (row["peers"] or 0) >= FEWEST_PEERS else None,
            **{column: row[column] for column in ("low", "high", "position", "spread", "change", "target", "missing", "is_low", "excess")},
        )
        for row in placed.iter_rows(named=True)
    )
    # Before the first day on which peers are shown there would be a list of nothing but hidden rows.
    are_peers_hidden = bool(hidden) and all(row.is_hidden or row.unit.code == page.reader.viewer.home_unit for row in rows)
    shown = tuple(row for row in rows if not row.is_hidden) if are_peers_hidden else rows
    of_whole = whole(now, None if is_beside_peers(page) else selection.unit_code)[name]
    is_whole_hidden = bool(now.filter(pl.col("unit_code").is_null())["is_hidden"].any())
    return Comparison(one, of_whole, with_what, compared, shown, are_peers_hidden, is_whole_hidden)


def _by_unit(page: Page, name: str, selection: Selection, period: Period | None = None) -> pl.DataFrame:
    """A metric of the whole (first row) and of every unit but the root, with `is_hidden`."""
    if is_beside_peers(page):
        found = page.reader.compared([name], selection, period)
    else:
        found = page.reader.values([name], selection, period, by="unit").with_columns(is_hidden=pl.lit(False))
    root = page.tree.root.code if page.tree.root else ""
    return pl.concat([found.head(1), found.slice(1).filter(pl.col("unit_code").is_null() | (pl.col("unit_code") != root))])


def _far(standing: Standing) -> float:
    """Low units come first, by how many cases they are low; then the others, by how many the target is away."""
    return 1e9 + (standing.excess or 0) if standing.is_low else float(standing.missing or 0)


def level_shown(page: Page, found: Comparison) -> str:
    """The level that the link names, `all` for all of them; where it names none, that of most units directly below the scope."""
    present = {standing.unit.level for standing in found.standings}
    given = page.selection.own_value("level")
    if given == "all" or given in present:
        return given
    top = page.selection.unit_code or (page.tree.root.code if page.tree.root else None)
    below = Counter(standing.unit.level for standing in found.standings if standing.unit.parent_code == top)
    return below.most_common(1)[0][0] if below else "all"


def of_level(standings: Sequence[Standing], level: str) -> list[Standing]:
    """The standings of one level, or of `all`."""
    return [standing for standing in standings if level in ("all", standing.unit.level)]


@dataclass(frozen=True)
class Order:
    """One way to sort: its key in the link and the translations, what to sort by, and whether large comes first."""

    key: str
    value: Callable[[Standing], float | None] | None
    is_descending: bool = False


ORDERS: tuple[Order, ...] = (
    Order("far", lambda standing: _far(standing), True),
    Order("high", lambda standing: standing.figure.value, True),
    Order("low", lambda standing: standing.figure.value),
    Order("missing", lambda standing: standing.missing, True),
    Order("rise", lambda standing: standing.change, True),
    Order("fall", lambda standing: standing.change),
    Order("size", lambda standing: standing.figure.denominator, True),
    Order("name", None),
    Order("tree", None),
)

GROUPINGS: tuple[str, ...] = ("none", "level", "pilot")


def in_order(standings: Sequence[Standing], key: str) -> list[Standing]:
    """Sorted by an order's key (the first where there is no such), of equals the larger first; units without a value come last either way."""
    order = next((order for order in ORDERS if order.key == key), ORDERS[0])
    if order.key == "name":
        return sorted(standings, key=lambda standing: (folded(standing.unit.label), standing.unit.label))
    if order.value is None:
        return list(standings)
    value, sign = order.value, -1 if order.is_descending else 1

    def place(standing: Standing) -> tuple[bool, float, int]:
        return value(standing) is None, sign * (value(standing) or 0.0), -(standing.figure.denominator or 0)

    return sorted(standings, key=place)


def found_by(standings: Sequence[Standing], query: str) -> list[Standing]:
    """Those whose short name or code the query finds, tone marks or not; where none is found so, those whose full name it finds."""
    named = [one for one in standings if matches(query, one.unit.label, one.unit.code)]
    return named or [one for one in standings if matches(query, one.unit.name)]


def in_groups(standings: Sequence[Standing], by: str) -> list[tuple[str, list[Standing]]]:
    """The standings under headings, in the order of the first of each; one group without heading where nothing is asked for."""
    if by not in GROUPINGS[1:]:
        return [("", list(standings))]

    def heading(standing: Standing) -> str:
        if by == "level":
            return standing.level
        return t("compare.pilot_none") if standing.pilot_group is None else t("compare.pilot", group=standing.pilot_group)

    groups: dict[str, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(heading(standing), []).append(standing)
    return list(groups.items())

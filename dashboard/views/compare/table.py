"""The table of all units on one ratio: found without tone marks, sorted, grouped, and taken away as it is displayed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from dashboard.session.address import link, search_field, select_field
from dashboard.session.compared_period import short_label
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, buttons, draw, may_export, panel_head, remark, sheet
from dashboard.ui.table_files import Cell, Rate, Sheet
from dashboard.ui.translations import t
from dashboard.views.compare.comparison import (
    GROUPINGS,
    ORDERS,
    Comparison,
    Standing,
    found_by,
    in_groups,
    in_order,
    is_beside_peers,
    level_shown,
    of_level,
)

Groups = Sequence[tuple[str, Sequence[Standing]]]
"""Headings with the units under them; one empty heading where nothing is grouped."""


READS: Mapping[str, Callable[[Page], Collection[str]] | None] = {
    "find": None,
    "sort": lambda _: [order.key for order in ORDERS],
    "by": lambda _: GROUPINGS,
    "level": lambda page: ("all", *page.level_labels()),
}
"""What the table reads of an address."""


def shown_standings(page: Page, found: Comparison) -> list[Standing]:
    """The units that the link asks for, in its order: of one level, or whatever its search finds on any."""
    find = page.selection.own_value("find")
    listed = found_by(found.standings, find) if find else of_level(found.standings, level_shown(page, found))
    return in_order(listed, page.selection.own_value("sort"))


def level_told(page: Page, found: Comparison, level: str) -> str:
    """The level that the page speaks of; empty where there is no other."""
    if len({standing.unit.level for standing in found.standings}) < 2:
        return ""
    return t("units.all_levels") if level == "all" else page.level_labels().get(level, level)


def level_names(page: Page, found: Comparison) -> dict[str, str]:
    """The levels to choose from, each with how many units it has and how many of them are low."""
    names = page.level_labels()
    present = dict.fromkeys(standing.unit.level for standing in found.standings)
    counted = {}
    for level in ("all", *(name for name in names if name in present)):
        units = of_level(found.standings, level)
        low = sum(standing.is_low for standing in units)
        words = t("units.all_levels") if level == "all" else names[level]
        counted[level] = t("compare.level_low", name=words, count=len(units), low=low) if low else t("compare.level", name=words, count=len(units))
    return counted


def standing_panel(page: Page, found: Comparison, shown: Sequence[Standing]) -> tuple[Markup, Panel]:
    """The head above the boxes, and the table of `shown` in the link's grouping."""
    groups = in_groups(shown, _grouping(page))
    twin = standing_sheet(page, found, groups)
    files = buttons("standing", twin.title, twin.name) if shown and may_export(page) else ""
    head = panel_head(twin.title, _subtitle(page, found), files)
    find = page.selection.own_value("find")
    if not shown:
        none = t("units.none", query=find) if found.standings else t("compare.peers_hidden" if found.are_peers_hidden else "units.empty")
        return head, Panel(remark(none, is_status=True))
    table = markup(
        "compare/standing_table.html",
        title=twin.title,
        heads=_heads(found),
        groups=groups,
        whole=found.whole.value,
        has_target=found.has_target,
        tone=found.tone,
        is_tree=_order(page) == "tree" and not find and _grouping(page) == "none",
        least_depth=min(standing.unit.depth for standing in shown),
        to_inside=lambda code: link("", page.selection, unit=code, find=""),
    )
    return head, Panel(table, (("standing", twin),) if files else ())


def draw_standings(page: Page, head: Markup, table: Panel, levels: Mapping[str, str], level: str) -> None:
    """Draws the table with its search, its level, its order and its grouping; what is chosen goes into the address."""
    if "standing" in page.left_out:
        return
    orders = {one.key: t(f"compare.by_{one.key}") for one in ORDERS}
    groupings = {name: t(f"compare.group_{name}") for name in GROUPINGS if name != "pilot" or len(page.populations) > 1}
    with st.container(key="panel_standing"):
        st.html(head)
        with st.container(key="standing_controls", horizontal=True, vertical_alignment="bottom"):
            search_field(page.selection, "standing_find", t("units.search"), t("units.search_placeholder"), 240)
            select_field(page.selection, "level", "standing_level", t("units.level"), levels, level, 280)
            select_field(page.selection, "sort", "standing_sort", t("units.sort"), orders, _order(page), 230)
            select_field(page.selection, "by", "standing_by", t("compare.group"), groupings, _grouping(page), 210)
        draw(page, table)


def _order(page: Page) -> str:
    return next((order.key for order in ORDERS if order.key == page.selection.own_value("sort")), ORDERS[0].key)


def _grouping(page: Page) -> str:
    return next((by for by in GROUPINGS if by == page.selection.own_value("by")), GROUPINGS[0])


def _subtitle(page: Page, found: Comparison) -> str:
    silent = sum(standing.figure.value is None and not standing.is_hidden for standing in found.standings)
    hidden = sum(standing.is_hidden for standing in found.standings)
    parts = [
        t("compare.table_subtitle" if found.has_target else "compare.table_subtitle_plain"),
        t("compare.silent", count=silent) if silent else "",
        t("compare.hidden_count", count=hidden) if hidden else "",
        t("compare.peers_hidden") if found.are_peers_hidden else "",
        t("compare.not_reached") if found.compared is None else "",
        t("compare.beside_peers") if is_beside_peers(page) else "",
    ]
    return " · ".join(filter(None, parts))


def _heads(found: Comparison) -> list[tuple[str, str]]:
    """Column headings with their CSS classes; the one to the target only where any unit has one."""
    return [
        (t("units.unit"), ""),
        (t("units.level"), ""),
        ("n / N", "number"),
        (t("compare.rate"), "number"),
        (t("compare.interval"), "interval-head"),
        (t(f"compare.change_{found.with_what}"), "number"),
        *([(t("compare.to_target"), "number")] if found.has_target else []),
        (t("compare.peers"), ""),
    ]


def standing_sheet(page: Page, found: Comparison, groups: Groups) -> Sheet:
    """The table to take away: the interval as its two bounds, n and N apart."""
    unit, level, _, rate, interval, change, *rest = (words for words, _ in _heads(found))
    bounds = tuple(f"{interval}, {t(f'compare.{side}')}" for side in ("from", "to"))
    is_grouped = bool(groups and groups[0][0])
    group = (t("compare.group"),) if is_grouped else ()
    columns = (*group, unit, level, "n", "N", rate, *bounds, f"{change} ({t('compare.points')})", *rest)
    rows = [((heading,) if is_grouped else ()) + _cells(one, found.has_target) for heading, members in groups for one in members]
    title = t("compare.table_title")
    subtitle = f"{short_label(found.metric.name, page.language)} · {_subtitle(page, found)}"
    return sheet(page, found.metric.name, title, subtitle, columns, rows, of=[found.metric.name])


def _cells(one: Standing, has_target: bool) -> tuple[Cell, ...]:
    figure = one.figure
    rate: Cell = one.rate_text if one.is_hidden or not figure.is_known else Rate(figure.value, figure.denominator)
    bounds: tuple[Cell, ...] = (Rate(one.low, figure.denominator), Rate(one.high, figure.denominator)) if one.low is not None else ("", "")
    missing = (one.missing_text,) if has_target else ()
    change = one.change_text.removeprefix("+")
    return (one.unit.name, one.level, figure.numerator, figure.denominator, rate, *bounds, change, *missing, one.peers_text)

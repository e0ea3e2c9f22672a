"""The table of units: search without tone marks, sort and filter by level, all of it in the link, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from dashboard.session.address import link, search_field, select_field
from dashboard.session.figures import Figure
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, buttons, draw, may_export, panel_head, sheet
from dashboard.ui.search import matches
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.unit_names import Unit
from data.language import folded

NAMES: tuple[str, ...] = ("activation_rate", "login_rate", "outgoing_documents", "fully_electronic_ratio")
RATES: tuple[tuple[str, str], ...] = (("activation_rate", "activation"), ("login_rate", "login"), ("fully_electronic_ratio", "electronic"))

FIRST_ROWS = 40
"""A browser spends seconds on the markup of hundreds of rows before it shows the page's first word: the others come when they are asked for."""
ALL_ROWS = "all"

Figures = Mapping[str, Figure]
Line = tuple[Unit, Figures]


@dataclass(frozen=True)
class _Order:
    """One way to sort: its key in the translations, what to sort by, and whether large comes first."""

    key: str
    value: Callable[[Figures], float | None] | None
    is_descending: bool = False


ORDERS: tuple[_Order, ...] = (
    _Order("tree", None),
    _Order("activation_low", lambda figures: _value(figures, "activation_rate")),
    _Order("activation_high", lambda figures: _value(figures, "activation_rate"), True),
    _Order("login_low", lambda figures: _value(figures, "login_rate")),
    _Order("login_high", lambda figures: _value(figures, "login_rate"), True),
    _Order("documents_high", lambda figures: _value(figures, "outgoing_documents"), True),
    _Order("name", None),
)


READS: Mapping[str, Callable[[Page], Collection[str]] | None] = {
    "find": None,
    "sort": lambda _: [order.key for order in ORDERS],
    "level": lambda page: page.level_labels(),
    "rows": lambda _: [ALL_ROWS],
}
"""What the table reads of an address."""


@dataclass(frozen=True)
class UnitTable:
    """The table as it is displayed, and what the boxes above it offer."""

    head: Markup
    panel: Panel
    levels: tuple[tuple[str, str], ...]


def unit_table_of(page: Page, units: Mapping[str, Figures]) -> UnitTable:
    """The units that the link's search and level leave, in its order (by default the tree's): the first of them, or all if it says so."""
    lines = [(page.tree.units[code], figures) for code, figures in units.items() if page.tree.units[code].parent_code is not None]
    names = page.level_labels()
    query, level, order = (page.selection.own_value(name) for name in ("find", "level", "sort"))
    order = order if any(one.key == order for one in ORDERS) else ORDERS[0].key
    present = tuple(dict.fromkeys((unit.level, names.get(unit.level, unit.level)) for unit, _ in lines))
    level = level if level in dict(present) else ""
    found = [line for line in lines if (not level or line[0].level == level) and matches(query, line[0].label, line[0].name, line[0].code)]
    shown = in_order(found, order)
    title = t("units.title")
    words = {"count": len(lines), "accounts": page.population("account"), "documents": page.population("document"), "span": page.span}
    subtitle = t("units.subtitle", **words)
    rates = tuple(rate for rate in RATES if rate[0] in page.known)
    twin = sheet(page, "don-vi", title, subtitle, *unit_cells(shown, names, rates), of=[name for name in NAMES if name in page.known])
    may_take = bool(shown) and may_export(page)
    head = panel_head(title, subtitle, buttons("units", title, twin.name) if may_take else "")
    drawn = shown if page.selection.own_value("rows") == ALL_ROWS else shown[:FIRST_ROWS]
    more = (t("units.more", count=len(shown)), link("", page.selection, rows=ALL_ROWS)) if len(drawn) < len(shown) else None
    is_tree = order == "tree" and not query and not level
    body = markup(
        "unit_table.html",
        lines=[(unit, page.link_to(unit.code), names.get(unit.level, unit.level), figures) for unit, figures in drawn],
        more=more,
        rates=rates,
        least=min((unit.depth for unit, _ in shown), default=0) if is_tree else None,
        none=t("units.none", query=query) if lines else t("units.empty"),
    )
    return UnitTable(head, Panel(body, (("units", twin),) if may_take else ()), present)


def draw_units(page: Page, table: UnitTable) -> None:
    """Draws the table with its search, its order and its level; what is chosen goes into the address."""
    if "units" in page.left_out:
        return
    selection = page.selection
    orders = {order.key: t(f"units.by.{order.key}") for order in ORDERS}
    levels = {"": t("units.all_levels"), **dict(table.levels)}
    with st.container(key="panel_units"):
        st.html(table.head)
        with st.container(key="units_controls", horizontal=True, vertical_alignment="bottom"):
            search_field(selection, "units_search", t("units.search"), t("units.search_placeholder"), 240)
            select_field(selection, "sort", "units_sort", t("units.sort"), orders, _known(selection.own_value("sort"), orders), 220)
            select_field(selection, "level", "units_level", t("units.level"), levels, _known(selection.own_value("level"), levels), 260)
        draw(page, table.panel)


def _known(given: str, names: Mapping[str, str]) -> str:
    """What the link says, or the first where there is no such."""
    return given if given in names else next(iter(names))


def in_order(lines: Sequence[Line], key: str) -> list[Line]:
    """The lines sorted by an order's key; units without a value come last either way."""
    order = next(order for order in ORDERS if order.key == key)
    if key == "name":
        return sorted(lines, key=lambda line: (folded(line[0].label), line[0].label))
    if order.value is None:
        return list(lines)
    value = order.value
    sign = -1 if order.is_descending else 1
    return sorted(lines, key=lambda line: (value(line[1]) is None, sign * (value(line[1]) or 0.0)))


def unit_cells(
    lines: Sequence[Line], levels: Mapping[str, str], shown: Sequence[tuple[str, str]] = RATES
) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Columns and rows as displayed, for a file; empty for a unit that is not of the population that a rate is read on."""
    heads = [t("units.unit"), t("units.level")]
    for _, words in shown:
        label = t(f"units.{words}")
        heads += [t("units.counts", label=label), label]
    cells: list[tuple[Cell, ...]] = []
    for unit, figures in lines:
        rates = [figures.get(name) for name, _ in shown]
        documents = figures.get("outgoing_documents")
        texts = (text for rate in rates for text in ((rate.counts_text, rate.rate_text) if rate else ("", "")))
        cells.append((unit.name, levels.get(unit.level, unit.level), *texts, documents.count_text if documents else ""))
    return (*heads, t("units.documents")), cells


def _value(figures: Figures, name: str) -> float | None:
    figure = figures.get(name)
    return figure.value if figure else None

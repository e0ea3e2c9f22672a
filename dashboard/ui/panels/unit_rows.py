"""The table of units: search without tone marks, sort and filter by level, all of it in the link, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st
from markupsafe import Markup

from dashboard.session.address import go, keep_widget
from dashboard.session.figures import Figure
from dashboard.session.state import LONGEST_VALUE, to_query
from dashboard.ui.charts.unit_table import RateCell, UnitRow, unit_table
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, buttons, draw, may_export, panel_head, sheet
from dashboard.ui.search import fold, matches
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.unit_names import Unit, level_labels

NAMES: tuple[str, ...] = ("activation_rate", "login_rate", "outgoing_documents", "fully_electronic_ratio")
RATES: tuple[tuple[str, str], ...] = (("activation_rate", "activation"), ("login_rate", "login"), ("fully_electronic_ratio", "electronic"))

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


@dataclass(frozen=True)
class UnitTable:
    """The table as it is displayed, and what the boxes above it offer."""

    head: str
    panel: Panel
    levels: tuple[tuple[str, str], ...]


def unit_table_of(page: Page, units: Mapping[str, Figures]) -> UnitTable:
    """The units that the link's search and level leave, in its order; by default in the order of the tree."""
    lines = [(page.tree.units[code], figures) for code, figures in units.items() if page.tree.units[code].parent_code is not None]
    names = level_labels(page.language, page.organisation)
    query, level, order = (page.selection.own_value(name) for name in ("find", "level", "sort"))
    order = order if any(one.key == order for one in ORDERS) else ORDERS[0].key
    present = tuple(dict.fromkeys((unit.level, names.get(unit.level, unit.level)) for unit, _ in lines))
    level = level if level in dict(present) else ""
    found = [line for line in lines if (not level or line[0].level == level) and matches(query, line[0].label, line[0].name, line[0].code)]
    shown = in_order(found, order)
    is_tree = order == "tree" and not query and not level
    least = min((unit.depth for unit, _ in shown), default=0)
    rows = [_row(page, line, names, line[0].depth - least if is_tree else 0) for line in shown]
    title = t("units.title")
    words = {"count": len(lines), "accounts": page.population("account"), "documents": page.population("document"), "span": page.span}
    subtitle = t("units.subtitle", **words)
    twin = sheet(page, "don-vi", title, subtitle, *_cells(rows))
    files = buttons("units", title, twin.name) if rows and may_export(page) else ""
    head = panel_head(title, subtitle, files)
    if not rows:
        none = t("units.none", query=query) if lines else t("units.empty")
        return UnitTable(head, Panel(Markup(f'<p class="remark" role="status">{escape(none)}</p>')), present)
    labels = [t(f"units.{name}") for _, name in RATES]
    body = unit_table(rows, t("units.unit"), t("units.level"), labels, t("units.documents"), t("units.caption"))
    return UnitTable(head, Panel(Markup(body), (("units", twin),) if files else ()), present)


def draw_units(page: Page, table: UnitTable) -> None:
    """Draws the table with its search, its order and its level; what is chosen goes into the address."""
    query = to_query(page.selection)

    def choose(parameter: str, key: str) -> None:
        go(query, {parameter: str(st.session_state.get(key) or "")[:LONGEST_VALUE]})

    with st.container(key="panel_units"):
        st.html(table.head)
        with st.container(key="units_controls", horizontal=True, vertical_alignment="bottom"):
            keep_widget("units_search", page.selection.own_value("find"))
            st.text_input(
                t("units.search"),
                key="units_search",
                placeholder=t("units.search_placeholder"),
                label_visibility="collapsed",
                width=240,
                on_change=choose,
                args=("find", "units_search"),
            )
            names = [order.key for order in ORDERS]
            keep_widget("units_sort", next((name for name in names if name == page.selection.own_value("sort")), names[0]))
            st.selectbox(
                t("units.sort"),
                names,
                key="units_sort",
                format_func=lambda name: t(f"units.by.{name}"),
                label_visibility="collapsed",
                width=220,
                on_change=choose,
                args=("sort", "units_sort"),
            )
            levels = {"": t("units.all_levels"), **dict(table.levels)}
            keep_widget("units_level", next((code for code in levels if code == page.selection.own_value("level")), ""))
            st.selectbox(
                t("units.level"),
                list(levels),
                key="units_level",
                format_func=lambda code: levels[code],
                label_visibility="collapsed",
                width=260,
                on_change=choose,
                args=("level", "units_level"),
            )
        draw(page, table.panel)


def in_order(lines: Sequence[Line], key: str) -> list[Line]:
    """The lines sorted by an order's key; units without a value come last either way."""
    order = next(order for order in ORDERS if order.key == key)
    if key == "name":
        return sorted(lines, key=lambda line: (fold(line[0].label), line[0].label))
    if order.value is None:
        return list(lines)
    value = order.value
    sign = -1 if order.is_descending else 1
    return sorted(lines, key=lambda line: (value(line[1]) is None, sign * (value(line[1]) or 0.0)))


def _cells(rows: Sequence[UnitRow]) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Columns and rows as displayed, for a file."""
    heads = [t("units.unit"), t("units.level")]
    for _, words in RATES:
        label = t(f"units.{words}")
        heads += [t("units.counts", label=label), label]
    cells: list[tuple[Cell, ...]] = [
        (row.title, row.level, *(text for rate in row.rates for text in (rate.counts, rate.text)), row.documents) for row in rows
    ]
    return (*heads, t("units.documents")), cells


def _row(page: Page, line: Line, levels: Mapping[str, str], depth: int) -> UnitRow:
    unit, figures = line
    cells = tuple(_cell(figures.get(name)) for name, _ in RATES)
    documents = figures.get("outgoing_documents")
    level = levels.get(unit.level, unit.level)
    return UnitRow(unit.code, unit.label, unit.name, page.link_to(unit.code), level, depth, cells, documents.count_text if documents else "")


def _cell(figure: Figure | None) -> RateCell:
    """Empty for a unit that is not of the population that the rate is read on."""
    return RateCell(figure.counts_text, figure.rate_text, figure.value) if figure else RateCell("", "", None)


def _value(figures: Figures, name: str) -> float | None:
    figure = figures.get(name)
    return figure.value if figure else None

"""The table of units: search without tone marks, sort, filter by level, and the same rows as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.charts.unit_table import RateCell, UnitRow, unit_table
from dashboard.figures import Figure
from dashboard.naming import Unit, level_labels
from dashboard.page import Page
from dashboard.search import fold, matches
from dashboard.translations import t, use_language

NAMES: tuple[str, ...] = ("activation_rate", "login_rate", "outgoing_documents", "fully_electronic_ratio")
RATES: tuple[tuple[str, str], ...] = (("activation_rate", "activation"), ("login_rate", "login"), ("fully_electronic_ratio", "electronic"))
SPREADSHEET_FORMULA = ("=", "+", "-", "@", "\t", "\r")

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


def units_panel(page: Page, units: Mapping[str, Figures]) -> None:
    """Draws the panel. Only the table runs again when it is searched or sorted; its figures stay those of the page's snapshot."""
    lines = [(page.tree.units[code], figures) for code, figures in units.items() if page.tree.units[code].parent_code is not None]
    with st.container(key="panel_units"):
        words = {"count": len(lines), "accounts": page.population("account"), "documents": page.population("document"), "span": page.span}
        title, subtitle = t("units.title"), t("units.subtitle", **words)
        st.html(f'<header class="panel-head"><h3>{escape(title)}</h3><p class="subtitle">{escape(subtitle)}</p></header>')
        if lines:
            _table(page, lines)
        else:
            st.html(f'<p class="remark">{escape(t("units.empty"))}</p>')


@st.fragment
def _table(page: Page, lines: Sequence[Line]) -> None:
    use_language(page.language)
    levels = level_labels(page.language, page.organisation)
    with st.container(key="units_controls", horizontal=True, vertical_alignment="bottom"):
        query = st.text_input(
            t("units.search"), key="units_search", placeholder=t("units.search_placeholder"), label_visibility="collapsed", width=240
        )
        names = [order.key for order in ORDERS]
        chosen = st.selectbox(
            t("units.sort"), names, key="units_sort", format_func=lambda name: t(f"units.by.{name}"), label_visibility="collapsed", width=220
        )
        present = list(dict.fromkeys(unit.level for unit, _ in lines))
        level = st.selectbox(
            t("units.level"),
            ["", *present],
            key="units_level",
            format_func=lambda code: levels.get(code, code) if code else t("units.all_levels"),
            label_visibility="collapsed",
            width=260,
        )
        found = [line for line in lines if (not level or line[0].level == level) and matches(query or "", line[0].label, line[0].name, line[0].code)]
        order = next((order for order in ORDERS if order.key == chosen), ORDERS[0])
        shown = in_order(found, order.key)
        is_tree = order.key == "tree" and not query and not level
        least = min((unit.depth for unit, _ in shown), default=0)
        rows = [_row(page, line, levels, line[0].depth - least if is_tree else 0) for line in shown]
        name = f"vanban-{page.selection.unit_code or 'all'}-{page.selection.from_on}-{page.selection.to_on}.csv"
        st.download_button(t("units.export"), data=as_csv(rows), file_name=name, mime="text/csv", on_click="ignore", key="units_csv")
    if not rows:
        st.html(f'<p class="remark" role="status">{escape(t("units.none", query=query or ""))}</p>')
        return
    labels = [t(f"units.{words}") for _, words in RATES]
    st.html(unit_table(rows, t("units.unit"), t("units.level"), labels, t("units.documents"), t("units.caption")))


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


def as_csv(rows: Sequence[UnitRow]) -> bytes:
    """The rows as displayed, for a spreadsheet: UTF-8 with its mark, semicolons, and no cell that would run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    heads = [t("units.unit"), t("units.level")]
    for _, words in RATES:
        label = t(f"units.{words}")
        heads += [t("units.counts", label=label), label]
    writer.writerow([*heads, t("units.documents")])
    for row in rows:
        cells = [row.title, row.level]
        for rate in row.rates:
            cells += [rate.counts, rate.text]
        writer.writerow([_inert(cell) for cell in [*cells, row.documents]])
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(SPREADSHEET_FORMULA) else cell


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

"""The table of all units on one ratio: found without tone marks, sorted, grouped, and taken away as it is displayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st
from markupsafe import Markup

from dashboard.session.address import go, keep_widget, link
from dashboard.session.state import LONGEST_VALUE, to_query
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, buttons, draw, may_export, panel_head, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from dashboard.views.compare.comparison import GROUPINGS, ORDERS, Comparison, Standing, found_by, in_groups, in_order, short_label
from dashboard.views.compare.panels import Link, tone
from dashboard.views.compare.standing_table import Heads, StandingRow, standing_table


def shown_standings(page: Page, found: Comparison) -> list[Standing]:
    """The units that the link asks for, in its order."""
    return in_order(found_by(found.standings, page.selection.own_value("find")), page.selection.own_value("sort"))


@dataclass(frozen=True)
class StandingPanel:
    """The table as it is displayed, and the head above its boxes."""

    head: str
    panel: Panel


def standing_panel(page: Page, found: Comparison, shown: Sequence[Standing], to_unit: Link) -> StandingPanel:
    """The table of `shown` in the link's grouping."""
    order, grouping = _order(page), _grouping(page)
    find = page.selection.own_value("find")
    groups = in_groups(shown, grouping)
    heads = _heads(found)
    title, subtitle = t("compare.table_title"), _subtitle(found)
    twin = sheet(page, f"{found.metric.name}", title, f"{short_label(found.metric, page.language)} · {subtitle}", *_cells(found, heads, groups))
    files = buttons("standing", title, twin.name) if shown and may_export(page) else ""
    head = panel_head(title, subtitle, files)
    if not shown:
        none = t("units.none", query=find) if found.standings else t("units.empty")
        return StandingPanel(head, Panel(Markup(f'<p class="remark" role="status">{escape(none)}</p>')))
    least = min(standing.unit.depth for standing in shown)
    is_tree = order == "tree" and not find and grouping == "none"
    drawn = [
        (
            f"{heading} · {t('compare.units', count=len(members))}" if heading else "",
            [_row(page, found, one, to_unit, one.unit.depth - least if is_tree else 0) for one in members],
        )
        for heading, members in groups
    ]
    return StandingPanel(head, Panel(Markup(standing_table(drawn, heads, found.whole.value, title)), (("standing", twin),) if files else ()))


def _order(page: Page) -> str:
    return next((order.key for order in ORDERS if order.key == page.selection.own_value("sort")), ORDERS[0].key)


def _grouping(page: Page) -> str:
    return next((by for by in GROUPINGS if by == page.selection.own_value("by")), GROUPINGS[0])


def draw_standings(page: Page, table: StandingPanel) -> None:
    """Draws the table with its search, its order and its grouping; what is chosen goes into the address."""
    order, grouping, find = _order(page), _grouping(page), page.selection.own_value("find")
    query = to_query(page.selection)

    def choose(parameter: str, key: str) -> None:
        go(query, {parameter: str(st.session_state.get(key) or "")[:LONGEST_VALUE]})

    with st.container(key="panel_standing"):
        st.html(table.head)
        with st.container(key="standing_controls", horizontal=True, vertical_alignment="bottom"):
            keep_widget("standing_find", find)
            st.text_input(
                t("units.search"),
                key="standing_find",
                placeholder=t("units.search_placeholder"),
                label_visibility="collapsed",
                width=240,
                on_change=choose,
                args=("find", "standing_find"),
            )
            keep_widget("standing_sort", order)
            st.selectbox(
                t("units.sort"),
                [one.key for one in ORDERS],
                key="standing_sort",
                format_func=lambda key: t(f"compare.by_{key}"),
                label_visibility="collapsed",
                width=230,
                on_change=choose,
                args=("sort", "standing_sort"),
            )
            keep_widget("standing_by", grouping)
            st.selectbox(
                t("compare.group"),
                GROUPINGS,
                key="standing_by",
                format_func=lambda key: t(f"compare.group_{key}"),
                label_visibility="collapsed",
                width=210,
                on_change=choose,
                args=("by", "standing_by"),
            )
        draw(page, table.panel)


def _subtitle(found: Comparison) -> str:
    key = "compare.table_subtitle" if any(standing.target is not None for standing in found.standings) else "compare.table_subtitle_plain"
    text = t(key)
    silent = sum(standing.position is None and not standing.is_hidden for standing in found.standings)
    hidden = sum(standing.is_hidden for standing in found.standings)
    if silent:
        text += " · " + t("compare.silent", count=silent)
    if hidden:
        text += " · " + t("compare.hidden_count", count=hidden)
    if found.compared is None:
        text += " · " + t("compare.not_reached")
    return text


def _heads(found: Comparison) -> Heads:
    has_target = any(standing.target is not None for standing in found.standings)
    return Heads(
        t("units.unit"),
        t("units.level"),
        "n / N",
        t("compare.rate"),
        t("compare.interval"),
        t(f"compare.change_{found.with_what}"),
        t("compare.to_target") if has_target else "",
        t("compare.peers"),
    )


def _row(page: Page, found: Comparison, standing: Standing, to_unit: Link, depth: int) -> StandingRow:
    unit, figure = standing.unit, standing.figure
    inside = ("", "", "")
    if standing.below and page.may_open(unit.code):
        count = written.number(standing.below, page.language)
        inside = (count, t("compare.inside", count=count, name=unit.label), link("", page.selection, unit=unit.code, find=""))
    return StandingRow(
        code=unit.code,
        name=unit.label,
        title=unit.name,
        href=to_unit(unit.code),
        inside=inside,
        depth=depth,
        level=standing.level,
        counts=standing.counts_text,
        rate=standing.rate_text,
        value=figure.value,
        low=standing.low,
        high=standing.high,
        target=standing.target,
        tone=tone(found, standing),
        change=standing.change_text,
        missing=standing.missing_text,
        is_reached=standing.missing == 0,
        peers=standing.peers_text,
    )


def _cells(found: Comparison, heads: Heads, groups: Sequence[tuple[str, Sequence[Standing]]]) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Columns and rows of the table as a sheet: the interval as its two bounds, n and N apart."""
    group = (t("compare.group"),) if groups and groups[0][0] else ()
    interval = tuple(f"{heads.interval}, {t(f'compare.{side}')}" for side in ("from", "to"))
    columns = (*group, heads.unit, heads.level, "n", "N", heads.rate, *interval, f"{heads.change} ({t('compare.points')})")
    columns += (heads.missing,) if heads.missing else ()
    rows: list[tuple[Cell, ...]] = []
    for heading, members in groups:
        for one in members:
            figure = one.figure
            rate: Cell = one.rate_text if one.is_hidden or not figure.is_known else Rate(figure.value)
            bounds: tuple[Cell, ...] = (Rate(one.low), Rate(one.high)) if one.low is not None else ("", "")
            cells: tuple[Cell, ...] = (one.unit.name, one.level, figure.numerator, figure.denominator, rate, *bounds)
            cells += (one.change_text.removeprefix("+"), *((one.missing_text,) if heads.missing else ()))
            rows.append((*((heading,) if group else ()), *cells, one.peers_text))
    return (*columns, heads.peers), rows

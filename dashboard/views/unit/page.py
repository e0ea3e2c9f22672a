"""Đơn vị: how does this unit stand, against its target, fair peers and the whole, and what exactly is left to do."""

from __future__ import annotations

from html import escape

from dashboard.session.address import link
from dashboard.session.figures import by_unit, whole
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, Panel, draw, figure_panel, in_columns, remembered
from dashboard.ui.panels.adoption import STEPS, funnel_panel
from dashboard.ui.panels.first_logins import first_logins_panel
from dashboard.ui.panels.unit_rows import NAMES as UNIT_METRICS
from dashboard.ui.panels.unit_rows import UnitTable, draw_units, unit_table_of
from dashboard.ui.translations import t
from dashboard.ui.unit_names import Unit
from dashboard.views.unit.places import actions_panel, first_words, places_panel, read_places, trend_panel

TITLE = "page.unit"


def render(page: Page) -> None:
    """Draws the page."""
    top, table = remembered(page, "unit", lambda: _compose(page))
    draw(page, *top)
    if table is not None:
        draw_units(page, table)


def _compose(page: Page) -> tuple[tuple[Panel | Columns | str, ...], UnitTable | None]:
    root = page.tree.root.code if page.tree.root else None
    if page.selection.unit_code in (None, root):
        return (f'<h1 class="sentence">{escape(t("unit.choose"))}</h1>', _choose(page)), None
    assert page.selection.unit_code is not None
    unit = page.tree.units[page.selection.unit_code]
    places = read_places(page)
    steps = whole(page.reader.values(STEPS, page.selection), unit.code)
    columns = in_columns("1.6fr 1fr", (trend_panel(page), first_logins_panel(page)), (actions_panel(page, places), funnel_panel(page, steps)))
    table = None
    if any(page.is_in_tree(page.tree.units[code]) for code in page.tree.children(unit.code)):
        table = unit_table_of(page, by_unit(page.reader.values(UNIT_METRICS, page.selection, by="unit"), unit.code))
    return (first_words(page, places) + _about(page, unit), places_panel(page, places), columns), table


def _about(page: Page, unit: Unit) -> str:
    """Full name, where it belongs, and its validity where it does not cover the period."""
    above = page.tree.units.get(unit.parent_code or "")
    parts = [f"<span>{escape(unit.name)}</span>"]
    if above is not None:
        label = escape(above.label)
        if page.may_open(above.code):
            label = f'<a href="{escape(link("", page.selection, unit=above.code))}" target="_self">{label}</a>'
        parts.append(f"{escape(t('unit.below'))} {label}")
    if unit.valid_to < page.selection.to_on:
        parts.append(f'<span class="look">{escape(t("unit.ended", day=written.day(unit.valid_to, page.language)))}</span>')
    if unit.valid_from > page.selection.from_on:
        parts.append(f'<span class="look">{escape(t("unit.began", day=written.day(unit.valid_from, page.language)))}</span>')
    return f'<p class="under-sentence">{"".join(parts)}</p>'


def _choose(page: Page) -> Panel:
    """What stands in place of figures while no unit is chosen: the units to choose from, with one figure each."""
    figures = by_unit(page.reader.values(["activation_rate"], page.selection, by="unit"), None)
    top = page.tree.root.code if page.tree.root else None
    items = ""
    for unit in page.tree.units.values():
        if unit.parent_code != top or unit.code == top or not page.is_in_tree(unit):
            continue
        figure = figures.get(unit.code, {}).get("activation_rate")
        text = figure.rate_text if figure is not None and figure.value is not None else written.NO_ACTIVITY
        counts = figure.counts_text if figure is not None and figure.value is not None else ""
        items += (
            f'<li><a href="{escape(link("", page.selection, unit=unit.code))}" target="_self" title="{escape(unit.name)}">{escape(unit.label)}</a>'
            f"<small>{escape(counts)}</small><b{'' if counts else ' class=muted'}>{escape(text)}</b></li>"
        )
    subtitle = t("unit.choose_subtitle", population=page.population("account"), span=page.span)
    return figure_panel(page, "choose", t("unit.choose_title"), subtitle, f'<ul class="choose">{items}</ul>', None)

"""Đơn vị: how does this unit stand, against its target, fair peers and the whole, and what exactly is left to do."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.minute import read_minute
from dashboard.session.address import link
from dashboard.session.compared_period import chosen_metric, metric_choice, ratios_to_choose
from dashboard.session.figures import by_unit, whole
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, Panel, draw, figure_panel, in_columns, remembered, sentence
from dashboard.ui.panels.adoption import STEPS, funnel_panel
from dashboard.ui.panels.cases import cases_panel
from dashboard.ui.panels.first_logins import first_logins_panel
from dashboard.ui.panels.history import history_panel
from dashboard.ui.panels.low_units import low_units_panel
from dashboard.ui.panels.published import published_panel
from dashboard.ui.panels.unit_rows import NAMES as UNIT_METRICS
from dashboard.ui.panels.unit_rows import READS as UNIT_TABLE
from dashboard.ui.panels.unit_rows import UnitTable, draw_units, unit_table_of
from dashboard.ui.translations import t
from dashboard.ui.unit_names import Unit
from dashboard.views.overview.subscription import draw_subscription
from dashboard.views.unit.actions import actions_panel
from dashboard.views.unit.control import control_panel
from dashboard.views.unit.places import first_words, places_panel, read_places
from dashboard.views.unit.trend import trend_panel

TITLE = "page.unit"
READS = {"metric": ratios_to_choose, **UNIT_TABLE}

choices = metric_choice
"""Which ratio the units below are ranked by."""


def render(page: Page) -> None:
    """Draws the page."""
    top, table = remembered(page, "unit", lambda: _compose(page))
    draw(page, *top)
    if table is not None:
        draw_units(page, table)
    draw_subscription(page)


def _compose(page: Page) -> tuple[tuple[Panel | Columns | Markup, ...], UnitTable | None]:
    root = page.tree.root.code if page.tree.root else None
    if page.selection.unit_code in (None, root):
        return (sentence(t("unit.choose")), _choose(page, root)), None
    assert page.selection.unit_code is not None
    unit = page.tree.units[page.selection.unit_code]
    places = read_places(page)
    steps = whole(page.reader.values(STEPS, page.selection), unit.code)
    minute = read_minute(page.reader, page.selection, page.tree, page.targets, None, chosen_metric(page.selection))
    columns = in_columns(
        "1.6fr 1fr",
        (
            history_panel(page),
            trend_panel(page),
            low_units_panel(page, minute),
            control_panel(page),
            first_logins_panel(page) if "login_rate" in page.known else None,
        ),
        (actions_panel(page, places), cases_panel(page), published_panel(page), funnel_panel(page, steps)),
    )
    table = None
    if any(page.is_in_tree(page.tree.units[code]) for code in page.tree.children(unit.code)):
        table = unit_table_of(page, by_unit(page.reader.values(UNIT_METRICS, page.selection, by="unit"), unit.code))
    return (first_words(page, places) + _about(page, unit), places_panel(page, places), columns), table


def _about(page: Page, unit: Unit) -> Markup:
    """Full name, where it belongs, and its validity where it does not cover the period."""
    above = page.tree.units.get(unit.parent_code or "")
    address = link("", page.selection, unit=above.code) if above is not None and page.may_open(above.code) else ""
    return markup("unit/about.html", unit=unit, above=above, above_address=address, from_on=page.selection.from_on, to_on=page.selection.to_on)


def _choose(page: Page, root: str | None) -> Panel:
    """What stands in place of figures while no unit is chosen: the units to choose from, with one figure each."""
    figures = by_unit(page.reader.values(["activation_rate"], page.selection, by="unit"), None)
    known = {code: one["activation_rate"] for code, one in figures.items() if "activation_rate" in one and one["activation_rate"].value is not None}
    units = [
        (unit, link("", page.selection, unit=unit.code), known.get(unit.code))
        for unit in page.tree.units.values()
        if unit.parent_code == root and unit.code != root and page.is_in_tree(unit)
    ]
    subtitle = t("unit.choose_subtitle", population=page.population("account"), span=page.span)
    return figure_panel(page, "choose", t("unit.choose_title"), subtitle, markup("unit/choose.html", units=units), None)

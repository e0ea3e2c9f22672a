"""So sánh đơn vị: how do all units stand on one ratio, which differences are real, and who has how far to go."""

from __future__ import annotations

from dashboard.session.address import link
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, draw, in_columns, remembered
from dashboard.views.compare.choices import compare_choices
from dashboard.views.compare.comparison import read_comparison
from dashboard.views.compare.panels import funnel_panel, heat_panel, multiples_panel, sentence
from dashboard.views.compare.table import StandingPanel, draw_standings, shown_standings, standing_panel

TITLE = "page.compare"

choices = compare_choices


def render(page: Page) -> None:
    """Draws the page."""
    words, panels, table = remembered(page, "compare", lambda: _compose(page))
    draw(page, words, panels)
    draw_standings(page, table)


def _compose(page: Page) -> tuple[str, Columns, StandingPanel]:
    found = read_comparison(page)
    shown = shown_standings(page, found)

    def to_unit(code: str) -> str:
        return link("unit", page.selection, unit=code, find="", sort="", by="") if page.may_open(code) else ""

    funnel = funnel_panel(page, found, to_unit)
    heat, multiples = heat_panel(page, found, shown, to_unit), multiples_panel(page, found, shown, to_unit)
    panels = in_columns("1.36fr 1fr", (funnel, multiples), (heat,)) if multiples else in_columns("1.36fr 1fr", (funnel,), (heat,))
    return sentence(page, found), panels, standing_panel(page, found, shown, to_unit)

"""So sánh đơn vị: how do all units stand on one ratio, which differences are real, and who has how far to go."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.session.address import radio_box
from dashboard.session.compared_period import compare_choice
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, Panel, draw, in_columns, remembered
from dashboard.ui.translations import t
from dashboard.views.compare.comparison import DEFAULT, RATIOS, chosen_metric, read_comparison, short_label
from dashboard.views.compare.panels import funnel_panel, heat_panel, multiples_panel, sentence
from dashboard.views.compare.table import draw_standings, shown_standings, standing_panel

TITLE = "page.compare"


def choices(page: Page) -> None:
    """Draws what is compared with and the ratio into the selection bar; what is chosen goes into the address."""
    compare_choice(page, DEFAULT)
    names = {name: short_label(name, page.language) for name in RATIOS if name in page.known}
    radio_box(page.selection, "metric", "compare_metric", "metric_box", t("compare.metric"), names, chosen_metric(page.selection))


def render(page: Page) -> None:
    """Draws the page."""
    words, panels, head, table = remembered(page, "compare", lambda: _compose(page))
    draw(page, words, panels)
    draw_standings(page, head, table)


def _compose(page: Page) -> tuple[Markup, Columns, Markup, Panel]:
    found = read_comparison(page)
    shown = shown_standings(page, found)
    panels = in_columns("1.36fr 1fr", (funnel_panel(page, found), multiples_panel(page, found, shown)), (heat_panel(page, found, shown),))
    return sentence(page, found), panels, *standing_panel(page, found, shown)

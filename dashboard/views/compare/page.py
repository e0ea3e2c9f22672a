"""So sánh đơn vị: how do all units stand on one ratio, which differences are real, and who has how far to go."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from dashboard.session.compared_period import COMPARES, compare_choice, metric_choice
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, Panel, draw, in_columns, remembered
from dashboard.ui.panels.history import history_panel
from dashboard.views.compare.comparison import DEFAULT, is_beside_peers, level_shown, of_level, read_comparison
from dashboard.views.compare.panels import funnel_panel, heat_panel, multiples_panel, sentence
from dashboard.views.compare.table import READS as TABLE
from dashboard.views.compare.table import draw_standings, level_names, level_told, shown_standings, standing_panel

TITLE = "page.compare"
READS = {**COMPARES, **TABLE}


def choices(page: Page) -> None:
    """Draws what is compared with and the ratio into the selection bar; what is chosen goes into the address."""
    compare_choice(page, DEFAULT)
    metric_choice(page)


def render(page: Page) -> None:
    """Draws the page."""
    words, panels, history, head, table, levels, level = remembered(page, "compare", lambda: _compose(page))
    draw(page, words, panels)
    draw_standings(page, head, table, levels, level)
    if history is not None:
        draw(page, history)


def _compose(page: Page) -> tuple[Markup, Columns, Panel | None, Markup, Panel, dict[str, str], str]:
    found = read_comparison(page)
    shown, level = shown_standings(page, found), level_shown(page, found)
    of_one_level = replace(found, standings=tuple(of_level(found.standings, level)))
    panels = in_columns("1.36fr 1fr", (funnel_panel(page, of_one_level), multiples_panel(page, found, shown)), (heat_panel(page, found, shown),))
    history = None if is_beside_peers(page) else history_panel(page)
    return (
        sentence(page, of_one_level, level_told(page, found, level)),
        panels,
        history,
        *standing_panel(page, found, shown),
        level_names(page, found),
        level,
    )

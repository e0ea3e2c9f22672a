"""Where the work is: the units with most accounts not yet activated.

By count and not by rate, so that no small unit is called last for a handful of accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dashboard import format as written
from dashboard.charts.panel import panel
from dashboard.charts.remaining import Remaining, remaining_list
from dashboard.figures import Figure
from dashboard.page import Page
from dashboard.translations import t

SHOWN = 7


def remaining_panel(page: Page, units: Mapping[str, Mapping[str, Figure]]) -> str:
    """Markup of the panel over the units of the scope that have no units below them."""
    parents = {unit.parent_code for unit in page.tree.units.values() if unit.code in units}
    left: list[tuple[int, Figure]] = []
    for code, figures in units.items():
        figure = figures.get("activation_rate")
        if code not in parents and figure and figure.numerator is not None and figure.denominator:
            left.append((figure.denominator - figure.numerator, figure))
    if not left:
        return ""
    largest = sorted((pair for pair in left if pair[0] > 0), key=lambda pair: -pair[0])[:SHOWN]
    rows = [
        Remaining(
            name=page.tree.label(figure.unit_code or ""),
            title=page.tree.units[figure.unit_code or ""].name,
            href=page.link_to(figure.unit_code or ""),
            left=t("remaining.left", count=written.number(count, page.language)),
            rate=written.percent(figure.value or 0.0, page.language, 1),
            counts=figure.counts_text,
            ratio=figure.value or 0.0,
        )
        for count, figure in largest
    ]
    body = remaining_list(rows, t("remaining.title")) if rows else f'<p class="all-passed">✓ {escape(t("remaining.none"))}</p>'
    return panel(t("remaining.title"), t("remaining.subtitle", population=page.population("account")), body, "remaining")

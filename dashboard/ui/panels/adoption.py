"""The adoption funnel."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.charts.funnel import Step, funnel
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t

STEPS: tuple[str, ...] = ("provisioned_accounts", "activated_accounts", "logged_in_accounts", "processing_accounts", "signing_accounts")


def funnel_panel(page: Page, figures: Mapping[str, Figure]) -> Panel:
    """The funnel, and the step that loses most."""
    steps: list[Step] = []
    drops: list[tuple[int, str]] = []
    above: int | None = None
    for name in STEPS:
        figure = figures[name]
        label = t(f"funnel.{name}")
        share = (
            ""
            if above is None or figure.numerator is None
            else written.NO_ACTIVITY
            if above == 0
            else written.percent(figure.numerator / above, page.language)
        )
        steps.append(Step(name, label, figure.numerator, figure.count_text, share))
        if above is not None and figure.numerator is not None:
            drops.append((above - figure.numerator, label))
        above = figure.numerator
    subtitle = t("funnel.subtitle", population=page.population("account"), span=page.span)
    body = funnel(steps, t("funnel.title"))
    largest = max(drops, default=(0, ""))
    if largest[0] > 0:
        body += f'<p class="remark">{escape(t("funnel.largest_drop", step=largest[1], count=written.number(largest[0], page.language)))}</p>'
    rows: list[tuple[Cell, ...]] = [(step.label, step.count, step.share_text or written.NO_ACTIVITY) for step in steps]
    twin = sheet(page, "pheu", t("funnel.title"), subtitle, (t("funnel.step"), t("funnel.accounts"), t("funnel.share")), rows)
    return figure_panel(page, "funnel", t("funnel.title"), subtitle, body, twin)

"""The adoption funnel and the accounts that logged in over time."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard import format as written
from dashboard.charts.daily_logins import daily_logins
from dashboard.charts.funnel import Step, funnel
from dashboard.charts.panel import panel, table
from dashboard.figures import Figure, over_time
from dashboard.page import Page
from dashboard.translations import t
from metrics.periods import Period, TimeStep

STEPS: tuple[str, ...] = ("provisioned_accounts", "activated_accounts", "logged_in_accounts", "processing_accounts", "signing_accounts")


def funnel_panel(page: Page, figures: Mapping[str, Figure]) -> str:
    """Markup of the funnel with its table twin and the step that loses most."""
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
    rows = [(step.label, step.count_text, step.share_text or written.NO_ACTIVITY) for step in steps]
    twin = table((t("funnel.step"), t("funnel.accounts"), t("funnel.share")), rows, t("funnel.title"))
    return panel(t("funnel.title"), subtitle, body, "funnel", twin, t("frame.table"))


def logins_panel(page: Page) -> None:
    """Draws the panel of logins over time: by day up to two months, else by week or month."""
    days = Period(page.selection.from_on, page.selection.to_on).days
    step: TimeStep = "day" if days <= 62 else "week" if days <= 370 else "month"
    parts = over_time(page.reader.values(["logged_in_accounts"], page.selection, by=step), "logged_in_accounts")
    title = t(f"logins.title_{step}")
    subtitle = t("logins.subtitle" if step == "day" else "logins.subtitle_plain", population=page.population("account"))
    counts = [part.numerator for part in parts]
    highest = written.number(max((count or 0 for count in counts), default=0), page.language)
    with st.container(key="panel_logins"):
        st.html(panel(title, subtitle, "", "logins"))
        st.plotly_chart(
            daily_logins([part.from_on for part in parts], counts, t("logins.unit"), page.mode, page.language),
            key="logins",
            theme=None,
            config={"displayModeBar": False, "staticPlot": False, "scrollZoom": False},
            alt=t("logins.alt", span=page.span, count=highest),
        )
        rows = [(written.span(part.from_on, part.to_on, page.language), part.count_text) for part in parts]
        twin = table((t("logins.days"), t("funnel.accounts")), rows, title)
        st.html(f'<details class="twin"><summary>{escape(t("frame.table"))}</summary>{twin}</details>')

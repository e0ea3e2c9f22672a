"""Tổng quan: are we on track, what changed, who needs help; a one-minute read."""

from __future__ import annotations

import streamlit as st

from dashboard.figures import by_unit, whole
from dashboard.page import Page
from dashboard.sections.adoption import STEPS, funnel_panel, logins_panel
from dashboard.sections.coherence import checks_panel
from dashboard.sections.counts import NAMES as COUNTS
from dashboard.sections.counts import counts_row
from dashboard.sections.provinces import provinces_panel
from dashboard.sections.rates import NAMES as RATES
from dashboard.sections.rates import SECONDS, previous_figures, rates_row
from dashboard.sections.sentence import OpenAccounts, sentence
from dashboard.sections.support import support_panel
from dashboard.sections.unit_rows import NAMES as UNIT_METRICS
from dashboard.sections.unit_rows import units_panel

TITLE = "page.overview"


def render(page: Page) -> None:
    """Draws the page."""
    reader, selection = page.reader, page.selection
    figures = whole(reader.values([*RATES, *SECONDS, *COUNTS, *STEPS], selection), selection.unit_code)
    unit_frame = reader.values(UNIT_METRICS, selection, by="unit")
    units = by_unit(unit_frame, selection.unit_code)
    checks = reader.checks(selection)
    before = previous_figures(page)

    root = page.tree.root.code if page.tree.root else ""
    scope = selection.unit_code or root
    below = [
        OpenAccounts(page.tree.label(code), (rate.denominator or 0) - (rate.numerator or 0))
        for code in page.tree.children(scope)
        if (rate := units.get(code, {}).get("activation_rate")) is not None
    ]
    st.html(sentence(figures, before[1]["activation_rate"] if before else None, below))
    st.html(rates_row(page, figures, checks))
    st.html(counts_row(page, figures))

    provinces = provinces_panel(page, units) if scope == root else ""
    with st.container(key="panels"):
        columns = st.columns([1.04, 1, 1.02] if provinces else [1, 1], gap="small")
        with columns[0]:
            st.html(funnel_panel(page, figures))
            logins_panel(page)
        if provinces:
            with columns[1]:
                st.html(provinces)
        with columns[-1]:
            if support := support_panel(page, unit_frame, figures["activation_rate"]):
                st.html(support)
            st.html(checks_panel(page, checks))
    units_panel(page, units)

"""So sánh đơn vị: how do all units stand on one ratio, which differences are real, and who has how far to go."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import app_pages
from dashboard.address import link
from dashboard.page import Page
from dashboard.sections.compare_choices import compare_choices
from dashboard.sections.compare_panels import funnel_panel, heat_panel, sentence
from dashboard.sections.compare_table import shown_standings, table_panel
from dashboard.sections.comparison import read_comparison
from dashboard.sections.figure_panel import page_styles

TITLE = "page.compare"
STYLESHEET = Path(__file__).parent.parent / "style_compare.css"

choices = compare_choices


def render(page: Page) -> None:
    """Draws the page."""
    page_styles()
    st.html(STYLESHEET)
    found = read_comparison(page)
    shown = shown_standings(page, found)
    # The page of a unit where there is one, else its overview.
    path = "unit" if "unit" in app_pages.PAGES else "./"

    def to_unit(code: str) -> str:
        return link(path, page.selection, unit=code, find="", sort="", by="") if page.may_open(code) else ""

    st.html(sentence(page, found))
    with st.container(key="page_columns"):
        wide, narrow = st.columns([1.36, 1], gap="small")
        with wide:
            funnel_panel(page, found, to_unit)
        with narrow:
            heat_panel(page, found, shown, to_unit)
    table_panel(page, found, shown, to_unit)

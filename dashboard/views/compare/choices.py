"""What is chosen on the page that compares units, beside the frame's own choices: the ratio, and what it is compared with."""

from __future__ import annotations

import streamlit as st

from dashboard.session.address import go, keep_widget
from dashboard.session.compared_period import compare_choice
from dashboard.session.state import to_query
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from dashboard.views.compare.comparison import DEFAULT, RATIOS, chosen_metric, short_label
from metrics.catalog import metric
from metrics.model import Ratio


def compare_choices(page: Page) -> None:
    """Draws both boxes into the selection bar; what is chosen goes into the address."""
    query = to_query(page.selection)
    current = chosen_metric(page.selection)

    def choose(parameter: str, key: str) -> None:
        go(query, {parameter: str(st.session_state.get(key, ""))})

    compare_choice(page, DEFAULT)
    box = st.popover(f":small[{t('compare.metric')}] {_label(page, current)}", key="metric_box", on_change="rerun")
    if box.open:
        with box:
            keep_widget("compare_metric", current)
            st.radio(
                t("compare.metric"),
                RATIOS,
                key="compare_metric",
                format_func=lambda name: _label(page, name),
                label_visibility="collapsed",
                on_change=choose,
                args=("metric", "compare_metric"),
            )


def _label(page: Page, name: str) -> str:
    one = metric(name)
    assert isinstance(one, Ratio)
    return short_label(one, page.language)

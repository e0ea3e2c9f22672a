"""Từ điển chỉ số: what each figure means, from the declarations that compute it, and the words that must not be mixed."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.session.address import go, keep_widget
from dashboard.session.figures import Figure, whole
from dashboard.session.state import LONGEST_VALUE, to_query
from dashboard.ui.components.anchor import follow_anchor
from dashboard.ui.page_context import Page
from dashboard.ui.panel import buttons, may_export
from dashboard.ui.translations import t
from dashboard.views.dictionary.dictionary import dictionary_sheet, found_metrics, found_pairs, grouped_entries
from dashboard.views.dictionary.metric_entries import entries, index, word_pairs
from metrics.catalog import METRICS

TITLE = "page.dictionary"


def render(page: Page) -> None:
    """Draws the page."""
    find, query = page.selection.own_value("find"), to_query(page.selection)
    metrics, pairs = found_metrics(find), found_pairs(find)
    names = [one.name for one in METRICS]
    # What a metric means is for everyone; its figure is not.
    figures: dict[str, Figure] = (
        whole(page.reader.values(names, page.selection), page.selection.unit_code) if page.reader.may_read(page.selection) else {}
    )

    def choose() -> None:
        go(query, {"find": str(st.session_state.get("dictionary_find") or "")[:LONGEST_VALUE]})

    st.html(f'<h1 class="sentence">{escape(t("dictionary.sentence", count=len(METRICS)))}</h1>')
    with st.container(key="dictionary_controls", horizontal=True, vertical_alignment="center"):
        keep_widget("dictionary_find", find)
        st.text_input(
            t("dictionary.search"),
            key="dictionary_find",
            placeholder=t("dictionary.search_placeholder"),
            label_visibility="collapsed",
            width=320,
            on_change=choose,
        )
        shown = t("dictionary.shown", metrics=len(metrics), scope=page.scope_label, span=page.span)
        st.html(f'<p class="subtitle">{escape(shown)}</p>', width="content")
        if metrics and may_export(page):
            twin = dictionary_sheet(page, metrics)
            page.offered["dictionary"] = twin
            st.html(buttons("dictionary", t(TITLE), twin.name), width="content")
    groups = grouped_entries(page, metrics, figures)
    if not groups and not pairs:
        st.html(f'<p class="remark" role="status">{escape(t("dictionary.none", query=find))}</p>')
        return
    words = word_pairs(pairs, t("words.title"), t("words.subtitle")) if pairs else ""
    contents = index(groups, t("words.title") if pairs else "", t("dictionary.index"))
    st.html(f'<div class="dictionary">{contents}<div class="body">{entries(groups)}{words}</div></div>')
    follow_anchor()

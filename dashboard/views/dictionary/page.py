"""Từ điển chỉ số: what each figure means, from the declarations that compute it, and the words that must not be mixed."""

from __future__ import annotations

import streamlit as st

from dashboard.session.address import search_field
from dashboard.session.figures import Figure, whole
from dashboard.ui.components import follow_anchor
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import buttons, draw_words, may_export, remark, sentence
from dashboard.ui.translations import t
from dashboard.views.dictionary.entries import dictionary_sheet, found_metrics, found_pairs, grouped_entries, pair_text, told_metrics, told_pairs

TITLE = "page.dictionary"
READS = {"find": None}


def render(page: Page) -> None:
    """Draws the page."""
    find = page.selection.own_value("find")
    told = told_metrics(page)
    metrics, pairs = found_metrics(find, told), found_pairs(find, told_pairs(page))
    # What a metric means is for everyone; its figure is not.
    figures: dict[str, Figure] = {}
    if page.reader.may_read(page.selection):
        figures = whole(page.reader.values([one.name for one in told], page.selection), page.selection.unit_code)
    draw_words(sentence(t("dictionary.sentence", count=len(told))))
    with st.container(key="dictionary_controls", horizontal=True, vertical_alignment="center"):
        search_field(page.selection, "dictionary_find", t("dictionary.search"), t("dictionary.search_placeholder"), 320)
        shown = t("dictionary.shown", metrics=len(metrics), scope=page.scope_label, span=page.span)
        st.html(remark(shown, "subtitle"), width="content")
        if metrics and may_export(page):
            twin = dictionary_sheet(page, metrics)
            page.offered["dictionary"] = twin
            st.html(buttons("dictionary", t(TITLE), twin.name), width="content")
    groups = grouped_entries(page, metrics, figures)
    if not groups and not pairs:
        st.html(remark(t("dictionary.none", query=find), is_status=True))
        return
    said = [(name, t(f"words.{name}.title"), pair_text(name)) for name in pairs]
    st.html(markup("dictionary/entries.html", groups=groups, pairs=said))
    follow_anchor()

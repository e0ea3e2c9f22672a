"""The gate before a report is pinned and approved: what it lacks by name, what to do about it, and an answer to each."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.reports.archive.approval import LONGEST_ANSWER, gap_advice, gap_text
from dashboard.reports.content.blocks import Gap
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t


def draw_gaps(page: Page, gaps: Sequence[Gap]) -> None:
    """Draws what is missing and what to do; nothing where the report lacks nothing."""
    if gaps:
        told = [(gap.name, gap_text(gap, page.language), gap_advice(gap, page.language)) for gap in gaps]
        st.html(markup("reports/gaps.html", gaps=told))


def draw_answers(page: Page, gaps: Sequence[Gap]) -> None:
    """Draws a field for the answer to each gap."""
    draw_gaps(page, gaps)
    for gap in gaps:
        st.text_input(t("reports.gap_answer", gap=t(f"gap.{gap.name}")), key=_key(gap), max_chars=LONGEST_ANSWER)


def answers_typed(gaps: Sequence[Gap]) -> dict[str, str]:
    """What was answered, by the gap's name."""
    return {gap.name: str(st.session_state.get(_key(gap)) or "") for gap in gaps}


def _key(gap: Gap) -> str:
    return f"report_answer_{gap.name}"

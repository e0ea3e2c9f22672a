"""Văn bản: what went out in which form and signed by whom, where paper is still sent, and how long documents take."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from markupsafe import Markup

from dashboard.session.figures import Figure, whole
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, draw, in_columns, remembered, sentence
from dashboard.ui.translations import t
from dashboard.views.documents.channels import CHANNELS, channels_panel, days_panel, paper_panel, price_choice
from dashboard.views.documents.open_deliveries import OPEN, open_panel
from dashboard.views.documents.outgoing import tree_panel, type_name, types_panel
from dashboard.views.documents.registered import REGISTERED, registered_panel
from dashboard.views.documents.waiting import waiting_panel

TITLE = "page.documents"
READS = {"price": None}
NAMES: tuple[str, ...] = (
    "outgoing_documents",
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_paper",
    "parallel_ratio",
    "recalled_documents",
    "internal_outgoing",
    "internal_incoming",
    "axis_outgoing",
    "axis_incoming",
    "axis_success_ratio",
    "on_time_ratio",
    *OPEN,
    "median_working_days",
    "p90_working_days",
    "paper_pages_saved",
    *REGISTERED,
)
BY_WEEK = 120
"""Longer periods are followed by month."""


choices = price_choice


def render(page: Page) -> None:
    """Draws the page."""
    draw(page, *remembered(page, "documents", lambda: _compose(page)))


def _compose(page: Page) -> tuple[Markup, Columns]:
    figures = whole(page.reader.values(NAMES, page.selection), page.selection.unit_code)
    period = page.covered.period
    parts = period.split("week" if period.days <= BY_WEEK else "month")
    flow = page.reader.document_flow(page.selection, parts)
    known = page.known
    wide = (
        tree_panel(page, figures, flow.forms),
        types_panel(page, figures["parallel_ratio"], parts, flow.types) if "parallel_ratio" in known else None,
        waiting_panel(page) if "median_working_days" in known else None,
        registered_panel(page, figures) if known & set(REGISTERED) else None,
    )
    narrow = (
        days_panel(page, figures, flow.days) if "median_working_days" in known else None,
        open_panel(page, figures) if known & set(OPEN) else None,
        channels_panel(page, figures) if known & set(CHANNELS[:4]) else None,
        paper_panel(page, figures["paper_pages_saved"]) if "paper_pages_saved" in known else None,
    )
    return _sentence(page, figures, flow.types), in_columns("1.75fr 1fr", wide, narrow)


def _sentence(page: Page, figures: Mapping[str, Figure], types: pl.DataFrame) -> Markup:
    """What went out, and which types hold most of the copies on paper."""
    outgoing, parallel = figures["outgoing_documents"], figures["outgoing_parallel"]
    if not outgoing.numerator:
        return sentence(t("documents.sentence_no_data" if outgoing.numerator is None else "documents.sentence_none"))
    if parallel.numerator is None:
        return sentence(t("documents.sentence_forms_unknown", documents=outgoing.count_text))
    text = t("documents.sentence", **{name: figures[f"outgoing_{name}"].count_text for name in ("documents", "electronic", "parallel", "paper")})
    ranked = types.group_by("doc_type").agg(pl.col("parallel").sum()).sort("parallel", "doc_type", descending=True).head(2)
    if not parallel.numerator or ranked.height < 2:
        return sentence(text)
    held = written.number(int(ranked["parallel"].sum()), page.language)
    names = t("sentence.and").join(type_name(code) for code in ranked["doc_type"])
    return sentence(text, names, t("documents.sentence_types", held=held, all=parallel.count_text))

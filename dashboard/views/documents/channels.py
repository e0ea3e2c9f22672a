"""How documents travelled and how long they took: documents against deliveries, the axis, days to completion, pages of paper saved."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from dashboard.session.address import go
from dashboard.session.figures import Figure
from dashboard.session.state import to_query
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from data.language import in_language
from metrics.catalog import metric

PAIRS = (("internal", "internal_outgoing", "internal_incoming"), ("axis", "axis_outgoing", "axis_incoming"))
"""Ways to send: the words of each, and what was sent and received on it."""
CHANNELS: tuple[str, ...] = ("internal_outgoing", "internal_incoming", "axis_outgoing", "axis_incoming", "recalled_documents")
LAST_DAY = 20
"""Longer waits share one column."""
HIGHEST_PRICE = 1_000_000


def channels_panel(page: Page, figures: Mapping[str, Figure]) -> Panel:
    """Documents and deliveries apart, and of the axis what was acknowledged and what was not."""
    title = t("documents.channels_title")
    subtitle = t("documents.channels_subtitle", population=page.population("document"), span=page.span)
    success = figures["axis_success_ratio"]
    lost = None if success.numerator is None or success.denominator is None else success.denominator - success.numerator
    largest = max(figures[name].numerator or 0 for _, *names in PAIRS for name in names) or 1
    pairs = [pair for pair in PAIRS if page.known & set(pair[1:])]
    is_axis = success.metric in page.known
    body = markup(
        "documents/channels.html",
        pairs=pairs,
        is_axis=is_axis,
        figures=figures,
        largest=largest,
        success=success,
        lost=lost,
        why=why_button(page, success),
    )
    told = [name for name in (*CHANNELS, success.metric) if name in page.known]
    rows: list[tuple[Cell, ...]] = [(_label(page, name), _count(figures[name])) for name in CHANNELS if name in page.known]
    rows += [] if not is_axis else [(_label(page, "axis_success_ratio"), f"{success.rate_text} {success.counts_text}".strip())]
    columns = (t("documents.figure"), t("documents.value"))
    return figure_panel(page, "channels", title, subtitle, body, sheet(page, "kenh-gui-nhan", title, subtitle, columns, rows, of=told))


def days_panel(page: Page, figures: Mapping[str, Figure], days: pl.DataFrame) -> Panel:
    """The deliveries completed in the period by working days, with marks at the median and the 90th percentile of the catalogue."""
    title = t("documents.days_title")
    subtitle = t("documents.days_subtitle", population=page.population("delivery"), span=page.span)
    median, ninety = figures["median_working_days"], figures["p90_working_days"]
    if median.value is None or ninety.value is None:
        return figure_panel(page, "completion", title, subtitle, remark(t("documents.days_none" if median.is_known else "documents.unknown")), None)
    counts = [0] * (LAST_DAY + 1)
    for day, count in days.iter_rows():
        counts[min(day, LAST_DAY)] += count
    body = markup(
        "documents/completion.html",
        counts=counts,
        names=[*map(str, range(LAST_DAY)), f"≥{LAST_DAY}"],
        marks=[(int(value), min(LAST_DAY, int(value)), words) for value, words in ((median.value, "median"), (ninety.value, "ninety"))],
        median=median,
        ninety=ninety,
        on_time=figures["on_time_ratio"],
        why=why_button(page, median),
    )
    rows = [(int(day), int(count)) for day, count in days.iter_rows()]
    twin = sheet(page, "thoi-gian-xu-ly", title, subtitle, (t("documents.days"), t("documents.received")), rows, of=[median.metric])
    return figure_panel(page, "completion", title, subtitle, body, twin)


def price_of(page: Page) -> int:
    """The price of a printed page in the link, in đồng; 0 where there is none that can be used."""
    text = page.selection.own_value("price")
    return min(int(text), HIGHEST_PRICE) if text.isascii() and text.isdigit() else 0


def paper_panel(page: Page, pages: Figure) -> Panel:
    """The estimate of pages saved with what it assumes, and what they would have cost at a price that the reader gives."""
    title, subtitle = t("documents.paper_title"), t("documents.paper_subtitle", span=page.span)
    definition = in_language(metric(pages.metric), "definition", page.language)
    body = markup("documents/paper.html", pages=pages, price=price_of(page), definition=definition, why=why_button(page, pages))
    columns = (t("documents.figure"), t("documents.value"))
    file = sheet(page, "giay-tiet-kiem", title, subtitle, columns, [(_label(page, pages.metric), _count(pages))], of=[pages.metric])
    return figure_panel(page, "paper", title, subtitle, body, file, is_twin_shown=False)


def price_choice(page: Page) -> None:
    """Draws what a printed page costs, which the reader gives, where pages saved are estimated; it goes into the address."""
    if "paper_pages_saved" not in page.known or "paper" in page.left_out:
        return
    price = price_of(page)

    def choose() -> None:
        given = st.session_state.get("price")
        go(to_query(page.selection), {"price": str(int(given)) if isinstance(given, int | float) and given > 0 else ""})

    shown = t("documents.price_given", price=written.number(price, page.language)) if price else t("documents.price_none")
    box = st.popover(f":small[{t('documents.price_short')}] {shown}", key="price_box", on_change="rerun")
    if box.open:
        with box:
            st.session_state["price"] = price or None
            st.number_input(t("documents.price"), key="price", min_value=0, max_value=HIGHEST_PRICE, step=50, on_change=choose, placeholder="–")


def _label(page: Page, name: str) -> str:
    return in_language(metric(name), "label", page.language)


def _count(figure: Figure) -> Cell:
    return figure.count_text if figure.numerator is None else figure.numerator

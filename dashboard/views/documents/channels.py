"""How documents travelled and how long they took: documents against deliveries, the axis, days to completion, pages of paper saved."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import polars as pl
import streamlit as st

from dashboard.session.address import go
from dashboard.session.figures import Figure
from dashboard.session.state import to_query
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from dashboard.views.documents.day_columns import Column, Mark, day_columns
from metrics.catalog import metric

LAST_DAY = 20
"""Longer waits share one column."""
HIGHEST_PRICE = 1_000_000


def channels_panel(page: Page, figures: Mapping[str, Figure]) -> Panel:
    """Draws documents and deliveries apart, and of the axis what was acknowledged and what was not."""
    title = t("documents.channels_title")
    subtitle = t("documents.channels_subtitle", population=page.population("document"), span=page.span)
    success = figures["axis_success_ratio"]
    lost = None if success.numerator is None or success.denominator is None else success.denominator - success.numerator
    largest = (
        max((figures[name].numerator or 0 for name in ("internal_outgoing", "internal_incoming", "axis_outgoing", "axis_incoming")), default=0) or 1
    )

    def line(name: str, words: str) -> str:
        figure = figures[name]
        return (
            f'<li><span>{escape(words)}</span><i aria-hidden="true" style="width:{100 * (figure.numerator or 0) / largest:.2f}%"></i>'
            f'<b data-metric="{escape(name)}">{escape(figure.count_text)}</b></li>'
        )

    body = f'<h4>{escape(t("counts.internal"))}</h4><ul class="pair">{line("internal_outgoing", t("documents.sent"))}'
    body += f"{line('internal_incoming', t('documents.received'))}</ul>"
    body += f'<h4>{escape(t("counts.axis"))}</h4><ul class="pair">{line("axis_outgoing", t("documents.sent"))}'
    body += f"{line('axis_incoming', t('documents.received'))}</ul>"
    verdict = t("documents.axis_success", rate=success.rate_text, counts=success.counts_text) if success.counts_text else t("value.no_data")
    body += f'<p class="figure-line"><b data-metric="axis_success_ratio">{escape(verdict)}</b>'
    if lost:
        body += f'<span class="look">▲ {escape(t("documents.axis_lost", count=written.number(lost, page.language)))}</span>'
    body += f"</p><p class='whys'><span>{escape(t('counts.internal_note'))}</span>{why_button(page, success)}</p>"
    rows: list[tuple[Cell, ...]] = [(_label(page, name), _count(figures[name])) for name in CHANNELS]
    rows += [(_label(page, "axis_success_ratio"), f"{success.rate_text} {success.counts_text}".strip())]
    columns = (t("documents.figure"), t("documents.value"))
    return figure_panel(page, "channels", title, subtitle, body, sheet(page, "kenh-gui-nhan", title, subtitle, columns, rows))


CHANNELS: tuple[str, ...] = ("internal_outgoing", "internal_incoming", "axis_outgoing", "axis_incoming", "recalled_documents")


def days_panel(page: Page, figures: Mapping[str, Figure], days: pl.DataFrame) -> Panel:
    """Draws the deliveries completed in the period by working days, with the median and the 90th percentile of the catalogue."""
    title = t("documents.days_title")
    subtitle = t("documents.days_subtitle", population=page.population("delivery"), span=page.span)
    median, ninety = figures["median_working_days"], figures["p90_working_days"]
    if median.value is None or ninety.value is None:
        return figure_panel(page, "completion", title, subtitle, f'<p class="remark">{escape(t("documents.days_none"))}</p>', None)
    counts = dict(days.iter_rows())
    columns: list[Column] = []
    for day in range(LAST_DAY + 1):
        count = counts.get(day, 0) if day < LAST_DAY else sum(more for on, more in counts.items() if on >= LAST_DAY)
        label = str(day) if day % 5 == 0 else ""
        label = f"≥{LAST_DAY}" if day == LAST_DAY else label
        name = f"≥{LAST_DAY}" if day == LAST_DAY else str(day)
        columns.append(Column(count, label, t("documents.days_column", days=name, count=written.number(count, page.language))))
    marks = [
        Mark(min(LAST_DAY, int(figure.value or 0)), t(f"documents.{words}", days=written.number(figure.value or 0, page.language)))
        for figure, words in ((median, "median"), (ninety, "ninety"))
    ]
    alt = t("documents.days_alt", count=median.count_text, median=int(median.value), ninety=int(ninety.value))
    body = day_columns(columns, marks, alt)
    on_time = figures["on_time_ratio"]
    timely = t("documents.on_time", rate=on_time.rate_text, counts=on_time.counts_text) if on_time.counts_text else ""
    body += (
        f'<p class="whys"><span>{escape(t("documents.days_counted", count=median.count_text))} {escape(timely)}</span>{why_button(page, median)}</p>'
    )
    rows: list[tuple[Cell, ...]] = [(int(day), int(count)) for day, count in days.iter_rows()]
    return figure_panel(
        page,
        "completion",
        title,
        subtitle,
        body,
        sheet(page, "thoi-gian-xu-ly", title, subtitle, (t("documents.days"), t("documents.received")), rows),
    )


def price_of(page: Page) -> int:
    """The price of a printed page in the link, in đồng; 0 where there is none that can be used."""
    text = page.selection.own_value("price")
    return min(int(text), HIGHEST_PRICE) if text.isascii() and text.isdigit() else 0


def paper_panel(page: Page, pages: Figure) -> Panel:
    """Draws the estimate of pages saved with what it assumes, and what they would have cost at a price that the reader gives."""
    title, subtitle = t("documents.paper_title"), t("documents.paper_subtitle", span=page.span)
    price = price_of(page)
    body = f'<p class="estimate"><b data-metric="paper_pages_saved">{escape(pages.count_text)}</b> {escape(t("documents.pages"))}</p>'
    if price and pages.numerator is not None:
        cost = written.number(price * pages.numerator, page.language)
        body += f'<p class="cost" data-cost>{escape(t("documents.cost", cost=cost, price=written.number(price, page.language)))}</p>'
    body += f'<p class="remark">{escape(metric("paper_pages_saved").definition)}</p>'
    body += f'<p class="whys"><span></span>{why_button(page, pages)}</p>'
    rows: list[tuple[Cell, ...]] = [(_label(page, "paper_pages_saved"), _count(pages))]
    file = sheet(page, "giay-tiet-kiem", title, subtitle, (t("documents.figure"), t("documents.value")), rows)

    return figure_panel(page, "paper", title, subtitle, body, file, is_twin_shown=False)


def price_choice(page: Page) -> None:
    """Draws what a printed page costs, which the reader gives; it goes into the address."""
    price = price_of(page)

    def choose() -> None:
        given = st.session_state.get("price")
        go(to_query(page.selection), {"price": str(int(given)) if isinstance(given, int | float) and given > 0 else ""})

    told = t("documents.price_given", price=written.number(price, page.language)) if price else t("documents.price_none")
    box = st.popover(f":small[{t('documents.price_short')}] {told}", key="price_box", on_change="rerun")
    if box.open:
        with box:
            st.session_state["price"] = price or None
            st.number_input(t("documents.price"), key="price", min_value=0, max_value=HIGHEST_PRICE, step=50, on_change=choose, placeholder="–")


def _label(page: Page, name: str) -> str:
    declared = metric(name)
    return declared.label_en if page.language == "en" else declared.label


def _count(figure: Figure) -> Cell:
    return figure.count_text if figure.numerator is None else figure.numerator

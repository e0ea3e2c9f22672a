"""What is compared, and with what: chosen in the bar, kept in the address, the same words and days on every page that compares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Literal, get_args

import streamlit as st

from dashboard.session.address import go, radio_box
from dashboard.session.state import Selection, to_query
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from data.errors import ConfigurationError
from data.language import in_language
from metrics.catalog import METRICS, metric
from metrics.model import Ratio
from metrics.periods import EARLIEST, LATEST, Period, period_before

CompareWith = Literal["previous", "year", "weeks4", "baseline"]
COMPARE_WITH: tuple[CompareWith, ...] = get_args(CompareWith)
FOUR_WEEKS = timedelta(days=28)
RATIOS: tuple[str, ...] = tuple(one.name for one in METRICS if isinstance(one, Ratio))
STATES = frozenset(one.name for one in METRICS if one.is_state)
"""Ratios of what is on the last day: these can be compared with any earlier day that the data reach."""


def chosen_metric(selection: Selection) -> str:
    """The ratio that the link names, by which units are compared and ranked; activation where it names none that there is."""
    return next((name for name in RATIOS if name == selection.own_value("metric")), RATIOS[0])


def short_label(name: str, of: written.Language) -> str:
    """The label of a ratio without the words that all of them begin with: `Kích hoạt tài khoản`."""
    label = in_language(metric(name), "label", of)
    rest = label.removeprefix("Tỷ lệ ")
    return label if of == "en" else rest[:1].upper() + rest[1:]


def metric_choice(page: Page) -> None:
    """Draws the ratio by which units are compared into the selection bar; what is chosen goes into the address."""
    names = {name: short_label(name, page.language) for name in ratios_to_choose(page)}
    chosen = chosen_metric(page.selection)
    if chosen in names:  # a home may have no figures of it, nor of any
        radio_box(page.selection, "metric", "compare_metric", "metric_box", t("compare.metric"), names, chosen)


def ratios_to_choose(page: Page) -> list[str]:
    """The ratios that there are figures of."""
    return [name for name in RATIOS if name in page.known]


def is_day(text: str) -> bool:
    """Whether a text is a day as addresses write it."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def days_to_choose(page: Page) -> list[str]:
    """The day that the address names, where it is one."""
    given = page.selection.own_value("base")
    return [given] if is_day(given) else []


COMPARES: Mapping[str, Callable[[Page], Collection[str]]] = {
    "metric": ratios_to_choose,
    "compare": lambda _: COMPARE_WITH,
    "base": days_to_choose,
}
"""What a page that compares reads of its address (`dashboard.views.View.ignored`)."""


def chosen_compare(selection: Selection, default: CompareWith) -> CompareWith:
    """What the link compares with; the page's own default where it does not say."""
    return next((name for name in COMPARE_WITH if name == selection.own_value("compare")), default)


def baseline_on(page: Page) -> date:
    """The day that a baseline is taken on: the link's, else the end of the first full month of which the data speak."""
    try:
        on = date.fromisoformat(page.selection.own_value("base"))
    except ValueError:
        first = page.reader.info.first_on
        on = (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(max(on, EARLIEST), LATEST)


def compared_period(page: Page, with_what: CompareWith) -> Period | None:
    """The days compared with, as many as the view's own (of months, whole months); None outside of what a period can be."""
    period = page.selection.period
    try:
        if with_what == "previous":
            return period_before(period)
        if with_what == "year":
            return period.same_last_year()
        if with_what == "baseline":
            on = baseline_on(page)
            return Period(on - timedelta(days=period.days - 1), on)
        return Period(period.from_on - FOUR_WEEKS, period.to_on - FOUR_WEEKS)
    except (ConfigurationError, OverflowError):
        return None


def is_reached(page: Page, period: Period | None, name: str) -> bool:
    """Whether the data speak of all days of a period and of the view's own, for a state of the last one: a part of a period is compared with none."""
    return period is not None and all(page.reader.is_comparable(name, days) for days in (period, page.selection.period))


def compare_words(page: Page, with_what: CompareWith) -> str:
    """What it is compared with, in words; a baseline by its day."""
    return t(f"compare.with_{with_what}", day=written.day(baseline_on(page), page.language))


def compare_choice(page: Page, default: CompareWith) -> None:
    """Draws the box in the selection bar; what is chosen goes into the address."""
    names = {name: compare_words(page, name) for name in COMPARE_WITH}
    chosen = chosen_compare(page.selection, default)
    box = radio_box(page.selection, "compare", "compare_with", "compare_box", t("compare.with"), names, chosen)
    query = to_query(page.selection)

    def choose_day() -> None:
        go(query, {"compare": "baseline", "base": str(st.session_state.get("compare_base") or "")})

    if box.open:
        with box:
            st.session_state["compare_base"] = baseline_on(page)
            st.date_input(t("compare.base"), key="compare_base", min_value=EARLIEST, max_value=LATEST, format="DD/MM/YYYY", on_change=choose_day)

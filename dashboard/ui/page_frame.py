"""The frame of every page: navigation, selection bar, data line, notices, and the states in place of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st

from dashboard.session.address import go, link
from dashboard.session.policy import Grain
from dashboard.session.state import POPULATIONS, Notice, Selection, to_query
from dashboard.ui import format as written
from dashboard.ui.components.unit_picker import Choice, chosen_unit, packed, unit_picker
from dashboard.ui.page_context import Page
from dashboard.ui.panel import remembered
from dashboard.ui.selection_bar import role_switch, tree_choice
from dashboard.ui.translations import t, use_language
from metrics.coherence.checks import CheckResult
from metrics.engines import SnapshotInfo
from metrics.periods import EARLIEST, LATEST, PRESETS, Period

Span = tuple[date, date]
HOME = "overview"
"""The page that a bare address shows."""
AT = ' class="current" aria-current="page"'


WATCH_S = 10
"""Every so often a page that stays open looks whether newer figures have been published."""


def navigation_bar(title: str, pages: Sequence[tuple[str, str]], current: str, page: Page, has_roles: bool) -> None:
    """The dark bar: title, pages as (path, name) with the view carried along, in the demo whose view it is, language."""
    carried = replace(page.selection, own=())
    links = "".join(
        f'<a href="{escape(link(path if path != HOME else "./", carried))}" target="_self"{AT if path == current else ""}>{escape(name)}</a>'
        for path, name in pages
    )
    other = next(language for language in written.LANGUAGES if language != page.language)
    words, name = escape(t("frame.other_language_help")), escape(t("frame.other_language"))
    change = escape(link("", page.selection, lang=other))
    with st.container(key="nav", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="brand">{escape(title)}</p><nav class="pages" aria-label="{escape(t("frame.pages"))}">{links}</nav>')
        if has_roles:
            role_switch(page)
        st.html(f'<a class="language" href="{change}" target="_self" lang="{other}" title="{words}" aria-label="{words}">{name}</a>', width="content")


def title_bar(title: str) -> None:
    """The dark bar with nothing but the title, where there is no view to carry along."""
    with st.container(key="nav", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="brand">{escape(title)}</p>', width="content")


def selection_bar(
    page: Page, first_view: Selection, checks: Sequence[CheckResult] | None, own: Callable[[Page], None] | None = None, to_checks: bool = True
) -> None:
    """Scope, period, population and the page's `own` choices, and beside them the data line; what is chosen goes into the address alone."""
    query = to_query(page.selection)
    with st.container(key="bar", horizontal=True, vertical_alignment="center"):
        with st.container(key="bar_choices", horizontal=True, vertical_alignment="center"):
            with st.container(key="scope_box"):
                _scope(page, query)
            _period(page, first_view, query)
            _population(page, query)
            if own:
                own(page)
        st.html(_data_line(page, checks, to_checks), width="content")


def notices(found: Sequence[Notice]) -> None:
    """What in the address could not be used, and what is shown instead."""
    if found:
        lines = "".join(f"<p>{escape(t(notice.key, given=notice.given[:80]))}</p>" for notice in found)
        st.html(f'<div class="notice" role="status">{lines}</div>')


def state(title: str, text: str, command: str = "", detail: str = "") -> None:
    """A designed page in place of figures: what is the matter and what to do."""
    code = f"<pre><code>{escape(command)}</code></pre>" if command else ""
    small = f'<p class="detail" lang="en">{escape(detail)}</p>' if detail else ""
    st.html(f'<section class="state" role="status"><h1>{escape(title)}</h1><p>{escape(text)}</p>{small}{code}</section>')


@st.fragment(run_every=WATCH_S)
def newer_figures(page: Page) -> None:
    """Says that newer figures than the page's have been published; they are shown when the reader asks for them, all at once."""
    use_language(page.language)
    if page.reader.is_outdated():
        address = escape(link("", page.selection))
        words, action = escape(t("frame.newer")), escape(t("frame.newer_show"))
        st.html(f'<p class="newer" role="status">{words} <a href="{address}" target="_self">{action}</a></p>', width="content")


def _scope(page: Page, query: dict[str, str]) -> None:
    def choose() -> None:
        go(query, {"unit": chosen_unit()})

    choices = remembered(page, "choices", lambda: packed(_choices(page)))
    unit_picker(choices, page.selection.unit_code or "", t("frame.scope"), t("frame.scope_search"), t("frame.scope_none"), choose)


def _choices(page: Page) -> list[Choice]:
    """The units that the viewer may choose on this page."""
    reader, selection = page.reader, page.selection
    # Who may see no figures at all may still say of which unit the checks are to be shown.
    grain: Grain = "making" if reader.may_read(replace(selection, unit_code=None), "making") else "aggregate"
    choices = [Choice("", t("frame.whole"), "", 0)] if reader.may_read(replace(selection, unit_code=None), grain) else []
    for unit in page.tree.units.values():
        if unit.parent_code is None and page.tree.root is not None:
            continue  # the one root is the whole
        if page.is_in_tree(unit) and reader.may_read(replace(selection, unit_code=unit.code), grain):
            above = page.tree.units.get(unit.parent_code or "")
            choices.append(Choice(unit.code, unit.label, above.label if above and above.depth else "", max(0, unit.depth - 1)))
    return choices


def _period(page: Page, first_view: Selection, query: dict[str, str]) -> None:
    presets = remembered(page, "presets", lambda: period_presets(page.reader.info, first_view, page.language))
    current = (page.selection.from_on, page.selection.to_on)
    current_name = presets.get(current, page.span)

    def choose_preset() -> None:
        chosen = st.session_state.get("preset")
        if isinstance(chosen, tuple) and len(chosen) == 2:
            go(query, {"from": str(chosen[0]), "to": str(chosen[1])})

    def choose_range() -> None:
        chosen = st.session_state.get("range")
        if isinstance(chosen, tuple) and len(chosen) == 2:
            go(query, {"from": str(chosen[0]), "to": str(chosen[1])})

    box = st.popover(f":small[{t('frame.period')}] {current_name}", key="period", on_change="rerun")
    if not box.open:
        return
    with box:
        named = {current: page.span, **presets}
        st.session_state["preset"] = current
        st.session_state["range"] = current
        st.selectbox(
            t("period.preset"),
            list(named),
            key="preset",
            format_func=lambda span: named[span],
            on_change=choose_preset,
        )
        st.date_input(t("period.range"), key="range", min_value=EARLIEST, max_value=LATEST, format="DD/MM/YYYY", on_change=choose_range)


def _population(page: Page, query: dict[str, str]) -> None:
    def choose() -> None:
        go(query, {"population": str(st.session_state.get("population", ""))})

    current = t(f"population.{page.selection.population}")
    if page.selection.tree != "as_was":
        current += f" · {t(f'tree.{page.selection.tree}')}"
    box = st.popover(f":small[{t('frame.population')}] {current}", key="population_box", on_change="rerun")
    if not box.open:
        return
    with box:
        st.session_state["population"] = page.selection.population
        st.radio(
            t("frame.population"),
            POPULATIONS,
            key="population",
            format_func=lambda name: t(f"population.{name}"),
            captions=[t(f"population.{name}_caption") for name in POPULATIONS],
            label_visibility="collapsed",
            on_change=choose,
        )
        tree_choice(page)


def _data_line(page: Page, checks: Sequence[CheckResult] | None, to_checks: bool) -> str:
    info = page.reader.info
    first = escape(t("frame.cutoff", instant=written.instant(info.cutoff_at, info.time_zone, page.language)))
    told = [check for check in checks or () if check.has_data]  # where there is nothing to check, nothing was passed
    if told:
        failed = sum(not check.is_passed for check in told)
        first += f" · {escape(t('frame.checks', passed=len(told) - failed, all=len(told)))}"
        if failed:
            words = escape(t("frame.checks_failed", failed=failed))
            address = escape(link("quality", page.selection))
            first += f' · <a href="{address}" target="_self" class="look">{words}</a>' if to_checks else f' · <b class="look">{words}</b>'
    second = escape(t("frame.snapshot", name=info.snapshot))
    pill = f' <span class="pill">{escape(t("frame.synthetic"))}</span>' if info.is_synthetic else ""
    return f'<div class="data-line"><p>{first}</p><p>{second}{pill}</p></div>'


def period_presets(info: SnapshotInfo, first_view: Selection, language: written.Language) -> dict[Span, str]:
    """Periods to choose from by name: the installation's first view, then years, quarters and months, newest first.

    Only those that the data reach into; of two names for the same days the first stands.
    """
    span = written.span(first_view.from_on, first_view.to_on, language)
    key = "period.first_view" if first_view.population == "pilot" else "period.first_view_plain"
    presets: dict[Span, str] = {(first_view.from_on, first_view.to_on): t(key, span=span)}
    for kind in ("month", "quarter", "year"):
        of = next(preset.of for preset in PRESETS if preset.name == kind)
        period: Period | None = of(min(info.cutoff_on, LATEST))
        while period is not None and period.to_on >= info.first_on:
            names = {
                "month": written.month(period.from_on.year, period.from_on.month, language),
                "quarter": written.quarter(period.from_on.year, (period.from_on.month + 2) // 3, language),
                "year": t("period.year", year=period.from_on.year),
            }
            presets.setdefault((period.from_on, period.to_on), names[kind])
            period = of(date.fromordinal(period.from_on.toordinal() - 1)) if period.from_on > EARLIEST else None
    return presets

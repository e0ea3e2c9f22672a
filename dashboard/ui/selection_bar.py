"""The bar below the navigation: scope, period, population and tree, and beside them what the figures were read from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import streamlit as st
from markupsafe import Markup

from dashboard.session.address import go, keep_widget, link
from dashboard.session.policy import Grain
from dashboard.session.state import TREES, Pinned, newest_complete_month, to_query
from dashboard.ui import format as written
from dashboard.ui.components.unit_picker import Choice, chosen_unit, packed, unit_picker
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import remembered
from dashboard.ui.translations import outcomes_in_words, t
from data.language import in_language
from data.outcomes import Outcome
from metrics.coherence.checks import CheckResult
from metrics.engines import SnapshotInfo
from metrics.periods import EARLIEST, LATEST, PRESETS, Period, Preset, iso_week, quarter, reporting_year

Span = tuple[date, date]


def selection_bar(
    page: Page, pinned: Sequence[Pinned], checks: Sequence[CheckResult] | None, own: Callable[[Page], None] | None = None, to_checks: bool = True
) -> Callable[[], None]:
    """The bar with the periods asked for most and the data line; the answer draws the choices in it: scope, period, population, the page's `own`.

    A browser that is still at work on the list of units shows no word that comes after it, so the page goes first. What is chosen goes into the
    address alone.
    """
    query = to_query(page.selection)
    with st.container(key="bar", horizontal=True, vertical_alignment="center"):
        with st.container(key="bar_choices", horizontal=True, vertical_alignment="center"):
            choices = st.container(key="bar_boxes", horizontal=True, vertical_alignment="center")
            st.html(_chips(page, pinned), width="content")
        st.html(_data_line(page, checks, to_checks), width="content")

    def draw_choices() -> None:
        with choices:
            with st.container(key="scope_box"):
                _scope(page, query)
            _period(page, pinned, query)
            _population(page, query)
            if own:
                own(page)

    return draw_choices


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
        is_shown = page.is_in_tree(unit) or unit.code == selection.unit_code  # a link may lead to one that has ended
        if is_shown and reader.may_read(replace(selection, unit_code=unit.code), grain):
            above = page.tree.units.get(unit.parent_code or "")
            choices.append(Choice(unit.code, unit.label, above.label if above and above.depth else "", max(0, unit.depth - 1)))
    return choices


def _period(page: Page, pinned: Sequence[Pinned], query: dict[str, str]) -> None:
    presets = remembered(page, "presets", lambda: period_presets(page.reader.info, pinned, page.language))
    current = (page.selection.from_on, page.selection.to_on)

    def choose(key: str) -> None:
        chosen = st.session_state.get(key)
        if isinstance(chosen, tuple) and len(chosen) == 2:
            go(query, {"from": str(chosen[0]), "to": str(chosen[1])})

    # A pinned period by its name alone: with its days too the bar would have another line, and they stand with every figure.
    names = {(one.view.from_on, one.view.to_on): f"◆ {one.name}" for one in pinned}
    box = st.popover(f":small[{t('frame.period')}] {names.get(current) or presets.get(current, page.span)}", key="period", on_change="rerun")
    if not box.open:
        return
    with box:
        named = {current: page.span, **presets}
        # Set anew only when the view has changed: a hand that has clicked the first day in the calendar has yet to click the last.
        if "range" not in st.session_state or st.session_state.get("range_of") != current:
            st.session_state["range"] = st.session_state["range_of"] = current
        st.session_state["preset"] = current
        st.selectbox(t("period.preset"), list(named), key="preset", format_func=lambda span: named[span], on_change=choose, args=("preset",))
        st.date_input(t("period.range"), key="range", min_value=EARLIEST, max_value=LATEST, format="DD/MM/YYYY", on_change=choose, args=("range",))


def _population(page: Page, query: dict[str, str]) -> None:
    """The population, and the tree that figures are counted on."""

    def choose(key: str) -> None:
        go(query, {key: str(st.session_state.get(key, ""))})

    populations = page.populations
    has_groups, tree = len(populations) > 1, t(f"tree.{page.selection.tree}")
    chosen = [*([page.population_label(page.selection.population)] if has_groups else []), *([tree] if page.selection.tree != "as_was" else [])]
    label = t("frame.population" if has_groups else "frame.tree")
    box = st.popover(f":small[{label}] {' · '.join(chosen) or tree}", key="population_box", on_change="rerun")
    if not box.open:
        return
    with box:
        if has_groups:
            st.session_state["population"] = page.selection.population
            st.radio(
                t("frame.population"),
                populations,
                key="population",
                format_func=page.population_label,
                captions=[page.population_caption(name) for name in populations],
                label_visibility="collapsed",
                on_change=choose,
                args=("population",),
            )
        keep_widget("tree", page.selection.tree)
        st.radio(
            t("frame.tree"),
            TREES,
            key="tree",
            format_func=lambda name: t(f"tree.{name}"),
            captions=[t(f"tree.{name}_caption") for name in TREES],
            on_change=choose,
            args=("tree",),
        )


def _data_line(page: Page, checks: Sequence[CheckResult] | None, to_checks: bool) -> Markup:
    """Cut-off and snapshot, and what came of the checks."""
    info = page.reader.info
    outcomes = [check.outcome for check in checks or ()]
    return markup(
        "data_line.html",
        scope=page.scope_label,
        about=" · ".join((page.span, page.population_label(page.selection.population), t(f"tree.{page.selection.tree}"))),
        cutoff=written.instant(info.cutoff_at, info.time_zone, page.language),
        snapshot=info.snapshot,
        is_synthetic=info.is_synthetic,
        outcomes=outcomes_in_words(outcomes),
        is_failed=Outcome.FAILED in outcomes,
        address=link("quality", page.selection) if to_checks else "",
    )


def period_presets(info: SnapshotInfo, pinned: Sequence[Pinned], language: written.Language) -> dict[Span, str]:
    """Periods to choose from by name: the pinned ones, the newest weeks, then months to years, then reporting periods, newest first.

    Only those that the data reach into; of two names for the same days the first stands.
    """
    presets: dict[Span, str] = {}
    for one in pinned:
        span = (one.view.from_on, one.view.to_on)
        presets[span] = t("period.pinned", name=one.name, span=written.span(*span, language))
    for name, week in _newest_weeks(min(info.cutoff_on, LATEST)).items():
        if week.to_on >= info.first_on:
            presets.setdefault((week.from_on, week.to_on), t(f"period.{name}", span=written.span(week.from_on, week.to_on, language)))
    for preset in PRESETS:
        if preset.name in ("day", "week"):
            continue
        period: Period | None = preset.of(min(info.cutoff_on, LATEST))
        while period is not None and period.to_on >= info.first_on:
            presets.setdefault((period.from_on, period.to_on), _preset_name(preset, period, language))
            period = preset.of(date.fromordinal(period.from_on.toordinal() - 1)) if period.from_on > EARLIEST else None
    return presets


def _preset_name(preset: Preset, period: Period, language: written.Language) -> str:
    """`Tháng 10/2026`; a part without a name of its own by its kind and days."""
    if preset.name == "month":
        return written.month(period.from_on.year, period.from_on.month, language)
    if preset.name == "quarter":
        return written.quarter(period.from_on.year, (period.from_on.month + 2) // 3, language)
    if preset.name == "year":
        return t("period.year", year=period.from_on.year)
    return t("period.kind", name=in_language(preset, "label", language), span=written.span(period.from_on, period.to_on, language))


def _chips(page: Page, pinned: Sequence[Pinned]) -> Markup:
    """The periods that are asked for most, as links: the week, the newest complete month, its quarter, the reporting year, pinned ones."""
    info, language = page.reader.info, page.language
    cutoff = min(info.cutoff_on, LATEST)
    newest = newest_complete_month(cutoff)
    year, week = reporting_year(newest.to_on), Period(iso_week(cutoff).from_on, cutoff)
    of_newest = quarter(newest.to_on)
    named = [
        (t("period.this_week_chip"), week),
        (written.month(newest.from_on.year, newest.from_on.month, language), newest),
        (written.quarter(of_newest.from_on.year, (of_newest.from_on.month + 2) // 3, language), of_newest),
        (t("period.reporting_year_chip"), year),
    ]
    here = page.selection
    chips = [
        (words, link("", replace(here, from_on=period.from_on, to_on=period.to_on)), period == here.period)
        for words, period in named
        if period.to_on >= info.first_on
    ]
    for one in pinned:
        view = replace(here, from_on=one.view.from_on, to_on=one.view.to_on, population=one.view.population)
        chips.append((f"◆ {one.name}", link("", view), view == here))
    return markup("period_chips.html", chips=chips)


def _newest_weeks(cutoff: date) -> dict[str, Period]:
    """The weeks that end with the data, by the name of their words."""
    if cutoff - EARLIEST < timedelta(days=14):
        return {}
    return {
        "this_week": Period(iso_week(cutoff).from_on, cutoff),
        "last_week": iso_week(cutoff - timedelta(days=7)),
        "last_seven_days": Period(cutoff - timedelta(days=6), cutoff),
    }

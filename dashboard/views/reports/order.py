"""What report is made: its kind, the days beside the period, language and number, the sections and kinds of file; and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import streamlit as st

from dashboard.reports.archive.permitted_steps import Edits, PermittedSteps, edited
from dashboard.reports.archive.pinning import FIGURES, file_of
from dashboard.reports.archive.report_per_unit import file_stem, suffix_of
from dashboard.reports.content.build import sections_of
from dashboard.reports.content.kinds import ReportKind
from dashboard.reports.content.request import LARGEST_NUMBER, Request
from dashboard.reports.content.settings import report_settings
from dashboard.reports.writers import FORMATS, format_named
from dashboard.session.address import go, keep_widget, writes
from dashboard.session.state import to_query
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import remark
from dashboard.ui.translations import t
from dashboard.views.reports.gate import draw_gaps
from dashboard.views.reports.outcome import button_action, open_report, person_field, person_typed
from dashboard.views.reports.reading_view import report_of
from data.configuration import read_configuration
from data.paths import home_of
from metrics.periods import Period


def request_of_link(page: Page, kind: ReportKind) -> Request:
    """The report that the link asks for; what it says wrongly or of other kinds is left out."""
    selection, period = page.selection, page.selection.period
    language = next((one for one in kind.languages if one == selection.own_value("report_lang")), kind.languages[0])
    number = selection.own_value("number")
    left_out = set(selection.own_value("without").split("-"))
    return Request(
        kind.name,
        period,
        selection.population,
        selection.unit_code,
        flow=_flow(selection.own_value("flow"), period) if kind.has_flow else None,
        language=language,  # type: ignore[arg-type]
        number=int(number) if kind.has_form and number.isdecimal() and 0 < int(number) <= LARGEST_NUMBER else None,
        without=tuple(name for name, _ in sections_of(kind) if name in left_out),
    )


def _flow(given: str, period: Period) -> Period | None:
    first, _, last = given.partition("_")
    try:
        flow = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return None
    return flow if period.from_on <= flow.from_on <= flow.to_on <= period.to_on else None


def draw_order(page: Page, kinds: tuple[ReportKind, ...]) -> Request:
    """Draws the choices, which go into the link, and gives the report that they ask for: of the link's kind where it is one of `kinds`."""
    kind = next((kind for kind in kinds if kind.name == page.selection.own_value("kind")), kinds[0])
    request = request_of_link(page, kind)
    st.html(markup("reports/order_title.html"))
    names = {one.name: t(f"reports.kind_{one.name.replace('-', '_')}") for one in kinds}
    keep_widget("report_kind", kind.name)
    of_other_kinds = {"flow": "", "number": "", "report_lang": "", "without": ""}
    change = writes(page.selection, "kind", "report_kind", of_other_kinds)
    st.selectbox(t("reports.kind"), list(names), key="report_kind", format_func=lambda name: names[name], on_change=change)
    has_groups = len(page.populations) > 1
    scope = " · ".join((page.scope_label, page.span, *([page.population_label(page.selection.population)] if has_groups else [])))
    st.html(remark(scope, "subtitle") + remark(t("reports.scope_above" if has_groups else "reports.scope_above_plain"), "subtitle"))
    if kind.has_flow:
        _choose_flow(page, request)
    if len(kind.languages) > 1:
        _choose_language(page, kind, request)
    if kind.has_form:
        _choose_number(page, request)
    if titles := dict(sections_of(kind, page.known, report_settings(read_configuration(home_of(None))).without)):
        _choose_sections(page, titles, request)
    return request


def _choose_flow(page: Page, request: Request) -> None:
    period, query = request.period, to_query(page.selection)
    if st.session_state.get("report_flow_on") is not (request.flow is not None):
        st.session_state["report_flow_on"] = request.flow is not None

    def switch() -> None:
        go(query, {"flow": f"{period.from_on}_{period.to_on}" if st.session_state.get("report_flow_on") else ""})

    st.checkbox(t("reports.flow"), key="report_flow_on", on_change=switch)
    if request.flow is None:
        return
    st.html(remark(t("reports.flow_help"), "subtitle"))
    st.session_state["report_flow"] = (request.flow.from_on, request.flow.to_on)

    def choose() -> None:
        chosen = st.session_state.get("report_flow")
        if isinstance(chosen, tuple) and len(chosen) == 2:
            go(query, {"flow": f"{chosen[0]}_{chosen[1]}"})

    st.date_input(
        t("reports.flow_days"),
        key="report_flow",
        min_value=period.from_on,
        max_value=period.to_on,
        format="DD/MM/YYYY",
        on_change=choose,
        label_visibility="collapsed",
    )


def _choose_language(page: Page, kind: ReportKind, request: Request) -> None:
    keep_widget("report_language", request.language)
    names = {one: t(f"reports.language_{one}") for one in kind.languages}
    change = writes(page.selection, "report_lang", "report_language")
    st.radio(t("reports.language"), list(names), key="report_language", format_func=lambda one: names[one], on_change=change, horizontal=True)


def _choose_number(page: Page, request: Request) -> None:
    if request.number is None:
        st.session_state.pop("report_number", None)
    elif st.session_state.get("report_number") != request.number:
        st.session_state["report_number"] = request.number
    st.number_input(
        t("reports.number"),
        value=None,
        key="report_number",
        min_value=1,
        max_value=LARGEST_NUMBER,
        step=1,
        on_change=writes(page.selection, "number", "report_number"),
        placeholder=t("reports.number_place"),
    )


def _choose_sections(page: Page, titles: dict[str, str], request: Request) -> None:
    query = to_query(page.selection)
    kept = [name for name in titles if name not in request.without]
    if st.session_state.get("report_sections") != kept:
        st.session_state["report_sections"] = kept

    def choose() -> None:
        chosen = st.session_state.get("report_sections") or []
        go(query, {"without": "-".join(name for name in titles if name not in chosen)})

    with st.expander(t("reports.sections", count=len(kept), all=len(titles))):
        st.multiselect(
            t("reports.sections_label"),
            list(titles),
            key="report_sections",
            format_func=lambda name: titles[name],
            on_change=choose,
            label_visibility="collapsed",
        )


def formats_field(kind: ReportKind) -> list[str]:
    """Draws the choice of files, and gives their names in the order of the table of contents."""
    usual = list(kind.formats)
    chosen = st.multiselect(
        t("reports.formats"),
        [one.name for one in FORMATS],
        default=usual,
        key=f"report_formats_{kind.name}",
        format_func=lambda name: format_named(name).label,
    )
    return [one.name for one in FORMATS if one.name in chosen] or usual


def file_label(name: str) -> str:
    """What a kind of file, or the figures file, is called."""
    return t("reports.figures_file") if name == FIGURES else format_named(name).label


@dataclass(frozen=True)
class ReportFiles:
    """Files of a report that the page hands over (`dashboard.ui.table_files.Offer`); each is made when it is asked for, by whoever looks then."""

    name: str
    made_by: Mapping[str, Callable[[], bytes]]
    """By the end of the file's name, without its point."""

    def content(self, kind: str) -> bytes | None:
        """The file of that kind; None where it is not offered."""
        make = self.made_by.get(kind)
        return make() if make is not None else None


def file_buttons(page: Page, request: Request, made_by: Mapping[str, Callable[[], bytes]], notes: Mapping[str, str] | None = None) -> None:
    """Draws a button for each format, or the figures file. They travel over the page's own connection: no address leads to them.

    made_by: by format. notes: what is told of a file beside its name.
    """
    buttons = []
    for name, make in made_by.items():
        end, _, kind = suffix_of(name).rpartition(".")
        page.offered[f"report_{name}"] = ReportFiles(f"{file_stem(request)}{end}", {kind: make})
        buttons.append((f"report_{name}", kind, file_label(name), (notes or {}).get(name, "")))
    st.html(remark(t("reports.downloads"), "subtitle") + markup("reports/files.html", buttons=buttons))


def downloads(page: Page, steps: PermittedSteps, request: Request, edits: Edits, formats: list[str]) -> None:
    """Draws a button for each file; a file is made when it is asked for."""
    if not steps.may("export", request):
        return
    report = report_of(page, steps, request, edits)
    file_buttons(page, request, {name: partial(file_of, edited(report, edits), name) for name in [*formats, FIGURES]})


def pin_button(page: Page, steps: PermittedSteps, request: Request, edits: Edits, formats: list[str], draft: int | None) -> None:
    """Draws who pins and the button that does; the page then shows what was pinned."""
    if not steps.may("pin", request):
        return
    gaps = report_of(page, steps, request, edits).gaps
    draw_gaps(page, gaps)
    if any(gap.is_grave for gap in gaps):
        return
    person_field()

    def pin() -> str:
        kept = steps.pin(request, person_typed(), formats, edits, draft)
        open_report(page, kept.pin_id)
        return t("reports.pinned", title=kept.title)

    st.button(t("reports.pin"), key="report_pin", type="primary", on_click=button_action(page.reader.viewer, pin), width="stretch")
    st.html(remark(t("reports.pin_help"), "subtitle"))


def units_button(page: Page, steps: PermittedSteps, request: Request, formats: list[str], count: int) -> None:
    """Draws the button that makes one sheet per unit, how far it is, and the archive when it is done."""
    asked = (repr(request), tuple(formats), steps.snapshot, steps.viewer.scope_key)

    def make() -> str:
        bar = st.progress(0.0, text=t("reports.units_begin"))

        def progress(made: int, of: int, label: str) -> None:
            text = t("reports.units_progress", made=written.number(made, page.language), of=written.number(of, page.language), unit=label)
            bar.progress(made / of if of else 1.0, text=text)

        st.session_state["report_units"] = (asked, steps.all_units(request, formats, progress))
        bar.empty()
        return ""

    words = t("reports.units", count=written.number(count, page.language))
    if st.button(words, key="report_units_make", width="stretch"):
        button_action(page.reader.viewer, make)()
    ready = st.session_state.get("report_units")
    if ready is not None and ready[0] == asked:
        size = written.number(len(ready[1]) / 2**20, page.language, 1)
        content: bytes = ready[1]
        page.offered["report_units"] = ReportFiles(file_stem(request), {"zip": lambda: content})
        st.html(markup("reports/files.html", buttons=[("report_units", "zip", t("reports.units_download", size=size), "")]))

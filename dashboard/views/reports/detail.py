"""One report of the ledger: its steps, its files, its pages, then and now, and whether it can be built anew byte by byte."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from dashboard.ledger import Pin
from dashboard.ledger.pins import Step
from dashboard.reports.archive.differences import Difference
from dashboard.reports.archive.permitted_steps import Edits, KeptReport, PermittedSteps
from dashboard.reports.archive.pinning import FIGURES
from dashboard.reports.content.kinds import kind_named
from dashboard.session.address import link
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import draw, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.views.reports.gate import answers_typed, draw_answers
from dashboard.views.reports.order import downloads, file_buttons, file_label, formats_field, pin_button
from dashboard.views.reports.outcome import button_action, open_report, person_field, person_typed
from dashboard.views.reports.reading_view import preview, report_of, sentences, show_pdf
from dashboard.views.reports.shelf import moment

VIEWS = ("pages", "then_now", "verify")
HASH_SHOWN = 16
NEXT_STEP: dict[str, Step] = {"pinned": "approve", "approved": "publish"}


def draw_draft(page: Page, steps: PermittedSteps, kept: KeptReport) -> None:
    """Draws a draft: what it was asked for, its sentences and pages, and the ways out of it: pin or throw away."""
    edits, request, kind = steps.edits(kept.pin.pin_id), kept.request, kind_named(kept.request.kind)
    side, wide = st.columns([1, 2.4], gap="medium")
    with side, st.container(key="report_order"):
        _head(page, kept.pin)
        formats = formats_field(kind)
        downloads(page, steps, request, edits, formats)
        pin_button(page, steps, request, edits, formats, kept.pin.pin_id)

        def discard() -> str:
            steps.discard(kept.pin.pin_id)
            open_report(page, None)
            return t("reports.discarded", title=kept.pin.title)

        st.button(t("reports.discard"), key="report_discard", on_click=button_action(page.reader.viewer, discard), width="stretch")

    def save(changed: Edits) -> str:
        steps.save(request, kept.pin.title, changed, kept.pin.created_by, kept.pin.pin_id)
        return t("reports.sentence_saved")

    with wide, st.container(key="report_view"):
        names = [t("reports.view_pages"), t("reports.view_text")]
        pages, text = st.tabs(names, key="report_tabs", default=names[1] if edits else names[0])
        with text:
            sentences(page.reader.viewer, report_of(page, steps, request, edits), edits, save)
        with pages:
            preview(page, steps, request, edits)


def draw_pinned(page: Page, steps: PermittedSteps, kept: KeptReport) -> None:
    """Draws a pinned report; what is drawn of it is what was pinned."""
    side, wide = st.columns([1, 2.4], gap="medium")
    with side, st.container(key="report_order"):
        _head(page, kept.pin)
        _files(page, steps, kept)
        _steps(page, steps, kept)
    with wide, st.container(key="report_view"):
        views = VIEWS if steps.may("pin", kept.request) else VIEWS[:2]
        names = {name: t(f"reports.view_{name}") for name in views}
        chosen = st.segmented_control(
            t("reports.view"), views, key="report_view_choice", default="pages", format_func=lambda name: names[name], label_visibility="collapsed"
        )
        if chosen == "then_now":
            _then_and_now(page, steps, kept)
        elif chosen == "verify":
            _verified(steps, kept)
        elif "pdf" in kept.pin.files:
            show_pdf(steps.shown(kept, "pdf"), kept.pin.title)
        else:
            st.html(remark(t("reports.no_pdf"), is_status=True))


def _head(page: Page, pin: Pin) -> None:
    """Title, status, and each step with its time and person."""
    steps = [(t("reports.step_made" if pin.status == "draft" else "reports.step_pinned"), pin.created_by, moment(page, pin.created_at), "")]
    steps += [(t(f"reports.step_{one.step}"), one.person, moment(page, one.done_at), one.note) for one in pin.approvals]
    facts = [(t("reports.column_snapshot"), pin.snapshot)] if pin.snapshot else []
    if pin.revises is not None:
        facts += [(t("reports.revises"), str(pin.revises)), (t("reports.cause"), pin.cause)]
    st.html(markup("reports/head.html", pin=pin, back=link("", page.selection, report=""), steps=steps, facts=facts))


def _files(page: Page, steps: PermittedSteps, kept: KeptReport) -> None:
    if not steps.may("export", kept.request):
        return
    names = sorted(kept.pin.files, key=lambda one: (one == FIGURES, one))
    notes = {name: f"SHA-256 {kept.pin.files[name][:HASH_SHOWN]}…" for name in names}
    file_buttons(page, kept.request, {name: partial(steps.file, kept, name) for name in names}, notes)


def _steps(page: Page, steps: PermittedSteps, kept: KeptReport) -> None:
    """The next step of approval, and a revision, for those who may take them."""
    may_approve, may_pin = steps.may("approve", kept.request), steps.may("pin", kept.request)
    if not (may_approve or may_pin):
        return
    person_field()
    step = NEXT_STEP.get(kept.pin.status) if may_approve else None
    if step is not None:
        gaps = steps.gaps(kept) if step == "approve" else ()
        draw_answers(page, gaps)
        st.text_input(t("reports.note"), key=f"report_note_{step}", max_chars=2000)

        def take() -> str:
            steps.take_step(kept, step, person_typed(), str(st.session_state.get(f"report_note_{step}") or ""), answers_typed(gaps))
            return t(f"reports.done_{step}", title=kept.pin.title)

        st.button(t(f"reports.do_{step}"), key="report_step", type="primary", on_click=button_action(page.reader.viewer, take), width="stretch")
    if may_pin:
        with st.expander(t("reports.revise")):
            st.text_input(t("reports.cause"), key="report_cause", max_chars=2000, placeholder=t("reports.cause_place"))

            def revise() -> str:
                made = steps.revise(kept, person_typed(), str(st.session_state.get("report_cause") or ""))
                open_report(page, made.pin_id)
                return t("reports.pinned", title=made.title)

            st.button(t("reports.revise_do"), key="report_revise", on_click=button_action(page.reader.viewer, revise), width="stretch")


def _then_and_now(page: Page, steps: PermittedSteps, kept: KeptReport) -> None:
    """Each figure that today's snapshot gives otherwise, as a table that can be taken away."""
    with st.spinner(t("reports.comparing")):
        found = steps.differences(kept)
    title = t("reports.then_now_title")
    subtitle = t("reports.then_now_subtitle", then=kept.pin.snapshot, now=steps.snapshot)
    if not found:
        count = len(json.loads(steps.shown(kept, FIGURES))["figures"])
        body = remark(f"✓ {t('reports.then_now_none', count=written.number(count, page.language))}", "all-passed")
        draw(page, figure_panel(page, "then_now", title, subtitle, body, None))
        return
    columns = tuple(t(f"reports.column_{name}") for name in ("figure", "scope", "days", "then", "now", "cause"))
    rows = [_difference(page, one) for one in found]
    body = markup("reports/differences.html", title=title, columns=columns, rows=rows)
    draw(page, figure_panel(page, "then_now", title, subtitle, body, sheet(page, "khi-do-va-bay-gio", title, subtitle, columns, rows), False))


def _difference(page: Page, one: Difference) -> tuple[Cell, ...]:
    figure = one.figure
    scope = page.tree.label(figure.unit_code) if figure.unit_code in page.tree.units else t("frame.whole")
    days = written.span(figure.period_from, figure.period_to, page.language)
    return (figure.label, scope, days, figure.text, one.now.text, t(f"reports.cause_{one.cause}"))


def _verified(steps: PermittedSteps, kept: KeptReport) -> None:
    """Draws what a rebuilding from the pinned snapshot says of every file."""
    with st.spinner(t("reports.verifying")):
        found = steps.verified(kept)
    st.html(markup("reports/verified.html", files=found, file_label=file_label, hash_shown=HASH_SHOWN))

"""Báo cáo: build a report from the figures of the view, read it as pages, edit sentences, pin and approve; and all that were pinned."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup

from dashboard.refusal import words_of_error
from dashboard.reports.archive.permitted_steps import Edits, KeptReport, PermittedSteps
from dashboard.reports.content.kinds import KINDS, ReportKind, kind_named
from dashboard.reports.content.request import Request
from dashboard.session.queries import AccessDenied
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import draw, draw_words
from dashboard.ui.translations import t
from dashboard.views.reports.detail import draw_draft, draw_pinned
from dashboard.views.reports.order import downloads, draw_order, formats_field, pin_button, units_button
from dashboard.views.reports.outcome import draw_outcome, open_report, person_typed, signed_in_actor
from dashboard.views.reports.reading_view import preview, report_of, sentences
from dashboard.views.reports.shelf import shelf_panel
from data.errors import VanbanError
from data.paths import home_of

TITLE = "page.reports"
READS = {"kind": lambda _: [kind.name for kind in KINDS], **dict.fromkeys(("report", "flow", "number", "report_lang", "without"))}


def render(page: Page) -> None:
    """Draws the page: one report of the ledger where the link names it, else what can be built; below it the shelf."""
    steps = PermittedSteps(home_of(None), page.reader.viewer, page.reader.info.snapshot, signed_in_actor(page.reader.viewer))
    shelf, kinds = steps.reports_to_show, steps.kinds()
    chosen = _chosen(page, shelf)
    draw_words(_sentence(shelf, chosen, any(not kind.is_per_unit for kind in kinds)))
    draw_outcome()
    if chosen is not None:
        _guarded(lambda: (draw_draft if chosen.pin.status == "draft" else draw_pinned)(page, steps, chosen))
    elif kinds:
        _guarded(lambda: _build(page, steps, kinds))
    draw(page, shelf_panel(page, shelf, chosen.pin.pin_id if chosen else None))


def _chosen(page: Page, shelf: list[KeptReport]) -> KeptReport | None:
    """The report that the link names, where the viewer may see it; a notice where not."""
    given = page.selection.own_value("report")
    found = next((kept for kept in shelf if str(kept.pin.pin_id) == given), None)
    if given and found is None:
        _notice(t("reports.unknown", given=given[:20]))
    return found


def _sentence(shelf: list[KeptReport], chosen: KeptReport | None, is_writer: bool) -> Markup:
    statuses = [kept.pin.status for kept in shelf]
    waiting, drafts = statuses.count("pinned"), statuses.count("draft")
    look = ""
    if chosen is not None:
        text = t(f"reports.sentence_{chosen.pin.status}", title=chosen.pin.title)
    elif not shelf:
        text = t("reports.sentence_none")
    elif not is_writer:
        text = t("reports.sentence_finished", count=len(shelf))
    else:
        text = t("reports.sentence", count=len(shelf) - drafts, drafts=drafts)
        look = t("reports.sentence_waiting", count=waiting) if waiting else ""
    return markup("reports/page_sentence.html", text=text, look=look)


def _notice(text: str, detail: str = "") -> None:
    st.html(markup("reports/notice.html", kind="notice", text=text, detail=detail))


def _guarded(drawn: Callable[[], None]) -> None:
    """Draws a part; what cannot be made is said in its place, and the shelf below stays."""
    try:
        drawn()
    except VanbanError as error:
        _notice(t("reports.cannot"), words_of_error(error))
    except AccessDenied:
        _notice(t("reports.not_allowed"))


def _build(page: Page, steps: PermittedSteps, kinds: tuple[ReportKind, ...]) -> None:
    side, wide = st.columns([1, 2.4], gap="medium")
    with side, st.container(key="report_order"):
        request = draw_order(page, kinds)
        kind = kind_named(request.kind)
        is_one = not kind.is_per_unit or request.unit_code is not None
        formats = formats_field(kind)
        if is_one:
            downloads(page, steps, request, (), formats)
            pin_button(page, steps, request, (), formats, None)
        if kind.is_per_unit:
            _guarded(lambda: _units(page, steps, request, formats))
    with wide, st.container(key="report_view"):
        if not is_one:
            st.html(markup("reports/choose_unit.html"))
        elif not steps.may("build", request):
            raise AccessDenied
        else:
            _guarded(lambda: _look(page, steps, request))


def _units(page: Page, steps: PermittedSteps, request: Request, formats: list[str]) -> None:
    unit = request.unit_code
    below = page.tree.below(unit) if unit else frozenset(page.tree.units)
    count = sum(page.tree.units[code].is_valid_in(request.period.from_on, request.period.to_on) for code in below)
    if steps.may("build", request) and count > 1:
        units_button(page, steps, request, formats, count)


def _look(page: Page, steps: PermittedSteps, request: Request) -> None:
    """The report that the choices ask for, as pages and as sentences; the first edit makes it a draft of the ledger."""
    if not steps.may("pin", request):
        preview(page, steps, request)
        return

    def save(edits: Edits) -> str:
        open_report(page, steps.save(request, report_of(page, steps, request).title, edits, person_typed(), None))
        return t("reports.draft_made")

    pages, text = st.tabs([t("reports.view_pages"), t("reports.view_text")], key="report_tabs")
    with text:
        sentences(page.reader.viewer, report_of(page, steps, request), (), save)
    with pages:
        preview(page, steps, request)

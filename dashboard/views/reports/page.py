"""Báo cáo: build a report from the figures of the view, read it as pages, edit sentences, pin and approve; and all that were pinned."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from dashboard.reports.archive.permitted_steps import Desk, Edits, Kept
from dashboard.reports.content.kinds import ReportKind, kind_named
from dashboard.reports.content.request import Request
from dashboard.session.address import go
from dashboard.session.queries import AccessDenied
from dashboard.session.state import to_query
from dashboard.ui.page_context import Page
from dashboard.ui.panel import draw
from dashboard.ui.translations import t
from dashboard.views.reports import detail as report_detail
from dashboard.views.reports.order import downloads, formats_field, order, pin_button, units_button
from dashboard.views.reports.reading_view import preview, report_of, sentences
from dashboard.views.reports.shelf import shelf_panel
from dashboard.views.reports.steps import done, person_typed, said
from data.errors import VanbanError
from data.paths import home_of

TITLE = "page.reports"


def render(page: Page) -> None:
    """Draws the page: one report of the ledger where the link names it, else what can be built; below it the shelf."""
    desk = Desk(home_of(None), page.reader.viewer, page.reader.info.snapshot)
    shelf = desk.seen
    chosen = _chosen(page, shelf)
    st.html(f'<h1 class="sentence">{_sentence(shelf, chosen, bool([one for one in desk.kinds() if not one.is_per_unit]))}</h1>')
    said()
    kinds = desk.kinds()
    if chosen is not None:
        _guarded(lambda: (report_detail.draft if chosen.pin.status == "draft" else report_detail.pinned)(page, desk, chosen))
    elif kinds:
        _guarded(lambda: _build(page, desk, kinds))
    draw(page, shelf_panel(page, shelf, chosen.pin.pin_id if chosen else None))


def _chosen(page: Page, shelf: list[Kept]) -> Kept | None:
    """The report that the link names, where the viewer may see it; a notice where not."""
    given = page.selection.own_value("report")
    found = next((kept for kept in shelf if str(kept.pin.pin_id) == given), None)
    if given and found is None:
        st.html(f'<div class="notice" role="status"><p>{escape(t("reports.unknown", given=given[:20]))}</p></div>')
    return found


def _sentence(shelf: list[Kept], chosen: Kept | None, is_writer: bool) -> str:
    if chosen is not None:
        return escape(t(f"reports.sentence_{chosen.pin.status}", title=chosen.pin.title))
    waiting = sum(kept.pin.status == "pinned" for kept in shelf)
    drafts = sum(kept.pin.status == "draft" for kept in shelf)
    if not shelf:
        return escape(t("reports.sentence_none"))
    if not is_writer:
        return escape(t("reports.sentence_finished", count=len(shelf)))
    look = f" <em>{escape(t('reports.sentence_waiting', count=waiting))}</em>" if waiting else ""
    return escape(t("reports.sentence", count=len(shelf) - drafts, drafts=drafts)) + look


def _guarded(drawn: Callable[[], None]) -> None:
    """Draws a part; what cannot be made is said in its place, and the shelf below stays."""
    try:
        drawn()
    except VanbanError as error:
        st.html(f'<div class="notice" role="status"><p>{escape(t("reports.cannot"))}</p><p lang="en">{escape(str(error))}</p></div>')
    except AccessDenied:
        st.html(f'<div class="notice" role="status"><p>{escape(t("reports.not_allowed"))}</p></div>')


def _build(page: Page, desk: Desk, kinds: tuple[ReportKind, ...]) -> None:
    side, wide = st.columns([1, 2.4], gap="medium")
    with side, st.container(key="report_order"):
        request = order(page, desk, kinds)
        kind = kind_named(request.kind)
        is_one = not kind.is_per_unit or request.unit_code is not None
        formats = formats_field(kind)
        if is_one:
            downloads(page, desk, request, (), formats)
            pin_button(page, desk, request, (), formats, None)
        if kind.is_per_unit:
            _guarded(lambda: _units(page, desk, request, formats))
    with wide, st.container(key="report_view"):
        if not is_one:
            words = f"<h1>{escape(t('reports.choose_unit'))}</h1><p>{escape(t('reports.choose_unit_text'))}</p>"
            st.html(f'<section class="state" role="status">{words}</section>')
        elif not desk.may("build", request):
            raise AccessDenied
        else:
            _guarded(lambda: _look(page, desk, request))


def _units(page: Page, desk: Desk, request: Request, formats: list[str]) -> None:
    unit = request.unit_code
    below = page.tree.below(unit) if unit else frozenset(page.tree.units)
    count = sum(page.tree.units[code].is_valid_in(request.period.from_on, request.period.to_on) for code in below)
    if desk.may("build", request) and count > 1:
        units_button(page, desk, request, formats, count)


def _look(page: Page, desk: Desk, request: Request) -> None:
    """The report that the choices ask for, as pages and as sentences; the first edit makes it a draft of the ledger."""
    if not desk.may("pin", request):
        preview(page, desk, request)
        return

    def save(edits: Edits) -> None:
        title = report_of(page, desk, request).title
        made = desk.save(request, title, edits, person_typed(), None)
        done(t("reports.draft_made"))
        go(to_query(page.selection), {"report": str(made)})

    pages, text = st.tabs([t("reports.view_pages"), t("reports.view_text")], key="report_tabs")
    with text:
        sentences(page, report_of(page, desk, request), (), save)
    with pages:
        preview(page, desk, request)

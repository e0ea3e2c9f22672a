"""One report of the ledger: its steps, its files, its pages, then and now, and whether it can be built anew byte by byte."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from dashboard.ledger import Pin
from dashboard.reports.archive.differences import Difference
from dashboard.reports.archive.permitted_steps import Desk, Edits, Kept
from dashboard.reports.archive.pinning import FIGURES
from dashboard.reports.archive.report_per_unit import file_stem, suffix_of
from dashboard.reports.content.kinds import kind_named
from dashboard.reports.writers import format_named
from dashboard.session.address import go, link
from dashboard.session.state import to_query
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import draw, figure_panel, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.views.reports.order import JSON, downloads, formats_field, pin_button
from dashboard.views.reports.reading_view import preview, report_of, sentences, show_pdf
from dashboard.views.reports.shelf import moment
from dashboard.views.reports.steps import done, person_field, person_typed, tried

VIEWS = ("pages", "then_now", "verify")
HASH_SHOWN = 16


def draft(page: Page, desk: Desk, kept: Kept) -> None:
    """Draws a draft: what it was asked for, its sentences and pages, and the ways out of it: pin or throw away."""
    edits, request, kind = desk.edits(kept.pin.pin_id), kept.request, kind_named(kept.request.kind)
    side, wide = st.columns([1, 2.4], gap="medium")
    with side, st.container(key="report_order"):
        _head(page, kept.pin)
        formats = formats_field(kind)
        downloads(page, desk, request, edits, formats)
        pin_button(page, desk, request, edits, formats, kept.pin.pin_id)

        def discard() -> None:
            with tried():
                desk.discard(kept.pin.pin_id)
                done(t("reports.discarded", title=kept.pin.title))
                go(to_query(page.selection), {"report": ""})

        st.button(t("reports.discard"), key="report_discard", on_click=discard, width="stretch")

    def save(changed: Edits) -> None:
        desk.save(request, kept.pin.title, changed, kept.pin.created_by, kept.pin.pin_id)
        done(t("reports.sentence_saved"))

    with wide, st.container(key="report_view"):
        names = [t("reports.view_pages"), t("reports.view_text")]
        pages, text = st.tabs(names, key="report_tabs", default=names[1] if edits else names[0])
        with text:
            sentences(page, report_of(page, desk, request), edits, save)
        with pages:
            preview(page, desk, request, edits)


def pinned(page: Page, desk: Desk, kept: Kept) -> None:
    """Draws a pinned report; what is drawn of it is what was pinned."""
    side, wide = st.columns([1, 2.4], gap="medium")
    with side, st.container(key="report_order"):
        _head(page, kept.pin)
        _files(desk, kept)
        _steps(page, desk, kept)
    with wide, st.container(key="report_view"):
        views = VIEWS if desk.may("pin", kept.request) else VIEWS[:2]
        names = {name: t(f"reports.view_{name}") for name in views}
        chosen = st.segmented_control(
            t("reports.view"), views, key="report_view_choice", default="pages", format_func=lambda name: names[name], label_visibility="collapsed"
        )
        if chosen == "then_now":
            _then_and_now(page, desk, kept)
        elif chosen == "verify":
            _verified(desk, kept)
        elif "pdf" in kept.pin.files:
            show_pdf(desk.shown(kept, "pdf"), kept.pin.title)
        else:
            st.html(f'<p class="remark" role="status">{escape(t("reports.no_pdf"))}</p>')


def _head(page: Page, pin: Pin) -> None:
    """Title, status, and each step with its time and person."""
    steps = [(t("reports.step_made" if pin.status == "draft" else "reports.step_pinned"), pin.created_by, pin.created_at, "")]
    steps += [(t(f"reports.step_{one.step}"), one.person, one.done_at, one.note) for one in pin.approvals]
    lines = "".join(
        f"<li><b>{escape(name)}</b><span>{escape(person)}</span><time>{escape(moment(page, at))}</time>"
        f"{f'<q>{escape(note)}</q>' if note else ''}</li>"
        for name, person, at, note in steps
    )
    facts = [(t("reports.column_snapshot"), pin.snapshot)] if pin.snapshot else []
    if pin.revises is not None:
        facts += [(t("reports.revises"), str(pin.revises)), (t("reports.cause"), pin.cause)]
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    back = f'<a class="back" href="{escape(link("", page.selection, report=""))}" target="_self">{escape(t("reports.back"))}</a>'
    st.html(
        f'{back}<h3 class="order-title">{escape(pin.title)}</h3><p class="status {pin.status}">{escape(t(f"reports.status_{pin.status}"))}</p>'
        f'<ol class="steps">{lines}</ol><dl class="facts">{told}</dl>'
    )


def _files(desk: Desk, kept: Kept) -> None:
    if not desk.may("export", kept.request):
        return
    st.html(f'<p class="subtitle">{escape(t("reports.downloads"))}</p>')
    with st.container(horizontal=True, key="report_downloads"):
        for name in sorted(kept.pin.files, key=lambda one: (one == FIGURES, one)):
            st.download_button(
                _file_name(name),
                data=partial(desk.file, kept, name),
                file_name=f"{file_stem(kept.request)}{suffix_of(name)}",
                mime=JSON if name == FIGURES else format_named(name).media_type,
                on_click="ignore",
                key=f"report_kept_{name}",
                help=f"SHA-256 {kept.pin.files[name][:HASH_SHOWN]}…",
            )


def _steps(page: Page, desk: Desk, kept: Kept) -> None:
    """The next step of approval, and a revision, for those who may take them."""
    may_approve, may_pin = desk.may("approve", kept.request), desk.may("pin", kept.request)
    if not (may_approve or may_pin):
        return
    person_field()
    step = {"pinned": "approve", "approved": "publish"}.get(kept.pin.status) if may_approve else None
    if step is not None:
        st.text_input(t("reports.note"), key=f"report_note_{step}", max_chars=2000)

        def take() -> None:
            with tried():
                desk.take_step(kept, step, person_typed(), str(st.session_state.get(f"report_note_{step}") or ""))  # type: ignore[arg-type]
                done(t(f"reports.done_{step}", title=kept.pin.title))

        st.button(t(f"reports.do_{step}"), key="report_step", type="primary", on_click=take, width="stretch")
    if may_pin:
        with st.expander(t("reports.revise")):
            st.text_input(t("reports.cause"), key="report_cause", max_chars=2000, placeholder=t("reports.cause_place"))

            def revise() -> None:
                with tried():
                    made = desk.revise(kept, person_typed(), str(st.session_state.get("report_cause") or ""))
                    done(t("reports.pinned", title=made.title))
                    go(to_query(page.selection), {"report": str(made.pin_id)})

            st.button(t("reports.revise_do"), key="report_revise", on_click=revise, width="stretch")


def _then_and_now(page: Page, desk: Desk, kept: Kept) -> None:
    """Each figure that today's snapshot gives otherwise, as a table that can be taken away."""
    with st.spinner(t("reports.comparing")):
        found = desk.differences(kept)
    title = t("reports.then_now_title")
    subtitle = t("reports.then_now_subtitle", then=kept.pin.snapshot, now=desk.snapshot)
    if not found:
        body = f'<p class="all-passed">✓ {escape(t("reports.then_now_none", count=_figures_of(page, desk, kept)))}</p>'
        draw(page, figure_panel(page, "then_now", title, subtitle, body, None))
        return
    columns = tuple(t(f"reports.column_{name}") for name in ("figure", "scope", "days", "then", "now", "cause"))
    rows: list[tuple[Cell, ...]] = [_difference(page, one) for one in found]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(str(row[0]))}</th>{"".join(f"<td>{escape(str(cell))}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    table = f'<caption class="unseen">{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
    frame = f'<div class="wide-table tall" tabindex="0" role="region" aria-label="{escape(title)}">'
    markup = f'{frame}<table class="figures differences">{table}</table></div>'
    draw(page, figure_panel(page, "then_now", title, subtitle, markup, sheet(page, "khi-do-va-bay-gio", title, subtitle, columns, rows), False))


def _figures_of(page: Page, desk: Desk, kept: Kept) -> str:
    import json

    return written.number(len(json.loads(desk.shown(kept, FIGURES))["figures"]), page.language)


def _difference(page: Page, one: Difference) -> tuple[Cell, ...]:
    figure = one.figure
    scope = page.tree.label(figure.unit_code) if figure.unit_code in page.tree.units else t("frame.whole")
    days = written.span(figure.period_from, figure.period_to, page.language)
    return (figure.label, scope, days, figure.text, one.now.text, t(f"reports.cause_{one.cause}"))


def _verified(desk: Desk, kept: Kept) -> None:
    """Draws what a rebuilding from the pinned snapshot says of every file."""
    with st.spinner(t("reports.verifying")):
        found = desk.verified(kept)
    lines = "".join(
        f'<tr data-format="{escape(one.format)}"><th scope="row">{escape(_file_name(one.format))}</th>'
        f'<td class="hash">{escape(one.pinned[:HASH_SHOWN])}…</td>'
        f'<td class="{"holds" if one.is_equal else "look"}">{escape(_judged(one.is_equal, one.is_kept, one.why))}</td></tr>'
        for one in found
    )
    head = "".join(f'<th scope="col">{escape(t(f"reports.column_{name}"))}</th>' for name in ("file", "hash", "rebuilt"))
    st.html(
        f'<section class="panel"><h3>{escape(t("reports.verify_title"))}</h3><p class="subtitle">{escape(t("reports.verify_subtitle"))}</p>'
        f'<table class="figures verified"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></section>'
    )


def _file_name(name: str) -> str:
    return t("reports.figures_file") if name == FIGURES else format_named(name).label


def _judged(is_equal: bool, is_kept: bool, why: str) -> str:
    if is_equal:
        return f"✓ {t('reports.verify_equal')}"
    return f"▲ {t('reports.verify_lost') if not is_kept else t('reports.verify_other')}{f' ({why})' if why else ''}"

"""A report as it will be: its pages, and its sentences, which a person may write otherwise."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import streamlit as st

from dashboard.reports.archive.permitted_steps import Edits, PermittedSteps, as_pages, edited, own_words_of
from dashboard.reports.archive.pinning import file_of
from dashboard.reports.content.blocks import Paragraph, Report
from dashboard.reports.content.by_hand.edits import typed_numbers
from dashboard.reports.content.by_hand.own_words import PASSAGES, PREFIX, with_edited_passages
from dashboard.reports.content.request import Request
from dashboard.reports.layout.printable_text import clipped
from dashboard.session.policy import Viewer
from dashboard.ui.components import reach_pdf
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import remark
from dashboard.ui.translations import t
from dashboard.views.reports.outcome import button_action

KEPT = 24
"""Reports and previews that are kept: a review report with 150 units is some 4 MiB."""
PREVIEW_PX = 760
LONGEST_NAME = 90


def report_of(page: Page, steps: PermittedSteps, request: Request, edits: Edits = ()) -> Report:
    """The report before any sentence is edited, with the own words of the edits.

    Made once for each snapshot, viewer, request, own words and state of the ledger and the settings.
    """
    newest = max((kept.pin.pin_id for kept in steps.reports_to_show if kept.pin.status != "draft"), default=0)
    key = "\n".join(
        (str(steps.home.root), steps.snapshot, steps.viewer.scope_key, repr(request), repr(own_words_of(edits)), page.settings, str(newest))
    )
    return _built(key, steps, request, edits)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _built(key: str, _steps: PermittedSteps, _request: Request, _edits: Edits) -> Report:
    return _steps.report(_request, _edits)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _pages(key: str, edits: Edits, _report: Report) -> bytes:
    return file_of(as_pages(_report), "pdf")


def preview(page: Page, steps: PermittedSteps, request: Request, edits: Edits = ()) -> None:
    """Draws the report's pages as they print, edited sentences in place."""
    with st.spinner(t("reports.building")):
        report = report_of(page, steps, request, edits)
        key = "\n".join((steps.snapshot, steps.viewer.scope_key, repr(request), page.settings, str(hash((report.figures, report.own)))))
        content = _pages(key, edits, edited(report, edits))
    show_pdf(content, report.title)


def show_pdf(content: bytes, title: str) -> None:
    """Draws a PDF in the page.

    It goes with the page's own messages: at an address of its own, as `st.pdf` puts it, anyone could fetch it without a
    cookie, and a reader who moves on while it loads would be told that it isn't there.
    """
    from streamlit_pdf import pdf_viewer  # makes itself known to the server that runs when it is imported

    pdf_viewer(f"data:application/pdf;base64,{b64encode(content).decode()}", PREVIEW_PX, alt=title)
    reach_pdf(title)


def sentences(viewer: Viewer, report: Report, edits: Edits, save: Callable[[Edits], str]) -> None:
    """Draws the choice of a paragraph, the field to write it in, and what was edited; `save` keeps all edits and gives the words for that."""
    written = {f"{PREFIX}{name}": text for name, text in report.own}
    written |= {block.key: block.text for block in report.blocks if isinstance(block, Paragraph) and not block.key.startswith(PREFIX)}
    if not written:
        st.html(remark(t("reports.no_sentences"), is_status=True))
        return
    now = dict(edits)
    marks = {key: _mark(key, now.get(key, text), key in now) for key, text in written.items()}
    key = st.selectbox(t("reports.sentence_choose"), list(written), key="report_paragraph", format_func=lambda one: marks.get(one, one))
    field = f"report_text_{key}"
    if field not in st.session_state:
        st.session_state[field] = now.get(key, written[key])
    st.text_area(t("reports.sentence_text"), key=field, height=170, max_chars=5000)

    others = tuple((one, said) for one, said in edits if one != key)

    def save_all(changed: Edits) -> str:
        edited(report, changed)  # a text that cannot be printed is refused here
        with_edited_passages(report.own, dict(changed))
        words = save(changed)
        st.session_state.pop(field, None)
        return words

    def keep() -> str:
        typed = str(st.session_state.get(field) or "")
        if key.startswith(PREFIX):  # lines are paragraphs there, and no text is an answer as well
            text = "\n".join(line.strip() for line in typed.splitlines() if line.strip())
            return save_all((*others, (key, text)))
        text = " ".join(typed.split())
        return save_all(others if text in ("", written[key]) else (*others, (key, text)))

    with st.container(horizontal=True, key="report_sentence_buttons"):
        st.button(t("reports.sentence_save"), key="report_sentence_save", type="primary", on_click=button_action(viewer, keep))
        restore = button_action(viewer, lambda: save_all(others))
        st.button(t("reports.sentence_restore"), key="report_sentence_restore", on_click=restore, disabled=key not in now)
    changed = [block for block in edited(report, edits).blocks if isinstance(block, Paragraph) and block.is_edited]
    if changed:
        st.html(markup("reports/edited.html", blocks=[(block, ", ".join(typed_numbers(block))) for block in changed]))


def _mark(key: str, text: str, is_edited: bool) -> str:
    """A paragraph in the list of them: a passage of the department's own by its name, anything else by how it begins."""
    name = f"{PASSAGES[key.removeprefix(PREFIX)]}: " if key.startswith(PREFIX) else ""
    return ("✎ " if is_edited else "") + clipped(f"{name}{text or t('reports.own_empty')}", LONGEST_NAME)

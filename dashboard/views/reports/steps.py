"""Who does something with a report, and what came of it: said once, at the top of the page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from html import escape

import streamlit as st

from dashboard.session.queries import AccessDenied
from dashboard.ui.translations import t
from data.errors import VanbanError

PERSON = "report_person"
_SAID = "report_said"


def person_field() -> None:
    """Draws the field for the name that goes into the ledger."""
    st.text_input(t("reports.person"), key=PERSON, max_chars=200, placeholder=t("reports.person_place"))


def person_typed() -> str:
    """The name that was typed; raises VanbanError where there is none."""
    person = str(st.session_state.get(PERSON) or "").strip()
    if not person:
        raise VanbanError(t("reports.person_missing"))
    return person


def done(text: str) -> None:
    """Keeps a sentence on what was done for the next run of the page."""
    st.session_state[_SAID] = ("done", text)


@contextlib.contextmanager
def tried() -> Iterator[None]:
    """What cannot be done is said on the page, in place of a page that failed."""
    try:
        yield
    except VanbanError as error:
        st.session_state[_SAID] = ("look", str(error))
    except AccessDenied:
        st.session_state[_SAID] = ("look", t("reports.not_allowed"))


def said() -> None:
    """Draws what was done, or why it was not, once."""
    kind, text = st.session_state.pop(_SAID, ("", ""))
    place = st.container(key="report_said")  # there in every run, so that what stands below keeps its place and its open tab
    if text:
        place.html(f'<div class="{"notice" if kind == "look" else "notice done"}" role="status"><p>{escape(text)}</p></div>')

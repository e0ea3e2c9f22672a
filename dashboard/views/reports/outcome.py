"""Who does something with a report, and what came of it: said once, at the top of the page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import streamlit as st

from dashboard.ledger.actor import LONGEST_NAME, Actor, os_actor, typed_actor
from dashboard.ledger.audit import Audit
from dashboard.ledger.database import SamePerson
from dashboard.refusal import words_of_error
from dashboard.session.address import go
from dashboard.session.entrance import entrance
from dashboard.session.look import viewer_now
from dashboard.session.policy import Viewer
from dashboard.session.queries import AccessDenied
from dashboard.session.state import to_query
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.translations import language, t, use_language
from data.errors import VanbanError
from data.paths import home_of

PERSON = "report_person"
_OUTCOME = "report_said"


def person_field() -> None:
    """Draws the field for the name that goes into the ledger; who has signed in is known, and types none."""
    if entrance() != "sign_in":
        st.text_input(t("reports.person"), key=PERSON, max_chars=200, placeholder=t("reports.person_place"))


def person_typed() -> str:
    """The person who has signed in, else the name that was typed; raises VanbanError where there is none."""
    if entrance() == "sign_in":
        name, subject = str(st.user.get("name") or ""), str(st.user.get("sub"))
        return f"{name[:100]} ({subject})"[:LONGEST_NAME]
    person = str(st.session_state.get(PERSON) or "").strip()
    if not person:
        raise VanbanError(t("reports.person_missing"))
    return person


def actor_now(viewer: Viewer) -> Actor:
    """Who acts: the person who has signed in, else the name that was typed; raises VanbanError where there is none."""
    if entrance() == "sign_in":
        return Actor(str(st.user.get("iss")), str(st.user.get("sub")), str(st.user.get("name") or "")[:LONGEST_NAME], viewer.role)
    return typed_actor(person_typed(), viewer.role)


def signed_in_actor(viewer: Viewer) -> Actor | None:
    """The person who has signed in; None where nobody does."""
    return actor_now(viewer) if entrance() == "sign_in" else None


def button_action(viewer: Viewer, act: Callable[[], str]) -> Callable[[], None]:
    """What a button does that was drawn for a viewer: `act`, whose words on what was done, or why it could not be done, the next run says.

    A click comes before the next run, and may come late: where who looks by now is another, or may do other things, nothing is done.
    """

    spoken = language()

    def run() -> None:
        use_language(spoken)  # a click comes in a context of its own, before the page has said its language
        try:
            if viewer_now().scope_key != viewer.scope_key:
                raise AccessDenied
            st.session_state[_OUTCOME] = ("notice done", act())
        except SamePerson:
            st.session_state[_OUTCOME] = ("notice", t("reports.same_person"))
        except VanbanError as error:
            st.session_state[_OUTCOME] = ("notice", words_of_error(error))
        except AccessDenied:
            _tell_refused(viewer)
            st.session_state[_OUTCOME] = ("notice", t("reports.not_allowed"))

    return run


def _tell_refused(viewer: Viewer) -> None:
    """Writes down whose click did nothing; where nobody signs in and no name was typed there is nobody to name."""
    with contextlib.suppress(VanbanError), Audit(home_of(None)) as audit:
        audit.write(actor_now(viewer), "refused", "a button of a page", why="policy")


def tell_download(viewer: Viewer, file: str) -> None:
    """Writes down that a file of a page leaves; raises VanbanError where that cannot be done. Whoever sits at the machine is its user."""
    with Audit(home_of(None)) as audit:
        audit.write(signed_in_actor(viewer) or os_actor(role=viewer.role), "download", f"file {file}")


def draw_outcome() -> None:
    """Draws what was done, or why it was not, once."""
    kind, text = st.session_state.pop(_OUTCOME, ("", ""))
    place = st.container(key="report_said")  # there in every run, so that what stands below keeps its place and its open tab
    if text:
        place.html(markup("reports/notice.html", kind=kind, text=text, detail=""))


def open_report(page: Page, pin_id: int | None) -> None:
    """Puts a report of the ledger (None: none of them) into the address."""
    go(to_query(page.selection), {"report": "" if pin_id is None else str(pin_id)})

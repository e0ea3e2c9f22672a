"""The frame of every page: navigation, notices, and the states in place of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from dashboard.session.address import go, keep_widget, link
from dashboard.session.entrance import entrance
from dashboard.session.policy import ROLES
from dashboard.session.state import Notice, newest_complete_month, to_query
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t, use_language
from data.language import use_words

WATCH_S = 10
"""Every so often a page that stays open looks whether newer figures have been published."""
LONGEST_GIVEN = 80


def navigation_bar(title: str, pages: Sequence[tuple[str, str]], current: str, home: str, page: Page, has_roles: bool) -> Callable[[], None]:
    """The dark bar: title, pages as (path, name) with the view carried along, in the demo whose view it is, language.

    `home` is the path of the page that a bare address shows. The answer draws the switch of roles, which the page need not wait for.
    """
    carried = replace(page.selection, own=())
    links = [(link("./" if path == home else path, carried), name, path == current) for path, name in pages]
    other = next(language for language in written.LANGUAGES if language != page.language)
    with st.container(key="nav", horizontal=True, vertical_alignment="center"):
        st.html(markup("navigation.html", title=title, links=links))
        role_box = st.container(width="content")
        if not has_roles and entrance() == "sign_in":
            name = str(st.user.get("name") or st.user.get("sub") or "")
            st.button(t("sign_in.out_named", name=name[:LONGEST_GIVEN]), key="sign_out", type="tertiary", on_click=st.logout)
        st.html(markup("other_language.html", address=link("", page.selection, lang=other), other=other), width="content")

    def draw_role() -> None:
        if has_roles:
            with role_box:
                _role_switch(page)

    return draw_role


def title_bar(title: str) -> None:
    """The dark bar with nothing but the title, where there is no view to carry along."""
    with st.container(key="nav", horizontal=True, vertical_alignment="center"):
        st.html(markup("navigation.html", title=title, links=()), width="content")


def notices(found: Sequence[Notice]) -> None:
    """What in the address could not be used, and what is shown instead."""
    if found:
        st.html(markup("notices.html", texts=[t(notice.key, given=notice.given[:LONGEST_GIVEN]) for notice in found]))


def state(title: str, text: str, command: str = "", detail: str = "", back: tuple[str, str] | None = None) -> None:
    """A designed page in place of figures: what is the matter and what to do; `back` leads on: words and address."""
    st.html(markup("state.html", title=title, text=text, command=command, detail=detail, back=back))


def no_days(page: Page) -> None:
    """In place of a page of a period that the data say nothing of: how far they reach, and the newest period of which they are complete."""
    info, newest = page.reader.info, newest_complete_month(page.reader.info.cutoff_on)
    first, last = (written.day(on, page.language) for on in (info.first_on, info.cutoff_on))
    named = written.month(newest.from_on.year, newest.from_on.month, page.language)
    address = link("", replace(page.selection, from_on=newest.from_on, to_on=newest.to_on))
    back = (t("state.no_days_back", span=named), address) if newest.to_on >= info.first_on else None
    state(t("state.no_days_title"), t("state.no_days_text", first=first, last=last, span=page.span), back=back)


def signing_in(reason: str) -> None:
    """In place of figures: the way in, or, for who has signed in and may see nothing, why (a key of the translations) and the way out."""
    if reason:
        told = str(st.user.get("name") or st.user.get("sub") or "")
        state(t("sign_in.not_let_in"), t(f"sign_in.{reason}"), detail=f"{told} · {st.user.get('sub')}")
        st.button(t("sign_in.out"), key="sign_out", on_click=st.logout)
    else:
        state(t("sign_in.title"), t("sign_in.text"))
        st.button(t("sign_in.in"), key="sign_in", type="primary", on_click=st.login)


@st.fragment(run_every=WATCH_S)
def newer_figures(page: Page) -> None:
    """Says that newer figures than the page's have been published; they are shown when the reader asks for them, all at once."""
    use_language(page.language)
    use_words(page.words)
    if page.reader.is_outdated():
        st.html(markup("newer.html", address=link("", page.selection)), width="content")


def _role_switch(page: Page) -> None:
    """Draws whose view the demo shows; what is chosen goes into the address, and the view begins at the top of what that role sees."""
    viewer = page.reader.viewer
    query = {name: value for name, value in to_query(page.selection).items() if name not in ("unit", "role", "role_unit")}

    def choose() -> None:
        role = str(st.session_state.get("role", ""))
        go(query, {"role": role, "role_unit": (viewer.home_unit or "") if role == "unit" else ""})

    def choose_unit() -> None:
        go(query, {"role": "unit", "role_unit": str(st.session_state.get("role_unit") or "")})

    label = t(f"role.{viewer.role}")
    if viewer.home_unit:
        label = f"{label} · {page.tree.label(viewer.home_unit)}"
    box = st.popover(f"{t('role.as')} {label}", key="role_box", type="tertiary", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption(t("role.note"))
        keep_widget("role", viewer.role)
        st.radio(
            t("role.label"),
            ROLES,
            key="role",
            format_func=lambda name: t(f"role.{name}"),
            captions=[t(f"role.{name}_caption") for name in ROLES],
            on_change=choose,
        )
        if viewer.role == "unit":
            codes = [unit.code for unit in page.tree.units.values() if unit.depth and (page.is_in_tree(unit) or unit.code == viewer.home_unit)]
            if viewer.home_unit:
                keep_widget("role_unit", viewer.home_unit)
            st.selectbox(t("role.unit_label"), codes, key="role_unit", format_func=page.tree.label, on_change=choose_unit)

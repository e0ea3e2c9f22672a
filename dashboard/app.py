"""The dashboard's front: reads home, link and snapshot once, draws the frame, and hands over to the page.

`vanban dashboard` serves it, behind the guard of `dashboard/server`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard.session.entrance import EntranceClosed
from dashboard.session.installation import events_of, left_out, settings_key, targets_of
from dashboard.session.look import look
from dashboard.session.people import NotLetIn, NotSignedIn
from dashboard.session.policy import may_enter
from dashboard.session.queries import AccessDenied
from dashboard.session.state import Notice, Selection, to_query
from dashboard.session.viewers import is_demo
from dashboard.ui import page_frame as frame
from dashboard.ui import theme
from dashboard.ui.components.clicks import listen
from dashboard.ui.format import LANGUAGES
from dashboard.ui.page_context import Page
from dashboard.ui.selection_bar import selection_bar
from dashboard.ui.translations import t, use_language
from dashboard.views import HOME, PAGES, SWITCHES, View
from data.configuration import Section, read_configuration
from data.errors import VanbanError
from data.language import use_words
from data.organisation import words_of
from data.paths import Home, home_of
from data.snapshot import NoSnapshot
from metrics.query.coverage import clipped

ICON = Path(__file__).parent / "static" / "icon.png"


def main() -> None:
    """One run of the script, which Streamlit makes for every change."""
    mode: theme.Mode = "dark" if st.context.theme.type == "dark" else "light"
    asked = st.query_params.get("lang", "")
    use_language(next((language for language in LANGUAGES if language == asked), "vi"))
    home = home_of(None)
    title = "vanban"
    try:
        configuration = read_configuration(home)
        title = str(configuration.get("title", title))
        use_words(words_of(configuration))
        page, first_view, found = _opened(home, configuration)
    except VanbanError as error:
        is_shut_out = isinstance(error, NotSignedIn | NotLetIn)
        _start(title, mode, has_icon=not is_shut_out)  # files of a page are for those who may see it
        frame.title_bar(title)
        if is_shut_out:
            frame.signing_in(error.reason if isinstance(error, NotLetIn) else "")
        elif isinstance(error, EntranceClosed):
            frame.state(t("state.closed_title"), t("state.closed_text"), command=f"vanban dashboard --local --home {home.root}")
        elif isinstance(error, NoSnapshot):
            frame.state(t("state.empty_title"), t("state.empty_text"), command=f"vanban etl run --home {home.root}")
        else:
            frame.state(t("state.broken_title"), t("state.broken_text"), detail=str(error))
        return
    _start(title, mode)
    try:
        _draw(replace(page, mode=mode), first_view, found, title, is_demo(configuration, page.reader.info))
    except VanbanError as error:
        frame.state(t("state.broken_title"), t("state.broken_text"), detail=str(error))
    except AccessDenied:
        frame.state(t("state.denied_title"), t("state.denied_text"))
    except Exception:
        logging.getLogger(__name__).exception("a page failed")
        frame.state(t("state.error_title"), t("state.error_text"))


def _start(title: str, mode: theme.Mode, has_icon: bool = True) -> None:
    st.set_page_config(page_title=title, page_icon=str(ICON) if has_icon else None, layout="wide", initial_sidebar_state="collapsed")
    # Streamlit's own words for a search in vain are English, whatever the page speaks.
    st.html(theme.stylesheet(mode, t("frame.no_results")))


def _opened(home: Home, configuration: Section) -> tuple[Page, Selection, tuple[Notice, ...]]:
    """The page to draw, the view of a bare address, and what in the address could not be used."""
    without = left_out(configuration, "dashboard", SWITCHES)
    seen = look(home, configuration)
    selection, found, tree, first_view = seen.selection, seen.found, seen.tree, seen.first_view
    organisation = str(configuration.get("organisation", ""))
    files = (targets_of(home, configuration), events_of(home, configuration))
    page = Page(replace(seen.reader, left_out=without), selection, tree, organisation, *files, settings=settings_key(home, configuration))
    page = replace(page, words=words_of(configuration), left_out=without)
    unit = tree.units.get(selection.unit_code or "")
    if unit is not None and selection.tree != "as_was" and not page.is_in_tree(unit):
        found = (*found, Notice("notice.tree_unit", unit.label))
        page = replace(page, selection=replace(selection, tree="as_was"))
    return page, first_view, found


def _on_covered_days(page: Page) -> tuple[Page, tuple[Notice, ...]]:
    """The page on the days of its period that the data speak of, and words that say so where these are fewer; the address keeps what was asked."""
    asked = page.selection.period
    days = clipped(page.reader.info, asked)
    if days == asked:
        return page, ()
    covered = replace(page, selection=replace(page.selection, from_on=days.from_on, to_on=days.to_on))
    return covered, (Notice("notice.covered", t("notice.covered_days", span=covered.span, days=days.days, of=asked.days)),)


def _draw(page: Page, first_view: Selection, found: tuple[Notice, ...], title: str, has_roles: bool) -> None:
    """Frame and page; raises AccessDenied below the frame where the viewer may not see the page."""
    selection, viewer = page.selection, page.reader.viewer
    covered, fewer_days = _on_covered_days(page)

    def shown(view: View) -> Page:
        one = page if view.is_as_asked else covered
        return replace(one, selection=replace(one.selection, tree="as_was")) if view.is_as_was else one

    by_path = {
        path: st.Page(partial(view.render, shown(view)), title=t(view.title), url_path=path, default=path == HOME)
        for path, view in PAGES.items()
        if page.has_page(path) and (not view.entity or page.reader.reads(view.entity))
    }
    chosen = st.navigation(list(by_path.values()), position="hidden")
    path = chosen.url_path or HOME
    view = PAGES[path]
    own_pages = [path for path in by_path if may_enter(viewer, (selection.from_on, selection.to_on), PAGES[path].grain)]
    if path == HOME and path not in own_pages and own_pages:
        st.switch_page(by_path[own_pages[0]], query_params=to_query(selection))
    frame.navigation_bar(title, [(one, t(PAGES[one].title)) for one in own_pages], path, HOME, page, has_roles)
    may_see = path in own_pages and page.reader.may_read(selection, view.grain)
    has_checks = page.reader.may_read(selection) or page.reader.may_read(selection, "making")
    checks = page.reader.checks(covered.selection) if has_checks else None
    selection_bar(page, first_view, checks, view.choices if may_see else None, to_checks="quality" in own_pages)
    frame.newer_figures(page)
    frame.notices((*found, *(() if view.is_as_asked else fewer_days)))
    if view.is_as_was and selection.tree != "as_was":
        frame.notices([Notice("tree.only_as_was", "")])
    if may_see:
        chosen.run()
    listen(page.offered, title, page.language)
    if not may_see:
        raise AccessDenied


main()

"""The dashboard's front: reads home, link and snapshot once, draws the frame, and hands over to the page.

`vanban dashboard` serves it, behind the guard of `dashboard/server`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from dashboard.follow_up.memory import memory_of
from dashboard.refusal import Refusal, words_of_error
from dashboard.session.address import link
from dashboard.session.entrance import EntranceClosed
from dashboard.session.installation import events_of, left_out, settings_key, targets_of
from dashboard.session.look import Look, look
from dashboard.session.people import NotLetIn, NotSignedIn
from dashboard.session.policy import may_enter
from dashboard.session.queries import AccessDenied
from dashboard.session.state import Notice, to_query
from dashboard.session.viewers import is_demo
from dashboard.ui import page_frame as frame
from dashboard.ui import theme
from dashboard.ui.components.clicks import listen
from dashboard.ui.format import LANGUAGES
from dashboard.ui.page_context import Page
from dashboard.ui.selection_bar import selection_bar
from dashboard.ui.translations import t, use_language
from dashboard.views import HOME, PAGES, SWITCHES, View
from dashboard.views.reports.outcome import tell_download
from data.configuration import Section, read_configuration
from data.errors import VanbanError
from data.language import use_words
from data.organisation import words_of
from data.paths import Home, home_of
from data.snapshot import NoSnapshot
from metrics.query.coverage import clipped


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
        page, seen, found = _opened(home, configuration)
    except VanbanError as error:
        is_shut_out = isinstance(error, NotSignedIn | NotLetIn)
        _start(title, mode)
        frame.title_bar(title)
        if is_shut_out:
            frame.signing_in(error.reason if isinstance(error, NotLetIn) else "")
        elif isinstance(error, EntranceClosed):
            frame.state(t("state.closed_title"), t("state.closed_text"), command=f"vanban dashboard --local --home {home.root}")
        elif isinstance(error, NoSnapshot):
            frame.state(t("state.empty_title"), t("state.empty_text"), command=f"vanban etl run --home {home.root}")
        else:
            _cannot(error)
        return
    _start(title, mode)
    try:
        _draw(replace(page, mode=mode), seen, found, title, is_demo(configuration, page.reader.info))
    except VanbanError as error:
        _cannot(error)
    except AccessDenied:
        frame.state(t("state.denied_title"), t("state.denied_text"))
    except Exception:
        logging.getLogger(__name__).exception("a page failed")
        frame.state(t("state.error_title"), t("state.error_text"))


def _cannot(error: VanbanError) -> None:
    """In place of a page: what cannot be used, and what to do."""
    what = "ledger" if isinstance(error, Refusal) and error.is_of_ledger else "broken"
    frame.state(t(f"state.{what}_title"), t(f"state.{what}_text"), detail=words_of_error(error))


def _start(title: str, mode: theme.Mode) -> None:
    st.set_page_config(page_title=title, layout="wide", initial_sidebar_state="collapsed")
    # Streamlit's own words for a search in vain are English, whatever the page speaks.
    st.html(theme.stylesheet(mode, t("frame.no_results")))


def _opened(home: Home, configuration: Section) -> tuple[Page, Look, tuple[Notice, ...]]:
    """The page to draw, the look that it is of, and what in the address could not be used."""
    without = left_out(configuration, "dashboard", SWITCHES)
    seen = look(home, configuration)
    selection, found, tree = seen.selection, seen.found, seen.tree
    organisation = str(configuration.get("organisation", ""))
    files = (targets_of(home, configuration), events_of(home, configuration))
    page = Page(replace(seen.reader, left_out=without), selection, tree, organisation, *files, settings=settings_key(home, configuration))
    memory = memory_of(home, page.reader)
    page = replace(page, words=words_of(configuration), left_out=without, memory=memory, settings=f"{page.settings} {memory.key}")
    unit = tree.units.get(selection.unit_code or "")
    if unit is not None and selection.tree != "as_was" and not page.is_in_tree(unit):
        found = (*found, Notice("notice.tree_unit", unit.label))
        page = replace(page, selection=replace(selection, tree="as_was"))
    return page, seen, found


def _on_covered_days(page: Page) -> tuple[Page, tuple[Notice, ...]]:
    """The page on the days of its period that the data speak of, and words that say so where these are fewer; the address keeps what was asked."""
    asked = page.selection.period
    days = clipped(page.reader.info, asked)
    if days == asked:
        return page, ()
    covered = replace(page, selection=replace(page.selection, from_on=days.from_on, to_on=days.to_on))
    return covered, (Notice("notice.covered", t("notice.covered_days", span=covered.span, days=days.days, of=asked.days)),)


def _draw(page: Page, seen: Look, found: tuple[Notice, ...], title: str, has_roles: bool) -> None:
    """Frame and page; raises AccessDenied below the frame where the viewer may not see the page."""
    selection, viewer = page.selection, page.reader.viewer
    covered, fewer_days = _on_covered_days(page)

    def shown(view: View) -> Page:
        one = page if view.is_as_asked else covered
        return replace(one, selection=replace(one.selection, tree="as_was")) if view.is_as_was else one

    by_path = {
        path: st.Page(partial(view.render, shown(view)), title=t(view.title), url_path=path, default=path == HOME)
        for path, view in PAGES.items()
        if view.has_place(page)
    }
    unknown = _unknown_path(by_path)
    if unknown:  # a page of its own, so that no dialog of Streamlit's says it in English
        by_path[unknown] = st.Page(partial(_say_unknown, page, unknown), title=t("state.unknown_title"), url_path=unknown)
    chosen = st.navigation(list(by_path.values()), position="hidden")
    path = chosen.url_path or HOME
    own_pages = [one for one in PAGES if one in by_path and may_enter(viewer, (selection.from_on, selection.to_on), PAGES[one].grain)]
    start = own_pages[0] if path == HOME and own_pages and HOME not in own_pages else path
    if path == HOME and viewer.home_unit and "unit" in own_pages and "from" not in st.query_params:
        start = "unit"  # whoever looks for one unit begins with it; a whole address of the overview is theirs too
    if start != path:
        st.switch_page(by_path[start], query_params=to_query(selection))
    view = PAGES.get(path)
    draw_role = frame.navigation_bar(title, [(one, t(PAGES[one].title)) for one in own_pages], path, HOME, page, has_roles)
    has_days = covered.selection.from_on <= page.reader.info.cutoff_on and covered.selection.to_on >= page.reader.info.first_on
    may_see = view is None or (path in own_pages and page.reader.may_read(selection, view.grain))
    has_checks = has_days and (page.reader.may_read(selection) or page.reader.may_read(selection, "making"))
    checks = page.reader.checks(covered.selection) if has_checks else None
    draw_choices = selection_bar(page, seen.pinned, checks, view.choices if view and may_see else None, to_checks="quality" in own_pages)
    newer = st.container(key="newer_box")  # the fragment that it holds, and the choices, come after the page: its first words wait for no script
    if view is not None:
        frame.notices((*found, *view.ignored(page), *(() if view.is_as_asked else fewer_days)))
    if view is not None and view.is_as_was and selection.tree != "as_was":
        frame.notices([Notice("tree.only_as_was", "")])
    try:
        if may_see and view is not None and view.grain == "aggregate" and not has_days:
            frame.no_days(page)
        elif may_see:
            chosen.run()
    finally:
        draw_role()
        draw_choices()
        with newer:
            frame.newer_figures(page)
    listen(page.offered, title, page.language, None if has_roles else partial(tell_download, viewer))
    if not may_see:
        raise AccessDenied


def _unknown_path(known: Mapping[str, object]) -> str:
    """The path of the address where no page has it; empty where one has, or where it is none that a page could have."""
    path = urlsplit(st.context.url or "").path.strip("/")
    return "" if path in known or "/" in path else path


def _say_unknown(page: Page, path: str) -> None:
    back = (t("state.back"), link("./", page.selection))
    frame.state(t("state.unknown_title"), t("state.unknown_text", path=path[: frame.LONGEST_GIVEN]), back=back)


main()

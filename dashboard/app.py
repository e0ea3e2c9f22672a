"""The dashboard's front: reads home, link and snapshot once, draws the frame, and hands over to the page.

Run it with `vanban dashboard`, or from the project's folder with `python -m streamlit run dashboard/app.py`.
"""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import frame, theme
from dashboard.access import DEMO_VIEWER
from dashboard.app_pages import HOME, PAGES
from dashboard.format import LANGUAGES
from dashboard.naming import unit_tree
from dashboard.page import Page
from dashboard.queries import AccessDenied, pin
from dashboard.state import Notice, Selection, default_selection, parse
from dashboard.targets import targets_of
from dashboard.translations import t, use_language
from data.configuration import Section, read_configuration
from data.errors import VanbanError
from data.paths import Home, home_of
from data.snapshot import NoSnapshot

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
        page, first_view, found = _opened(home, configuration, mode)
    except VanbanError as error:
        _start(title, mode)
        frame.title_bar(title)
        if isinstance(error, NoSnapshot):
            frame.state(t("state.empty_title"), t("state.empty_text"), command=f"vanban etl run --home {home.root}")
        else:
            frame.state(t("state.broken_title"), t("state.broken_text"), detail=str(error))
        return
    _start(title, mode)
    try:
        _draw(page, first_view, found, title)
    except VanbanError as error:
        frame.state(t("state.broken_title"), t("state.broken_text"), detail=str(error))
    except AccessDenied:
        frame.state(t("state.denied_title"), t("state.denied_text"))
    except Exception:
        logging.getLogger(__name__).exception("a page failed")
        frame.state(t("state.error_title"), t("state.error_text"))


def _start(title: str, mode: theme.Mode) -> None:
    st.set_page_config(page_title=title, page_icon=str(ICON), layout="wide", initial_sidebar_state="collapsed")
    st.html(theme.STYLESHEET)
    st.html(f"<style>{theme.css_variables(mode)}</style>")


def _opened(home: Home, configuration: Section, mode: theme.Mode) -> tuple[Page, Selection, tuple[Notice, ...]]:
    """The page's reader and view, the view of a bare address, and what in the address could not be used; draws nothing."""
    reader = pin(home, DEMO_VIEWER)
    organisation = str(configuration.get("organisation", ""))
    tree = unit_tree(reader.units(), organisation)
    first_view = default_selection(configuration, reader.info.cutoff_on)
    selection, found = parse(st.query_params.to_dict(), first_view, tree.units)
    return Page(reader, selection, tree, organisation, mode, targets_of(home, configuration)), first_view, found


def _draw(page: Page, first_view: Selection, found: tuple[Notice, ...], title: str) -> None:
    pages = [st.Page(partial(module.render, page), title=t(module.TITLE), url_path=name, default=name == HOME) for name, module in PAGES.items()]
    chosen = st.navigation(pages, position="hidden")
    frame.navigation_bar(title, pages, chosen, page.selection)
    own = next((module for name, module in PAGES.items() if name == (chosen.url_path or HOME)), None)
    frame.selection_bar(page, first_view, page.reader.checks(page.selection), getattr(own, "choices", None))
    frame.notices(found)
    chosen.run()


main()

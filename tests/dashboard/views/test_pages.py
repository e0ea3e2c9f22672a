"""A page is declared once; one that is forgotten, or lacks a part, is an error that names its file."""

from __future__ import annotations

import sys

import pytest

from dashboard.session.policy import GRAINS
from dashboard.ui.translations import catalogue
from dashboard.views import HOME, PAGES, check_pages


def test_every_page_has_a_title_and_says_what_it_shows() -> None:
    assert HOME == "overview"
    for view in PAGES.values():
        assert view.title in catalogue("vi")
        assert view.grain in GRAINS
        assert callable(view.render)


def test_a_page_that_is_not_in_the_navigation_is_an_error_that_names_its_file() -> None:
    with pytest.raises(ImportError, match=r"dashboard/views/quality/page\.py is no page of the navigation"):
        check_pages(set(PAGES) - {"quality"})


def test_a_line_without_a_page_is_an_error_that_names_the_file_that_it_means() -> None:
    with pytest.raises(ImportError, match=r"has a page 'maps', and there is no dashboard/views/maps/page\.py"):
        check_pages({*PAGES, "maps"})


def test_a_page_without_a_title_is_an_error_that_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys.modules["dashboard.views.unit.page"], "TITLE")
    with pytest.raises(ImportError, match=r"dashboard/views/unit/page\.py has no TITLE"):
        check_pages(PAGES)

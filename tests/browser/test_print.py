"""A page on paper: what it covers in its head, no controls, whole charts, dark on white, and each panel on one sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Serve = Callable[[Path], str]

CONTROLS = ".st-key-nav, .period-chips, .files, button, input, select, textarea"


@pytest.mark.parametrize(("path", "scheme", "most"), [("", "light", 5), ("compare", "dark", 4)])
def test_a_page_prints_as_a_document(served: Serve, demo_home: Path, open_page: Open, path: str, scheme: str, most: int) -> None:
    page = open_page(f"{served(demo_home)}/{path}?from=2024-07-01&to=2024-07-31&population=pilot", scheme=scheme)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    expect(page.locator(".print-head")).to_be_hidden()
    sheets = page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) <= most
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 710, "height": 1000})  # an A4 sheet within its margins
    expect(page.locator(".print-head")).to_contain_text("1/7 – 31/7/2024")
    assert page.locator(CONTROLS).locator("visible=true").count() == 0
    assert page.evaluate("[...document.querySelectorAll('.stHtml *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1).length") == 0
    charts = page.evaluate("""[...document.querySelectorAll('.js-plotly-plot .main-svg')].map(one => [
        one.hasAttribute('viewBox'), one.getBoundingClientRect().right <= one.closest('[class*=st-key-drawn_]').getBoundingClientRect().right])""")
    assert charts and all(is_measured and is_inside for is_measured, is_inside in charts)
    ground, words = page.evaluate("""['.panel', '.sentence'].map(one => document.querySelector(one)).map(
        (one, at) => getComputedStyle(one)[at ? 'color' : 'backgroundColor'])""")
    assert (ground, words) == ("rgb(255, 255, 255)", "rgb(20, 33, 61)")

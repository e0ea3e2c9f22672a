"""The words of a page are seen before what is drawn after them: on a page that was just opened, all else waits a moment."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import panel


def two_pages() -> None:
    import streamlit as st
    from markupsafe import Markup

    from dashboard.ui.panel import draw_words

    draw_words(Markup("<h1>first</h1>"))
    draw_words(Markup("<h1>second</h1>"))
    st.html("<p>rest</p>")


def test_the_rest_waits_once_for_the_words_and_no_click_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(panel, "WORDS_FIRST_S", 0.125)
    monkeypatch.setattr(time, "sleep", slept.append)
    app = AppTest.from_function(two_pages).run()
    assert [one.proto.body for one in app.get("html")] == ["<h1>first</h1>", "<h1>second</h1>", "<p>rest</p>"]
    assert slept.count(0.125) == 1
    app.run()
    assert slept.count(0.125) == 1

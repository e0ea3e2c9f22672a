"""Takes a fresh link with an anchor (`dictionary#login_rate`) to its place: the page is drawn after the browser has looked for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


def follow_anchor() -> None:
    """Draws nothing; scrolls once to what the address names, as soon as it is there."""
    _component()(key="anchor")


@cache
def _component() -> Any:
    return st.components.v2.component("vanban_anchor", html="<i hidden></i>", js=(Path(__file__).parent / "anchor.js").read_text(encoding="utf-8"))

"""Lets the keyboard reach and scroll the PDF viewer, whose pages lie in a scrolled region that nothing in it can focus."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


def reach_pdf(name: str) -> None:
    """Draws nothing; gives the viewer's scrolled region a place in the order of the keyboard, and `name` as what it is called."""
    _component()(key="pdf_reach", data={"name": name})


@cache
def _component() -> Any:
    script = (Path(__file__).parent / "pdf_reach.js").read_text(encoding="utf-8")
    return st.components.v2.component("vanban_pdf_reach", html="<i hidden></i>", js=script)

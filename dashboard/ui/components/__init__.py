"""Small scripts of the page, each a Streamlit component of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).parent


@cache
def component(name: str, scripts: tuple[str, ...], css: str | None = None, before: str = "") -> Any:
    """The component of the folder `name`, made once: its scripts one after the other (`before` stands above them), and its style sheet if any."""
    js = "\n".join((before, *((FOLDER / name / script).read_text(encoding="utf-8") for script in scripts)))
    looks = (FOLDER / name / css).read_text(encoding="utf-8") if css else None
    return st.components.v2.component(f"vanban_{name}", html=None if css else "<i hidden></i>", css=looks, js=js)


def follow_anchor() -> None:
    """Draws nothing; takes a fresh link (`dictionary#login_rate`) to its place: the page is drawn after the browser has looked for it."""
    component("anchor", ("anchor.js",))(key="anchor")


def reach_pdf(name: str) -> None:
    """Draws nothing; lets the keyboard scroll the PDF viewer, in which nothing can be focused, and gives it a name."""
    component("pdf_reach", ("pdf_reach.js",))(key="pdf_reach", data={"name": name})

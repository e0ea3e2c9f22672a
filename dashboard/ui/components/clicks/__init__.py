"""Clicks on our own markup: links that open without loading the dashboard anew, and files of what a page shows.

One component hears them all, so that a figure costs no element of its own for them. A file travels over the page's own connection,
to the one who asked for it: there is no address under which anyone else could fetch it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.ui.components import component
from dashboard.ui.format import Language
from dashboard.ui.table_files import Offer

KEY = "clicks"
_FILE, _COUNT = "clicks_file", "clicks_count"
_OFFICE = "application/vnd.openxmlformats-officedocument"
MIME = {
    "csv": "text/csv",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "zip": "application/zip",
}


def listen(offered: Mapping[str, Offer], title: str, language: Language, tell: Callable[[str], None] | None = None) -> None:
    """Hears clicks on the page, hands over the file that was asked for if this page offers it, and says the page's language to the browser.

    `tell` writes down which file leaves, before it does: where that fails, none leaves.
    """
    component("clicks", ("picture.js", "clicks.js"))(
        key=KEY, data={"file": file_asked_for(offered, tell), "title": title, "language": language}, on_asked_change=_hear
    )


def _hear() -> None:
    """Before the next run, which makes the file: text from outside."""
    asked = getattr(st.session_state.get(KEY), "asked", None)
    if isinstance(asked, Mapping):
        st.session_state[_FILE] = (str(asked.get("name")), str(asked.get("format")))


def file_asked_for(offered: Mapping[str, Offer], tell: Callable[[str], None] | None = None) -> dict[str, Any] | None:
    """The file that the last click asked for, once and only if this page offers it; None without one."""
    name, kind = st.session_state.pop(_FILE, ("", ""))
    content = offered[name].content(kind) if name in offered and kind in MIME else None
    if content is None:
        return None
    file = f"{offered[name].name}.{kind}"
    if tell is not None:
        tell(file)
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    return {"number": number, "name": file, "mime": MIME[kind], "content": base64.b64encode(content).decode("ascii")}

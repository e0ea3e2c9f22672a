"""Clicks on our own markup: links that open without loading the dashboard anew, and files of what a page shows.

One component hears them all, so that a figure costs no element of its own for them. A file travels over the page's own connection,
to the one who asked for it: there is no address under which anyone else could fetch it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.address import go
from dashboard.export import Offer
from dashboard.state import LONGEST_VALUE

KEY = "clicks"
_PAGE, _FILE, _COUNT = "clicks_page", "clicks_file", "clicks_count"
MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def page_asked() -> tuple[str, dict[str, str]] | None:
    """The path and query of another page that was clicked, once; text from outside."""
    asked: tuple[str, dict[str, str]] | None = st.session_state.pop(_PAGE, None)
    return asked


def listen(offered: Mapping[str, Offer], here: str, title: str) -> None:
    """Hears clicks on the page at the path `here`, and hands over the file that was asked for if this page offers it."""
    component = _component()
    component(
        key=KEY,
        data={"file": _file(offered), "here": here, "title": title},
        on_asked_change=lambda: _hear(here),
    )


def _hear(here: str) -> None:
    """Before the next run: what was clicked goes into the address, or waits for the run that can answer it."""
    asked = getattr(st.session_state.get(KEY), "asked", None)
    if not isinstance(asked, Mapping):
        return
    if asked.get("kind") == "open":
        path, given = asked.get("path"), asked.get("query")
        if not isinstance(path, str) or not isinstance(given, Mapping):
            return
        query = {str(name)[:LONGEST_VALUE]: str(value)[:LONGEST_VALUE] for name, value in given.items()}
        if path == here:
            go(query, {})
        else:
            st.session_state[_PAGE] = (path, query)
    elif asked.get("kind") == "file":
        st.session_state[_FILE] = (str(asked.get("name")), str(asked.get("format")))


def _file(offered: Mapping[str, Offer]) -> dict[str, Any] | None:
    name, kind = st.session_state.pop(_FILE, ("", ""))
    content = offered[name].content(kind) if name in offered and kind in MIME else None
    if content is None:
        return None
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    return {"number": number, "name": f"{offered[name].name}.{kind}", "mime": MIME[kind], "content": base64.b64encode(content).decode("ascii")}


@cache
def _component() -> Any:
    folder = Path(__file__).parent
    script = "\n".join((folder / name).read_text(encoding="utf-8") for name in ("picture.js", "clicks.js"))
    return st.components.v2.component("vanban_clicks", html="<i hidden></i>", js=script)

"""A field for a file that somebody filled in: it travels over the page's own connection, since the server takes no uploads by any address."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.ui.components import component

KEY = "file_field"
LONGEST_NAME = 200


def file_field(label: str, accepted: str, largest: int, too_large: str, on_given: Callable[[], None]) -> None:
    """Draws the field; after a file was chosen `on_given` runs and `given_file` gives it. `too_large` is said in the browser."""
    data = {"label": label, "accepted": accepted, "largest": largest, "too_large": too_large}
    component("file_field", ("file_field.js",), "file_field.css")(key=KEY, data=data, on_given_change=on_given)


def given_file() -> tuple[str, bytes] | None:
    """Name and bytes of the file that the browser sent: from outside, to be checked like any; None where there is none."""
    given = getattr(st.session_state.get(KEY), "given", None)
    if not isinstance(given, Mapping):
        return None
    try:
        return str(given.get("name"))[:LONGEST_NAME], base64.b64decode(str(given.get("content")), validate=True)
    except (binascii.Error, ValueError):
        return None

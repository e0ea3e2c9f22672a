"""The unit box of the selection bar: a combobox that finds units while one types, tone marks or not.

Streamlit's own selectbox compares letters with their marks, so that `phu tho` would not find Phú Thọ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from dashboard.ui.components import component
from data.language import folding_table

KEY = "unit_picker"
FOLDING = f"const FOLDING = {json.dumps(folding_table(), ensure_ascii=False)};"
"""For the script, which folds what is typed as `data.language` does."""


@dataclass(frozen=True)
class Choice:
    """One unit to choose: code ('' is the whole), name, where it belongs, depth in the tree."""

    code: str
    name: str
    belongs_to: str
    depth: int


def packed(choices: Sequence[Choice]) -> str:
    """The choices as the browser takes them: one text, so that a list of hundreds is one value to hash and send."""
    return json.dumps([asdict(choice) for choice in choices], ensure_ascii=False, separators=(",", ":"))


def unit_picker(choices: str, current: str, label: str, search: str, none: str, on_choose: Callable[[], None]) -> None:
    """Draws the box of `packed` choices; after a choice `on_choose` runs and `chosen_unit` gives the code (not checked: the browser sends it)."""
    data = {"choices": choices, "current": current, "label": label, "search": search, "none": none}
    component("unit_picker", ("picker.js",), "picker.css", FOLDING)(key=KEY, data=data, on_chosen_change=on_choose)


def chosen_unit() -> str:
    """The code that the browser sent; text from outside, to be checked like a link."""
    state = st.session_state.get(KEY)
    chosen = getattr(state, "chosen", None) if state is not None else None
    return chosen if isinstance(chosen, str) else ""

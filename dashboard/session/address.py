"""Where a click leads: a widget writes what was chosen into the address, and the next run reads it like any other link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlencode

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from dashboard.session.state import LONGEST_VALUE, Selection, to_query

Name = TypeVar("Name", bound=str)


def go(query: Mapping[str, str], change: Mapping[str, str]) -> None:
    """Changes the address of this page; an empty value takes the parameter out.

    `query` is the view for which the widget was drawn. Who clicks twice before the page is drawn anew is past it: a whole address counts for more.
    """
    st.query_params.from_dict(_changed(_present(query, st.query_params.to_dict()), change))


def link(path: str, selection: Selection, **change: str) -> str:
    """The address of a page (its path in `views.PAGES`; empty for the present one) for a selection with some parameters changed.

    What is chosen on the present page alone means nothing on another one, and stays behind.
    """
    return f"{path}?{urlencode(_changed(to_query(replace(selection, own=()) if path else selection), change))}"


def _present(drawn: Mapping[str, str], address: Mapping[str, str]) -> Mapping[str, str]:
    """The address where it is whole, as `go` and every link write it, in the order of the drawn view; else the drawn view."""
    if not {"from", "to", "population", "lang"} <= set(address):
        return drawn
    return {**{name: address[name] for name in drawn if name in address}, **address}


def _changed(query: Mapping[str, str], change: Mapping[str, str]) -> dict[str, str]:
    """Always in one order: the same view has one address, which a browser's history keeps once."""
    whole = {"unit": "", **query, **change}
    return {name: value for name, value in whole.items() if value}


def keep_widget(key: str, value: str) -> None:
    """Shows the address's value in a widget; leaves one alone that shows it already, so that nobody's typing is overwritten."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def writes(selection: Selection, parameter: str, key: str, also: Mapping[str, str] | None = None) -> Callable[[], None]:
    """What a widget does when it changes: its value becomes a parameter of the address, `also` others."""
    query = to_query(selection)
    return lambda: go(query, {parameter: str(st.session_state.get(key) or "")[:LONGEST_VALUE], **(also or {})})


def search_field(selection: Selection, key: str, label: str, placeholder: str, width: int) -> None:
    """Draws a field to search in; the words are the address's parameter `find`."""
    keep_widget(key, selection.own_value("find"))
    change = writes(selection, "find", key)
    st.text_input(label, key=key, placeholder=placeholder, label_visibility="collapsed", width=width, on_change=change)


def select_field(selection: Selection, parameter: str, key: str, label: str, names: Mapping[Name, str], value: Name, width: int) -> None:
    """Draws a list to choose from (`names` by value); what is chosen becomes a parameter of the address."""
    keep_widget(key, value)
    change = writes(selection, parameter, key)
    st.selectbox(label, list(names), key=key, format_func=lambda one: names[one], label_visibility="collapsed", width=width, on_change=change)


def radio_box(selection: Selection, parameter: str, key: str, box_key: str, label: str, names: Mapping[Name, str], value: Name) -> PopoverContainer:
    """Draws a box that opens to a choice (`names` by value); what is chosen becomes a parameter of the address. Gives the box."""
    box = st.popover(f":small[{label}] {names[value]}", key=box_key, on_change="rerun")
    if box.open:
        with box:
            keep_widget(key, value)
            change = writes(selection, parameter, key)
            st.radio(label, list(names), key=key, format_func=lambda one: names[one], label_visibility="collapsed", on_change=change)
    return box

"""Streamlit's own command line, with all that pages import loaded before the server says that it is ready: the first reader does not wait for it."""

from __future__ import annotations

import gc

from streamlit.web.cli import main

import dashboard.views  # noqa: F401

gc.freeze()  # what was imported stays: looking through it again and again costs every run of a page
main(prog_name="streamlit")

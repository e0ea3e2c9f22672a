"""The server process of the dashboard, with all that pages import loaded before it says that it is ready: the first reader does not wait for it."""

from __future__ import annotations

import argparse
import gc
import inspect
import sys

import dashboard.views  # noqa: F401
from dashboard.server.application import serve
from dashboard.ui.format import LANGUAGES
from dashboard.ui.translations import catalogue
from data.errors import VanbanError
from data.paths import home_of
from data.private_files import private_files

parser = argparse.ArgumentParser(prog="python -m dashboard", description="Serves the dashboard of VANBAN_HOME; `vanban dashboard` starts it.")
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--browser", action="store_true", help="open the dashboard in a browser")
parser.add_argument("--local", action="store_true", help="serve real figures without a sign-in, to this machine alone")
given = parser.parse_args()
for language in LANGUAGES:
    catalogue(language)
inspect.stack()  # Streamlit asks for it once, at the first element of all, and it reads the source of every module: a fifth of the first page's time
gc.freeze()  # what was imported stays: looking through it again and again costs every run of a page
try:
    with private_files(home_of(None)):
        serve(home_of(None), given.port, given.browser, given.local)
except VanbanError as error:
    print(f"vanban: {error}", file=sys.stderr)
    sys.exit(error.exit_code)

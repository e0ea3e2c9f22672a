"""How the dashboard is started: by the command line, by tests and by hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from data.paths import PROJECT, Home

APP = Path(__file__).parent.parent / "app.py"
LIMITS = {"WEBSOCKETS_MAX_LINE_LENGTH": "200000", "WEBSOCKETS_MAX_NUM_HEADERS": "200000"}
"""Of the library under the server: beyond its own 8 KiB it leaves a handshake without any answer, for as long as the other side likes.
What is too much is refused by the guard, with an answer."""
MEMORY = {"MALLOC_ARENA_MAX": "2"}
"""Of the C library on Linux: with a heap for nearly every thread, what one reader's page no longer needs is of no use to the next one's."""


def serve_command(home: Home, port: int, headless: bool, is_local: bool = False) -> tuple[list[str], dict[str, str]]:
    """The command and the whole environment of a dashboard server for `home`; works from any current folder.

    `is_local` serves real figures to whoever sits at this machine. Nothing of Streamlit's own settings is taken from the surroundings:
    one variable of it could open the server to a network.
    """
    command = [sys.executable, "-m", "dashboard", f"--port={port}", *(() if headless else ("--browser",)), *(("--local",) if is_local else ())]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    path = os.pathsep.join(filter(None, [str(PROJECT), environment.get("PYTHONPATH", "")]))
    return command, {**environment, **LIMITS, **MEMORY, "VANBAN_HOME": str(home.root), "PYTHONPATH": path}

"""How the dashboard is started: by the command line, by tests and by hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from data.paths import PROJECT, Home

APP = Path(__file__).parent / "app.py"


def serve_command(home: Home, port: int, headless: bool) -> tuple[list[str], dict[str, str]]:
    """The command and the whole environment of a dashboard server for `home`; works from any current folder.

    Other settings stand in .streamlit/config.toml beside app.py. What must hold whatever a user's own Streamlit settings
    say (loopback only, nothing reported to anyone, no stack trace on screen) is said here again: flags win over all.
    """
    command = [sys.executable, "-m", "dashboard", "run", str(APP)]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", f"--server.headless={str(headless).lower()}", "--server.showEmailPrompt=false"]
    command += ["--browser.gatherUsageStats=false", "--client.showErrorDetails=none", "--client.toolbarMode=viewer"]
    command += ["--server.enableStaticServing=true", "--server.fileWatcherType=none", "--global.developmentMode=false"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    path = os.pathsep.join(filter(None, [str(PROJECT), environment.get("PYTHONPATH", "")]))
    return command, {**environment, "VANBAN_HOME": str(home.root), "PYTHONPATH": path}

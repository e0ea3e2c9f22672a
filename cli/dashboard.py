"""`vanban dashboard`: the dashboard of a home."""

from __future__ import annotations

import os
import subprocess

import typer

from cli.console import tell
from cli.options import BrowserOption, HomeOption, PortOption, existing_home
from data.paths import PROJECT, Home

EXAMPLE = "--home /srv/vanban --port 8600"


def run(home: HomeOption = None, port: PortOption = 8501, browser: BrowserOption = True) -> None:
    """Serve the dashboard of a home on this machine (loopback only)."""
    start_dashboard(existing_home(home), port, browser)


def start_dashboard(home: Home, port: int, browser: bool) -> None:
    """Serves until Ctrl+C, then ends the command with the server's exit code."""
    from dashboard.server import serve_command

    command, environment = serve_command(home, port, headless=not browser)
    tell(f"The dashboard opens at http://127.0.0.1:{port} (Ctrl+C ends it).")
    try:
        raise typer.Exit(subprocess.run(command, cwd=PROJECT, env={**os.environ, **environment}).returncode)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None

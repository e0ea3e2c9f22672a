"""`vanban dashboard`: the dashboard of a home."""

from __future__ import annotations

import os
import subprocess

import typer

from cli.terminal.console import tell
from cli.terminal.options import BrowserOption, HomeOption, LocalOption, PortOption, existing_home
from data.configuration import read_configuration
from data.errors import ConfigurationError
from data.paths import PROJECT, Home

EXAMPLE = "--home /srv/vanban --port 8600"


def run(home: HomeOption = None, port: PortOption = 8501, browser: BrowserOption = True, local: LocalOption = False) -> None:
    """Serve the dashboard of a home on this machine (loopback only)."""
    start_dashboard(existing_home(home), port, browser, local)


def start_dashboard(home: Home, port: int, browser: bool, is_local: bool = False) -> None:
    """Serves until Ctrl+C or SIGTERM; the server takes this process's place, so that what ends one ends the other and frees the port."""
    from dashboard.server import serve_command

    command, environment = serve_command(home, port, headless=not browser, is_local=is_local)
    tell(f"The dashboard opens at {_address(home, port, is_local)} (Ctrl+C ends it).")
    if os.name == "posix":
        os.chdir(PROJECT)
        os.execve(command[0], command, environment)
    try:
        raise typer.Exit(subprocess.run(command, cwd=PROJECT, env=environment).returncode)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _address(home: Home, port: int, is_local: bool) -> str:
    """Under which name browsers ask for it."""
    try:
        sign_in = {} if is_local else read_configuration(home).get("sign_in", {})
    except ConfigurationError:
        sign_in = {}
    return str(sign_in.get("address") or f"http://127.0.0.1:{port}")

"""Starts a tool of the developer's in the project's environment."""

from __future__ import annotations

import os
import subprocess
import sys

import typer

from bootstrap import SetupFailed, ensure_tools
from data.errors import ConfigurationError
from data.paths import PROJECT

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Context settings of a command whose every argument goes to its tool."""


def end_with(*commands: list[str]) -> None:
    """Runs Python modules with their arguments, one after another, in the project's folder, until one fails; ends with its exit code."""
    if not (PROJECT / "tests").is_dir():
        raise ConfigurationError("Tests and developers' tools are in a checkout of the project alone, and not in what is installed from a package.")
    try:
        ensure_tools()
    except (SetupFailed, OSError) as error:
        raise ConfigurationError(f"The tools of tests and developers are not there: {error}") from None
    # Tools speak for themselves only where nothing of the caller's own installation leaks in.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VANBAN_")}
    for command in commands:
        code = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, env=environment).returncode
        if code:
            raise typer.Exit(code)

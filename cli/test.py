"""The tests, as continuous integration runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import typer

from data.paths import PROJECT


def test(context: typer.Context) -> None:
    """Run the tests; every argument goes to pytest (--long for the full campaigns). Without a file named, on two cores or more side by side."""
    # The tests speak for themselves only where nothing of the caller's own installation leaks in.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VANBAN_")}
    names_files = any(Path(word.partition("::")[0]).exists() for word in context.args if not word.startswith("-"))
    workers = min(4, os.cpu_count() or 1)
    # A file's tests stay together: they share servers and homes.
    side_by_side = [] if names_files or "-n" in context.args or workers == 1 else ["-n", str(workers), "--dist", "loadfile"]
    raise typer.Exit(subprocess.run([sys.executable, "-m", "pytest", *side_by_side, *context.args], cwd=PROJECT, env=environment).returncode)

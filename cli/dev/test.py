"""`vanban test` and `vanban dev test`: the tests, as continuous integration runs them."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from cli.dev.tool import PASS_ON, end_with

EXAMPLE = "tests/metrics -k pilot"
CONTEXT_SETTINGS = PASS_ON


def run(context: typer.Context) -> None:
    """Run the tests; every argument goes to pytest (--long for the full campaigns). Without a file named, on two cores or more side by side."""
    names_files = any(Path(word.partition("::")[0]).exists() for word in context.args if not word.startswith("-"))
    cores = os.cpu_count() or 1
    # More workers than cores: what waits for a browser, a server or the disk, a third of the time and more, leaves its core to another.
    workers = min(6, cores + cores // 2)
    # A file's tests stay together: they share servers and homes. The files come as tests/conftest.py orders them: of itself xdist begins with
    # those of most tests, and those of few, which may take longest, would keep one worker busy when the others have nothing left.
    together = ["--dist", "loadfile", "--no-loadscope-reorder"]
    side_by_side = [] if names_files or "-n" in context.args or workers == 1 else ["-n", str(workers), *together]
    end_with(["pytest", *side_by_side, *context.args])

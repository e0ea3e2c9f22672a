"""`vanban dev docs`: the API reference."""

from __future__ import annotations

import typer

from cli.dev.tool import PASS_ON, end_with

EXAMPLE = "--check"
CONTEXT_SETTINGS = PASS_ON


def run(context: typer.Context) -> None:
    """Write docs/reference anew from the docstrings; with --check, only tell whether it is current."""
    end_with(["docs.make_reference", *context.args])

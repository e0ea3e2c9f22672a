"""`vanban dev pictures`: the pictures of the documentation."""

from __future__ import annotations

import typer

from cli.dev.tool import PASS_ON, end_with

EXAMPLE = "--home demo"
CONTEXT_SETTINGS = PASS_ON


def run(context: typer.Context) -> None:
    """Take the pictures of docs/pictures anew from a home (--home); every argument goes to docs/take_pictures.py."""
    end_with(["docs.take_pictures", *context.args])

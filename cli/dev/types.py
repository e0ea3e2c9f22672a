"""`vanban dev types`: the types of the code."""

from __future__ import annotations

import typer

from cli.dev.tool import PASS_ON, end_with

EXAMPLE = ""
CONTEXT_SETTINGS = PASS_ON


def run(context: typer.Context) -> None:
    """Mypy's strict types, on the product; every argument goes to mypy."""
    end_with(["mypy", *context.args])

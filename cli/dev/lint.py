"""`vanban dev lint`: the rules and the layout of the code."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.dev.tool import end_with

EXAMPLE = "--fix"


def run(fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended.")] = False) -> None:
    """Ruff's rules and its layout, on the whole project."""
    end_with(["ruff", "check", ".", *(["--fix"] if fix else [])], ["ruff", "format", ".", *([] if fix else ["--check"])])

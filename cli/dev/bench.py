"""`vanban bench` and `vanban dev bench`: the benchmarks by name."""

from __future__ import annotations

import typer

from cli.dev.tool import PASS_ON, end_with

EXAMPLE = "ranking --size 1"
CONTEXT_SETTINGS = PASS_ON


def run(context: typer.Context) -> None:
    """Time us against others, in turn on generated data; the ratio is what counts (benchmarks/README.md). `--size` is in million events."""
    end_with(["benchmarks", *context.args])

"""The benchmarks by name."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from cli.console import tell


class Question(StrEnum):
    typical_question = "typical_question"
    ranking = "ranking"
    all_units_by_month = "all_units_by_month"
    all_units_all_steps = "all_units_all_steps"
    dashboard = "dashboard"
    access_log = "access_log"
    postgres = "postgres"
    reports = "reports"
    nightly_increment = "nightly_increment"


def bench(
    name: Annotated[Question | None, typer.Argument(help="One question (default: all).")] = None,
    size: Annotated[
        list[float] | None, typer.Option("--size", help="Million events; may be given several times (default: the question's own).")
    ] = None,
) -> None:
    """Time us against others, in turn on generated data; the ratio is what counts (benchmarks/README.md)."""
    from importlib import import_module

    from benchmarks.measured import DEFAULT_SIZES, HEADER

    print(HEADER)
    for question in [name] if name else list(Question):
        module = import_module(f"benchmarks.{question.value}")
        its_own: Sequence[int] = getattr(module, "DEFAULT_SIZES", DEFAULT_SIZES)
        for events in [int(millions * 1_000_000) for millions in size or ()] or its_own:
            tell(f"{question.value}, {events:,} events: making the data and measuring …")
            for row in module.measure(events):
                print(row, flush=True)

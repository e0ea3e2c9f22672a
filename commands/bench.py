"""The benchmarks by name."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from console import tell


class Question(StrEnum):
    typical_question = "typical_question"
    ranking = "ranking"
    all_units_by_month = "all_units_by_month"


def bench(
    name: Annotated[Question | None, typer.Argument(help="One question (default: all).")] = None,
    size: Annotated[list[float] | None, typer.Option("--size", help="Million events; may be given several times (default: 1 and 20).")] = None,
) -> None:
    """Time our answers against SQL by hand, in turn on generated data; the ratio is what counts (benchmarks/README.md)."""
    from importlib import import_module

    from benchmarks.measured import DEFAULT_SIZES, HEADER

    print(HEADER)
    for question in [name] if name else list(Question):
        for events in [int(millions * 1_000_000) for millions in size or ()] or DEFAULT_SIZES:
            tell(f"{question.value}, {events:,} events: making the data and measuring …")
            for row in import_module(f"benchmarks.{question.value}").measure(events):
                print(row, flush=True)

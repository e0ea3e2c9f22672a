"""How many took how many days: columns per day with marks where half and nine tenths are reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Mark:
    """A line at a day, with its words."""

    day: int
    text: str


@dataclass(frozen=True)
class Column:
    """How many took that many days; `label` stands below it, `title` says it in words."""

    count: int
    label: str
    title: str


def day_columns(columns: Sequence[Column], marks: Sequence[Mark], alt: str) -> str:
    """Columns from day 0 in order; zero-based, the highest filling the height."""
    highest = max((column.count for column in columns), default=0) or 1
    bars = "".join(f'<i style="height:{100 * column.count / highest:.2f}%" title="{escape(column.title)}"></i>' for column in columns)
    labels = "".join(f"<span>{escape(column.label)}</span>" for column in columns)
    lines = "".join(
        f'<u style="left:{100 * (mark.day + 0.5) / len(columns):.2f}%"><em class="m{number}">{escape(mark.text)}</em></u>'
        for number, mark in enumerate(marks)
    )
    return (
        f'<div class="day-columns" role="img" aria-label="{escape(alt)}"><div class="columns">{bars}{lines}</div>'
        f'<div class="axis" aria-hidden="true">{labels}</div></div>'
    )

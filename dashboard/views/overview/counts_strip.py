"""Counts that belong together, side by side: a total and the parts that make it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Part:
    """One count with its words; `weight` draws its share in the group's bar (None: not drawn)."""

    metric: str
    text: str
    label: str
    weight: float | None = None


@dataclass(frozen=True)
class Group:
    """A headline count, the parts shown below it, and a line of context."""

    title: str
    total: Part | None
    parts: tuple[Part, ...]
    context: str


def counts_strip(groups: Sequence[Group]) -> str:
    """Markup of the strip."""
    return f'<section class="strip">{"".join(_group(group) for group in groups)}</section>'


def _group(group: Group) -> str:
    total = ""
    if group.total:
        total = f'<p class="total">{_count(group.total)} {escape(group.total.label)}</p>'
    weights = [part.weight for part in group.parts if part.weight is not None]
    bar = ""
    if weights and sum(weights) > 0:
        bar = "".join(f'<i class="w{number}" style="flex-grow:{weight}"></i>' for number, weight in enumerate(weights) if weight)
        bar = f'<div class="parts-bar" aria-hidden="true">{bar}</div>'
    parts = "".join(
        f'<li><i class="w{number}" aria-hidden="true"></i>{_count(part)} {escape(part.label)}</li>' for number, part in enumerate(group.parts)
    )
    drawn = "drawn" if weights else "plain"
    return (
        f'<div class="group"><h3>{escape(group.title)}</h3>{total}{bar}<ul class="{drawn}">{parts}</ul>'
        f'<p class="context">{escape(group.context)}</p></div>'
    )


def _count(part: Part) -> str:
    """A count in bold; words in its place smaller."""
    words = "" if any(letter.isdigit() for letter in part.text) else ' class="words"'
    return f'<b{words} data-metric="{escape(part.metric)}">{escape(part.text)}</b>'

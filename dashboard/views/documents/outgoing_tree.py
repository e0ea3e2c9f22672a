"""The tree of outgoing documents: the whole, its forms, and of each form the signatures, as zero-based bars on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Branch:
    """One line of the tree; `depth` 0 is the whole, `tone` picks the shade of its bar."""

    name: str
    depth: int
    count: int
    text: str
    share: str
    tone: str
    metric: str = ""
    """The catalogue's figure that the count is; empty where it is told apart further."""


def outgoing_tree(branches: Sequence[Branch], alt: str) -> str:
    """Lines in the order given, the longest bar filling the track."""
    largest = max((branch.count for branch in branches), default=0) or 1
    lines = "".join(
        f'<li class="d{branch.depth}"><span class="label">{escape(branch.name)}</span>'
        f'<span class="track" aria-hidden="true">{_bar(branch, largest)}</span>'
        f"<b{_metric(branch)}>{escape(branch.text)}</b><small>{escape(branch.share)}</small></li>"
        for branch in branches
    )
    return f'<ul class="tree" aria-label="{escape(alt)}">{lines}</ul>'


def _metric(branch: Branch) -> str:
    return f' data-metric="{escape(branch.metric)}"' if branch.metric else ""


def _bar(branch: Branch, largest: int) -> str:
    return f'<i class="{escape(branch.tone)}" style="width:{100 * branch.count / largest:.2f}%"></i>' if branch.count else ""

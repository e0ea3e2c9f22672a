"""Where rows went: what came in, and what of it was not loaded, drawn large enough to be seen beside millions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Flow:
    """One kind of row of one source; counts as numbers and as text, in the order in, loaded, duplicate, filtered, rejected."""

    source: str
    name: str
    counts: tuple[int, int, int, int, int]
    texts: tuple[str, str, str, str, str]
    lost_text: str
    """Share of the rows that were not loaded, as text."""

    @property
    def lost(self) -> float:
        """Share of the rows that were not loaded."""
        return 1 - self.counts[1] / self.counts[0] if self.counts[0] else 0.0

    @property
    def is_whole(self) -> bool:
        """The accounting identity: every row that came in has a place."""
        return self.counts[0] == sum(self.counts[1:])


def row_flow(flows: Sequence[Flow], heads: Sequence[str], lost_label: str, holds: str, broken: str, caption: str) -> str:
    """The table: heads are those of the five counts; the bar's length is the share not loaded, the largest filling the cell."""
    largest = max((flow.lost for flow in flows), default=0.0) or 1.0
    head = "".join(f'<th scope="col" class="number">{escape(text)}</th>' for text in heads)
    body, source = "", ""
    for flow in flows:
        if flow.source != source:
            source = flow.source
            body += f'<tr class="source"><th scope="rowgroup" colspan="8">{escape(source)}</th></tr>'
        body += _row(flow, largest, holds, broken)
    head = f'<thead><tr><td></td>{head}<th scope="col">{escape(lost_label)}</th><td></td></tr></thead>'
    table = f'<table class="figures flow"><caption class="unseen">{escape(caption)}</caption>{head}<tbody>{body}</tbody></table>'
    return f'<div class="wide-table" tabindex="0" role="region" aria-label="{escape(caption)}">{table}</div>'


def _row(flow: Flow, largest: float, holds: str, broken: str) -> str:
    cells = ""
    for place, (count, text) in enumerate(zip(flow.counts, flow.texts, strict=True)):
        tone = " nothing" if place and not count else ""
        cells += f'<td class="number{tone}" data-rows="{place}">{escape(text)}</td>'
    parts = "".join(
        f'<i class="l{place}" style="width:{100 * count / flow.counts[0] / largest:.2f}%"></i>'
        for place, count in enumerate(flow.counts[2:])
        if count and flow.counts[0]
    )
    verdict = f'<span title="{escape(holds)}">✓<span class="unseen">{escape(holds)}</span></span>' if flow.is_whole else f"▲ {escape(broken)}"
    tone = "holds" if flow.is_whole else "look"
    return (
        f'<tr data-entity="{escape(flow.name)}"><th scope="row">{escape(flow.name)}</th>{cells}'
        f'<td class="lost"><span class="lost-bar" aria-hidden="true">{parts}</span><small>{escape(flow.lost_text)}</small></td>'
        f'<td class="{tone}">{verdict}</td></tr>'
    )

"""The table of units: name, level, and per rate n/N, value and an inline bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class RateCell:
    """A rate in a table: n/N and value as text, and the ratio for the bar (None: nothing to draw)."""

    counts: str
    text: str
    ratio: float | None


@dataclass(frozen=True)
class UnitRow:
    """One unit; `depth` indents it under its parent when the table is in tree order."""

    code: str
    name: str
    title: str
    href: str
    level: str
    depth: int
    rates: tuple[RateCell, ...]
    documents: str


def unit_table(rows: Sequence[UnitRow], unit_label: str, level_label: str, rate_labels: Sequence[str], documents_label: str, caption: str) -> str:
    """Markup of the table inside its own scrolling frame, header fixed."""
    heads = f'<th scope="col">{escape(unit_label)}</th><th scope="col">{escape(level_label)}</th>'
    heads += "".join(
        f'<th scope="col" class="number">n / N</th><th scope="col" colspan="2" class="rate">{escape(label)}</th>' for label in rate_labels
    )
    heads += f'<th scope="col" class="number">{escape(documents_label)}</th>'
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="units-frame" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="units">'
        f'<caption class="unseen">{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: UnitRow) -> str:
    cells = "".join(
        f'<td class="number">{escape(rate.counts)}</td><td class="number strong">{escape(rate.text)}</td><td class="bar">{_bar(rate.ratio)}</td>'
        for rate in row.rates
    )
    return (
        f'<tr data-unit="{escape(row.code)}"><th scope="row" style="padding-left:{8 + 16 * row.depth}px">'
        f'<a href="{escape(row.href)}" title="{escape(row.title)}">{escape(row.name)}</a></th>'
        f'<td class="level">{escape(row.level)}</td>{cells}<td class="number">{escape(row.documents)}</td></tr>'
    )


def _bar(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f'<span class="inline-bar" aria-hidden="true"><i style="width:{100 * min(1.0, ratio):.2f}%"></i></span>'

"""The table of units that compares fairly: rate with n/N, its interval beside the whole and the target, change, distance, peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class StandingRow:
    """One unit as text; `value`, `low`, `high` (0 to 1) draw the interval, None draws nothing."""

    code: str
    name: str
    title: str
    href: str
    inside: tuple[str, str, str]
    """The units below it: how many as text, what that leads to, and its address; empty texts where there are none."""
    depth: int
    level: str
    counts: str
    rate: str
    value: float | None
    low: float | None
    high: float | None
    target: float | None
    tone: str
    """`worse`, `better` or `within`."""
    change: str
    missing: str
    is_reached: bool
    peers: str


@dataclass(frozen=True)
class Heads:
    """The column headings."""

    unit: str
    level: str
    counts: str
    rate: str
    interval: str
    change: str
    missing: str
    """Empty: no target stands, and the column is left out."""
    peers: str

    @property
    def columns(self) -> int:
        return 8 if self.missing else 7


def standing_table(groups: Sequence[tuple[str, Sequence[StandingRow]]], heads: Heads, whole: float | None, caption: str) -> str:
    """Rows under their group headings (an empty one is not drawn)."""
    titles = [(heads.unit, ""), (heads.level, ""), (heads.counts, "number"), (heads.rate, "number"), (heads.interval, "interval-head")]
    titles += [(heads.change, "number")] + ([(heads.missing, "number")] if heads.missing else []) + [(heads.peers, "")]
    head = "".join(f'<th scope="col" class="{kind}">{escape(title)}</th>' for title, kind in titles)
    body = "".join(_group(title, rows, heads, whole) for title, rows in groups)
    return (
        f'<div class="standing-frame" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="units standing">'
        f'<caption class="unseen">{escape(caption)}</caption><thead><tr>{head}</tr></thead>{body}</table></div>'
    )


def _group(title: str, rows: Sequence[StandingRow], heads: Heads, whole: float | None) -> str:
    heading = f'<tr class="group-row"><th scope="rowgroup" colspan="{heads.columns}">{escape(title)}</th></tr>' if title else ""
    return f"<tbody>{heading}{''.join(_row(row, heads, whole) for row in rows)}</tbody>"


def _row(row: StandingRow, heads: Heads, whole: float | None) -> str:
    count, words, href = row.inside
    inside = (
        f' <a class="inside" href="{escape(href)}" title="{escape(words)}" aria-label="{escape(words)}" target="_self">({escape(count)})</a>'
        if count
        else ""
    )
    reached = ' class="number reached"' if row.is_reached else ' class="number"'
    missing = f"<td{reached}>{escape(row.missing)}</td>" if heads.missing else ""
    return (
        f'<tr data-unit="{escape(row.code)}"><th scope="row" style="padding-left:{8 + 16 * row.depth}px">'
        f"{_name(row)}{inside}</th>"
        f'<td class="level">{escape(row.level)}</td><td class="number">{escape(row.counts)}</td><td class="number strong">{escape(row.rate)}</td>'
        f'<td class="interval-cell">{_interval(row, whole)}</td><td class="number">{escape(row.change)}</td>{missing}'
        f'<td class="peers">{escape(row.peers)}</td></tr>'
    )


def _interval(row: StandingRow, whole: float | None) -> str:
    if row.value is None or row.low is None or row.high is None:
        return ""
    line = f'<u style="left:{100 * whole:.2f}%"></u>' if whole is not None else ""
    target = f'<s style="left:{100 * row.target:.2f}%"></s>' if row.target is not None else ""
    return (
        f'<span class="interval {row.tone}" aria-hidden="true"><i style="left:{100 * row.low:.2f}%;right:{100 - 100 * row.high:.2f}%"></i>'
        f'{line}{target}<em style="left:{100 * min(1.0, row.value):.2f}%"></em></span>'
    )


def _name(row: StandingRow) -> str:
    """The unit's name, leading to its page where there is one to be seen."""
    tag, leads = ("a", f' href="{escape(row.href)}" target="_self"') if row.href else ("span", "")
    return f'<{tag}{leads} title="{escape(row.title)}">{escape(row.name)}</{tag}>'

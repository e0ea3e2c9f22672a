"""One unit's rates on one axis each: its interval, the range of its peers, the whole's rate and the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class RatePlace:
    """One rate as text, and as numbers (0 to 1) what is drawn of it; None is not drawn."""

    metric: str
    label: str
    counts: str
    rate: str
    why: str
    """Markup of the button and what it opens."""
    value: float | None
    interval: tuple[float, float] | None
    peers: tuple[float, float] | None
    whole: float | None
    target: float | None
    is_worse: bool
    standing: str
    distance: str


def rate_places(places: Sequence[RatePlace], heads: Sequence[str], key: tuple[str, str, str, str], caption: str) -> str:
    """The table; heads are those of rate, counts, value, axis, standing, distance; `key` names interval, peers, whole, target."""
    tones = {1: " class=number", 2: " class=number", 3: " class=axis-head"}
    head = "".join(f'<th scope="col"{tones.get(place, "")}>{escape(text)}</th>' for place, text in enumerate(heads))
    rows = "".join(_row(place) for place in places)
    table = f'<caption class="unseen">{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>'
    names = zip(("own", "range", "of-whole", "of-target"), key, strict=True)
    legend = "".join(f'<span><i class="{mark}"></i>{escape(text)}</span>' for mark, text in names if text)
    return (
        f'<div class="wide-table" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="figures places">{table}</table></div>'
        f'<p class="strip-key" aria-hidden="true">{legend}</p>'
    )


def _row(place: RatePlace) -> str:
    drawn = ""
    if place.peers is not None:
        drawn += f'<i class="range" style="left:{100 * place.peers[0]:.1f}%;right:{100 - 100 * min(1.0, place.peers[1]):.1f}%"></i>'
    if place.interval is not None:
        drawn += f'<i class="own" style="left:{100 * place.interval[0]:.1f}%;right:{100 - 100 * place.interval[1]:.1f}%"></i>'
    if place.whole is not None:
        drawn += f'<u class="of-whole" style="left:{100 * min(1.0, place.whole):.1f}%"></u>'
    if place.target is not None:
        drawn += f'<u class="of-target" style="left:{100 * min(1.0, place.target):.1f}%"></u>'
    if place.value is not None:
        drawn += f'<em class="{"worse" if place.is_worse else ""}" style="left:{100 * min(1.0, place.value):.1f}%"></em>'
    name = escape(place.metric)
    counts = (
        f'<td class="number" data-counts="{name}">{escape(place.counts)}</td><td class="number strong" data-rate="{name}">{escape(place.rate)}</td>'
    )
    return (
        f'<tr data-place="{name}"><th scope="row">{escape(place.label)} {place.why}</th>{counts}'
        f'<td><span class="axis-strip" aria-hidden="true">{drawn}</span></td><td>{escape(place.standing)}</td><td>{escape(place.distance)}</td></tr>'
    )

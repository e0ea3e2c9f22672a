"""Units over time as small lines side by side on one scale, so that they can be compared: each with the whole's line behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote


@dataclass(frozen=True)
class Multiple:
    """One unit: its rates in order (0 to 1; None where there is none), and the last of them as text."""

    code: str
    name: str
    title: str
    href: str
    values: tuple[float | None, ...]
    text: str
    is_worse: bool


def small_multiples(multiples: Sequence[Multiple], whole: Sequence[float | None], shown: int, more_label: str, key: str, alt: str) -> str:
    """The first `shown`, the others behind a disclosure; every drawing goes from 0 to 100%."""
    behind = _drawn(whole, "of-whole")
    first = "".join(_cell(one, behind) for one in multiples[:shown])
    rest = "".join(_cell(one, behind) for one in multiples[shown:])
    more = f'<details class="more"><summary>{escape(more_label)}</summary><ul class="multiples">{rest}</ul></details>' if rest else ""
    legend = f'<p class="strip-key" aria-hidden="true"><span><i class="of-whole"></i>{escape(key)}</span></p>'
    return f'<ul class="multiples" aria-label="{escape(alt)}">{first}</ul>{more}{legend}'


def _cell(one: Multiple, behind: str) -> str:
    tag, leads = ("a", f' href="{escape(one.href)}" target="_self"') if one.href else ("span", "")
    tone = " worse" if one.is_worse else ""
    return (
        f'<li data-multiple="{escape(one.code)}"><{tag}{leads} title="{escape(one.title)}">'
        f"<span>{escape(one.name)}</span><b>{escape(one.text)}</b></{tag}>"
        f'<div class="drawing{tone}" aria-hidden="true">{behind}{_drawn(one.values, "own")}</div></li>'
    )


def _drawn(values: Sequence[float | None], kind: str) -> str:
    """A line as a mask over a colour of the style sheet; a gap in it where a value is missing."""
    places = max(1, len(values) - 1)
    path, is_drawing = "", False
    for number, value in enumerate(values):
        if value is not None:
            path += f"{'L' if is_drawing else 'M'}{100 * number / places:.1f} {96 - 92 * min(1.0, value):.1f} "
        is_drawing = value is not None
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="{path.strip()}" fill="none" stroke="#000" stroke-width="2" stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    mask = f"url(&quot;data:image/svg+xml,{quote(drawing)}&quot;)"
    return f'<i class="{kind}" style="-webkit-mask-image:{mask};mask-image:{mask}"></i>' if path else ""

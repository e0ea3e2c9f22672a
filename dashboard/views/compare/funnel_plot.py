"""The funnel plot: units by size and rate over the zone that chance alone explains; what lies outside it differs.

Drawn as markup: each dot is a link, and the colours follow light and dark. Zones are clipped boxes; positions are shares of the plot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 560
HEIGHT = 300
"""The plot in px on a common screen, to judge by where names have room; the drawing itself stretches."""
LETTER = 6.6
LINE = 15
MOST_NAMED = 12
ROOT_REACHES = 40
"""Above this ratio of largest to smallest the widths go by the logarithm."""
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


@dataclass(frozen=True)
class Dot:
    """One unit: how many cases it has, its rate (0 to 1), and on which side of the whole it lies beyond chance."""

    code: str
    name: str
    title: str
    href: str
    cases: int
    rate: float
    tone: str
    """`worse`, `better` or `within`."""
    is_far: bool


@dataclass(frozen=True)
class Limits:
    """The four limits at a number of cases, as rates."""

    cases: int
    low_998: float
    low_95: float
    high_95: float
    high_998: float


def funnel_plot(
    dots: Sequence[Dot],
    limits: Sequence[Limits],
    whole: tuple[float, str],
    target: tuple[float, str] | None,
    zone: str,
    axis: str,
    key: tuple[str, str],
    alt: str,
) -> str:
    """`whole` and `target` are lines with their words; `zone` says what lies in the zones, `axis` what the widths are.

    `key` is what a ring and a full dot mean.
    """
    scale = _Scale(limits[0].cases, limits[-1].cases)
    ticks = [count for count in TICKS if limits[0].cases <= count <= limits[-1].cases]
    ticks = [count for number, count in enumerate(ticks) if number == 0 or scale.x(count) - scale.x(ticks[number - 1]) > 0.035]
    x_axis = "".join(f'<span style="left:{100 * scale.x(count):.2f}%">{_count(count)}</span>' for count in ticks)
    y_axis = "".join(f'<span style="top:{100 - share}%">{share}%</span>' for share in (100, 80, 60, 40, 20, 0))
    grid = "".join(f'<i style="top:{100 - share}%"></i>' for share in (100, 80, 60, 40, 20, 0))
    outer = _zone(scale, [(one.cases, one.low_998, one.high_998) for one in limits])
    inner = _zone(scale, [(one.cases, one.low_95, one.high_95) for one in limits])
    lines = _lines(whole, target)
    drawn = sorted(dots, key=lambda dot: (dot.tone != "within", dot.is_far))
    marks = "".join(_dot(dot, scale) for dot in drawn)
    words_at = _below_words([1 - limits[-1].low_998, 1 - whole[0], *([1 - target[0]] if target else [])])
    return (
        f'<div class="funnel-plot" role="group" aria-label="{escape(alt)}"><div class="y-axis" aria-hidden="true">{y_axis}</div>'
        f'<div class="plot"><div class="grid" aria-hidden="true">{grid}</div>'
        f'<div class="zone outer" aria-hidden="true" style="clip-path:{outer}"></div>'
        f'<div class="zone inner" aria-hidden="true" style="clip-path:{inner}"></div>'
        f'{lines}{marks}{_names(drawn, scale)}<p class="zone-words" style="top:{words_at:.1f}%">{escape(zone)}</p></div>'
        f'<div class="x-axis" aria-hidden="true">{x_axis}</div><p class="axis-title">{escape(axis)}</p>'
        f'<p class="key" aria-hidden="true"><i></i>{escape(key[0])}<i class="far"></i>{escape(key[1])}</p></div>'
    )


@dataclass(frozen=True)
class _Scale:
    """Counts across, from 0 to 1 between the least and the most."""

    least: int
    most: int

    def x(self, cases: float) -> float:
        along = math.log if is_logarithmic(self.least, self.most) else math.sqrt
        return (along(cases) - along(self.least)) / (along(max(self.most, self.least + 1)) - along(self.least))


def is_logarithmic(least: int, most: int) -> bool:
    """Whether units differ so much in size that a root would crowd the small ones at the edge."""
    return most > ROOT_REACHES * least


def cases_to_draw(cases: Sequence[int], points: int = 60) -> list[int]:
    """Numbers of cases at which limits are drawn: evenly over the width, a little beyond the smallest and the largest unit."""
    least, most = max(1, math.floor(min(cases) * 0.85)), math.ceil(max(cases) * 1.06) + 1
    if is_logarithmic(least, most):
        steps = [least * (most / least) ** (step / points) for step in range(points + 1)]
    else:
        low, high = math.sqrt(least), math.sqrt(most)
        steps = [(low + (high - low) * step / points) ** 2 for step in range(points + 1)]
    return sorted({round(step) for step in steps})


def _top(rate: float) -> float:
    """Percent from the top; a rate above 100% (a wrong denominator) stands at the edge, and its words tell it."""
    return 100 - 100 * min(1.0, rate)


def _zone(scale: _Scale, edges: Sequence[tuple[int, float, float]]) -> str:
    upper = [(scale.x(cases), 1 - high) for cases, _, high in edges]
    lower = [(scale.x(cases), 1 - low) for cases, low, _ in reversed(edges)]
    return "polygon(" + ",".join(f"{100 * x:.2f}% {100 * y:.2f}%" for x, y in [*upper, *lower]) + ")"


def _lines(whole: tuple[float, str], target: tuple[float, str] | None) -> str:
    """Both lines with their words beside them; of two that are close, the upper one's words stand above it and the lower one's below."""
    if target is None:
        return _line("whole", *whole)
    is_close = HEIGHT * abs(whole[0] - target[0]) < LINE + 1
    is_target_above = target[0] >= whole[0]
    sides = (" beneath", " over") if is_target_above else (" over", " beneath")
    return _line("whole" + (sides[0] if is_close else ""), *whole) + _line("target" + (sides[1] if is_close else ""), *target)


def _line(kind: str, rate: float, words: str) -> str:
    return f'<div class="rule {kind}" style="top:{100 - 100 * rate:.2f}%"><span>{escape(words)}</span></div>'


def _below_words(tops: Sequence[float]) -> float:
    """Percent from the top where the words on the zones have room: at their lower edge, but clear of the words of the lines (shares from the top)."""
    edge, *lines = tops
    at = min(HEIGHT - LINE, HEIGHT * edge + 3)
    for line in sorted(HEIGHT * line for line in lines):
        if at - LINE < line + LINE / 2 and line - LINE / 2 < at + 2 * LINE:
            at = line + LINE
    return 100 * at / HEIGHT


def _dot(dot: Dot, scale: _Scale) -> str:
    far = " far" if dot.is_far else ""
    # Those that do not differ are reached through the table; a keyboard stops only where there is something to see.
    stop = ' tabindex="-1"' if dot.tone == "within" else ""
    tag, leads = ("a", f' href="{escape(dot.href)}" target="_self"') if dot.href else ("span", ' role="img"')
    return (
        f'<{tag} class="dot {dot.tone}{far}" data-unit="{escape(dot.code)}" title="{escape(dot.title)}" aria-label="{escape(dot.title)}"{leads}'
        f' style="left:{100 * scale.x(dot.cases):.2f}%;top:{_top(dot.rate):.2f}%"{stop}></{tag}>'
    )


def _names(dots: Sequence[Dot], scale: _Scale) -> str:
    """Names beside the dots that differ most, as far as they have room beside other dots and names."""
    placed: list[tuple[float, float, float, float]] = []
    circles = [(WIDTH * scale.x(dot.cases), HEIGHT * _top(dot.rate) / 100) for dot in dots if dot.tone != "within"]
    parts: list[str] = []
    for dot in sorted((dot for dot in dots if dot.tone != "within"), key=lambda dot: (not dot.is_far, dot.tone != "worse", -dot.cases)):
        x, y = WIDTH * scale.x(dot.cases), HEIGHT * _top(dot.rate) / 100
        width = LETTER * len(dot.name) + 4
        for side, left in (("right", x + 8), ("left", x - 8 - width)):
            box = (left, y - LINE / 2, left + width, y + LINE / 2)
            is_free = left >= 0 and box[2] <= WIDTH and y >= 0 and not any(_meet(box, other) for other in placed)
            if is_free and not any((cx, cy) != (x, y) and _meet(box, (cx - 5, cy - 5, cx + 5, cy + 5)) for cx, cy in circles):
                placed.append(box)
                late = " late" if len(parts) >= MOST_NAMED // 3 else ""
                parts.append(
                    f'<span class="dot-name {side} {dot.tone}{late}" aria-hidden="true"'
                    f' style="left:{100 * scale.x(dot.cases):.2f}%;top:{_top(dot.rate):.2f}%">{escape(dot.name)}</span>'
                )
                break
        if len(parts) == MOST_NAMED:
            break
    return "".join(parts)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _count(count: int) -> str:
    return str(count) if count < 10_000 else f"{count // 1000}k"

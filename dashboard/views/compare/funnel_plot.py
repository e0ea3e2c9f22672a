"""The funnel plot: units by size and rate over the zone that chance alone explains; what lies outside it differs.

Drawn as markup: each dot is a link, and the colours follow light and dark. Positions are shares of the plot from its left and its top.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.ui.markup import markup

WIDTH = 560
HEIGHT = 300
"""The plot in px on a common screen, to judge by where names have room; the drawing itself stretches."""
LETTER = 6.6
LINE = 15
MOST_NAMED = 12
ROOT_REACHES = 40
"""Above this ratio of largest to smallest the widths go by the logarithm."""
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in px."""


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

    @property
    def top(self) -> float:
        """A rate above 100% (a wrong denominator) stands at the edge, and its words tell it."""
        return 1 - min(1.0, self.rate)


@dataclass(frozen=True)
class Limits:
    """The four limits at a number of cases, as rates."""

    cases: int
    low_998: float
    low_95: float
    high_95: float
    high_998: float


@dataclass(frozen=True)
class _Scale:
    """Counts across, from 0 to 1 between the least and the most."""

    least: int
    most: int

    def left(self, cases: float) -> float:
        along = math.log if is_logarithmic(self.least, self.most) else math.sqrt
        return (along(cases) - along(self.least)) / (along(max(self.most, self.least + 1)) - along(self.least))


def funnel_plot(
    dots: Sequence[Dot],
    limits: Sequence[Limits],
    whole: tuple[float, str],
    target: tuple[float, str] | None,
    zone: str,
    axis: str,
    key: tuple[str, str],
    alt: str,
) -> Markup:
    """`whole` and `target` are lines with their words; `zone` says what lies in the zones, `axis` what the widths are.

    `key` is what a ring and a full dot mean.
    """
    scale = _Scale(limits[0].cases, limits[-1].cases)
    drawn = sorted(dots, key=lambda dot: (dot.tone != "within", dot.is_far))
    return markup(
        "compare/funnel_plot.html",
        alt=alt,
        y_ticks=(100, 80, 60, 40, 20, 0),
        x_ticks=list(_x_ticks(scale)),
        outer=_zone(scale, [(one.cases, one.low_998, one.high_998) for one in limits]),
        inner=_zone(scale, [(one.cases, one.low_95, one.high_95) for one in limits]),
        lines=_lines(whole, target),
        dots=[(dot, scale.left(dot.cases), dot.top) for dot in drawn],
        names=_names(drawn, scale),
        most_early=MOST_NAMED // 3,
        words_at=_below_words([1 - limits[-1].low_998, 1 - whole[0], *([1 - target[0]] if target else [])]),
        zone=zone,
        axis=axis,
        key=key,
    )


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


def _x_ticks(scale: _Scale) -> Iterator[tuple[float, str]]:
    counts = [count for count in TICKS if scale.least <= count <= scale.most]
    for before, count in zip([None, *counts], counts, strict=False):
        if before is None or scale.left(count) - scale.left(before) > 0.035:
            yield scale.left(count), str(count) if count < 10_000 else f"{count // 1000}k"


def _zone(scale: _Scale, edges: Sequence[tuple[int, float, float]]) -> str:
    """A CSS polygon: along the upper edge, and back along the lower one."""
    upper = [(scale.left(cases), 1 - high) for cases, _, high in edges]
    lower = [(scale.left(cases), 1 - low) for cases, low, _ in reversed(edges)]
    return "polygon(" + ",".join(f"{100 * x:.2f}% {100 * y:.2f}%" for x, y in [*upper, *lower]) + ")"


def _lines(whole: tuple[float, str], target: tuple[float, str] | None) -> list[tuple[str, float, str]]:
    """Class, top and words of both lines; of two that are close, the upper one's words stand above it and the lower one's below."""
    if target is None:
        return [("whole", 1 - whole[0], whole[1])]
    sides = ("", "")
    if HEIGHT * abs(whole[0] - target[0]) < LINE + 1:
        sides = (" beneath", " over") if target[0] >= whole[0] else (" over", " beneath")
    return [("whole" + sides[0], 1 - whole[0], whole[1]), ("target" + sides[1], 1 - target[0], target[1])]


def _below_words(tops: Sequence[float]) -> float:
    """Where the words on the zones have room: at their lower edge, but clear of the words of the lines (shares from the top)."""
    edge, *lines = tops
    at = min(HEIGHT - LINE, HEIGHT * edge + 3)
    for line in sorted(HEIGHT * line for line in lines):
        if at - LINE < line + LINE / 2 and line - LINE / 2 < at + 2 * LINE:
            at = line + LINE
    return at / HEIGHT


def _names(dots: Sequence[Dot], scale: _Scale) -> list[tuple[Dot, str, float, float]]:
    """Names beside the dots that differ most, as far as they have room beside other dots and names: dot, side, left and top."""
    differing = [dot for dot in dots if dot.tone != "within"]
    circles = [(WIDTH * scale.left(dot.cases), HEIGHT * dot.top) for dot in differing]
    placed: list[Box] = []
    names: list[tuple[Dot, str, float, float]] = []
    for dot in sorted(differing, key=lambda dot: (not dot.is_far, dot.tone != "worse", -dot.cases)):
        x, y = WIDTH * scale.left(dot.cases), HEIGHT * dot.top
        width = LETTER * len(dot.name) + 4
        for side, left in (("right", x + 8), ("left", x - 8 - width)):
            box = (left, y - LINE / 2, left + width, y + LINE / 2)
            is_free = left >= 0 and box[2] <= WIDTH and y >= 0 and not any(_meet(box, other) for other in placed)
            if is_free and not any((cx, cy) != (x, y) and _meet(box, (cx - 5, cy - 5, cx + 5, cy + 5)) for cx, cy in circles):
                placed.append(box)
                names.append((dot, side, scale.left(dot.cases), dot.top))
                break
        if len(names) == MOST_NAMED:
            break
    return names


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

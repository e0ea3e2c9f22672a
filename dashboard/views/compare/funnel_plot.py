"""The funnel plot: units by size and rate over the zone that chance alone explains; what lies outside it differs.

Plotly draws it: a dot says its figures where one points at it and leads to its unit where one clicks (the second of its `customdata`, which
`dashboard/ui/components/clicks` follows), and a part can be zoomed into.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from dashboard.palette import Palette
from dashboard.ui import format as written
from dashboard.ui.panels.fitted_axis import FittedAxis, fitted
from dashboard.ui.theme import Mode, palette, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

WIDTH = 560
HEIGHT = 300
"""The plot in px on a common screen, to judge by where names have room; the drawing itself stretches."""
ABOVE, BELOW, LEFT, RIGHT = 8, 44, 46, 8
"""What stands around the plot, in px."""
BEYOND = 0.02
"""A share of the plot that stays free beyond the axis, so that a dot at 100% is whole."""
LETTER = 6.6
LINE = 15
MOST_NAMED = 12
ROOT_REACHES = 40
"""Above this ratio of largest to smallest the widths go by the logarithm."""
FEWEST_TICKS = 3
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


@dataclass(frozen=True)
class FunnelPlot:
    """What is drawn: `whole` and `target` are lines with their words, `axis` says what the widths are."""

    dots: tuple[Dot, ...]
    limits: tuple[Limits, ...]
    whole: tuple[float, str]
    target: tuple[float, str] | None
    axis: str
    alt: str
    language: written.Language

    def figure(self, mode: Mode) -> go.Figure:
        """The plotly figure; names from files are escaped, because plotly reads a markup of its own in texts."""
        import plotly.graph_objects as go  # 0.4 s: only who draws it waits for it

        colours, scale = palette(mode), _Scale(self.limits[0].cases, self.limits[-1].cases)
        axis = fitted([*(dot.rate for dot in self.dots), self.whole[0], *([self.target[0]] if self.target else [])])
        margin = {"t": ABOVE, "b": BELOW, "l": LEFT, "r": RIGHT}
        figure = go.Figure(layout={"template": plotly_template(mode), "height": HEIGHT + ABOVE + BELOW, "margin": margin})
        self._zones(figure, scale, axis, colours)
        self._lines(figure, axis, colours)
        self._dots(figure, scale, axis, colours)
        for dot, side, left, rate in _names(self.dots, scale, axis, [self.whole, *([self.target] if self.target else [])]):
            shift = {"xanchor": "left", "xshift": 7} if side == "right" else {"xanchor": "right", "xshift": -7}
            colour = colours.accent if dot.tone == "worse" else colours.ink
            figure.add_annotation(x=left, y=rate, text=escape(dot.name), showarrow=False, font={"size": 12, "color": colour}, **shift)
        self._axes(figure, scale, axis, colours)
        return figure

    def _zones(self, figure: go.Figure, scale: _Scale, axis: FittedAxis, colours: Palette) -> None:
        def edges(of: Sequence[tuple[int, float, float]]) -> dict[str, list[float]]:
            """Along the upper edge, and back along the lower one."""
            corners = [*((cases, high) for cases, _, high in of), *((cases, low) for cases, low, _ in reversed(of))]
            return {"x": [scale.left(cases) for cases, _ in corners], "y": [_within(axis, rate) for _, rate in corners]}

        outer = edges([(one.cases, one.low_998, one.high_998) for one in self.limits])
        inner = edges([(one.cases, one.low_95, one.high_95) for one in self.limits])
        for corners, colour, opacity in ((outer, colours.sequential[0], 0.75), (inner, colours.sequential[1], 0.6)):
            line = {"width": 0}
            figure.add_scatter(**corners, mode="lines", line=line, fill="toself", fillcolor=colour, opacity=opacity, hoverinfo="skip")

    def _dots(self, figure: go.Figure, scale: _Scale, axis: FittedAxis, colours: Palette) -> None:
        """Those that differ above the others, each side a trace of its own by its tone."""
        tones = {"within": colours.faint, "better": colours.good, "worse": colours.accent}
        for tone, colour in tones.items():
            shown = sorted((dot for dot in self.dots if dot.tone == tone), key=lambda dot: dot.is_far)
            is_full = [tone == "within" or dot.is_far for dot in shown]
            marker = {
                "size": 8 if tone == "within" else 10,
                "opacity": 0.75 if tone == "within" else 1,
                "color": [colour if full else colours.card for full in is_full],
                "line": {"color": colour, "width": 0 if tone == "within" else 2.5},
            }
            figure.add_scatter(
                x=[scale.left(dot.cases) for dot in shown],
                y=[_within(axis, dot.rate) for dot in shown],
                ids=[dot.code for dot in shown],
                customdata=[(escape(dot.title), dot.href) for dot in shown],
                name=tone,
                mode="markers",
                marker=marker,
                hovertemplate="%{customdata[0]}<extra></extra>",
            )

    def _lines(self, figure: go.Figure, axis: FittedAxis, colours: Palette) -> None:
        """Both lines with their words at the right end: above them, but for the lower one of two that are close."""
        lines: list[tuple[float, str, dict[str, Any]]] = [(*self.whole, {"color": colours.ink, "width": 1.5})]
        if self.target:
            lines.append((*self.target, {"color": colours.accent, "width": 1.5, "dash": "4px,3px"}))
        highest = max(rate for rate, _, _ in lines)
        are_close = len({rate for rate, _, _ in lines}) > 1 and HEIGHT * abs(lines[0][0] - lines[-1][0]) < LINE * (axis.high - axis.low) * 2
        for number, (rate, words, line) in enumerate(lines):
            is_below = (are_close and rate < highest) or (number == 1 and rate == lines[0][0]) or axis.place(rate) > 1 - LINE / HEIGHT
            side = {"yanchor": "top", "yshift": -1} if is_below else {"yanchor": "bottom", "yshift": 1}
            figure.add_scatter(x=[-BEYOND, 1 + BEYOND], y=[rate, rate], mode="lines", line=line, hoverinfo="skip")
            text = {"text": f"<b>{escape(words)}</b>", "font": {"size": 12, "color": line["color"]}, "showarrow": False, "borderpad": 1}
            figure.add_annotation(text, xref="paper", x=1, xanchor="right", y=rate, **side)

    def _axes(self, figure: go.Figure, scale: _Scale, axis: FittedAxis, colours: Palette) -> None:
        beyond = BEYOND * (axis.high - axis.low)
        shares, ticks = list(_y_ticks(axis)), list(_x_ticks(scale))
        figure.update_layout(
            dragmode="zoom",
            hovermode="closest",
            xaxis={
                "range": [-BEYOND, 1 + BEYOND],
                "tickvals": [left for left, _ in ticks],
                "ticktext": [written.number(count, self.language) for _, count in ticks],
                "title": {"text": escape(self.axis), "font": {"size": 11, "color": colours.muted}, "standoff": 6},
                "fixedrange": False,
            },
            yaxis={
                "range": [axis.low - beyond, axis.high + beyond],
                "tickvals": shares,
                "ticktext": [written.percent(share, self.language, 0) for share in shares],
                "tickfont": {"size": 11, "color": colours.muted},
                "showgrid": True,
                "gridcolor": colours.wash,
                "fixedrange": False,
            },
        )


def _within(axis: FittedAxis, rate: float) -> float:
    """A rate as a place on the axis: above 100% (a wrong denominator) it stands at the edge, and its words tell it."""
    return min(axis.high, max(axis.low, rate))


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


def _y_ticks(axis: FittedAxis) -> Iterator[float]:
    """Whole per cents of the axis, four to seven of them."""
    low, high = round(100 * axis.low), round(100 * axis.high)
    step = next(step for step in (5, 10, 20) if (high - low) / step <= 6 or step == 20)
    for share in range(-(-low // step) * step, high + 1, step):
        yield share / 100


def _x_ticks(scale: _Scale) -> Iterator[tuple[float, int]]:
    counts = [count for count in TICKS if scale.least <= count <= scale.most]
    if len(counts) < FEWEST_TICKS:  # units of much the same size
        step = next((step for step in reversed(TICKS) if (scale.most - scale.least) // step >= FEWEST_TICKS), 1)
        counts = [*range(-(-scale.least // step) * step, scale.most + 1, step)]
    for before, count in zip([None, *counts], counts, strict=False):
        if before is None or scale.left(count) - scale.left(before) > 0.05:
            yield scale.left(count), count


def _names(dots: Sequence[Dot], scale: _Scale, axis: FittedAxis, lines: Sequence[tuple[float, str]]) -> list[tuple[Dot, str, float, float]]:
    """Names beside the dots that differ most, as far as they have room beside other dots, names and the words of lines: dot, side, and its place."""
    differing = [dot for dot in dots if dot.tone != "within"]
    places = {dot.code: (WIDTH * scale.left(dot.cases), HEIGHT * (1 - axis.place(dot.rate))) for dot in differing}
    heights = [(HEIGHT * (1 - axis.place(rate)), WIDTH - 1.1 * LETTER * len(words)) for rate, words in lines]
    placed: list[Box] = [(left, y - LINE, WIDTH, y + LINE) for y, left in heights]  # above or below their line
    names: list[tuple[Dot, str, float, float]] = []
    for dot in sorted(differing, key=lambda dot: (not dot.is_far, dot.tone != "worse", -dot.cases)):
        x, y = places[dot.code]
        width = LETTER * len(dot.name) + 4
        for side, left in (("right", x + 8), ("left", x - 8 - width)):
            box = (left, y - LINE / 2, left + width, y + LINE / 2)
            is_free = left >= 0 and box[2] <= WIDTH and y >= 0 and not any(_meet(box, other) for other in placed)
            if is_free and not any((cx, cy) != (x, y) and _meet(box, (cx - 5, cy - 5, cx + 5, cy + 5)) for cx, cy in places.values()):
                placed.append(box)
                names.append((dot, side, scale.left(dot.cases), _within(axis, dot.rate)))
                break
        if len(names) == MOST_NAMED:
            break
    return names


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

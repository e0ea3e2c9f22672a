"""How a system was taken up: columns of those who came for the first time, the line of all who ever came, and what happened meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from dashboard.ui.theme import Mode, palette, plotly_template

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

COLUMNS_REACH, LINE_REACH = 0.46, 0.92
"""How high the highest column and the line's end stand, so that they can be told apart."""
HEIGHT = 280
BELOW = 22
ROWS, ROW = 3, 15
"""The words of events stand above the drawing, in so many rows of so many px by turns."""
LATE = 0.62
"""From here on an event's words stand to the left of its line."""


@dataclass(frozen=True)
class Part:
    """One day, week or month: how many came for the first time in it, and how many had come by its end; None where nothing is known."""

    first: int | None
    ever: int | None
    title: str


@dataclass(frozen=True)
class Happening:
    """An event at a place of the axis (0 to 1), with its words."""

    at: float
    text: str


@dataclass(frozen=True)
class FirstLogins:
    """What the curve is drawn of; columns and line have scales of their own, both from zero.

    `end` and `peak` are the words at the last value of the line and at the highest column.
    """

    parts: tuple[Part, ...]
    ticks: tuple[tuple[int, str], ...]
    happenings: tuple[Happening, ...]
    end: str
    peak: str
    alt: str

    def figure(self, mode: Mode) -> go.Figure:
        """The plotly figure; names from files are escaped, because plotly reads a markup of its own in texts."""
        import plotly.graph_objects as go  # 0.4 s: only who draws it waits for it

        colours = palette(mode)
        count = len(self.parts)
        places = list(range(count))
        highest = max((part.first or 0 for part in self.parts), default=0) or 1
        most = max((part.ever or 0 for part in self.parts), default=0) or 1
        known = [number for number, part in enumerate(self.parts) if part.ever is not None]
        rows = min(ROWS, len(self.happenings))
        above = ROW * rows + 6
        figure = go.Figure(layout={"template": plotly_template(mode), "height": HEIGHT, "margin": {"t": above, "b": BELOW}})
        figure.add_bar(x=places, y=[part.first for part in self.parts], marker={"color": colours.sequential[1]}, hoverinfo="skip")
        figure.add_scatter(
            x=places,
            yaxis="y2",
            y=[part.ever for part in self.parts],
            mode="lines+markers",
            line={"color": colours.ink, "width": 2},
            marker={"color": colours.ink, "size": [7 if known and number == known[-1] else 0 for number in places], "opacity": 1},
            customdata=[part.title for part in self.parts],
            hovertemplate="%{customdata}<extra></extra>",
        )
        figure.update_layout(
            xaxis={"range": [-0.5, count - 0.5], "tickvals": [at for at, _ in self.ticks], "ticktext": [escape(text) for _, text in self.ticks]},
            yaxis={"range": [0, highest / COLUMNS_REACH], "visible": False},
            yaxis2={"range": [0, most / LINE_REACH], "visible": False, "overlaying": "y", "fixedrange": True},
        )
        if known:
            top = next(number for number in places if self.parts[number].first == highest) if self.peak != "0" else 0
            quiet: dict[str, Any] = {"showarrow": False, "borderpad": 1}
            figure.add_annotation(quiet, x=top, y=self.parts[top].first or 0, yshift=9, text=escape(self.peak), font_color=colours.muted)
            last = self.parts[known[-1]].ever or 0
            figure.add_annotation(quiet, x=known[-1], y=last, yref="y2", xanchor="right", yshift=-20, text=f"<b>{escape(self.end)}</b>")
        for number, one in enumerate(self.happenings):
            self._mark(figure, one, above - 3 - ROW * (number % rows), (count * one.at) - 0.5, HEIGHT - above - BELOW, colours.accent, colours.card)
        return figure

    @staticmethod
    def _mark(figure: go.Figure, one: Happening, up: int, x: float, drawing: int, accent: str, ground: str) -> None:
        """An event's dotted line from the axis to its words, `up` px above the `drawing` px of the plot."""
        line = {"color": accent, "width": 1.5, "dash": "1px,3px"}
        figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1 + up / drawing, yref="paper", line=line)
        side: dict[str, Any] = {"xanchor": "right", "xshift": -3} if one.at > LATE else {"xanchor": "left", "xshift": 3}
        words = {"text": f"<b>{escape(one.text)}</b>", "font": {"color": accent}, "bgcolor": ground, "opacity": 0.9, "borderpad": 0}
        figure.add_annotation(words, x=x, y=1, yref="paper", yanchor="top", yshift=up, showarrow=False, **side)

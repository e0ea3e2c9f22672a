"""The first-login curve: how the system was taken up, with the events of those days.

Columns are those who came for the first time, the line is all who ever came.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from dashboard.session.events import Event, concerning
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, drawn_panel, figure_panel, remark, sheet
from dashboard.ui.panels.over_time import cut_mark, cut_note
from dashboard.ui.theme import Mode, palette, plotly_template
from dashboard.ui.translations import t
from metrics.periods import Period, TimeStep

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

BY_DAY, BY_WEEK = 62, 370
"""Up to so many days the columns are days, and weeks; else months."""
TICKS = 5
COLUMNS_REACH, LINE_REACH = 0.46, 0.92
"""How high the highest column and the line's end stand, so that they can be told apart."""
HEIGHT = 280
BELOW = 22
FEWEST = 20
"""Accounts activated in the period from which on it is told how long they take."""
MOST_TO_ONE = 100
"""Accounts that had ever logged in to one that did for the first time, beyond which there is nothing to draw."""
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


def first_logins_panel(page: Page) -> Panel:
    """The curve of the selection: first logins in each part of the period, and the accounts in use that had ever logged in by its end."""
    period = page.covered.period
    step: TimeStep = "day" if period.days <= BY_DAY else "week" if period.days <= BY_WEEK else "month"
    title = t(f"first_logins.title_{step}")
    subtitle = t("first_logins.subtitle", population=page.population("account"))
    curve = page.reader.first_logins(page.covered)
    if not curve["logged_in"].drop_nulls().len() or not curve["activated"].max():
        return figure_panel(page, "first_logins", title, subtitle, remark(t("first_logins.none")), None)
    came, ever = int(curve["first_logins"].drop_nulls().sum()), int(curve["logged_in"].drop_nulls()[-1])
    if came * MOST_TO_ONE < ever:  # the roll-out is over: columns of one beside a straight line say less than a sentence
        words = t("first_logins.few", first=written.number(came, page.language), count=written.number(ever, page.language))
        return figure_panel(page, "first_logins", title, t("first_logins.subtitle_few", population=page.population("account")), remark(words), None)
    spans = period.split(step)
    subtitle = " · ".join(filter(None, (subtitle, wait_text(page), cut_note(spans, step))))
    found = tuple(_part(page, curve, span, cut_mark(span, step)) for span in spans)
    every = max(1, round(len(spans) / TICKS))
    ticks = tuple((number, _tick(page, spans[number], step)) for number in range(0, len(spans), every))
    happenings = tuple(
        Happening(
            ((event.on - period.from_on).days + 0.5) / period.days, f"{written.short_day(event.on, page.language)} {event.named(page.language)}"
        )
        for event in _events(page, period)
    )
    last = next((one for one in reversed(found) if one.ever is not None), found[-1])
    end, peak = written.number(last.ever or 0, page.language), max((one.first or 0 for one in found), default=0)
    alt = t("first_logins.alt", span=page.span, count=end, events="; ".join(one.text for one in happenings) or t("first_logins.no_events"))
    chart = FirstLogins(found, ticks, happenings, t("first_logins.end", count=end), written.number(peak, page.language), alt)
    rows = [
        (
            written.span(span.from_on, span.to_on, page.language) + cut_mark(span, step),
            part.first,
            part.ever,
            _last(curve, span, "activated"),
            "; ".join(event.named(page.language) for event in _events(page, span)),
        )
        for span, part in zip(spans, found, strict=True)
    ]
    columns = tuple(t(f"first_logins.{name}") for name in ("days", "first", "ever", "activated", "events"))
    twin = sheet(page, "lan-dau-dang-nhap", title, subtitle, columns, rows, of=["never_used_rate"])
    return drawn_panel(page, "first_logins", title, subtitle, chart, twin)


def wait_text(page: Page) -> str:
    """How long the accounts activated in the period take to their first login; empty where they are too few to say."""
    wait = page.reader.first_login_wait(page.selection)
    if wait is None or wait.activated < FEWEST:
        return ""
    said = {"count": written.number(wait.activated, page.language), "median": wait.median, "ninety": wait.ninety}
    key = "not_half" if wait.median is None else "half" if wait.ninety is None else "ninety"
    return t(f"first_logins.wait_{key}", **said)


def _part(page: Page, curve: pl.DataFrame, span: Period, mark: str) -> Part:
    ever = _last(curve, span, "logged_in")
    if ever is None:
        return Part(None, None, "")
    first = int(_within(curve, span, "logged_in")["first_logins"].sum())
    named = written.span(span.from_on, span.to_on, page.language) + mark
    return Part(first, ever, t("first_logins.part", days=named, first=written.number(first, page.language), ever=written.number(ever, page.language)))


def _within(curve: pl.DataFrame, span: Period, column: str) -> pl.DataFrame:
    return curve.filter(pl.col("day_on").is_between(span.from_on, span.to_on)).drop_nulls(column)


def _last(curve: pl.DataFrame, span: Period, column: str) -> int | None:
    """The last known value of a column in a part of the period."""
    days = _within(curve, span, column)
    return None if days.is_empty() else int(days[column][-1])


def _events(page: Page, span: Period) -> list[Event]:
    """The events of the unit and of those above it."""
    units = [page.selection.unit_code or "", *page.tree.above(page.selection.unit_code)]
    return concerning(page.events, units, span.from_on, span.to_on)


def _tick(page: Page, span: Period, step: TimeStep) -> str:
    return f"{span.from_on.month}/{span.from_on.year % 100:02}" if step == "month" else written.short_day(span.from_on, page.language)

"""The whole history of one ratio, month by month: on a true axis, with its target as it was in force, events, and the day on which it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from dashboard.follow_up.memory import printed_figures
from dashboard.session.compared_period import chosen_metric, short_label
from dashboard.session.events import concerning
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, drawn_panel, figure_panel, remark, sheet
from dashboard.ui.panels.fitted_axis import FittedAxis, fitted
from dashboard.ui.panels.over_time import comparable_parts
from dashboard.ui.table_files import Rate
from dashboard.ui.theme import Mode, palette, plotly_template
from dashboard.ui.translations import t
from metrics.catalog import metric
from metrics.comparison.pace import LOOKS_BACK, MOST_POINTS, STATES, Pace, pace_of_state, pace_of_trend
from metrics.comparison.targets import with_targets
from metrics.periods import Period

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

HEIGHT, SLIDER = 420, 0.09
"""In px, and the share of it that is the slider of the months shown."""
ROWS, ROW = 4, 15
"""The words of events stand above the drawing, in so many rows of so many px by turns."""
MONTH_DAYS = 30
LATE = 0.7
MOST_REPORTS = 24
"""The newest published reports whose values stand in the drawing: two years of monthly ones."""
EVERY_MONTH = 12
"""A history of no more months has a tick at each of them."""


@dataclass(frozen=True)
class Point:
    """One month: its first day, its ratio, the target in force at its end, and what is said where one points at it."""

    on: date
    value: float | None
    target: float | None
    title: str


@dataclass(frozen=True)
class PublishedValue:
    """The ratio as the newest published report on some days prints it."""

    days: Period
    value: float
    text: str
    """Rate and counts, the days, and the report."""


@dataclass(frozen=True)
class History:
    """What the line is drawn of; `happenings` are days with their words."""

    points: tuple[Point, ...]
    published: tuple[PublishedValue, ...]
    axis: FittedAxis
    happenings: tuple[tuple[date, str], ...]
    end: str
    target_text: str
    alt: str
    language: written.Language

    def figure(self, mode: Mode) -> go.Figure:
        """The plotly figure; names from files are escaped, because plotly reads a markup of its own in texts."""
        import plotly.graph_objects as go  # 0.4 s: only who draws it waits for it

        colours, places = palette(mode), [point.on.isoformat() for point in self.points]
        rows = min(ROWS, len(self.happenings))
        margin = {"t": ROW * rows + 10, "b": 24, "l": 44, "r": 96}
        figure = go.Figure(layout={"template": plotly_template(mode), "height": HEIGHT, "margin": margin})
        quiet: dict[str, Any] = {"showarrow": False, "borderpad": 1, "xanchor": "left", "xref": "paper", "x": 1, "xshift": 6}
        if any(point.target is not None for point in self.points):
            line = {"color": colours.accent, "width": 1.2, "dash": "4px,3px", "shape": "hv"}
            figure.add_scatter(x=places, y=[point.target for point in self.points], mode="lines", line=line, hoverinfo="skip")
        known = [number for number, point in enumerate(self.points) if point.value is not None]
        figure.add_scatter(
            x=places,
            y=[point.value for point in self.points],
            mode="lines+markers",
            line={"color": colours.ink, "width": 2},
            marker={"color": colours.ink, "size": [8 if number == known[-1] else 4 for number in range(len(places))]},
            customdata=[point.title for point in self.points],
            hovertemplate="%{customdata}<extra></extra>",
        )
        if self.published:  # over the line, hollow: what was said then, where the line is what is known now
            figure.add_scatter(
                x=[_shifted(one.days.from_on, (one.days.days - 1) // 2 - 15) for one in self.published],
                y=[one.value for one in self.published],
                mode="markers",
                marker={"symbol": "diamond-open", "color": colours.ink, "size": 11, "line": {"width": 1.6}},
                customdata=[escape(one.text) for one in self.published],
                hovertemplate="%{customdata}<extra></extra>",
            )
        self._words(figure, quiet, known[-1], colours.ink, colours.accent)
        span = round(100 * (self.axis.high - self.axis.low))
        every_percent = 5 if span <= 30 else 10 if span <= 60 else 20
        steps = [share / 100 for share in range(0, 101, every_percent) if self.axis.low - 1e-9 <= share / 100 <= self.axis.high + 1e-9]
        months = [_shifted(self.points[0].on, -15), _shifted(self.points[-1].on, 15)]
        figure.update_layout(
            xaxis={
                "type": "date",
                "range": months,
                "tickformat": "%-m/%y",
                # A short history would have two ticks to a month, and so has a long one that a reader zooms into.
                **({"dtick": "M1"} if len(self.points) <= EVERY_MONTH else {}),
                "tickformatstops": [{"dtickrange": [None, "M1"], "value": "%-d/%-m/%y"}, {"dtickrange": ["M1", None], "value": "%-m/%y"}],
                "tickangle": 0,
                "fixedrange": False,
                "rangeslider": {"visible": True, "range": months, "thickness": SLIDER, "bgcolor": colours.wash, "borderwidth": 0},
            },
            yaxis={
                "range": [self.axis.low, self.axis.high],
                "tickvals": steps,
                "ticktext": [written.percent(step, self.language, 0) for step in steps],
                "showgrid": True,
                "gridcolor": colours.wash,
                "tickfont": {"size": 11, "color": colours.muted},
            },
        )
        first, last = self.points[0].on, self.points[-1].on
        for number, (on, text) in enumerate(self.happenings):
            x, at = _shifted(on, -15), (on - first) / max(last - first, timedelta(days=1))  # a month's point stands at its first day
            figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line={"color": colours.faint, "width": 1, "dash": "2px,3px"})
            side = {"xanchor": "right", "xshift": -3} if at > LATE else {"xanchor": "left", "xshift": 3}
            words = {"text": escape(text), "font": {"color": colours.muted, "size": 10.5}, "showarrow": False, "yref": "paper", "yanchor": "bottom"}
            figure.add_annotation(words, x=x, y=1, yshift=ROW * (number % rows), **side)
        return figure

    def _words(self, figure: go.Figure, quiet: dict[str, Any], last: int, ink: str, accent: str) -> None:
        """The last value and the target beside the end of their lines, kept apart."""
        value, target = self.points[last].value or 0.0, self.points[last].target
        span = self.axis.high - self.axis.low
        figure.add_annotation(quiet, y=value, text=f"<b>{escape(self.end)}</b>", font_color=ink)
        if target is not None:
            shift = 0 if abs(value - target) > span / 14 else -13 if target <= value else 13
            figure.add_annotation(quiet, y=target, yshift=shift, text=escape(self.target_text), font_color=accent)


def _shifted(on: date, days: int) -> str:
    return (on + timedelta(days=days)).isoformat()


def history_panel(page: Page) -> Panel:
    """The line of the ratio that the address names, for the selection's unit and population, over all months that the data speak of."""
    name = chosen_metric(page.selection)
    label = short_label(name, page.language)
    title = t("history.title", metric=label)
    info = page.reader.info
    everything = replace(page.selection, from_on=info.first_on, to_on=max(info.first_on, info.cutoff_on))
    frame = page.reader.values([name], everything, by="month")
    parts = comparable_parts(frame, name, "month")
    subtitle = t("history.subtitle", population=page.population(metric(name).of), scope=page.scope_label)
    if sum(part.value is not None for part in parts) < 2:
        return figure_panel(page, "history", title, subtitle, remark(t("card.no_trend")), None)
    targets = _targets(page, frame)
    points = tuple(_point(page, part, targets.get((part.from_on, part.to_on))) for part in parts)
    last = next(point for point in reversed(points) if point.value is not None)
    said = _pace_words(page, name, parts, last.target)
    span = Period(parts[0].from_on, parts[-1].to_on)
    published = _published(page, name, span)
    codes = [page.selection.unit_code or "", *page.tree.above(page.selection.unit_code)]
    happenings = tuple((event.on, event.named(page.language)) for event in concerning(page.events, codes, span.from_on, span.to_on))
    target_text = written.target(last.target, page.language) if last.target is not None else ""
    chart = History(
        points,
        published,
        fitted([*(point.value for point in points), *(point.target for point in points), *(one.value for one in published)]),
        happenings,
        written.percent(last.value or 0.0, page.language, 2, parts[-1].denominator),
        t("history.target", rate=target_text) if target_text else "",
        t("history.alt", metric=label, first=points[0].title, last=last.title),
        page.language,
    )
    columns = (t("why.window"), "n", "N", t("compare.rate"), t("unit.target"), *([t("history.published")] if published else []))
    rows = [
        (
            written.span(part.from_on, part.to_on, page.language),
            part.numerator,
            part.denominator,
            Rate(part.value, part.denominator) if part.is_known else part.rate_text,
            written.target(point.target, page.language) if point.target is not None else "",
            *(["; ".join(one.text for one in published if part.from_on <= one.days.to_on <= part.to_on)] if published else []),
        )
        for part, point in zip(parts, points, strict=True)
    ]
    subtitle = " · ".join(filter(None, (subtitle, t("history.legend_published") if published else "", said)))
    return drawn_panel(page, "history", title, subtitle, chart, sheet(page, f"lich-su-{name}", title, subtitle, columns, rows, of=[name]))


def _point(page: Page, part: Figure, target: float | None) -> Point:
    return Point(
        part.from_on,
        part.value,
        target,
        f"{written.month(part.from_on.year, part.from_on.month, page.language)}: {part.rate_text} {part.counts_text}".strip(),
    )


def _published(page: Page, name: str, span: Period) -> tuple[PublishedValue, ...]:
    """What reports that were published to the viewer print of the ratio, for whatever days within the span; of the same days the newest report."""
    if page.selection.tree != "as_was":  # reports are made on it
        return ()
    root = page.tree.root.code if page.tree.root else None
    scope = page.selection.unit_code if page.selection.unit_code != root else None
    asked = (name, scope, page.selection.group_for(metric(name).of))
    found: dict[Period, PublishedValue] = {}
    for kept in page.memory.published[:MOST_REPORTS]:
        for key, printed in printed_figures(page.reader.path.parents[2], kept.pin.pin_id, root).items():
            days = Period(printed.period_from, printed.period_to)
            is_within = span.from_on <= days.from_on and days.to_on <= span.to_on
            if key[:3] == asked and is_within and printed.value is not None and days not in found:
                then = Figure(name, scope, days.from_on, days.to_on, printed.numerator, printed.denominator, printed.value)
                words = (f"{then.rate_text} {then.counts_text}".strip(), written.span(days.from_on, days.to_on, page.language), kept.pin.title)
                found[days] = PublishedValue(days, printed.value, " · ".join(words))
    return tuple(found[days] for days in sorted(found, key=lambda days: (days.to_on, days.from_on)))


def _targets(page: Page, frame: pl.DataFrame) -> dict[tuple[object, object], float]:
    """The target in force at the end of each month, as it was then."""
    aimed = with_targets(frame.slice(1), page.reader.units().select("unit_code", "level"), page.targets)
    return {(first, last): target for first, last, target in aimed.select("period_from", "period_to", "target").iter_rows() if target is not None}


def _pace_words(page: Page, name: str, parts: Sequence[Figure], target: float | None) -> str:
    """On which day the target is reached if it goes on as it does, in its range; nothing without a target or where less is better."""
    if target is None or metric(name).good == "down":
        return ""
    pace = _state_pace(page, name, target) if name in STATES else _trend_pace(parts, target)
    if pace is None or pace.missing == 0:
        return ""
    if pace.reached_on is None:
        return t("history.no_day", rate=written.target(target, page.language))
    first, last = (written.day(on, page.language) if on else "–" for on in (pace.reached_from, pace.reached_to))
    return t("history.day", rate=written.target(target, page.language), day=written.day(pace.reached_on, page.language), first=first, last=last)


def _trend_pace(parts: Sequence[Figure], target: float) -> Pace | None:
    known = [(part.numerator, part.denominator) for part in parts]
    points: list[tuple[int, int]] = []
    for over, under in reversed(known):
        if over is None or not under or len(points) == MOST_POINTS:
            break
        points.insert(0, (over, under))
    return pace_of_trend(parts[-1].to_on, points, MONTH_DAYS, target) if points else None


def _state_pace(page: Page, name: str, target: float) -> Pace | None:
    info = page.reader.info
    on = info.cutoff_on
    then = on - timedelta(days=LOOKS_BACK)
    if then < info.first_on:
        return None
    moves = page.reader.account_moves(name, replace(page.selection, from_on=on, to_on=on), Period(then, then))
    counted = {column: int(moves[column].sum()) for column in moves.columns if column != "unit_code"}
    now = (counted["reached_now"] + counted["entrants_reached"], counted["stayers"] + counted["entrants"])
    before = (counted["reached_before"] + counted["leavers_reached"], counted["stayers"] + counted["leavers"])
    if not now[1]:
        return None
    return pace_of_state(on, now, before, counted["stayers"] - counted["reached_before"], counted["gained"], target)

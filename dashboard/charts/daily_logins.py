"""How many accounts logged in on each day of the period: bars, weekends paler, the period's rhythm at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from dashboard.format import Language, day, number, short_day
from dashboard.theme import Mode, plotly_template, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

SATURDAY = 5


def daily_logins(days: Sequence[date], counts: Sequence[int | None], unit: str, mode: Mode, language: Language) -> go.Figure:
    """A plotly figure of `counts` per first day in `days`; `unit` stands behind the count where a bar is pointed at."""
    import plotly.graph_objects as go

    colours = tokens(mode)
    shades = [colours.sequential[1] if value.weekday() >= SATURDAY and len(days) <= 62 else colours.sequential[3] for value in days]
    figure = go.Figure(
        go.Bar(
            x=list(range(len(days))),
            y=[count or 0 for count in counts],
            marker={"color": shades, "line": {"width": 0}},
            customdata=[[day(value, language), number(count or 0, language)] for value, count in zip(days, counts, strict=True)],
            hovertemplate="%{customdata[0]}: %{customdata[1]} " + unit.replace("%", "") + "<extra></extra>",
        )
    )
    every = max(1, round(len(days) / 5))
    ticks = list(range(0, len(days), every))
    figure.update_layout(
        template=plotly_template(mode),
        height=286,
        xaxis={"tickvals": ticks, "ticktext": [short_day(days[position], language) for position in ticks], "ticks": ""},
        yaxis={"nticks": 4, "separatethousands": True, "automargin": True},
        separators=",." if language == "vi" else ".,",
    )
    known = [count or 0 for count in counts]
    if known and max(known) > 0:
        top = known.index(max(known))
        figure.add_annotation(
            x=top,
            y=known[top],
            text=f"<b>{number(known[top], language)}</b>",
            showarrow=False,
            yshift=9,
            font={"size": 11, "color": colours.ink},
        )
    return figure

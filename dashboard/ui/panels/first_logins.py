"""The first-login curve: how the system was taken up, with the events of those days."""

from __future__ import annotations

from html import escape

import polars as pl

from dashboard.session.events import concerning
from dashboard.ui import format as written
from dashboard.ui.charts.first_logins import FirstLogins, Happening, Part
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, drawn_panel, figure_panel, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from metrics.periods import Period, TimeStep

BY_DAY, BY_WEEK = 62, 370
"""Up to so many days the columns are days, and weeks; else months."""
TICKS = 5


def first_logins_panel(page: Page) -> Panel:
    """The curve of the selection: first logins in each part of the period, and the accounts in use that had ever logged in by its end."""
    period = Period(page.selection.from_on, page.selection.to_on)
    step: TimeStep = "day" if period.days <= BY_DAY else "week" if period.days <= BY_WEEK else "month"
    title = t(f"first_logins.title_{step}")
    subtitle = t("first_logins.subtitle", population=page.population("account"))
    curve = page.reader.first_logins(page.selection)
    if not curve["logged_in"].drop_nulls().len() or not curve["activated"].max():
        return figure_panel(page, "first_logins", title, subtitle, f'<p class="remark">{escape(t("first_logins.none"))}</p>', None)
    spans = period.split(step)
    found = tuple(_part(page, curve, span) for span in spans)
    every = max(1, round(len(spans) / TICKS))
    ticks = tuple((number, _tick(page, spans[number], step)) for number in range(0, len(spans), every))
    units = [page.selection.unit_code or "", *page.tree.above(page.selection.unit_code)]
    happened = concerning(page.events, units, period.from_on, period.to_on)
    happenings = tuple(
        Happening(
            ((event.on - period.from_on).days + 0.5) / period.days, f"{written.short_day(event.on, page.language)} {event.named(page.language)}"
        )
        for event in happened
    )
    last = next((one for one in reversed(found) if one.ever is not None), found[-1])
    end, peak = written.number(last.ever or 0, page.language), max((one.first or 0 for one in found), default=0)
    alt = t("first_logins.alt", span=page.span, count=end, events="; ".join(one.text for one in happenings) or t("first_logins.no_events"))
    drawn = FirstLogins(found, ticks, happenings, t("first_logins.end", count=end), written.number(peak, page.language), alt)
    rows: list[tuple[Cell, ...]] = [
        (written.span(span.from_on, span.to_on, page.language), part.first, part.ever, _activated(curve, span), _named(page, span))
        for span, part in zip(spans, found, strict=True)
    ]
    columns = tuple(t(f"first_logins.{name}") for name in ("days", "first", "ever", "activated", "events"))
    return drawn_panel(page, "first_logins", title, subtitle, drawn, sheet(page, "lan-dau-dang-nhap", title, subtitle, columns, rows))


def _part(page: Page, curve: pl.DataFrame, span: Period) -> Part:
    days = curve.filter(pl.col("day_on").is_between(span.from_on, span.to_on)).drop_nulls("logged_in")
    if days.is_empty():
        return Part(None, None, "")
    first, ever = int(days["first_logins"].sum()), int(days["logged_in"][-1])
    named = written.span(span.from_on, span.to_on, page.language)
    return Part(first, ever, t("first_logins.part", days=named, first=written.number(first, page.language), ever=written.number(ever, page.language)))


def _activated(curve: pl.DataFrame, span: Period) -> int | None:
    days = curve.filter(pl.col("day_on").is_between(span.from_on, span.to_on)).drop_nulls("activated")
    return None if days.is_empty() else int(days["activated"][-1])


def _named(page: Page, span: Period) -> str:
    units = [page.selection.unit_code or "", *page.tree.above(page.selection.unit_code)]
    return "; ".join(event.named(page.language) for event in concerning(page.events, units, span.from_on, span.to_on))


def _tick(page: Page, span: Period, step: TimeStep) -> str:
    return f"{span.from_on.month}/{span.from_on.year % 100:02}" if step == "month" else written.short_day(span.from_on, page.language)

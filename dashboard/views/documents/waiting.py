"""How long deliveries wait, by the month in which they arrived: of what is still open too, and not of the completed ones alone."""

from __future__ import annotations

from dataclasses import replace

from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.panels.over_time import cut_mark, cut_note
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from metrics.comparison.waiting_times import LONG


def waiting_panel(page: Page) -> Panel:
    """One line for each month with arrivals; what the curve cannot tell yet says so."""
    title = t("documents.waiting_title")
    subtitle = t("documents.waiting_subtitle", population=page.population("delivery"), span=page.span)
    months = page.reader.completion_by_month(page.selection)
    parts = {part.from_on.replace(day=1): part for part in page.covered.period.split("month")}
    subtitle = " · ".join(filter(None, (subtitle, cut_note(list(parts.values()), "month"))))
    rows: list[tuple[Cell, ...]] = []
    for on, arrived, completed, median, ninety, after in months.iter_rows():
        if arrived:
            days = (_days(page, median), _days(page, ninety))
            share: Cell = t("documents.waiting_not_yet") if after is None else Rate(after, arrived)
            name = written.month(on.year, on.month, page.language) + (cut_mark(parts[on], "month") if on in parts else "")
            rows.append((name, arrived, completed, *days, share))
    if not rows:
        is_known = "median_working_days" in page.reader.known_metrics(page.selection.period)
        return figure_panel(page, "waiting", title, subtitle, remark(t("documents.waiting_none" if is_known else "documents.unknown")), None)
    heads = tuple(t(f"documents.waiting_{name}", days=LONG) for name in ("month", "arrived", "completed", "median", "ninety", "after"))
    twin = replace(sheet(page, "thoi-gian-cho", title, subtitle, heads, rows), quality=(f"{title}: {t('quality_line.open_yet')}",))
    return figure_panel(
        page, "waiting", title, subtitle, markup("documents/waiting.html", heads=heads, lines=twin.texts()), twin, is_twin_shown=False
    )


def _days(page: Page, days: int | None) -> str:
    return t("documents.waiting_not_yet") if days is None else written.number(days, page.language)

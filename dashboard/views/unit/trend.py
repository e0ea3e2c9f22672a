"""The unit's rates over the period as small lines side by side, each with its first and last value in words."""

from __future__ import annotations

from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.panels.over_time import comparable_parts, sparkline, time_step
from dashboard.ui.translations import t
from dashboard.views.unit.places import NAMES


def trend_panel(page: Page) -> Panel:
    """The lines; each has its own scale, which its words give."""
    step = time_step(page)
    frame = page.reader.values(NAMES, page.covered, by=step)
    title, by = t("unit.trend_title"), t(f"card.trend_{step}")
    subtitle = f"{by} · {page.span}"
    lines, rows = [], []
    for name in NAMES:
        parts = comparable_parts(frame, name, step)
        known = [part for part in parts if part.value is not None]
        if len(known) < 2:
            continue
        label = t(f"unit.rate_{name}")
        first, last = (written.percent(one.value or 0.0, page.language, 1, one.denominator) for one in (known[0], known[-1]))
        alt = t("card.trend", by=f"{label}, {by}", first=first, last=last)
        lines.append((label, sparkline([part.value for part in parts], alt), first, last))
        rows += [(label, written.span(part.from_on, part.to_on, page.language), part.counts_text, part.rate_text) for part in parts]
    body = markup("unit/trend.html", lines=lines) if lines else remark(t("card.no_trend"))
    columns = (t("unit.rate"), t("why.window"), "n / N", t("unit.value"))
    return figure_panel(
        page,
        "trend",
        title,
        subtitle,
        body,
        sheet(page, "dien-bien", title, subtitle, columns, rows, of=[name for name in NAMES if name in page.known]),
    )

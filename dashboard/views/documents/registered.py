"""Documents that came in or were made for use within: how many, how many electronic, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.session.figures import Figure
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from data.language import in_language
from metrics.catalog import metric

DIRECTIONS = ("incoming", "internal")
RATIOS = ("electronic", "processed", "on_time")
REGISTERED: tuple[str, ...] = tuple(name for one in DIRECTIONS for name in (f"{one}_documents", *(f"{one}_{ratio}_ratio" for ratio in RATIOS)))


def registered_panel(page: Page, figures: Mapping[str, Figure]) -> Panel:
    """One line for each direction of which there are any."""
    title = t("documents.registered_title")
    subtitle = t("documents.registered_subtitle", population=page.population("registered"), span=page.span)
    directions = [one for one in DIRECTIONS if figures[f"{one}_documents"].numerator]
    if not directions:
        is_known = all(figures[f"{one}_documents"].is_known for one in DIRECTIONS if f"{one}_documents" in page.known)
        return figure_panel(page, "registered", title, subtitle, remark(t("documents.registered_none" if is_known else "documents.unknown")), None)
    lines = [
        (
            in_language(metric(f"{one}_documents"), "label", page.language),
            figures[f"{one}_documents"],
            [figures[f"{one}_{ratio}_ratio"] for ratio in RATIOS],
        )
        for one in directions
    ]
    heads = (t("documents.registered_count"), *(t(f"documents.registered_{ratio}") for ratio in RATIOS))
    body = markup("documents/registered.html", lines=lines, heads=heads, why=why_button(page, figures[f"{directions[0]}_documents"]))
    rows: list[tuple[Cell, ...]] = [
        (label, count.numerator, *(f"{ratio.rate_text} {ratio.counts_text}".strip() for ratio in ratios)) for label, count, ratios in lines
    ]
    twin = sheet(
        page,
        "van-ban-den-noi-bo",
        title,
        subtitle,
        (t("documents.registered_direction"), *heads),
        rows,
        of=[name for one in directions for name in (f"{one}_documents", *(f"{one}_{ratio}_ratio" for ratio in RATIOS))],
    )
    return figure_panel(page, "registered", title, subtitle, body, twin)

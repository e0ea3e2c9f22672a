"""What is still open on the last day of the period: all of it, what is overdue, and what has no due date and so is in no on-time ratio."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from data.language import in_language
from metrics.catalog import metric

OPEN: tuple[str, ...] = ("open_deliveries", "open_overdue", "open_without_due_date")


def open_panel(page: Page, figures: Mapping[str, Figure]) -> Panel:
    """One line for each count, beside the on-time ratio that none of them is in."""
    title = t("documents.open_title")
    on = written.day(page.selection.to_on, page.language)
    subtitle = t("documents.open_subtitle", population=page.population("open_delivery"), day=on)
    known = [figures[name] for name in OPEN if figures[name].is_known]
    if not known:
        return figure_panel(page, "open", title, subtitle, remark(t("documents.open_unknown")), None)
    lines = [(in_language(metric(one.metric), "label", page.language), one) for one in known]
    body = markup("documents/open_deliveries.html", lines=lines, on_time=figures["on_time_ratio"], why=why_button(page, known[0]))
    rows: list[tuple[Cell, ...]] = [(label, one.numerator) for label, one in lines]
    columns, names = (t("documents.figure"), t("documents.value")), [one.metric for one in known]
    return figure_panel(page, "open", title, subtitle, body, sheet(page, "chua-xu-ly-xong", title, subtitle, columns, rows, of=names))

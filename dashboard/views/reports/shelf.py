"""The reports of the ledger: author, approval, snapshot, and the way to each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard.ledger import Pin
from dashboard.reports.archive.permitted_steps import KeptReport
from dashboard.session.address import link
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t

COLUMNS = ("title", "status", "made", "by", "approved", "snapshot", "number")


def shelf_panel(page: Page, shelf: Sequence[KeptReport], current: int | None) -> Panel:
    """All reports that the viewer may see, the newest first; an empty shelf says how one comes onto it."""
    title, subtitle = t("reports.shelf_title"), t("reports.shelf_subtitle", count=written.number(len(shelf), page.language))
    if not shelf:
        empty = t("reports.shelf_empty" if page.reader.viewer.role == "statistics" else "reports.shelf_none")
        return figure_panel(page, "reports", title, subtitle, remark(empty, is_status=True), None)
    columns = tuple(t(f"reports.column_{name}") for name in COLUMNS)
    rows = [_cells(page, kept.pin) for kept in shelf]
    body = markup(
        "reports/shelf.html",
        title=title,
        columns=columns,
        rows=[(kept.pin.status, row[0], row[1], row[2:-1], row[-1]) for kept, row in zip(shelf, rows, strict=True)],
        current=current,
        to_report=lambda number: link("", page.selection, report=str(number)),
    )
    return figure_panel(page, "reports", title, subtitle, body, sheet(page, "bao-cao", title, subtitle, columns, rows), is_twin_shown=False)


def _cells(page: Page, pin: Pin) -> tuple[Cell, ...]:
    """In the order of COLUMNS."""
    approval = next((step for step in pin.approvals if step.step == "approve"), None)
    return (
        pin.title,
        t(f"reports.status_{pin.status}"),
        moment(page, pin.created_at),
        pin.created_by,
        f"{approval.person}, {moment(page, approval.done_at)}" if approval else written.NO_ACTIVITY,
        pin.snapshot or written.NO_ACTIVITY,
        pin.pin_id,
    )


def moment(page: Page, at: datetime) -> str:
    """An instant of the ledger on the organisation's own clock."""
    return written.instant(at, page.reader.info.time_zone, page.language)

"""The reports of the ledger: author, approval, snapshot, and the way to each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from dashboard.ledger import Pin
from dashboard.reports.archive.permitted_steps import Kept
from dashboard.session.address import link
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t

COLUMNS = ("title", "status", "made", "by", "approved", "snapshot", "number")


def shelf_panel(page: Page, shelf: Sequence[Kept], current: int | None) -> Panel:
    """All reports that the viewer may see, the newest first; an empty shelf says how one comes onto it."""
    title, subtitle = t("reports.shelf_title"), t("reports.shelf_subtitle", count=written.number(len(shelf), page.language))
    if not shelf:
        empty = t("reports.shelf_empty" if page.reader.viewer.role == "statistics" else "reports.shelf_none")
        return figure_panel(page, "reports", title, subtitle, f'<p class="remark" role="status">{escape(empty)}</p>', None)
    columns = tuple(t(f"reports.column_{name}") for name in COLUMNS)
    rows: list[tuple[Cell, ...]] = [(*_texts(page, kept.pin), kept.pin.pin_id) for kept in shelf]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(_row(page, kept.pin, current) for kept in shelf)
    table = f'<caption class="unseen">{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
    markup = f'<div class="wide-table" tabindex="0" role="region" aria-label="{escape(title)}"><table class="figures reports">{table}</table></div>'
    return figure_panel(page, "reports", title, subtitle, markup, sheet(page, "bao-cao", title, subtitle, columns, rows), is_twin_shown=False)


def _row(page: Page, pin: Pin, current: int | None) -> str:
    title, *rest = _texts(page, pin)
    address = escape(link("", page.selection, report=str(pin.pin_id)))
    name = f'<a href="{address}" target="_self"{" aria-current=" + chr(34) + "true" + chr(34) if pin.pin_id == current else ""}>{escape(title)}</a>'
    status = f'<td class="status {pin.status}">{escape(rest[0])}</td>'
    others = "".join(f"<td>{escape(text)}</td>" for text in rest[1:])
    return f'<tr data-report="{pin.pin_id}"><th scope="row">{name}</th>{status}{others}<td class="number">{pin.pin_id}</td></tr>'


def _texts(page: Page, pin: Pin) -> tuple[str, ...]:
    approval = next((step for step in pin.approvals if step.step == "approve"), None)
    return (
        pin.title,
        t(f"reports.status_{pin.status}"),
        moment(page, pin.created_at),
        pin.created_by,
        f"{approval.person}, {moment(page, approval.done_at)}" if approval else written.NO_ACTIVITY,
        pin.snapshot or written.NO_ACTIVITY,
    )


def moment(page: Page, at: datetime) -> str:
    """An instant of the ledger on the organisation's own clock."""
    return written.instant(at, page.reader.info.time_zone, page.language)

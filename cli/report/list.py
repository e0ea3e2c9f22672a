"""`vanban report list`: the reports of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cli.report.request import without_page_warnings
from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home

if TYPE_CHECKING:
    from dashboard.ledger import Pin

EXAMPLE = "--format json"
COLUMNS = (
    "id",
    "report",
    "title",
    "status",
    "snapshot",
    "pinned_at",
    "pinned_by",
    "approved_at",
    "approved_by",
    "note",
    "formats",
    "revises",
    "cause",
)


def run(home: HomeOption = None, output: OutputOption = "table") -> None:
    """The reports of the ledger, newest first, with who pinned and approved them, and what was noted."""
    import polars as pl

    from dashboard.ledger import Ledger, has_ledger
    from data.configuration import read_configuration
    from data.organisation import VIET_NAM

    place, rows = without_page_warnings(existing_home(home)), []
    if has_ledger(place):
        with Ledger(place) as ledger:
            rows = [row_of(pin, ZoneInfo(str(read_configuration(place).get("time_zone", VIET_NAM)))) for pin in ledger.pins()]
    schema = dict.fromkeys(COLUMNS, pl.String) | {"id": pl.Int64, "revises": pl.Int64}
    show(pl.DataFrame(rows, schema=schema), output, empty="No report is pinned yet. Pin one with: vanban report pin")


def row_of(pin: Pin, zone: ZoneInfo) -> dict[str, str | int | None]:
    """One report of the ledger, by COLUMNS, its times on the clock of the organisation."""
    approval = next((step for step in pin.approvals if step.step == "approve"), None)
    return {
        "id": pin.pin_id,
        "report": pin.kind,
        "title": pin.title,
        "status": pin.status,
        "snapshot": pin.snapshot,
        "pinned_at": pin.created_at.astimezone(zone).isoformat(timespec="seconds"),
        "pinned_by": pin.created_by,
        "approved_at": approval.done_at.astimezone(zone).isoformat(timespec="seconds") if approval else None,
        "approved_by": approval.person if approval else None,
        "note": (approval.note or None) if approval else None,
        "formats": ", ".join(pin.files),
        "revises": pin.revises,
        "cause": pin.cause or None,
    }

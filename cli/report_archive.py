"""`vanban report list`, `approve`, `publish`, `get`, `send`, `verify` and `diff`: what is done with reports of the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.console import Format, progress_bar, show, tell
from cli.options import FormatOption, HomeOption, existing_home
from cli.report_build import put
from cli.report_request import ByOption, FilesOption, IdArgument, SnapshotOption, quiet
from data.errors import ConfigurationError

if TYPE_CHECKING:
    from dashboard.ledger import Pin
    from data.paths import Home


def report_list(home: HomeOption = None, output: FormatOption = Format.table) -> None:
    """The reports of the ledger, newest first, with who pinned and approved them."""
    import polars as pl

    from dashboard.ledger import Ledger, has_ledger

    place, pins = quiet(existing_home(home)), list["Pin"]()
    if has_ledger(place):
        with Ledger(place) as ledger:
            pins = ledger.pins()
    frame = pl.DataFrame([row_of(pin) for pin in pins], schema=dict.fromkeys(ROW, pl.String) | {"id": pl.Int64, "revises": pl.Int64})
    show(frame, output, empty="No report is pinned yet. Pin one with: vanban report pin")


ROW = ("id", "report", "title", "status", "snapshot", "pinned_at", "pinned_by", "approved_at", "approved_by", "formats", "revises", "cause")


def row_of(pin: Pin) -> dict[str, str | int | None]:
    approval = next((step for step in pin.approvals if step.step == "approve"), None)
    return {
        "id": pin.pin_id,
        "report": pin.kind,
        "title": pin.title,
        "status": pin.status,
        "snapshot": pin.snapshot,
        "pinned_at": pin.created_at.isoformat(timespec="seconds"),
        "pinned_by": pin.created_by,
        "approved_at": approval.done_at.isoformat(timespec="seconds") if approval else None,
        "approved_by": approval.person if approval else None,
        "formats": ", ".join(pin.files),
        "revises": pin.revises,
        "cause": pin.cause or None,
    }


def report_approve(
    pin_id: IdArgument,
    by: ByOption,
    note: Annotated[str, typer.Option("--note", help="What is to be remembered with the approval.")] = "",
    home: HomeOption = None,
) -> None:
    """Approve a pinned report: a step with its time and person, which nothing takes back."""
    step(quiet(existing_home(home)), pin_id, "approve", by, note)


def report_publish(
    pin_id: IdArgument,
    by: ByOption,
    note: Annotated[str, typer.Option("--note", help="Where or to whom it was published.")] = "",
    home: HomeOption = None,
) -> None:
    """Say that an approved report has been published."""
    step(quiet(existing_home(home)), pin_id, "publish", by, note)


def report_get(
    pin_id: IdArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    home: HomeOption = None,
) -> None:
    """Write the files of a pinned report as they were pinned, byte for byte."""
    from dashboard.ledger import Ledger
    from dashboard.reports.archive.json_record import request_of
    from dashboard.reports.archive.report_per_unit import file_stem, suffix_of

    with Ledger(quiet(existing_home(home))) as ledger:
        pinned, stem = ledger.pin_of(pin_id), file_stem(request_of(ledger.record(pin_id).request))
        files = {f"{stem}{suffix_of(name)}": ledger.file(pin_id, name) for name in pinned.files}
    for path in put(out, files):
        print(path)


def report_send(
    pin_id: IdArgument,
    to: Annotated[list[str], typer.Option("--to", help="Mail address; may be given several times.")],
    subject: Annotated[str, typer.Option("--subject", help="Subject of the mail (default: the report's title).")] = "",
    formats: FilesOption = None,
    home: HomeOption = None,
) -> None:
    """Mail the files of an approved report through the server of [report.mail]; off while vanban.toml names none."""
    from dashboard.ledger import Ledger
    from dashboard.reports.archive.json_record import request_of
    from dashboard.reports.archive.mail import mail_settings, message, send
    from dashboard.reports.archive.report_per_unit import file_stem, suffix_of
    from data.configuration import read_configuration

    place = quiet(existing_home(home))
    settings = mail_settings(read_configuration(place))
    if settings is None:
        raise ConfigurationError("Sending is off: vanban.toml has no [report.mail]. docs/scheduled-reports.md shows what to write there.")
    with Ledger(place) as ledger:
        pinned, stem = ledger.pin_of(pin_id), file_stem(request_of(ledger.record(pin_id).request))
        if pinned.status not in ("approved", "published"):
            raise ConfigurationError(f"Report {pin_id} is {pinned.status}, and only approved ones are sent. Approve it: vanban report approve")
        wanted = [one.value for one in formats or ()] or list(pinned.files)
        files = {f"{stem}{suffix_of(name)}": ledger.file(pin_id, name) for name in wanted}
    text = f"{pinned.title}\n\nTệp đính kèm: {', '.join(files)}\nBản chụp số liệu: {pinned.snapshot}\n"
    send(place, settings, message(settings, to, subject or pinned.title, text, files))
    tell(f"Sent {len(files)} files of report {pin_id} to {', '.join(to)}.")


def report_verify(
    pin_id: Annotated[int | None, typer.Argument(help="Number of the report in the ledger (default: every pinned one).")] = None,
    home: HomeOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Build pinned reports anew and compare every byte, and read the kept files again. Ends with 1 where one differs."""
    import polars as pl

    from dashboard.ledger import Ledger
    from dashboard.reports.archive.pinning import verify

    place = quiet(existing_home(home))
    with Ledger(place) as ledger:
        ids = [pin_id] if pin_id is not None else [pin.pin_id for pin in ledger.pins() if pin.status != "draft"]
    rows = []
    with progress_bar("Verifying") as bar:
        for one in ids:
            bar.step(f"report {one}")
            rows += [
                {"id": one, "file": found.format, "equal": found.is_equal, "kept": found.is_kept, "sha256": found.pinned, "why": found.why}
                for found in verify(place, one)
            ]
    schema = {"id": pl.Int64, "file": pl.String, "equal": pl.Boolean, "kept": pl.Boolean, "sha256": pl.String, "why": pl.String}
    show(pl.DataFrame(rows, schema=schema), output, empty="No report is pinned yet.")
    if not all(row["equal"] for row in rows):
        tell("A report cannot be built again as it was pinned. What was pinned is kept; the column `why` says what is known.")
        raise typer.Exit(1)


def report_diff(
    pin_id: IdArgument,
    snapshot: SnapshotOption = None,
    home: HomeOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Then and now: the figures of a pinned report that read differently today, each with its cause."""
    import polars as pl

    from dashboard.reports.archive.pinning import differences_of

    found = differences_of(quiet(existing_home(home)), pin_id, snapshot)
    rows = [
        {
            "metric": one.figure.metric,
            "label": one.figure.label,
            "unit_code": one.figure.unit_code,
            "period_from": one.figure.period_from,
            "period_to": one.figure.period_to,
            "then": one.figure.text,
            "now": one.now.text,
            "cause": one.cause,
        }
        for one in found
    ]
    schema = dict.fromkeys(("metric", "label", "unit_code", "then", "now", "cause"), pl.String) | {"period_from": pl.Date, "period_to": pl.Date}
    show(pl.DataFrame(rows, schema=schema), output, empty="Every figure reads as it was pinned.")


def step(home: Home, pin_id: int, name: Literal["approve", "publish"], by: str, note: str) -> None:
    from dashboard.ledger import Ledger

    with Ledger(home) as ledger:
        ledger.take_step(pin_id, name, by, note)
        tell(f"Report {pin_id} is {ledger.pin_of(pin_id).status}.")

"""`vanban report get`: the files of a pinned report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.report.files import write_together
from cli.report.request import IdArgument, without_page_warnings
from cli.terminal.options import HomeOption, existing_home

if TYPE_CHECKING:
    from dashboard.ledger import Ledger

EXAMPLE = "3 --out reports"


def run(
    pin_id: IdArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    home: HomeOption = None,
) -> None:
    """Write the files of a pinned report as they were pinned, byte for byte."""
    from dashboard.ledger import Ledger

    with Ledger(without_page_warnings(existing_home(home))) as ledger:
        files = files_of(ledger, pin_id, ledger.pin_of(pin_id).files)
        ledger.tell("report.download", pin_id, formats=sorted(ledger.pin_of(pin_id).files))
    for path in write_together(out, files):
        print(path)


def files_of(ledger: Ledger, pin_id: int, formats: Iterable[str]) -> dict[str, bytes]:
    """File names and bytes of a pinned report, in these formats."""
    from dashboard.reports.archive.json_record import request_of
    from dashboard.reports.archive.report_per_unit import file_stem, suffix_of

    stem = file_stem(request_of(ledger.record(pin_id).request))
    return {f"{stem}{suffix_of(name)}": ledger.file(pin_id, name) for name in formats}

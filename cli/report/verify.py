"""`vanban report verify`: whether pinned reports can be built again, byte for byte."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.report.request import without_page_warnings
from cli.terminal.console import progress_bar, show, tell
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "3"


def run(
    pin_id: Annotated[int | None, typer.Argument(help="Number of the report in the ledger (default: every pinned one).")] = None,
    home: HomeOption = None,
    output: OutputOption = "table",
) -> None:
    """Build pinned reports anew and compare every byte, and read the kept files again. Ends with 1 where one differs or is not kept.

    What an earlier version of the program made from its own snapshots is compared as it is kept, and `equal` stays empty.
    """
    import polars as pl

    from dashboard.ledger import Ledger
    from dashboard.reports.archive.pinning import verify

    place = without_page_warnings(existing_home(home))
    with Ledger(place) as ledger:
        ids = [pin_id] if pin_id is not None else [pin.pin_id for pin in ledger.pins() if pin.status != "draft"]
    rows: list[dict[str, object]] = []
    with progress_bar("Verifying") as bar:
        for one in ids:
            bar.step(f"report {one}")
            rows += [
                {"id": one, "file": found.format, "equal": found.is_equal, "kept": found.is_kept, "sha256": found.pinned, "why": found.why}
                for found in verify(place, one)
            ]
    schema = {"id": pl.Int64, "file": pl.String, "equal": pl.Boolean, "kept": pl.Boolean, "sha256": pl.String, "why": pl.String}
    show(pl.DataFrame(rows, schema=schema), output, empty="No report is pinned yet.")
    if any(row["equal"] is False for row in rows):
        tell("A report cannot be built again as it was pinned. What was pinned is kept; the column `why` says what is known.")
        raise typer.Exit(1)

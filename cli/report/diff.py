"""`vanban report diff`: what a pinned report would say today."""

from __future__ import annotations

from cli.report.request import IdArgument, SnapshotOption, without_page_warnings
from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "3"


def run(pin_id: IdArgument, snapshot: SnapshotOption = None, home: HomeOption = None, output: OutputOption = "table") -> None:
    """Then and now: the figures of a pinned report that read differently today, each with its cause."""
    import polars as pl

    from dashboard.reports.archive.pinning import differences_of

    named = ("metric", "label", "unit_code", "period_from", "period_to")
    rows = [
        {**{name: getattr(found.figure, name) for name in named}, "then": found.figure.text, "now": found.now.text, "cause": found.cause}
        for found in differences_of(without_page_warnings(existing_home(home)), pin_id, snapshot)
    ]
    schema = dict.fromkeys((*named, "then", "now", "cause"), pl.String) | {"period_from": pl.Date, "period_to": pl.Date}
    show(pl.DataFrame(rows, schema=schema), output, empty="Every figure reads as it was pinned.")

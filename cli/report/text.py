"""`vanban report text`: a report as sentences."""

from __future__ import annotations

from cli.report.request import ReportOptions, without_page_warnings
from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "so-ket --from 2024-07-01 --to 2024-07-31"


def run(options: ReportOptions, output: OutputOption = "table", home: HomeOption = None) -> None:
    """Each paragraph of a report with the key by which it is edited."""
    import polars as pl

    from dashboard.reports.archive.pinning import build_now

    place = without_page_warnings(existing_home(home))
    request, inputs = options.resolve(place)
    paragraphs = build_now(place, request, inputs, options.snapshot).paragraphs()
    rows = [{"key": one.key, "edited": one.is_edited, "text": one.text} for one in paragraphs]
    show(pl.DataFrame(rows, schema=["key", "edited", "text"]), output, empty="This report has no paragraph.")

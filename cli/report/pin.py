"""`vanban report pin`: a report frozen in the ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.report.request import ByOption, DocumentOptions, without_page_warnings
from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "so-ket --from 2024-07-01 --to 2024-07-31 --number 12 --by 'Phòng Tổng hợp'"


def run(
    options: DocumentOptions,
    by: ByOption,
    revises: Annotated[int | None, typer.Option("--revises", help="Number of the pinned report that this one takes the place of.")] = None,
    cause: Annotated[str, typer.Option("--cause", help="With --revises: why the earlier one does not stand.")] = "",
    home: HomeOption = None,
) -> None:
    """Freeze a report in the ledger: figures, sentences, files and the snapshot they come from. Prints its number."""
    from dashboard.reports.archive.approval import gap_advice, gap_text, gaps_of_pin
    from dashboard.reports.archive.pinning import pin_report
    from dashboard.reports.content.gaps import gaps_of_head
    from dashboard.reports.content.kinds import kind_named

    place = without_page_warnings(existing_home(home))
    request, inputs = options.resolve(place)
    early = "; ".join(gap_text(gap, "en") for gap in gaps_of_head(kind_named(request.kind), request, inputs.settings))
    if early:
        tell(f"Not given, and to be answered by whoever approves it: {early}.")
    pinned = pin_report(place, request, inputs, by, options.formats or None, options.snapshot, revises=revises, cause=cause)
    tell(f"{pinned.title} is pinned as number {pinned.pin_id}, on snapshot {pinned.snapshot}. Next: vanban report approve {pinned.pin_id} --by NAME")
    gaps = gaps_of_pin(place, pinned.pin_id)
    if gaps:
        tell("It lacks the following; whoever approves it answers each (--answer NAME=TEXT), or it is mended and pinned anew:")
    for gap in gaps:
        tell(f"- {gap.name}: {gap_text(gap, 'en')}. {gap_advice(gap, 'en')}")
    print(pinned.pin_id)

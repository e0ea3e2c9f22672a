"""`vanban metrics`: figures of the published snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal.console import figures_for_people, show, tell
from cli.terminal.options import EngineOption, HomeOption, LanguageOption, NarrowSelection, OutputOption, existing_home, open_published_on
from cli.terminal.quality import quality_of_rows
from metrics.tree.scope import By

EXAMPLE = "--from 2024-07-01 --to 2024-07-31 --group 1 --metric activation_rate --format json"


def run(
    selection: NarrowSelection,
    by: Annotated[By | None, typer.Option("--by", help="Split by unit, level, province, pilot group, document type, day, week or month.")] = None,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="Name of a metric; may be given several times (default: all delivered).")
    ] = None,
    language: LanguageOption = "vi",
    output: OutputOption = "table",
    engine: EngineOption = None,
    home: HomeOption = None,
) -> None:
    """Figures of a period, straight from the published snapshot, or of its tables on a Spark."""
    import polars as pl

    from metrics.catalog import METRICS
    from metrics.query.delivered import known_metrics
    from metrics.query.metric_values import metric_values
    from metrics.query.told_rows import told_rows
    from metrics.tree.units import units

    with open_published_on(existing_home(home), engine) as snapshot:
        known = known_metrics(snapshot)
        names = metric or [declared.name for declared in METRICS if declared.name in known] or [declared.name for declared in METRICS]
        frame = metric_values(snapshot, names, selection.period(snapshot), selection.scope(), by)
        frame = told_rows(frame, names, by, language, units(snapshot))
        frame = frame.with_columns(quality_of_rows(snapshot, frame, selection.group, language))
        if output == "table":
            tell(f"Snapshot {snapshot.name}, source data up to {snapshot.info.cutoff_on}{', SYNTHETIC' if snapshot.info.is_synthetic else ''}.")
            if fewer := frame.filter(pl.col("coverage_days") < (pl.col("period_to") - pl.col("period_from")).dt.total_days() + 1).height:
                tell(f"{fewer} of {frame.height} figures are of fewer days than asked for (column days): the data speak of no others.")
            frame = figures_for_people(frame)
    show(frame, output, empty="Nothing to show.")

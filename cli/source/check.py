"""`vanban source check`: whether a source can be read, and what it would give."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import figures_for_people, show
from cli.options import HomeOption, OutputOption, Selection, existing_home

if TYPE_CHECKING:
    import polars as pl

    from etl.settings import Settings

EXAMPLE = "qlvb --home /srv/vanban"


def run(
    name: Annotated[str, typer.Argument(help="Name of the source's folder.")],
    home: HomeOption = None,
    output: OutputOption = "table",
    rows: Annotated[int, typer.Option(min=1, help="Sample rows per entity.")] = 1000,
    preview: Annotated[bool, typer.Option("--preview", help="Show five figures of the sample instead, where it fits.")] = False,
) -> None:
    """Connect, run each query on a sample, and tell what fits the contract; loads nothing."""
    from etl.settings import load_settings
    from etl.setup.check_source import check_source

    settings = load_settings(existing_home(home))
    report = check_source(settings, name, rows)
    if preview and report.is_passed:
        show(preview_of(settings, name, rows), output, empty="The sample gives no figure.")
        return
    show(report.frame, output, empty="This source delivers no entity.")
    if not report.is_passed:
        raise typer.Exit(1)


def preview_of(settings: Settings, source: str, rows: int) -> pl.DataFrame:
    """Five figures of a sample of one source, over all days that the sample speaks of; nothing stays on disk."""
    from etl.setup.preview import preview_snapshot
    from metrics.engines.duckdb import open_snapshot
    from metrics.query.metric_values import metric_values

    names = ("activation_rate", "login_rate", "outgoing_documents", "fully_electronic_ratio", "internal_incoming")
    with tempfile.TemporaryDirectory(prefix="vanban-") as folder, open_snapshot(preview_snapshot(settings, source, rows, Path(folder))) as snapshot:
        return figures_for_people(metric_values(snapshot, names, Selection().period(snapshot)))

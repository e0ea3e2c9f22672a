"""`vanban etl run`: fetches, and publishes new figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import progress_bar, tell, tell_table
from cli.options import HomeOption, existing_home

if TYPE_CHECKING:
    from data.run_history import RunResult

EXAMPLE = "--home /srv/vanban"


def run(
    home: HomeOption = None,
    full: Annotated[bool, typer.Option("--full", help="Fetch everything, also where new rows alone would do.")] = False,
    compare_keys: Annotated[bool, typer.Option("--compare-keys", help="Compare all keys now, to find rows that vanished or came too late.")] = False,
    source: Annotated[list[str] | None, typer.Option(help="Fetch this source alone (again for several); the others stay as they were.")] = None,
) -> None:
    """Fetch, stage, check, model and publish; what was published before stays until the very end."""
    from etl.landing.fetch_source import Asked
    from etl.run import run_etl
    from etl.settings import load_settings

    settings = load_settings(existing_home(home))
    asked = Asked(full, compare_keys, tuple(settings.source(name).name for name in source or ()))
    with progress_bar("Running the ETL") as bar:
        result = run_etl(settings, bar, asked)
    tell_result(result)


def tell_result(result: RunResult) -> None:
    """What a run did, on stderr: where the rows went, what to look at, and the outcome."""
    from etl.runs.status import accounting

    tell_table(accounting(result).rename(lambda name: name.removeprefix("rows_")))
    for warning in result.warnings:
        tell(f"Look at: {warning}")
    tell(f"{result.message} ({sum(result.seconds.values()):.1f} s)")

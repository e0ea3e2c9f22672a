"""`vanban etl run`: fetches, and publishes new figures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal.console import progress_bar, tell, tell_table
from cli.terminal.options import HomeOption, existing_home

if TYPE_CHECKING:
    from data.paths import Home
    from data.run_history import RunResult

EXAMPLE = "--home /srv/vanban"


def run(
    home: HomeOption = None,
    full: Annotated[bool, typer.Option("--full", help="Fetch everything, also where new rows alone would do.")] = False,
    compare_keys: Annotated[bool, typer.Option("--compare-keys", help="Compare all keys now, to find rows that vanished or came too late.")] = False,
    source: Annotated[list[str] | None, typer.Option(help="Fetch this source alone (again for several); the others stay as they were.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do it all and keep nothing: landing, cursors and snapshots stay as they are.")] = False,
) -> None:
    """Fetch, stage, check, model and publish; what was published before stays until the very end."""
    from etl.landing.fetch_source import Asked
    from etl.run import run_etl
    from etl.settings import load_settings

    settings = load_settings(existing_home(home))
    if any(one.kind == "ledger" for one in settings.sources):
        from dashboard.ledger.database import bring_up

        bring_up(settings.home)
    asked = Asked(full, compare_keys, tuple(settings.source(name).name for name in source or ()))
    if dry_run:
        from etl.setup.trial import tried

        with progress_bar("Trying the ETL") as bar, tried(settings, asked, bar) as (result, _):
            bar.step("done")
        tell_result(result, outcome="A run would publish this." if result.status == "published" else "A run would find nothing new.")
        tell("It was tried only: landing, cursors and snapshots are as they were.")
        return
    try:
        with progress_bar("Running the ETL") as bar:
            result = run_etl(settings, bar, asked)
        tell_result(result)
        add_sums(settings.home, result)
    finally:
        raise_alarm(settings.home)


def add_sums(home: Home, result: RunResult) -> None:
    """Counts the accounts of usual periods beforehand where there are many; what hinders that is said, and pages count them themselves."""
    import duckdb

    from data.errors import VanbanError
    from data.private_files import private_files
    from data.snapshot import published_snapshot
    from metrics.query.usual_sums import write_sums

    if result.status == "published":
        try:
            with private_files(home):
                write_sums(published_snapshot(home.pointer))
        except (VanbanError, OSError, duckdb.Error) as error:
            tell(f"Look at: accounts could not be counted beforehand, so that pages take longer. {error}")


def raise_alarm(home: Home) -> None:
    """Tells those that [alarm] names how the run ended, where it names somebody; what hinders that is said and changes nothing."""
    from cli.upkeep.causes import recipients, tell_causes
    from data.configuration import read_configuration
    from data.errors import VanbanError

    try:
        if recipients(read_configuration(home)):
            for mail in tell_causes(home, datetime.now().date()).mails:
                tell(f"Mailed: {mail}")
    except (VanbanError, OSError) as error:
        tell(f"Look at: nobody could be told by mail. {error}")


def tell_result(result: RunResult, outcome: str = "") -> None:
    """What a run did, on stderr: where the rows went, what to look at, and the outcome (its own message where none is given)."""
    from etl.runs.status import accounting

    tell_table(accounting(result).rename(lambda name: name.removeprefix("rows_")))
    for warning in result.warnings:
        tell(f"Look at: {warning}")
    tell(f"{outcome or result.message} ({sum(result.seconds.values()):.1f} s)")

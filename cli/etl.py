"""`vanban etl …`: from the document system to published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Format, progress_bar, show, tell, tell_table
from cli.options import FormatOption, HomeOption, command_group, existing_home
from data.errors import ConfigurationError

if TYPE_CHECKING:
    from etl.runs.run_history import RunResult

etl_app = command_group("From the document system to published figures.")


@etl_app.command("run", epilog="Example: vanban etl run --home /srv/vanban")
def etl_run(
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
    report_run(result)


@etl_app.command("rebuild", epilog="Example: vanban etl rebuild --home /srv/vanban")
def etl_rebuild(home: HomeOption = None) -> None:
    """Make the figures anew from what has already been fetched, without asking the sources."""
    from etl.run import rebuild_etl
    from etl.settings import load_settings

    settings = load_settings(existing_home(home))
    with progress_bar("Rebuilding from the landing files") as bar:
        result = rebuild_etl(settings, bar)
    report_run(result)


@etl_app.command("status", epilog="Example: vanban etl status --freshness --format json")
def etl_status_command(
    home: HomeOption = None,
    output: FormatOption = Format.table,
    last: Annotated[int, typer.Option(min=1, help="How many runs, newest first.")] = 10,
    freshness: Annotated[bool, typer.Option("--freshness", help="Up to when the rows of each source speak, instead.")] = False,
    snapshots: Annotated[bool, typer.Option("--snapshots", help="Which snapshots are kept, instead.")] = False,
) -> None:
    """The last runs: when, how long, how they ended, what was published."""
    from etl.run import etl_status
    from etl.runs.status import freshness as freshness_of
    from etl.runs.status import kept_snapshots

    if freshness and snapshots:
        raise ConfigurationError("--freshness and --snapshots are two lists. Ask for one at a time.")
    place = existing_home(home)
    frame = freshness_of(place) if freshness else kept_snapshots(place) if snapshots else etl_status(place, last)
    show(frame, output, empty="No run yet. Start with: vanban etl run")


@etl_app.command("prune", epilog="Example: vanban etl prune --home /srv/vanban")
def etl_prune(
    home: HomeOption = None,
    output: FormatOption = Format.table,
    remove: Annotated[bool, typer.Option("--remove", help="Really remove; without it, only list what would go.")] = False,
) -> None:
    """List what is kept beyond the settings (landed batches, old snapshots); with --remove, remove it."""
    from etl.publish.retention import prune
    from etl.settings import load_settings

    gone = prune(load_settings(existing_home(home)), dry_run=not remove)
    show(gone, output, empty="Nothing is kept for nothing.")
    if not remove and gone.height:
        tell("Nothing was removed. To remove these: the same command with --remove.")


def report_run(result: RunResult) -> None:
    """What a run did, on stderr: where the rows went, what to look at, and the outcome."""
    tell_table(result.accounting.rename(lambda name: name.removeprefix("rows_")))
    for warning in result.warnings:
        tell(f"Look at: {warning}")
    tell(f"{result.message} ({sum(result.seconds.values()):.1f} s)")

"""`vanban source …`: the sources that the figures come from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Format, figures_for_people, show, tell
from cli.options import FormatOption, HomeOption, command_group, existing_home, period_of
from data.errors import ConfigurationError
from data.paths import home_of

if TYPE_CHECKING:
    import polars as pl

    from etl.settings import Settings

source_app = command_group("The sources that the figures come from.")


@source_app.command("list", epilog="Example: vanban source list --home /srv/vanban")
def source_list(home: HomeOption = None, output: FormatOption = Format.table) -> None:
    """The sources of this home, their kind and the entities they deliver."""
    import polars as pl

    from etl.settings import load_settings
    from etl.sources import KINDS

    sources = load_settings(existing_home(home)).sources
    kind_names = {kind: name for name, kind in KINDS.items()}
    frame = pl.DataFrame(
        {
            "source": [source.name for source in sources],
            "kind": [kind_names[type(source)] for source in sources],
            "title": [source.title for source in sources],
            "entities": [", ".join(source.entities) for source in sources],
        }
    )
    show(frame, output, empty="No source is named in vanban.toml.")


@source_app.command("check", epilog="Example: vanban source check qlvb --home /srv/vanban")
def source_check(
    name: Annotated[str, typer.Argument(help="Name of the source's folder.")],
    home: HomeOption = None,
    output: FormatOption = Format.table,
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


@source_app.command("new", epilog="Example: vanban source new vks --kind database --url-env VKS_URL --home /srv/vanban")
def source_new(
    name: Annotated[str, typer.Argument(help="Name of the new folder in sources/.")],
    kind: Annotated[str, typer.Option("--kind", help="database, files, access_log or edxml.")],
    url_env: Annotated[str | None, typer.Option("--url-env", help="Database: the environment variable that will hold its URL.")] = None,
    home: HomeOption = None,
) -> None:
    """Write the folder of a new source, each column with its meaning; what is left to you is marked TODO_."""
    from etl.setup.new_source import new_source

    place = home_of(home) if home else existing_home(None)
    is_first = not place.config.exists()
    folder = new_source(place, name, kind, url_env)
    todo = "put the database's URL into vanban.env" if is_first and url_env else f"name {name} in [etl] sources of vanban.toml"
    tell(f"Wrote {folder}. Fill in what is marked TODO_, {todo}, then: vanban source check {name} --home {place.root}")


class Driver(StrEnum):
    sqlserver = "sqlserver"
    oracle = "oracle"


@source_app.command("driver", epilog="Example: vanban source driver sqlserver")
def source_driver(name: Annotated[Driver, typer.Argument(help="The kind of database.")]) -> None:
    """Add the driver of a database that not everybody has (SQL Server, Oracle); PostgreSQL, MySQL, MariaDB and SQLite need none."""
    from bootstrap import SetupFailed, add_driver

    try:
        add_driver(name.value)
    except (SetupFailed, OSError) as error:
        raise ConfigurationError(f"The driver of {name.value} is not there: {error}") from None
    tell(f"The driver of {name.value} is installed. It stays when vanban is brought up to date.")


def preview_of(settings: Settings, source: str, rows: int) -> pl.DataFrame:
    """Five figures of a sample of one source, over all days that the sample speaks of; nothing stays on disk."""
    import tempfile

    from etl.setup.preview import preview_snapshot
    from metrics.engines.duckdb import open_snapshot
    from metrics.query.metric_values import metric_values

    names = ("activation_rate", "login_rate", "outgoing_documents", "fully_electronic_ratio", "internal_incoming")
    with tempfile.TemporaryDirectory(prefix="vanban-") as folder, open_snapshot(preview_snapshot(settings, source, rows, Path(folder))) as snapshot:
        return figures_for_people(metric_values(snapshot, names, period_of(snapshot, None, None, None)))

"""`vanban source new`: the folder of a new source."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import tell
from cli.options import HomeOption, existing_home
from data.paths import home_of

EXAMPLE = "vks --kind database --url-env VKS_URL --home /srv/vanban"


def run(
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

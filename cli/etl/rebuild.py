"""`vanban etl rebuild`: publishes anew from what was fetched."""

from __future__ import annotations

from cli.etl.run import add_sums, tell_result
from cli.terminal.console import progress_bar
from cli.terminal.options import EngineOption, HomeOption, existing_home

EXAMPLE = "--home /srv/vanban"


def run(engine: EngineOption = None, home: HomeOption = None) -> None:
    """Make the figures anew from what has already been fetched, without asking the sources."""
    from etl.run import rebuild_etl
    from etl.settings import load_settings

    settings = load_settings(existing_home(home))
    with progress_bar("Rebuilding from the landing files") as bar:
        result = rebuild_etl(settings, bar, engine or "")
    tell_result(result)
    add_sums(settings.home, result)

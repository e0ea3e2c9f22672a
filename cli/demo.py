"""`vanban demo`: the main job on an embedded default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from cli.dashboard import start_dashboard
from cli.etl.run import tell_result
from cli.terminal.console import progress_bar, tell
from cli.terminal.options import BrowserOption, PortOption
from data.errors import ConfigurationError
from data.paths import DEMO_HOME, Home, home_of

EXAMPLE = "--no-browser --port 8600"


def run(
    browser: BrowserOption = True,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Start the dashboard; without it, stop after the ETL.")] = True,
    scale: Annotated[float, typer.Option(min=0.01, max=1000, help="Size of what follows the pilot month; 1 is about a million log rows.")] = 1.0,
    port: PortOption = 8501,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Folder for the demo (else VANBAN_HOME, else demo/ in the project; installed by pip: ~/vanban-demo)."),
    ] = None,
    sample_url: Annotated[str | None, typer.Option("--sample-url", help="Build the sample in this database (SQLAlchemy URL), not in SQLite.")] = None,
) -> None:
    """Build a sample document system, run the whole job on it, and open the dashboard."""
    from data.demo.build import build_sample, sample_is_complete
    from etl.run import run_etl
    from etl.settings import load_settings

    place = home_of(home) if home or os.environ.get("VANBAN_HOME") else Home(DEMO_HOME)
    if place.config.exists() and not (place.root / "sample").is_dir():
        raise ConfigurationError(f"{place.root} holds a vanban.toml of your own, which the demo would overwrite. Name another with --home DIR.")
    is_complete = sample_is_complete(place.root, scale=scale, url=sample_url)
    if not is_complete:
        with progress_bar("Building the sample document system (synthetic data)") as bar:
            build_sample(place.root, scale=scale, url=sample_url, progress=bar.fraction)
    if is_complete and is_published(place):
        tell(f"The sample and its figures stand in {place.root}. After a change in the sample: vanban etl run --home {place.root}")
    else:
        with progress_bar("Running the ETL") as bar:
            result = run_etl(load_settings(place), bar)
        tell_result(result)
    if serve:
        start_dashboard(place, port, browser)
    else:
        tell(f"Done. Next: vanban metrics --from 2024-07-01 --to 2024-07-31 --group 1 --home {place.root}")


def is_published(home: Home) -> bool:
    """Whether this version of the program can read figures of the home."""
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot

    try:
        open_snapshot(published_snapshot(home.pointer)).close()
    except ConfigurationError:
        return False
    return True

"""The main job on an embedded default, and the dashboard of a home."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from cli.console import progress_bar, tell
from cli.etl import report_run
from cli.options import HomeOption, existing_home
from data.errors import ConfigurationError
from data.paths import DEMO_HOME, PROJECT, Home, home_of


def demo(
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the dashboard in a browser.")] = True,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Start the dashboard; without it, stop after the ETL.")] = True,
    scale: Annotated[float, typer.Option(min=0.01, max=1000, help="Size of what follows the pilot month; 1 is about a million log rows.")] = 1.0,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the dashboard on this machine.")] = 8501,
    home: Annotated[Path | None, typer.Option("--home", help="Folder for the demo (else VANBAN_HOME, else demo/ in the project).")] = None,
    sample_url: Annotated[str | None, typer.Option("--sample-url", help="Build the sample in this database (SQLAlchemy URL), not in SQLite.")] = None,
) -> None:
    """Build a sample document system, run the whole job on it, and open the dashboard."""
    from data.demo.build import build_sample, sample_is_complete
    from etl.run import run_etl
    from etl.settings import load_settings

    place = home_of(home) if home or os.environ.get("VANBAN_HOME") else Home(DEMO_HOME)
    if place.config.exists() and not (place.root / "sample").is_dir():
        raise ConfigurationError(f"{place.root} holds a vanban.toml of your own, which the demo would overwrite. Name another with --home DIR.")
    is_standing = sample_is_complete(place.root, scale=scale, url=sample_url)
    if not is_standing:
        with progress_bar("Building the sample document system (synthetic data)") as bar:
            build_sample(place.root, scale=scale, url=sample_url, progress=bar.fraction)
    if is_standing and is_published(place):
        tell(f"The sample and its figures stand in {place.root}. After a change in the sample: vanban etl run --home {place.root}")
    else:
        with progress_bar("Running the ETL") as bar:
            result = run_etl(load_settings(place), bar)
        report_run(result)
    if serve:
        start_dashboard(place, port, browser)
    else:
        tell(f"Done. Next: vanban metrics --from 2024-07-01 --to 2024-07-31 --group 1 --home {place.root}")


def dashboard(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in a browser.")] = True,
) -> None:
    """Serve the dashboard of a home on this machine (loopback only)."""
    start_dashboard(existing_home(home), port, browser)


def is_published(home: Home) -> bool:
    """Whether this version of the program can read figures of the home."""
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot

    try:
        open_snapshot(published_snapshot(home.pointer)).close()
    except ConfigurationError:
        return False
    return True


def start_dashboard(home: Home, port: int, browser: bool) -> None:
    from dashboard.server import serve_command

    command, environment = serve_command(home, port, headless=not browser)
    tell(f"The dashboard opens at http://127.0.0.1:{port} (Ctrl+C ends it).")
    try:
        raise typer.Exit(subprocess.run(command, cwd=PROJECT, env={**os.environ, **environment}).returncode)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None

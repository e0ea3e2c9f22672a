"""The front door: the only file that knows etl, metrics and dashboard; every command is one function here.

Exit codes: 0 done, 1 the data failed a check, 2 usage or configuration, 3 a source could not be reached.
What a command found goes to stdout, what it is doing to stderr.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data.errors import ConfigurationError, VanbanError
from data.paths import DEMO_HOME, PROJECT, Home, home_of

if TYPE_CHECKING:
    import polars as pl

    from etl.history import RunResult
    from metrics.engines.duckdb import Snapshot
    from metrics.periods import Period


def command_group(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


app = command_group("Shows whether an organisation's new document-management system is really used. Start with: vanban demo")
etl_app = command_group("From the document system to published figures.")
source_app = command_group("The sources that the figures come from.")
app.add_typer(etl_app, name="etl")
app.add_typer(source_app, name="source")


class Format(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


class Grouping(StrEnum):
    unit = "unit"
    level = "level"
    province = "province"
    day = "day"
    week = "week"
    month = "month"


HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder with vanban.toml and var/ (else VANBAN_HOME, this folder, the demo).")]
FormatOption = Annotated[Format, typer.Option("--format", help="How figures come out.")]
FromOption = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, YYYY-MM-DD.")]
ToOption = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, YYYY-MM-DD (it counts).")]
UnitOption = Annotated[str | None, typer.Option("--unit", help="Unit code; the unit counts with everything below it.")]
GroupOption = Annotated[int | None, typer.Option("--group", help="Pilot group, e.g. 1.")]


# ---------------------------------------------------------------- the two commands of a newcomer


@app.command(epilog="Example: vanban demo --no-browser --port 8600")
def demo(
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the dashboard in a browser.")] = True,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Start the dashboard; without it, stop after the ETL.")] = True,
    scale: Annotated[float, typer.Option(min=0.01, max=1000, help="Size of what follows the pilot month; 1 is about a million log rows.")] = 1.0,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the dashboard on this machine.")] = 8501,
    home: Annotated[Path | None, typer.Option("--home", help="Folder for the demo (else VANBAN_HOME, else demo/ in the project).")] = None,
    sample_url: Annotated[str | None, typer.Option("--sample-url", help="Build the sample in this database (SQLAlchemy URL), not in SQLite.")] = None,
) -> None:
    """Build a sample document system, run the whole job on it, and open the dashboard."""
    from data.sample.build import build_sample, sample_is_complete
    from data.snapshot import NoSnapshot, published_snapshot
    from etl.run import run_etl
    from etl.settings import load_settings

    place = home_of(home) if home or os.environ.get("VANBAN_HOME") else Home(DEMO_HOME)
    if place.config.exists() and not (place.root / "sample").is_dir():
        raise ConfigurationError(f"{place.root} holds a vanban.toml of your own, which the demo would overwrite. Name another with --home DIR.")
    if sample_is_complete(place.root, scale=scale, url=sample_url):
        tell(f"The sample in {place.root} stands; it is used again.")
    else:
        with progress_bar("Building the sample document system (synthetic data)") as bar:
            build_sample(place.root, scale=scale, url=sample_url, progress=bar.fraction)
    try:
        published_snapshot(place.pointer)
    except NoSnapshot:
        pass
    else:
        tell("Figures are published already; changes in the sample are picked up now.")
    with progress_bar("Running the ETL") as bar:
        result = run_etl(load_settings(place), bar)
    report_run(result)
    if serve:
        start_dashboard(place, port, browser)
    else:
        tell(f"Done. Next: vanban metrics --from 2024-07-01 --to 2024-07-31 --group 1 --home {place.root}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, epilog="Example: vanban test tests/metrics -k pilot")
def test(context: typer.Context) -> None:
    """Run the tests; every argument goes to pytest (--long for the full campaigns)."""
    # The tests speak for themselves only where nothing of the caller's own installation leaks in.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VANBAN_")}
    raise typer.Exit(subprocess.run([sys.executable, "-m", "pytest", *context.args], cwd=PROJECT, env=environment).returncode)


@app.command(epilog="Example: vanban dashboard --home /srv/vanban --port 8600")
def dashboard(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in a browser.")] = True,
) -> None:
    """Serve the dashboard of a home on this machine (loopback only)."""
    start_dashboard(existing_home(home), port, browser)


# ---------------------------------------------------------------- etl


@etl_app.command("run", epilog="Example: vanban etl run --home /srv/vanban")
def etl_run(home: HomeOption = None) -> None:
    """Fetch, stage, check, model and publish; what was published before stays until the very end."""
    from etl.run import run_etl
    from etl.settings import load_settings

    settings = load_settings(existing_home(home))
    with progress_bar("Running the ETL") as bar:
        result = run_etl(settings, bar)
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


@etl_app.command("status", epilog="Example: vanban etl status --format json")
def etl_status_command(
    home: HomeOption = None,
    output: FormatOption = Format.table,
    last: Annotated[int, typer.Option(min=1, help="How many runs, newest first.")] = 10,
) -> None:
    """The last runs: when, how long, how it ended, what was published."""
    from etl.run import etl_status

    show(etl_status(existing_home(home), last), output, empty="No run yet. Start with: vanban etl run")


# ---------------------------------------------------------------- sources


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
) -> None:
    """Connect, run each query on a sample, and tell what fits the contract; loads nothing."""
    from etl.settings import load_settings
    from etl.source_check import check_source

    report = check_source(load_settings(existing_home(home)), name, rows)
    show(report.frame, output, empty="This source delivers no entity.")
    if not report.is_passed:
        raise typer.Exit(1)


# ---------------------------------------------------------------- figures


@app.command(epilog="Example: vanban metrics --from 2024-07-01 --to 2024-07-31 --group 1 --metric activation_rate --format json")
def metrics(
    from_on: FromOption = None,
    to_on: ToOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    by: Annotated[Grouping | None, typer.Option("--by", help="Split by unit, level, province, day, week or month.")] = None,
    metric: Annotated[list[str] | None, typer.Option("--metric", help="Name of a metric; may be given several times (default: all).")] = None,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Figures of a period, straight from the published snapshot."""
    from metrics.catalog import METRICS
    from metrics.scope import Scope
    from metrics.values import metric_values

    with open_published(existing_home(home)) as snapshot:
        names = metric or [declared.name for declared in METRICS]
        frame = metric_values(snapshot, names, period_of(snapshot, from_on, to_on), Scope(unit_code=unit, group=group), by.value if by else None)
        if output is Format.table:
            tell(f"Snapshot {snapshot.name}, source data up to {snapshot.info.cutoff_on}{', SYNTHETIC' if snapshot.info.is_synthetic else ''}.")
            frame = figures_for_people(frame)
    show(frame, output, empty="Nothing to show.")


@app.command(epilog="Example: vanban check --from 2024-07-01 --to 2024-07-31")
def check(
    from_on: FromOption = None,
    to_on: ToOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Whether the published figures cohere: parts add up, subsets do not exceed their set. Ends with 1 where one does not."""
    import polars as pl

    from metrics.coherence import run_checks
    from metrics.scope import Scope

    with open_published(existing_home(home)) as snapshot:
        results = run_checks(snapshot, period_of(snapshot, from_on, to_on), Scope(unit_code=unit, group=group))
    frame = pl.DataFrame(
        {
            "check": [result.name for result in results],
            "passed": [result.is_passed for result in results],
            "label": [result.label for result in results],
            "detail": [result.detail for result in results],
            "units": [", ".join(result.unit_codes) for result in results],
        }
    )
    show(frame, output, empty="No check applies.")
    if not all(result.is_passed for result in results):
        raise typer.Exit(1)


# ---------------------------------------------------------------- what commands share


def existing_home(option: Path | None) -> Home:
    """The home that is meant; a newcomer who names none and stands nowhere special gets the demo, and is told."""
    home = home_of(option)
    if option is None and not os.environ.get("VANBAN_HOME") and not home.config.exists() and Home(DEMO_HOME).config.exists():
        tell("No vanban.toml in this folder: reading the demo. Name another home with --home DIR.")
        return Home(DEMO_HOME)
    return home


def open_published(home: Home) -> Snapshot:
    from data.configuration import read_configuration
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot

    read_configuration(home)  # a wrong folder is told as such, not as missing figures
    return open_snapshot(published_snapshot(home.pointer))


def period_of(snapshot: Snapshot, from_on: datetime | None, to_on: datetime | None) -> Period:
    """The period asked for; an end left open is the first or the last day that the data speak of."""
    from metrics.periods import Period

    def day(asked: datetime | None, otherwise: date) -> date:
        return asked.date() if asked else otherwise

    return Period(day(from_on, snapshot.info.first_on), day(to_on, snapshot.info.cutoff_on))


def start_dashboard(home: Home, port: int, browser: bool) -> None:
    from dashboard.serve import serve_command

    command, environment = serve_command(home, port, headless=not browser)
    tell(f"The dashboard opens at http://127.0.0.1:{port} (Ctrl+C ends it).")
    try:
        raise typer.Exit(subprocess.run(command, cwd=PROJECT, env={**os.environ, **environment}).returncode)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def report_run(result: RunResult) -> None:
    """What a run did, on stderr: where the rows went, what to look at, and the outcome."""
    tell_table(result.accounting.rename(lambda name: name.removeprefix("rows_")))
    for warning in result.warnings:
        tell(f"Look at: {warning}")
    tell(f"{result.message} ({sum(result.seconds.values()):.1f} s)")


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def tell_table(frame: pl.DataFrame) -> None:
    from rich.console import Console

    Console(stderr=True, width=None if sys.stderr.isatty() else 120).print(rich_table(frame))


def show(frame: pl.DataFrame, output: Format, empty: str) -> None:
    """Write a frame to stdout; JSON is a list of objects with dates as YYYY-MM-DD."""
    if output is Format.json:
        import json

        print(json.dumps([json_row(row) for row in frame.iter_rows(named=True)], ensure_ascii=False, indent=2, default=as_text))
    elif output is Format.csv:
        print(frame.write_csv(), end="")
    elif frame.is_empty():
        tell(empty)
    else:
        from rich.console import Console

        Console(width=None if sys.stdout.isatty() else 200).print(rich_table(frame))


def json_row(row: dict[str, Any]) -> dict[str, Any]:
    """A count is a whole number in JSON too, although it shares its column with ratios."""
    if isinstance(row.get("value"), float) and row.get("denominator", 0) is None:
        return {**row, "value": int(row["value"])}
    return row


def figures_for_people(frame: pl.DataFrame) -> pl.DataFrame:
    """Rates as percentages, counts as whole numbers; the snapshot is told once, above."""
    import polars as pl

    def value(row: dict[str, Any]) -> str | None:
        if row["value"] is None:
            return None
        return f"{row['value']:,.0f}" if row["denominator"] is None else f"{row['value']:.2%}"

    shown = frame.with_columns(pl.Series("value", [value(row) for row in frame.iter_rows(named=True)], dtype=pl.String))
    return shown.select("metric", "label", "unit_code", "period_from", "period_to", "numerator", "denominator", "value")


def as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def rich_table(frame: pl.DataFrame) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, kind in frame.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() or name == "value" else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(Text(cell_text(value)) for value in row))
    return table


def cell_text(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.1f}"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case _:
            return str(value)


class progress_bar:  # noqa: N801 (used as a verb: `with progress_bar(...) as bar`)
    """Draws steps and rows on stderr; the one place that knows how progress looks."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self._title = title
        self._task = self._bars.add_task(title, total=None, count="")
        self._rows = 0

    def __enter__(self) -> progress_bar:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def fraction(self, step: str, done: float) -> None:
        """A step and the share of the whole that is done, between 0 and 1."""
        self._bars.update(self._task, description=f"{self._title}: {step}", completed=min(done, 0.999), total=1.0)

    def step(self, name: str) -> None:
        self._rows = 0
        self._bars.update(self._task, description=f"{self._title}: {name}", completed=0, total=None, count="")

    def advance(self, rows: int, total: int | None = None) -> None:
        self._rows += rows
        # Never quite full: rich stops the clock of a task that is done, and a step is not the whole.
        self._bars.update(self._task, completed=min(self._rows, total - 1) if total else None, total=total, count=f"{self._rows:,} rows")


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        outcome = app(list(arguments) if arguments is not None else None, prog_name="vanban", standalone_mode=False)
    except VanbanError as error:
        tell(f"vanban: {error}")
        return error.exit_code
    except typer.TyperException as error:
        error.show()  # type: ignore[attr-defined]  # every usage error has it; the exported type does not say so
        return 2
    except (KeyboardInterrupt, typer.Abort):
        tell("vanban: interrupted; what was published before stays.")
        return 130
    return outcome if isinstance(outcome, int) else 0


if __name__ == "__main__":
    sys.exit(main())

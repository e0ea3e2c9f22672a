"""The front door: the only file that knows etl, metrics and dashboard; every command is one function here.

Exit codes: 0 done, 1 the data failed a check, 2 usage or configuration, 3 a source could not be reached.
What a command found goes to stdout, what it is doing to stderr.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import Format, figures_for_people, progress_bar, show, tell, tell_table
from data.errors import ConfigurationError, VanbanError
from data.paths import DEMO_HOME, PROJECT, Home, home_of

if TYPE_CHECKING:
    import polars as pl

    from etl.history import RunResult
    from etl.settings import Settings
    from metrics.engines.duckdb import Snapshot
    from metrics.periods import Period
    from metrics.scope import Scope


def command_group(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


app = command_group("Shows whether an organisation's new document-management system is really used. Start with: vanban demo")
etl_app = command_group("From the document system to published figures.")
source_app = command_group("The sources that the figures come from.")
check_app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
app.add_typer(etl_app, name="etl")
app.add_typer(source_app, name="source")
app.add_typer(check_app, name="check", invoke_without_command=True)


class Grouping(StrEnum):
    unit = "unit"
    level = "level"
    province = "province"
    doc_type = "doc_type"
    day = "day"
    week = "week"
    month = "month"


class Tree(StrEnum):
    as_was = "as_was"
    as_is = "as_is"
    comparable = "comparable"


class Preset(StrEnum):
    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    half_year = "half_year"
    year = "year"
    reporting_year = "reporting_year"
    reporting_half = "reporting_half"
    reporting_nine_months = "reporting_nine_months"


HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder with vanban.toml and var/ (else VANBAN_HOME, this folder, the demo).")]
FormatOption = Annotated[Format, typer.Option("--format", help="How figures come out.")]
FromOption = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, YYYY-MM-DD.")]
ToOption = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, YYYY-MM-DD (it counts).")]
UnitOption = Annotated[str | None, typer.Option("--unit", help="Unit code; the unit counts with everything below it.")]
GroupOption = Annotated[int | None, typer.Option("--group", help="Pilot group, e.g. 1.")]
PresetOption = Annotated[Preset | None, typer.Option("--period", help="A usual period: the one in which --to lies (default: the last day).")]
TreeOption = Annotated[Tree, typer.Option("--tree", help="Units as they were, restated on today's tree, or only those without change.")]
LevelOption = Annotated[list[str] | None, typer.Option("--level", help="Only units on this level, e.g. cap_huyen; may be given several times.")]
ProvinceOption = Annotated[list[str] | None, typer.Option("--province", help="Only this province; may be given several times.")]
OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="Only this unit and what is below it; may be given several times.")]


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


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, epilog="Example: vanban test tests/metrics -k pilot")
def test(context: typer.Context) -> None:
    """Run the tests; every argument goes to pytest (--long for the full campaigns). Without a file named, on two cores or more side by side."""
    # The tests speak for themselves only where nothing of the caller's own installation leaks in.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VANBAN_")}
    names_files = any(Path(word.partition("::")[0]).exists() for word in context.args if not word.startswith("-"))
    workers = min(4, os.cpu_count() or 1)
    # A file's tests stay together: they share servers and homes.
    side_by_side = [] if names_files or "-n" in context.args or workers == 1 else ["-n", str(workers), "--dist", "loadfile"]
    raise typer.Exit(subprocess.run([sys.executable, "-m", "pytest", *side_by_side, *context.args], cwd=PROJECT, env=environment).returncode)


class Question(StrEnum):
    typical_question = "typical_question"
    ranking = "ranking"
    all_units_by_month = "all_units_by_month"


@app.command(epilog="Example: vanban bench ranking --size 1")
def bench(
    name: Annotated[Question | None, typer.Argument(help="One question (default: all).")] = None,
    size: Annotated[list[float] | None, typer.Option("--size", help="Million events; may be given several times (default: 1 and 20).")] = None,
) -> None:
    """Time our answers against SQL by hand, in turn on generated data; the ratio is what counts (benchmarks/README.md)."""
    from importlib import import_module

    from benchmarks.measured import DEFAULT_SIZES, HEADER

    print(HEADER)
    for question in [name] if name else list(Question):
        for events in [int(millions * 1_000_000) for millions in size or ()] or DEFAULT_SIZES:
            tell(f"{question.value}, {events:,} events: making the data and measuring …")
            for row in import_module(f"benchmarks.{question.value}").measure(events):
                print(row, flush=True)


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
    from etl.status import freshness as freshness_of
    from etl.status import kept_snapshots

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
    from etl.prune import prune
    from etl.settings import load_settings

    gone = prune(load_settings(existing_home(home)), dry_run=not remove)
    show(gone, output, empty="Nothing is kept for nothing.")
    if not remove and gone.height:
        tell("Nothing was removed. To remove these: the same command with --remove.")


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
    preview: Annotated[bool, typer.Option("--preview", help="Show five figures of the sample instead, where it fits.")] = False,
) -> None:
    """Connect, run each query on a sample, and tell what fits the contract; loads nothing."""
    from etl.settings import load_settings
    from etl.source_check import check_source

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
    from etl.scaffold import new_source

    folder = new_source(existing_home(home), name, kind, url_env)
    tell(f"Wrote {folder}. Fill in what is marked TODO_, name {name} in [etl] sources of vanban.toml, then: vanban source check {name}")


# ---------------------------------------------------------------- figures


@app.command(epilog="Example: vanban metrics --from 2024-07-01 --to 2024-07-31 --group 1 --metric activation_rate --format json")
def metrics(
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    tree: TreeOption = Tree.as_was,
    level: LevelOption = None,
    province: ProvinceOption = None,
    only: OnlyOption = None,
    by: Annotated[Grouping | None, typer.Option("--by", help="Split by unit, level, province, document type, day, week or month.")] = None,
    metric: Annotated[list[str] | None, typer.Option("--metric", help="Name of a metric; may be given several times (default: all).")] = None,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Figures of a period, straight from the published snapshot."""
    from metrics.catalog import METRICS
    from metrics.values import metric_values

    with open_published(existing_home(home)) as snapshot:
        names = metric or [declared.name for declared in METRICS]
        scope = scope_of(unit, group, tree, level, province, only)
        frame = metric_values(snapshot, names, period_of(snapshot, from_on, to_on, preset), scope, by.value if by else None)
        if output is Format.table:
            tell(f"Snapshot {snapshot.name}, source data up to {snapshot.info.cutoff_on}{', SYNTHETIC' if snapshot.info.is_synthetic else ''}.")
            frame = figures_for_people(frame)
    show(frame, output, empty="Nothing to show.")


@app.command(epilog="Example: vanban why activation_rate --from 2024-07-01 --to 2024-07-31 --group 1")
def why(
    metric: Annotated[str, typer.Argument(help="Name of the metric.")],
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    tree: TreeOption = Tree.as_was,
    rows: Annotated[bool, typer.Option("--rows", help="List the keys of the rows that the numerator counts, instead.")] = False,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Why a figure is what it is: definition, both counts, window, exclusions, failed checks, the SQL, or the rows behind it."""
    import polars as pl

    from metrics.why import rows_behind
    from metrics.why import why as why_of

    with open_published(existing_home(home)) as snapshot:
        period, scope = period_of(snapshot, from_on, to_on, preset), scope_of(unit, group, tree)
        if rows:
            frame = rows_behind(snapshot, metric, period, scope)
        else:
            told = why_of(snapshot, metric, period, scope)
            facts = {
                "metric": told.metric.name,
                "label": told.metric.label,
                "definition": told.metric.definition,
                "population": told.population_label,
                "exclusions": told.metric.exclusions,
                "source": told.metric.source,
                "version": told.metric.version,
                "period": f"{period.from_on} – {period.to_on}",
                "unit_code": unit,
                "numerator": told.numerator,
                "denominator": told.denominator,
                "value": told.value,
                "failed_checks": "; ".join(f"{check.name}: {check.detail}" for check in told.failed_checks),
                "snapshot": told.snapshot,
                "sql": told.sql,
                "parameters": ", ".join(f"{name} = {value}" for name, value in told.params.items()),
            }
            frame = pl.DataFrame({"fact": list(facts), "is": ["" if fact is None else str(fact) for fact in facts.values()]})
    show(frame, output, empty="No row is counted.")


@app.command(epilog="Example: vanban dictionary --format csv")
def dictionary(output: FormatOption = Format.table) -> None:
    """Every metric with its definition, as declared."""
    from metrics.why import dictionary as declared

    show(declared(), output, empty="No metric is declared.")


@check_app.callback(epilog="Example: vanban check --from 2024-07-01 --to 2024-07-31")
def check(
    context: typer.Context,
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Whether the published figures cohere: parts add up, subsets do not exceed their set. Ends with 1 where one does not."""
    if context.invoked_subcommand:
        return
    import polars as pl

    from metrics.coherence import run_checks

    with open_published(existing_home(home)) as snapshot:
        results = run_checks(snapshot, period_of(snapshot, from_on, to_on, preset), scope_of(unit, group))
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


@check_app.command("figures", epilog="Example: vanban check figures report.txt")
def check_typed_figures(
    file: Annotated[Path, typer.Argument(help="One statement per line, such as 2.016 = 1.271 + 745 or 1.848 / 2.996 = 61,68%; - for stdin.")],
    output: FormatOption = Format.table,
) -> None:
    """Whether figures typed from any report agree with each other. Ends with 1 where some do not."""
    import polars as pl

    from metrics.figures import check_figures

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read as UTF-8 text ({error}). Name a text file, or - for what you type.") from None
    results = check_figures(text, str(file))
    frame = pl.DataFrame(
        {
            "line": [result.line for result in results],
            "agrees": [result.is_right for result in results],
            "statement": [result.text for result in results],
            "detail": [result.detail for result in results],
        }
    )
    show(frame, output, empty="Nothing to check.")
    if not all(result.is_right for result in results):
        raise typer.Exit(1)


# ---------------------------------------------------------------- what commands share


def existing_home(option: Path | None) -> Home:
    """The home that is meant; a newcomer who names none and stands nowhere special gets the demo, and is told."""
    home = home_of(option)
    if option is None and not os.environ.get("VANBAN_HOME") and not home.config.exists() and Home(DEMO_HOME).config.exists():
        tell("No vanban.toml in this folder: reading the demo. Name another home with --home DIR.")
        return Home(DEMO_HOME)
    return home


def preview_of(settings: Settings, source: str, rows: int) -> pl.DataFrame:
    """Five figures of a sample of one source, over all days that the sample speaks of; nothing stays on disk."""
    import tempfile

    from etl.preview import preview_snapshot
    from metrics.engines.duckdb import open_snapshot
    from metrics.values import metric_values

    names = ("activation_rate", "login_rate", "outgoing_documents", "fully_electronic_ratio", "internal_incoming")
    with tempfile.TemporaryDirectory(prefix="vanban-") as folder, open_snapshot(preview_snapshot(settings, source, rows, Path(folder))) as snapshot:
        return figures_for_people(metric_values(snapshot, names, period_of(snapshot, None, None, None)))


def is_published(home: Home) -> bool:
    """Whether this version of the program can read figures of the home."""
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot

    try:
        open_snapshot(published_snapshot(home.pointer)).close()
    except ConfigurationError:
        return False
    return True


def open_published(home: Home) -> Snapshot:
    from data.configuration import read_configuration
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot

    read_configuration(home)  # a wrong folder is told as such, not as missing figures
    return open_snapshot(published_snapshot(home.pointer))


def period_of(snapshot: Snapshot, from_on: datetime | None, to_on: datetime | None, preset: Preset | None) -> Period:
    """The period asked for; an end left open is the first or the last day that the data speak of."""
    from metrics.periods import PRESETS, Period

    last = to_on.date() if to_on else snapshot.info.cutoff_on
    if preset is None:
        return Period(from_on.date() if from_on else snapshot.info.first_on, last)
    if from_on is not None:
        raise ConfigurationError("--period and --from contradict each other. Give --period with --to (a day within it), or --from with --to.")
    return next(usual.of(last) for usual in PRESETS if usual.name == preset.value)


def scope_of(
    unit: str | None,
    group: int | None,
    tree: Tree = Tree.as_was,
    levels: list[str] | None = None,
    provinces: list[str] | None = None,
    only: list[str] | None = None,
) -> Scope:
    from metrics.scope import Scope

    return Scope(
        unit_code=unit, group=group, tree=tree.value, levels=tuple(levels or ()), provinces=tuple(provinces or ()), unit_codes=tuple(only or ())
    )


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

"""One run, from the document system to a published snapshot: fetch, stage, check, model, publish.

Whatever fails, fails before the pointer is replaced: what was published before stays in force.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, NoReturn

import duckdb

from data.errors import ConfigurationError, DataRefused, VanbanError
from data.paths import REFERENCE, Home
from etl import history
from etl.batches import Chain, chains_in_force, landed_chains
from etl.casts import Zones
from etl.checks import CHECKS
from etl.checks.suite import Verdict, load_in_background, run_checks
from etl.core import build_core
from etl.description import describe_run, facts_of, make_span
from etl.drift import drift
from etl.durable_files import remove_unfinished
from etl.fail_points import reach
from etl.history import EntityAccount, RunResult
from etl.landing import Asked, fetch_source, refuse_other_secret
from etl.lock import only_run
from etl.log import RunLog
from etl.progress import Progress, Silent
from etl.pseudonym import Pseudonyms, pseudonyms_of
from etl.publish import content_hash, in_force, publish, remove_old_snapshots
from etl.settings import Settings
from etl.source_check import check_source as check_source
from etl.sources.source import Source
from etl.staging import make_canonical, reject_reasons, stage

if TYPE_CHECKING:
    import polars as pl


def run_etl(settings: Settings, progress: Progress | None = None, asked: Asked | None = None) -> RunResult:
    """Fetches every source and publishes what came, unless it is what is published already.

    Raises VanbanError with the way out (AnotherRun when one is at work); the run is in the history either way.
    """
    return _one_run(settings, progress or Silent(), asked or Asked())


def rebuild_etl(settings: Settings, progress: Progress | None = None) -> RunResult:
    """Publishes anew from what was landed, asking no source: the content hash is the one of the run that landed it."""
    return _one_run(settings, progress or Silent(), None)


def etl_status(home: Home, limit: int = 20) -> pl.DataFrame:
    """The last runs, newest first, one row each."""
    return history.runs_frame(history.last_runs(home, limit))


@dataclass
class _Work:
    """What the steps of one run share."""

    settings: Settings
    progress: Progress
    pseudonyms: Pseudonyms
    warehouse: duckdb.DuckDBPyConnection
    seconds: dict[str, float]
    """Duration of each step, filled as they end."""
    log: RunLog
    warnings: list[str] = field(default_factory=list)
    """What the steps found worth telling, beside checks and refused rows."""

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.progress.step(name)
        started = time.perf_counter()
        is_done = False
        try:
            yield
            is_done = True
        finally:
            self.seconds[name] = round(time.perf_counter() - started, 3)
            self.log.write("step", step=name, seconds=self.seconds[name], outcome="done" if is_done else "failed")


def _one_run(settings: Settings, progress: Progress, asked: Asked | None) -> RunResult:
    """The steps under the home's lock, in a warehouse of their own, with an entry in the history however they end."""
    home = settings.home
    started_at = dt.datetime.now(dt.UTC)
    begun = RunResult(started_at.strftime(history.RUN_NAME), "failed", started_at.isoformat(timespec="seconds"), seconds={})
    log = RunLog(home, begun.run)
    with only_run(home.lock):
        try:
            log.write("run started", kind="run" if asked else "rebuild")
            _clear_remains(home)
            reach("run.begun")
            pseudonyms = pseudonyms_of(home, settings.environment)
            refuse_other_secret(home, settings.sources, pseudonyms)
            with _warehouse(home, begun.run) as warehouse:
                reach("run.warehouse_opened")
                work = _Work(settings, progress, pseudonyms, warehouse, begun.seconds, log)
                if asked:
                    _knock(work, asked)
                loading = load_in_background()
                try:
                    result = _five_steps(work, begun, asked)
                finally:
                    loading.join()
            history.record(home, result)
            reach("run.recorded")
            _log_end(log, result)
        except BaseException as error:
            _record_failure(home, begun, log, error)
            _raise_plainly(home, error)
        return result


def _knock(work: _Work, asked: Asked) -> None:
    """Opens every source once: better to hear now that one is away than after the others were fetched for an hour."""
    with work.step("connect"):
        for source in filter(lambda source: asked.means(source.name), work.settings.sources):
            with source.open(work.settings.environment):
                pass


def _five_steps(work: _Work, begun: RunResult, asked: Asked | None) -> RunResult:
    home = work.settings.home
    with work.step("fetch"):
        chains = [chain for source in work.settings.sources for chain in _chains(work, source, asked)]
    with work.step("stage"):
        accounts = _stage(work, chains)
    with work.step("check"):
        verdicts = _check(work)
        reach("check.done")
    with work.step("model"):
        build_core(work.warehouse)
        reach("model.built")
        describe_run(work.warehouse, accounts, verdicts)
        facts = facts_of(work.warehouse, work.settings)
        digest = content_hash(work.warehouse, facts)
    with work.step("publish"):
        published = in_force(home)
        is_changed = published is None or (published.content_hash, published.cutoff_at) != (digest, facts.cutoff_at)
        if published is None or is_changed or not asked:  # a rebuild is asked for where the published file is in doubt
            published = publish(work.warehouse, home, facts, digest)
            is_changed = True
            remove_old_snapshots(home, work.settings.keep_snapshots)
            reach("publish.old_removed")
    return dataclasses.replace(
        begun,
        status="published" if is_changed else "unchanged",
        snapshot=published.snapshot,
        content_hash=digest,
        entities=tuple(accounts),
        warnings=(*work.warnings, *_warnings(work.warehouse, accounts, verdicts)),
        message=f"Published snapshot {published.snapshot}." if is_changed else f"Nothing has changed: {published.snapshot} stays published.",
    )


def _chains(work: _Work, source: Source, asked: Asked | None) -> list[Chain]:
    home = work.settings.home
    if asked is None or not asked.means(source.name):
        return landed_chains(home, source)
    before = chains_in_force(home, source)
    started = time.perf_counter()
    landed = fetch_source(home, source, work.pseudonyms, work.settings.environment, work.progress, asked)
    for entity in landed:
        work.log.write("entity fetched", source=source.name, entity=entity.chain.entity, batch=entity.chain.newest.batch, how=entity.how)
    chains = [entity.chain for entity in landed]
    batches = [chain.newest for chain in chains]
    work.log.write(
        "source fetched",
        source=source.name,
        kind=source.kind,
        entities=len(batches),
        rows_in=sum(batch.rows_in for batch in batches),
        rows_landed=sum(batch.rows_landed for batch in batches),
        bytes=sum(batch.bytes for batch in batches),
        seconds=round(time.perf_counter() - started, 3),
    )
    work.warnings.extend(drift({entity: chain.newest for entity, chain in before.items()}, batches))
    return chains


def _stage(work: _Work, chains: Sequence[Chain]) -> list[EntityAccount]:
    settings = work.settings
    accounts: list[EntityAccount] = []
    for chain in chains:
        work.progress.step(f"stage {chain.source}: {chain.entity}")
        zones = Zones(settings.source(chain.source).time_zone, settings.time_zone)
        of_chain = stage(work.warehouse, settings.home, chain, zones, work.pseudonyms)
        for account in of_chain:
            work.log.write("entity staged", **asdict(account))
        accounts += of_chain
        reach("stage.entity_staged")
    make_canonical(work.warehouse, [(chain.source, chain.entity) for chain in chains], REFERENCE / "levels.csv")
    make_span(work.warehouse, settings.time_zone, max(chain.fetched_at for chain in chains))
    return accounts


def _check(work: _Work) -> list[Verdict]:
    verdicts = run_checks(work.warehouse, CHECKS)
    refusals = [verdict.sentence for verdict in verdicts if not verdict.is_passed and verdict.check.severity == "fail"]
    if refusals:
        raise DataRefused(f"The data failed a check, and what was published before stays. {' '.join(refusals)}")
    return verdicts


def _warnings(warehouse: duckdb.DuckDBPyConnection, accounts: Sequence[EntityAccount], verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    warnings = [verdict.sentence for verdict in verdicts if not verdict.is_passed]
    for account in history.by_entity(accounts):
        if account.rows_rejected:
            reasons = "; ".join(f"{column}: {reason}, {rows}" for column, reason, rows in reject_reasons(warehouse, account.source, account.entity))
            warnings.append(
                f"source {account.source}: {account.rows_rejected} of {account.rows_in} rows of {account.entity} were refused ({reasons})."
            )
    return tuple(warnings)


@contextlib.contextmanager
def _warehouse(home: Home, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A fresh DuckDB file for this run alone, gone when the run ends."""
    home.builds.mkdir(parents=True, exist_ok=True)
    path = home.builds / f"{name}.duckdb"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": (home.builds / f"{name}.spill").as_posix(),
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
    }
    try:
        with duckdb.connect(path.as_posix(), config=settings) as warehouse:
            warehouse.execute("SET TimeZone = 'UTC'")
            yield warehouse
    finally:
        _remove_builds(home)


def _clear_remains(home: Home) -> None:
    """Writes down a run that was killed, and removes what it left."""
    for build in sorted(home.builds.glob("*.duckdb")):
        killed = history.killed_run(build)
        history.record(home, killed)
        _log_end(RunLog(home, killed.run), killed)
    _remove_builds(home)
    for folder in (home.landing, home.snapshots):
        remove_unfinished(folder)


def _remove_builds(home: Home) -> None:
    for path in home.builds.glob("*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _log_end(log: RunLog, result: RunResult) -> None:
    for warning in result.warnings:
        log.write("warning", message=warning)
    log.write("run ended", status=result.status, snapshot=result.snapshot, seconds=round(sum(result.seconds.values()), 3), message=result.message)


def _record_failure(home: Home, begun: RunResult, log: RunLog, error: BaseException) -> None:
    # Messages of our own quote no data; those of a library may.
    message = str(error) if isinstance(error, VanbanError) else f"stopped by {type(error).__name__}"
    with contextlib.suppress(OSError):  # on a full disk the error itself matters more than its record
        history.record(home, dataclasses.replace(begun, message=message))
    _log_end(log, dataclasses.replace(begun, message=message))


def _raise_plainly(home: Home, error: BaseException) -> NoReturn:
    """Says what a full disk or a missing permission means here; anything else goes on as it is."""
    if isinstance(error, OSError):
        raise ConfigurationError(
            f"{home.var} cannot be written: {error.strerror or error}. Free space or give permission, then run again."
        ) from error
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
        raise ConfigurationError(f"{home.var} cannot be written: {str(error).splitlines()[0]}. Free space or memory, then run again.") from error
    raise error

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
from typing import NoReturn

import duckdb

from data import run_history as history
from data.errors import ConfigurationError, DataRefused, VanbanError
from data.outcomes import Outcome
from data.paths import Home
from data.private_files import private_files
from data.run_history import EntityAccount, RunResult
from data.spark import Spark, open_spark
from data.version import state_home_version
from etl.checks import CHECKS
from etl.checks.refused_rows import sources_without_parent, too_many_refused
from etl.checks.suite import Verdict, run_checks
from etl.landing.batches import Chain, landed_chains, manifests_in_force
from etl.landing.fetch_source import Asked, fetch_source, refuse_other_secret
from etl.landing.pseudonyms import Pseudonyms, pseudonyms_of
from etl.landing.schema_drift import drift
from etl.model import CORE, build_core
from etl.model.content_hash import content_hash, fingerprints_of
from etl.model.delivered import make_delivered
from etl.model.describe_run import DESCRIBED, describe_run, facts_of, make_span
from etl.model.spark import build_core_on_spark
from etl.model.update import CoreUpdate, update_core
from etl.model.warehouse import Made, fresh_warehouse, keep, kept_warehouse, last_made, marker_of, note_made, set_aside
from etl.publish.snapshots import in_force, publish, remove_old_snapshots
from etl.runs.durable_files import remove_unfinished
from etl.runs.fail_points import reach
from etl.runs.lost_rows import accounts_before, declines
from etl.runs.progress import Progress, Silent
from etl.runs.run_lock import only_run
from etl.runs.run_log import RunLog
from etl.settings import Settings
from etl.sources.access_log.events import UNFITTED
from etl.sources.source import Source
from etl.staging.casts import Zones
from etl.staging.conflicting_rows import make_key_conflicts
from etl.staging.own_tables import levels_from_data
from etl.staging.remembered_people import PeopleOf, add_remembered_people
from etl.staging.stage import make_canonical, reject_reasons, stage
from etl.staging.stage_changes import TooMuchChanged, clear_touched, stage_changes


def run_etl(settings: Settings, progress: Progress | None = None, asked: Asked | None = None) -> RunResult:
    """Fetches every source and publishes what came, unless it is what is published already.

    Raises VanbanError with the way out (AnotherRun when one is at work); the run is in the history either way.
    """
    with private_files(settings.home):
        return _one_run(settings, progress or Silent(), asked or Asked())


def rebuild_etl(settings: Settings, progress: Progress | None = None, engine: str = "") -> RunResult:
    """Publishes anew from what was landed, asking no source: the content hash is the one of the run that landed it.

    `engine`, the address of a Spark, makes the core there. Raises SparkUnreachable where it does not answer or goes away.
    """
    with private_files(settings.home), open_spark(engine) if engine else contextlib.nullcontext() as spark:
        return _one_run(settings, progress or Silent(), None, spark)


@dataclass
class _Work:
    """What the steps of one run share."""

    settings: Settings
    progress: Progress
    asked: Asked | None
    """What is asked of the sources; None for a rebuild, which asks none."""
    begun: RunResult
    """The run as it began; its `seconds` are filled as steps end."""
    log: RunLog
    pseudonyms: Pseudonyms
    spark: Spark | None
    """Makes the core, in place of DuckDB."""
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
            seconds = self.begun.seconds[name] = round(time.perf_counter() - started, 3)
            self.log.write("step", step=name, seconds=seconds, outcome="done" if is_done else "failed")


def _one_run(settings: Settings, progress: Progress, asked: Asked | None, spark: Spark | None = None) -> RunResult:
    """The steps under the home's lock, in a warehouse of their own, with an entry in the history however they end."""
    home = settings.home
    started_at = dt.datetime.now(dt.UTC)
    begun = RunResult(started_at.strftime(history.RUN_NAME), "failed", started_at.isoformat(timespec="seconds"), seconds={})
    log = RunLog(home, begun.run)
    with only_run(home.lock):
        if wrong := history.clock_behind(home, started_at):  # its record would stand among earlier ones, and its snapshot before older ones
            raise ConfigurationError(wrong)
        try:
            log.write("run started", kind="run" if asked else "rebuild")
            _clear_remains(home)
            history.keep_reserve(home)
            state_home_version(home)
            (home.builds / f"{begun.run}.begun").touch()  # tells the next run of this one, should it be killed
            reach("run.begun")
            pseudonyms = pseudonyms_of(home, settings.environment)
            refuse_other_secret(home, settings.sources, pseudonyms)
            result = _fetch_and_publish(_Work(settings, progress, asked, begun, log, pseudonyms, spark))
            history.record(home, result)
            reach("run.recorded")
            _log_end(log, result)
        except BaseException as error:
            _record_failure(home, begun, log, error)
            _raise_plainly(home, error)
        finally:
            _remove_builds(home)
        return result


def _fetch_and_publish(work: _Work) -> RunResult:
    """In the warehouse that the last run kept where it is of use, else in a fresh one that is kept then; a rebuild trusts nothing that was kept."""
    home = work.settings.home
    if work.asked:
        _check_sources_reachable(work, work.asked)
    with work.step("fetch"):
        chains = [chain for source in work.settings.sources for chain in _chains(work, source)]
    marker = marker_of(work.settings)
    result = _update_kept_warehouse(work, chains, marker) if work.asked else None
    if result is None:
        with fresh_warehouse(home, work.begun.run, work.settings.memory) as warehouse:
            reach("warehouse.opened")
            result = _stage_and_publish(work, warehouse, chains, marker, is_kept=False)
        keep(home, work.begun.run)
    return result


def _check_sources_reachable(work: _Work, asked: Asked) -> None:
    """Opens every source once: better to learn now that one is away than after the others were fetched for an hour."""
    with work.step("connect"):
        for source in filter(lambda source: asked.means(source.name), work.settings.sources):
            with source.open(work.settings.environment):
                pass


def _update_kept_warehouse(work: _Work, chains: Sequence[Chain], marker: str) -> RunResult | None:
    """Adds what is new to the kept warehouse, in one transaction; None where there is none, or it is damaged, or too much has changed."""
    home = work.settings.home
    try:
        with kept_warehouse(home, marker, work.settings.memory) as warehouse:
            if warehouse is None:
                return None
            reach("warehouse.opened")
            warehouse.execute("BEGIN TRANSACTION")
            return _stage_and_publish(work, warehouse, chains, marker, is_kept=True)
    except TooMuchChanged:
        work.log.write("kept warehouse set aside", reason="events were fetched whole")
    except (duckdb.Error, RuntimeError) as error:  # what was landed makes it again
        work.log.write("kept warehouse set aside", reason=f"it could not be brought up to date ({type(error).__name__})")
        set_aside(home)
    return None


def _stage_and_publish(work: _Work, warehouse: duckdb.DuckDBPyConnection, chains: Sequence[Chain], marker: str, is_kept: bool) -> RunResult:
    """Stages, checks, models and publishes the chains: whole, or in a kept warehouse what changed since."""
    home = work.settings.home
    before = last_made(warehouse)
    with work.step("stage"):
        accounts = _stage(work, warehouse, chains, is_kept)
    with work.step("check"):
        verdicts = _check(work, warehouse, accounts)
        reach("check.done")
    with work.step("model"):
        if is_kept:
            update = update_core(warehouse, before.fingerprints)
        else:
            if work.spark:
                build_core_on_spark(warehouse, work.spark, home.builds / f"{work.begun.run}.spark")
            else:
                build_core(warehouse)
            update = CoreUpdate(fingerprints_of(warehouse, CORE))
        reach("model.built")
        describe_run(warehouse, accounts, verdicts)
        update.fingerprints |= fingerprints_of(warehouse, DESCRIBED)
        update.conditions |= dict.fromkeys(DESCRIBED, "true")
        facts = facts_of(warehouse, work.settings)
        digest = content_hash(update.fingerprints, facts.time_zone, facts.is_synthetic)
        note_made(warehouse, Made(marker, digest, update.fingerprints))
        if is_kept:
            warehouse.execute("COMMIT")
        reach("warehouse.committed")
    with work.step("publish"):
        published = in_force(home)
        is_changed = (
            published is None or not published.is_of_this_program or (published.content_hash, published.cutoff_at) != (digest, facts.cutoff_at)
        )
        if published is None or is_changed or not work.asked:  # a rebuild is asked for where the published file is in doubt
            is_base = is_kept and published is not None and published.is_of_this_program and published.content_hash == before.content_hash
            published = publish(warehouse, home, facts, digest, *((published, update) if is_base else ()))
            is_changed = True
            remove_old_snapshots(home, work.settings.keep_snapshots)
            reach("publish.old_removed")
    return dataclasses.replace(
        work.begun,
        status="published" if is_changed else "unchanged",
        snapshot=published.snapshot,
        content_hash=digest,
        entities=tuple(accounts),
        warnings=(*work.warnings, *declines(accounts_before(home), accounts), *_warnings(warehouse, accounts, verdicts)),
        message=f"Published snapshot {published.snapshot}." if is_changed else f"Nothing has changed: {published.snapshot} stays published.",
    )


def _chains(work: _Work, source: Source) -> list[Chain]:
    home = work.settings.home
    if work.asked is None or not work.asked.means(source.name):
        return landed_chains(home, source)
    before = {batch.entity: batch for batch in manifests_in_force(home, source)}
    started = time.perf_counter()
    landed = fetch_source(home, source, work.pseudonyms, work.settings.environment, work.progress, work.asked)
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
    work.warnings.extend(drift(before, batches))
    return chains


def _stage(work: _Work, warehouse: duckdb.DuckDBPyConnection, chains: Sequence[Chain], is_kept: bool) -> list[EntityAccount]:
    settings = work.settings
    accounts: list[EntityAccount] = []
    if is_kept:
        clear_touched(warehouse)
    for chain in chains:
        work.progress.step(f"stage {chain.source}: {chain.entity}")
        source = settings.source(chain.source)
        zones = Zones(source.time_zone, settings.time_zone, source.date_order(chain.entity), source.is_synthetic)
        of_chain = (stage_changes if is_kept else stage)(warehouse, settings.home, chain, zones, work.pseudonyms)
        for account in of_chain:
            work.log.write("entity staged", **asdict(account))
        accounts += of_chain
        reach("stage.entity_staged")
    last_only = [source.name for source in settings.sources if source.tells_last_logins_only]
    work.warnings.extend(
        f"source {name}: it tells of each account's last login alone, so that figures of logins have a value only for a period with the last day."
        for name in last_only
    )
    in_each_unit = [source.name for source in settings.sources if source.is_in_each_unit]
    ledgers = [source.name for source in settings.sources if source.kind == "ledger"]
    make_canonical(warehouse, [(chain.source, chain.entity) for chain in chains], settings.organisation, in_each_unit, last_only, ledgers)
    make_key_conflicts(warehouse, chains)
    for told in filter(None, (levels_from_data(warehouse, settings.organisation), settings.assumed_words)):
        work.progress.step(told)
    people = [
        PeopleOf(chain.source, chain.fetched_at, settings.source(chain.source).keeps_vanished_accounts)
        for chain in chains
        if chain.entity == "account"
    ]
    work.warnings.extend(add_remembered_people(warehouse, settings.home, people, settings.time_zone))
    make_span(warehouse, settings.time_zone, max(chain.fetched_at for chain in chains), is_kept)
    make_delivered(warehouse)
    return accounts


def _check(work: _Work, warehouse: duckdb.DuckDBPyConnection, accounts: Sequence[EntityAccount]) -> list[Verdict]:
    too_many = too_many_refused(work.settings.sources, accounts, sources_without_parent(warehouse))
    refusals = [f"{sentence} Refused were: {_reasons(warehouse, account)}." for account, sentence in too_many]
    verdicts = run_checks(warehouse, CHECKS)
    refusals += [verdict.sentence for verdict in verdicts if verdict.outcome == Outcome.FAILED and verdict.check.severity == "fail"]
    if refusals:
        raise DataRefused(f"The data failed a check, and what was published before stays. {' '.join(refusals)}")
    return verdicts


def _warnings(warehouse: duckdb.DuckDBPyConnection, accounts: Sequence[EntityAccount], verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    warnings = [verdict.sentence for verdict in verdicts if verdict.outcome == Outcome.FAILED]
    for account in history.by_entity(accounts):
        if account.rows_rejected:
            refused = f"{account.rows_rejected} of {account.rows_in} rows of {account.entity} were refused"
            warnings.append(f"source {account.source}: {refused} ({_reasons(warehouse, account)}).")
        if missed := account.left_out.get(UNFITTED):
            warnings.append(
                f"source {account.source}: {missed} requests of somebody, with a status that is no error, fit no rule and are in no figure. "
                "Add the rules that are missing, or end them with { path = '.*', kind = 'ignore' } where that is meant."
            )
    return tuple(warnings)


def _reasons(warehouse: duckdb.DuckDBPyConnection, account: EntityAccount) -> str:
    return "; ".join(f"{column}: {reason}, {rows}" for column, reason, rows in reject_reasons(warehouse, account.source, account.entity))


def _clear_remains(home: Home) -> None:
    """Writes down a run that was killed, and removes what it left."""
    for begun in sorted(home.builds.glob("*.begun")):
        killed = history.killed_run(begun)
        history.record(home, killed)
        _log_end(RunLog(home, killed.run), killed)
    _remove_builds(home)
    home.builds.mkdir(parents=True, exist_ok=True)
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
    log.write("run ended", status=result.status, snapshot=result.snapshot, seconds=round(result.total_seconds, 3), message=result.message)


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

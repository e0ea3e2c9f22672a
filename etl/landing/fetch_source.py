"""From a source to the landing: fetches what is new, or everything, and writes it as immutable batches.

`var/landing/<source>/<entity>/<batch>.parquet` with a manifest beside it. All columns are text, as the source gave it, except that people's keys are
already pseudonyms and rows above the ordinary security level are left behind. `<source>/current.json` names the chains of batches that belong
together (`batches`); it is replaced once all entities of a source are whole on disk, so that a run which is killed half way leaves the earlier set
in force.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.errors import ConfigurationError, DataRefused
from data.paths import Home
from etl.contract import ENTITY
from etl.landing.batches import Chain, chains_in_force, is_as_before, ledger_in_force, manifests_in_force, put_in_force, shape_change
from etl.landing.changed_rows import disagrees, is_older, marks_of, older_bound, reach_of, workbench, write_difference
from etl.landing.fetch_entity import Fetch
from etl.landing.fetch_files import land_new_files, refuse_lost_files
from etl.landing.pseudonyms import Pseudonyms
from etl.runs.durable_files import UNFINISHED
from etl.runs.fail_points import reach
from etl.runs.progress import Progress
from etl.sources.database.cursor import Cursor, Since
from etl.sources.source import FileConnection, PartConnection, Reading, Source

LONGEST_CHAIN = 90
"""Batches of changes after which an entity is fetched whole once: so the landing stays short, and what no comparison finds is set right."""


@dataclass(frozen=True)
class Asked:
    """What a run was asked for beyond the usual."""

    is_whole: bool = False
    """Fetch everything, whatever was fetched before."""
    compares_keys: bool = False
    """Compare all keys now, where there is a cursor."""
    sources: tuple[str, ...] = ()
    """Fetch these alone; empty for all."""

    def means(self, source: str) -> bool:
        return not self.sources or source in self.sources


@dataclass(frozen=True)
class Landed:
    """One entity after its fetch."""

    chain: Chain
    how: str
    """For the log: what was asked for and why."""


class SourceWentBack(DataRefused):
    """A source's newest row is older than what was read from it before."""


def fetch_source(
    home: Home, source: Source, pseudonyms: Pseudonyms, environment: Mapping[str, str], progress: Progress, asked: Asked | None = None
) -> list[Landed]:
    """Lands every entity of a source as of one moment and puts the chains in force.

    Raises DataRefused when an entity without which no figure can be computed comes empty or the source went back in time, SourceUnreachable when rows
    go missing on the way.
    """
    fetched_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    before = chains_in_force(home, source)
    landed = []
    with source.open(environment) as connection:
        for name in source.entities:
            progress.step(f"fetch {source.name}: {name}")
            fetch = Fetch(home, source, connection, ENTITY[name], pseudonyms, fetched_at, progress)
            landed.append(land(fetch, before.get(name), asked or Asked()))
    put_in_force(home, source, [entity.chain for entity in landed])
    reach("landing.set_in_force")
    return landed


def refuse_other_secret(home: Home, sources: Sequence[Source], pseudonyms: Pseudonyms) -> None:
    """Raises ConfigurationError when what has been landed was pseudonymised with another secret: every account would silently become a new one."""
    for source in sources:
        if any(batch.secret_id != pseudonyms.secret_id for batch in manifests_in_force(home, source)):
            raise ConfigurationError(
                f"The account key is not the one that {home.landing} was filled with, so that no account would be recognised. "
                f"Restore {home.account_key_file} (or VANBAN_ACCOUNT_KEY), or remove {home.landing} to begin anew with new pseudonyms."
            )


def land(fetch: Fetch, before: Chain | None, asked: Asked) -> Landed:
    """The newer rows alone where that is enough, else everything."""
    if isinstance(fetch.connection, FileConnection) and fetch.connection.reads_new_files(fetch.entity):
        return _land_files(fetch, fetch.connection, before, asked)
    cursor = fetch.source.cursor(fetch.entity.name)
    if cursor is None or not isinstance(fetch.connection, PartConnection):
        return _land_whole(fetch, None, "")
    if asked.is_whole:
        return _land_whole(fetch, cursor, "because it was asked for")
    if before is None:
        return _land_whole(fetch, cursor, "because nothing of it stands landed")
    last = before.newest
    if (last.cursor, bool(last.watermark)) != (cursor.column, True):
        return _land_whole(fetch, cursor, "because its cursor is new")
    if len(before.batches) > LONGEST_CHAIN:
        return _land_whole(fetch, cursor, f"because {LONGEST_CHAIN} batches of changes have gathered")
    since = cursor.since(last.cursor_kind, last.watermark)  # type: ignore[arg-type]  # a kind when it was written
    is_due = asked.compares_keys or _is_due(cursor, before, fetch.fetched_at)
    return _land_since(fetch, fetch.connection, cursor, since, before, is_due)


def _land_files(fetch: Fetch, connection: FileConnection, before: Chain | None, asked: Asked) -> Landed:
    """The new files alone where that is enough."""
    anew = again = ""
    if before is None:
        anew = "because nothing of it stands landed"
        if not asked.is_whole:
            refuse_lost_files(fetch, connection, ledger_in_force(fetch.home, fetch.source, fetch.entity.name))
    elif asked.is_whole:
        again = "because it was asked for"
    elif before.newest.query_hash != fetch.source.settings_hash(fetch.entity.name):
        again = f"because {fetch.entity.name}.sql or its part of source.toml was changed"
    elif len(before.batches) > LONGEST_CHAIN:
        anew = f"because {LONGEST_CHAIN} batches of changes have gathered"
    return Landed(*land_new_files(fetch, connection, before, anew, again))


def _land_whole(fetch: Fetch, cursor: Cursor | None, why: str) -> Landed:
    """Writes one batch of everything, unless it holds what the last one holds: then that one stays and nothing is written."""
    reading = fetch.connection.read(fetch.entity)
    fetch.refuse_empty(reading)
    last, path, name = fetch.next_batch()
    landed = fetch.write_rows(path, reading)
    reach("landing.rows_written")
    batch = fetch.batch(name, path, reading, rows_landed=landed, rows_filtered=reading.rows_in - landed)
    if cursor:
        with workbench(fetch.home) as database:
            found = reach_of(database, path, cursor.column, reading.cursor_kind, fetch.fetched_at, fetch.source.time_zone)
            marks = marks_of(database, path, cursor.column, found.kind)
        batch = dataclasses.replace(batch, cursor=cursor.column, cursor_kind=found.kind, watermark=found.newest or "", marks=marks)
    compared_at = fetch.fetched_at if cursor and cursor.compare_every else ""
    how = f"whole {why}".strip() + _by(reading)
    if last is not None and is_as_before(fetch.home, last, batch):
        path.unlink()
        return Landed(Chain((last,), compared_at), f"{how}, nothing changed")
    fetch.put_in_place(path, batch)
    return Landed(Chain((batch,), compared_at), how)


def _land_since(fetch: Fetch, connection: PartConnection, cursor: Cursor, since: Since, before: Chain, compares_keys: bool) -> Landed:
    """Writes what came and went since the batches before, if anything did."""
    with workbench(fetch.home) as database:
        _, target, name = fetch.next_batch()
        delivered = target.with_name(f"{name}.delivered.parquet{UNFINISHED}")
        if compares_keys:
            key = (*fetch.entity.key, *(("security_level",) if fetch.entity.is_classified else ()))
            keys = connection.read_part(fetch.entity, None, tuple(dict.fromkeys((*key, since.column))))
            fetch.write_rows(delivered, keys)
            names = tuple(dict.fromkeys((*fetch.entity.key, since.column)))
            since = dataclasses.replace(since, bound=older_bound(database, fetch.home, before, delivered, names, since))
        reading = connection.read_part(fetch.entity, since)
        changed = shape_change(before.newest, reading)
        if changed:
            return _land_whole(fetch, cursor, f"because {changed}")
        arrived = fetch.write_rows(delivered, reading)
        reach("landing.rows_written")
        if disagrees(database, delivered, since):
            return _land_whole(fetch, cursor, f"because the source compares {since.column} in a way of its own")
        newest = reach_of(database, delivered, since.column, since.kind, fetch.fetched_at, fetch.source.time_zone).newest
        watermark = before.newest.watermark
        if is_older(database, since.kind, newest, watermark):
            raise SourceWentBack(
                f"source {fetch.source.name}: the newest {since.column} of {fetch.entity.name} is {newest or 'gone'}, though {watermark} had been "
                "read before: it seems to have been restored from a backup. What was published before stays. "
                "If it is right as it is now, run `vanban etl run --full`."
            )
        difference = write_difference(database, fetch.home, before, delivered, since, fetch.entity.key, target)
        reach("landing.difference_written")
    delivered.unlink()
    compared_at = fetch.fetched_at if compares_keys else before.compared_at
    how = f"since {since.column} {since.bound}{', all keys compared' if compares_keys else ''}: {arrived} rows read{_by(reading)}"
    if not difference.came and not difference.went:
        target.unlink()
        return Landed(dataclasses.replace(before, compared_at=compared_at), f"{how}, nothing changed")
    batch = dataclasses.replace(
        fetch.batch(name, target, reading, rows_landed=difference.came, rows_filtered=reading.rows_in - arrived),
        is_change=True,
        rows_known=difference.known,
        rows_removed=difference.went,
        cursor=since.column,
        cursor_kind=since.kind,
        watermark=str(newest),
    )
    fetch.put_in_place(target, batch)
    return Landed(Chain((*before.batches, batch), compared_at), f"{how}, {difference.came} came, {difference.went} went")


def _by(reading: Reading) -> str:
    return f", by {reading.way}" if reading.way else ""


def _is_due(cursor: Cursor, before: Chain, fetched_at: str) -> bool:
    if cursor.compare_every is None:
        return False
    compared_at = before.compared_at or before.batches[0].fetched_at
    return dt.datetime.fromisoformat(fetched_at) - dt.datetime.fromisoformat(compared_at) >= cursor.compare_every

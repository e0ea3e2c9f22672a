"""From a source to the landing: fetches what is new, or everything, and writes it as immutable batches.

`var/landing/<source>/<entity>/<batch>.parquet` with a manifest beside it. All columns are text, as the source gave it, except that people's keys are
already pseudonyms and rows above the ordinary security level are left behind. `<source>/current.json` names the chains of batches that belong
together (`batches`); it is replaced once all entities of a source are whole on disk, so that a run which is killed half way leaves the earlier set
in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.errors import ConfigurationError
from data.paths import Home
from etl.contract import ENTITY
from etl.landing.batches import Chain, chains_in_force, manifests_in_force, put_in_force, register_in_force
from etl.landing.entity_fetch import EntityFetch
from etl.landing.fetch_files import land_new_files, refuse_lost_files
from etl.landing.fetch_rows import land_newer_rows, land_whole
from etl.landing.pseudonyms import Pseudonyms
from etl.runs.fail_points import reach
from etl.runs.progress import Progress
from etl.sources.database.cursor import Cursor
from etl.sources.source import FileConnection, PartConnection, Source

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
            fetch = EntityFetch(home, source, connection, ENTITY[name], pseudonyms, fetched_at, progress)
            landed.append(Landed(*_land(fetch, before.get(name), asked or Asked())))
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


def _land(fetch: EntityFetch, before: Chain | None, asked: Asked) -> tuple[Chain, str]:
    """New files or newer rows alone where that is enough, else everything."""
    if isinstance(fetch.connection, FileConnection) and fetch.connection.reads_new_files(fetch.entity):
        return _land_files(fetch, fetch.connection, before, asked)
    cursor = fetch.source.cursor(fetch.entity.name)
    if cursor is None or not isinstance(fetch.connection, PartConnection):
        return land_whole(fetch, None, "")
    if asked.is_whole:
        return land_whole(fetch, cursor, "because it was asked for")
    if before is None:
        return land_whole(fetch, cursor, "because nothing of it stands landed")
    last = before.newest
    if last.cursor != cursor.column or not last.watermark:
        return land_whole(fetch, cursor, "because its cursor is new")
    if len(before.batches) > LONGEST_CHAIN:
        return land_whole(fetch, cursor, f"because {LONGEST_CHAIN} batches of changes have gathered")
    since = cursor.since(last.cursor_kind, last.watermark)  # type: ignore[arg-type]  # a kind when it was written
    compares_keys = asked.compares_keys or _is_comparison_due(cursor, before, fetch.fetched_at)
    return land_newer_rows(fetch, fetch.connection, cursor, since, before, compares_keys)


def _land_files(fetch: EntityFetch, connection: FileConnection, before: Chain | None, asked: Asked) -> tuple[Chain, str]:
    """The new files alone where that is enough."""
    anew = again = ""
    if before is None:
        anew = "because nothing of it stands landed"
        if not asked.is_whole:
            refuse_lost_files(fetch, connection, register_in_force(fetch.home, fetch.source, fetch.entity.name))
    elif asked.is_whole:
        again = "because it was asked for"
    elif before.newest.query_hash != fetch.source.settings_hash(fetch.entity.name):
        again = f"because {fetch.entity.name}.sql or its part of source.toml was changed"
    elif len(before.batches) > LONGEST_CHAIN:
        anew = f"because {LONGEST_CHAIN} batches of changes have gathered"
    return land_new_files(fetch, connection, before, anew, again)


def _is_comparison_due(cursor: Cursor, before: Chain, fetched_at: str) -> bool:
    if cursor.compare_every is None:
        return False
    compared_at = before.compared_at or before.batches[0].fetched_at
    return dt.datetime.fromisoformat(fetched_at) - dt.datetime.fromisoformat(compared_at) >= cursor.compare_every

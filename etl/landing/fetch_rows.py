"""Lands the rows of an entity that is not read file by file: all of them, or the newer ones as a batch of changes."""

from __future__ import annotations

import dataclasses

from data.errors import DataRefused
from etl.landing.batches import Chain, is_as_before, shape_change
from etl.landing.changed_rows import (
    difference_database,
    has_other_rows,
    is_older,
    marks_of,
    older_bound,
    reach_of,
    write_difference,
)
from etl.landing.entity_fetch import EntityFetch
from etl.runs.durable_files import UNFINISHED
from etl.runs.fail_points import reach
from etl.sources.database.cursor import Cursor, Since
from etl.sources.source import PartConnection, Reading


class SourceWentBack(DataRefused):
    """A source's newest row is older than what was read from it before."""


def land_whole(fetch: EntityFetch, cursor: Cursor | None, why: str) -> tuple[Chain, str]:
    """Writes one batch of everything, unless it holds what the last one holds: then that one stays and nothing is written."""
    reading = fetch.connection.read(fetch.entity)
    fetch.refuse_empty(reading)
    last, path, name = fetch.next_batch()
    landed = fetch.write_rows(path, reading)
    reach("landing.rows_written")
    batch = fetch.batch(name, path, reading, landed, reading.rows_in - landed)
    if cursor:
        with difference_database(fetch.home) as database:
            found = reach_of(database, path, cursor.column, reading.cursor_kind, fetch.fetched_at, fetch.source.time_zone)
            marks = marks_of(database, path, cursor.column, found.kind)
        batch = dataclasses.replace(batch, cursor=cursor.column, cursor_kind=found.kind, watermark=found.newest or "", marks=marks)
    compared_at = fetch.fetched_at if cursor and cursor.compare_every else ""
    how = f"whole {why}".strip() + _way(reading)
    if last is not None and is_as_before(fetch.home, last, batch):
        path.unlink()
        return Chain((last,), compared_at), f"{how}, nothing changed"
    fetch.put_in_place(path, batch)
    return Chain((batch,), compared_at), how


def land_newer_rows(
    fetch: EntityFetch, connection: PartConnection, cursor: Cursor, since: Since, before: Chain, compares_keys: bool
) -> tuple[Chain, str]:
    """Writes what came and went since the batches before, if anything did."""
    with difference_database(fetch.home) as database:
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
            return land_whole(fetch, cursor, f"because {changed}")
        arrived = fetch.write_rows(delivered, reading)
        reach("landing.rows_written")
        if has_other_rows(database, delivered, since):
            return land_whole(fetch, cursor, f"because the source compares {since.column} in a way of its own")
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
    how = f"since {since.column} {since.bound}{', all keys compared' if compares_keys else ''}: {arrived} rows read{_way(reading)}"
    if not difference.came and not difference.went:
        target.unlink()
        return dataclasses.replace(before, compared_at=compared_at), f"{how}, nothing changed"
    batch = fetch.batch(
        name,
        target,
        reading,
        difference.came,
        reading.rows_in - arrived,
        is_change=True,
        rows_known=difference.known,
        rows_removed=difference.went,
        cursor=since.column,
        cursor_kind=since.kind,
        watermark=str(newest),
    )
    fetch.put_in_place(target, batch)
    return Chain((*before.batches, batch), compared_at), f"{how}, {difference.came} came, {difference.went} went"


def _way(reading: Reading) -> str:
    return f", by {reading.way}" if reading.way else ""

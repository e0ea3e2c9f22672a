"""From a source to the landing: fetches what is new, or everything, and writes it as immutable batches.

`var/landing/<source>/<entity>/<batch>.parquet` with a manifest beside it. All columns are text, as the source gave it, except that people's keys are
already pseudonyms and rows above the ordinary security level are left behind. `<source>/current.json` names the chains of batches that belong
together (`batches`); it is replaced once all entities of a source are whole on disk, so that a run which is killed half way leaves the earlier set
in force.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import ConfigurationError, DataRefused, SourceUnreachable
from data.paths import Home
from etl import durable_files
from etl.batches import (
    REMOVED,
    Batch,
    Chain,
    chains_in_force,
    is_as_before,
    ledger_in_force,
    manifests_in_force,
    put_in_force,
    read_manifest,
    shape_change,
    write_manifest,
)
from etl.contract import ENTITY, Entity
from etl.durable_files import UNFINISHED, flush_folder, sha256_of
from etl.fail_points import reach
from etl.file_landing import land_new_files, refuse_lost_files
from etl.file_ledger import Span
from etl.increment import disagrees, is_older, marks_of, older_bound, reach_of, workbench, write_difference
from etl.landed_table import as_written, column_types, text_table
from etl.progress import Progress
from etl.pseudonym import Pseudonyms
from etl.sources.cursor import Cursor, Since
from etl.sources.source import PIECE, REFUSED, REFUSED_AT, Connection, FileConnection, PartConnection, Reading, Source

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
            landed.append(fetch.land(before.get(name), asked or Asked()))
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


@dataclass(frozen=True)
class Fetch:
    """One entity of an open source on its way to the landing."""

    home: Home
    source: Source
    connection: Connection
    entity: Entity
    pseudonyms: Pseudonyms
    fetched_at: str
    progress: Progress

    def land(self, before: Chain | None, asked: Asked) -> Landed:
        """The newer rows alone where that is enough, else everything."""
        if isinstance(self.connection, FileConnection) and self.connection.reads_new_files(self.entity):
            return self._land_files(self.connection, before, asked)
        cursor = self.source.cursor(self.entity.name)
        if cursor is None or not isinstance(self.connection, PartConnection):
            return self._land_whole(None, "")
        if asked.is_whole:
            return self._land_whole(cursor, "because it was asked for")
        if before is None:
            return self._land_whole(cursor, "because nothing of it stands landed")
        last = before.newest
        if (last.cursor, bool(last.watermark)) != (cursor.column, True):
            return self._land_whole(cursor, "because its cursor is new")
        if len(before.batches) > LONGEST_CHAIN:
            return self._land_whole(cursor, f"because {LONGEST_CHAIN} batches of changes have gathered")
        since = cursor.since(last.cursor_kind, last.watermark)  # type: ignore[arg-type]  # a kind when it was written
        is_due = asked.compares_keys or _is_due(cursor, before, self.fetched_at)
        return self._land_since(self.connection, cursor, since, before, is_due)

    def _land_files(self, connection: FileConnection, before: Chain | None, asked: Asked) -> Landed:
        """The new files alone where that is enough."""
        anew = again = ""
        if before is None:
            anew = "because nothing of it stands landed"
            if not asked.is_whole:
                refuse_lost_files(self, connection, ledger_in_force(self.home, self.source, self.entity.name))
        elif asked.is_whole:
            again = "because it was asked for"
        elif before.newest.query_hash != self.source.settings_hash(self.entity.name):
            again = f"because {self.entity.name}.sql or its part of source.toml was changed"
        elif len(before.batches) > LONGEST_CHAIN:
            anew = f"because {LONGEST_CHAIN} batches of changes have gathered"
        return Landed(*land_new_files(self, connection, before, anew, again))

    def _land_whole(self, cursor: Cursor | None, why: str) -> Landed:
        """Writes one batch of everything, unless it holds what the last one holds: then that one stays and nothing is written."""
        reading = self.connection.read(self.entity)
        self.refuse_empty(reading)
        last, path, name = self.next_batch()
        landed = self.write_rows(path, reading)
        reach("landing.rows_written")
        batch = self.batch(name, path, reading, rows_landed=landed, rows_filtered=reading.rows_in - landed)
        if cursor:
            with workbench(self.home) as database:
                found = reach_of(database, path, cursor.column, reading.cursor_kind, self.fetched_at, self.source.time_zone)
                marks = marks_of(database, path, cursor.column, found.kind)
            batch = dataclasses.replace(batch, cursor=cursor.column, cursor_kind=found.kind, watermark=found.newest or "", marks=marks)
        compared_at = self.fetched_at if cursor and cursor.compare_every else ""
        how = f"whole {why}".strip() + _by(reading)
        if last is not None and is_as_before(self.home, last, batch):
            path.unlink()
            return Landed(Chain((last,), compared_at), f"{how}, nothing changed")
        self.put_in_place(path, batch)
        return Landed(Chain((batch,), compared_at), how)

    def _land_since(self, connection: PartConnection, cursor: Cursor, since: Since, before: Chain, compares_keys: bool) -> Landed:
        """Writes what came and went since the batches before, if anything did."""
        with workbench(self.home) as database:
            _, target, name = self.next_batch()
            delivered = target.with_name(f"{name}.delivered.parquet{UNFINISHED}")
            if compares_keys:
                key = (*self.entity.key, *(("security_level",) if self.entity.is_classified else ()))
                keys = connection.read_part(self.entity, None, tuple(dict.fromkeys((*key, since.column))))
                self.write_rows(delivered, keys)
                names = tuple(dict.fromkeys((*self.entity.key, since.column)))
                since = dataclasses.replace(since, bound=older_bound(database, self.home, before, delivered, names, since))
            reading = connection.read_part(self.entity, since)
            changed = shape_change(before.newest, reading)
            if changed:
                return self._land_whole(cursor, f"because {changed}")
            arrived = self.write_rows(delivered, reading)
            reach("landing.rows_written")
            if disagrees(database, delivered, since):
                return self._land_whole(cursor, f"because the source compares {since.column} in a way of its own")
            newest = reach_of(database, delivered, since.column, since.kind, self.fetched_at, self.source.time_zone).newest
            watermark = before.newest.watermark
            if is_older(database, since.kind, newest, watermark):
                raise SourceWentBack(
                    f"source {self.source.name}: the newest {since.column} of {self.entity.name} is {newest or 'gone'}, though {watermark} had been "
                    "read before: it seems to have been restored from a backup. What was published before stays. "
                    "If it is right as it is now, run `vanban etl run --full`."
                )
            difference = write_difference(database, self.home, before, delivered, since, self.entity.key, target)
            reach("landing.difference_written")
        delivered.unlink()
        compared_at = self.fetched_at if compares_keys else before.compared_at
        how = f"since {since.column} {since.bound}{', all keys compared' if compares_keys else ''}: {arrived} rows read{_by(reading)}"
        if not difference.came and not difference.went:
            target.unlink()
            return Landed(dataclasses.replace(before, compared_at=compared_at), f"{how}, nothing changed")
        batch = dataclasses.replace(
            self.batch(name, target, reading, rows_landed=difference.came, rows_filtered=reading.rows_in - arrived),
            is_change=True,
            rows_known=difference.known,
            rows_removed=difference.went,
            cursor=since.column,
            cursor_kind=since.kind,
            watermark=str(newest),
        )
        self.put_in_place(target, batch)
        return Landed(Chain((*before.batches, batch), compared_at), f"{how}, {difference.came} came, {difference.went} went")

    def next_batch(self) -> tuple[Batch | None, Path, str]:
        """The last whole batch, where the next one is written, and its name. A number that a killed run used is not used again all the same."""
        folder = self.home.landing / self.source.name / self.entity.name
        folder.mkdir(parents=True, exist_ok=True)
        last = _newest(folder)
        sequence = 1 + (int(last.batch.partition("-")[0]) if last else 0)
        name = f"{sequence:06d}-{dt.datetime.fromisoformat(self.fetched_at):%Y%m%dT%H%M%SZ}"
        return last, folder / f"{name}.parquet{UNFINISHED}", name

    def batch(self, name: str, path: Path, reading: Reading, rows_landed: int, rows_filtered: int) -> Batch:
        return Batch(
            source=self.source.name,
            entity=self.entity.name,
            batch=name,
            fetched_at=self.fetched_at,
            rows_in=reading.rows_in,
            rows_landed=rows_landed,
            rows_filtered=rows_filtered,
            columns=reading.columns,
            bytes=path.stat().st_size,
            sha256=sha256_of(path),
            query_hash=reading.query_hash,
            secret_id=self.pseudonyms.secret_id,
            left_out=dict(reading.left_out.reasons),
            types=reading.types,
            has_refused=reading.has_refused,
        )

    def put_in_place(self, path: Path, batch: Batch) -> None:
        durable_files.put_in_place(path, batch.path(self.home))
        reach("landing.batch_placed")
        write_manifest(self.home, batch)
        reach("landing.manifest_placed")
        flush_folder(path.parent)

    def write_rows(
        self,
        path: Path,
        reading: Reading,
        *,
        name: str = "",
        places: dict[int, Span] | None = None,
        first: Iterable[pa.Table] = (),
        then: Iterable[pa.Table] = (),
        is_change: bool = False,
    ) -> int:
        """Streams a reading into a file; returns the rows written of it.

        Rows of `first` stand before them, those of `then` behind them as rows that go; `places` is filled with where the rows of each piece stand.
        """
        schema = pa.schema(list(zip(reading.columns, column_types(reading), strict=True)))
        if reading.has_refused:
            schema = schema.append(pa.field(REFUSED, pa.string())).append(pa.field(REFUSED_AT, pa.int64()))
        written = schema.append(pa.field(REMOVED, pa.bool_())) if is_change else schema
        arrived = landed = carried = 0
        with pq.ParquetWriter(path, written, compression="zstd", compression_level=1) as writer:

            def write(table: pa.Table, is_removed: bool) -> None:
                writer.write_table(table.append_column(REMOVED, pa.repeat(pa.scalar(is_removed), table.num_rows)) if is_change else table)

            for table in first:
                write(as_written(table, schema), is_removed=False)
                carried += table.num_rows
            for rows in reading.chunks:
                table = text_table(self.source, reading, rows, self.pseudonyms)
                if PIECE in table.column_names:
                    if places is not None:
                        _note_places(places, table[PIECE], name, carried + landed)
                    table = table.drop_columns(PIECE)
                write(table, is_removed=False)
                arrived += len(rows)
                landed += table.num_rows
                self.progress.advance(len(rows), reading.rows_ordinary)
            for table in then:
                write(as_written(table, schema), is_removed=True)
        arrived += reading.left_out.rows
        if arrived != reading.rows_ordinary:
            raise SourceUnreachable(
                f"source {self.source.name}: {arrived} rows of {reading.entity.name} arrived where the source had counted {reading.rows_ordinary}: "
                "it changed or went away while it was read. Run the command again."
            )
        return landed

    def refuse_empty(self, reading: Reading) -> None:
        if not self.entity.is_mandatory or reading.rows_ordinary:
            return
        reason = f"all {reading.rows_in} rows are above the ordinary security level" if reading.rows_in else "the query returned no rows"
        raise DataRefused(
            f"source {self.source.name}: {self.entity.name} came empty: {reason}. What was published before stays. "
            f"See whether the source is whole and {self.entity.name}.sql selects the right table."
        )


def _by(reading: Reading) -> str:
    return f", by {reading.way}" if reading.way else ""


def _note_places(places: dict[int, Span], pieces: pa.ChunkedArray, name: str, first: int) -> None:
    """Adds where the rows of each piece stand. Raises ValueError for a piece that has rows apart from its others."""
    counted = pc.run_end_encode(pieces.combine_chunks())
    start = 0
    for number, end in zip(counted.values.to_pylist(), counted.run_ends.to_pylist(), strict=True):
        before = places.get(number, Span(name, first + start, 0))
        if before.first + before.rows != first + start:
            raise ValueError(f"rows of piece {number} of {name} stand apart")
        places[number] = Span(name, before.first, before.rows + end - start)
        start = end


def _is_due(cursor: Cursor, before: Chain, fetched_at: str) -> bool:
    if cursor.compare_every is None:
        return False
    compared_at = before.compared_at or before.batches[0].fetched_at
    return dt.datetime.fromisoformat(fetched_at) - dt.datetime.fromisoformat(compared_at) >= cursor.compare_every


def _newest(folder: Path) -> Batch | None:
    """The last whole batch. A parquet file without manifest is what a killed run left."""
    for path in folder.glob("*.parquet"):
        if not path.with_suffix(".json").is_file():
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
    manifests = sorted(folder.glob("*.json"))
    return read_manifest(manifests[-1]) if manifests else None

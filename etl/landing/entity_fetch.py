"""Writes what is fetched of one entity as its next batch, and its manifest beside it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import DataRefused, SourceUnreachable
from data.paths import Home
from etl.contract import Entity
from etl.landing.batches import REMOVED, Batch, read_manifest, write_manifest
from etl.landing.file_register import Span
from etl.landing.masked_table import as_written, column_types, masked_table
from etl.landing.pseudonyms import Pseudonyms
from etl.runs import durable_files
from etl.runs.durable_files import UNFINISHED, flush_folder, sha256_of
from etl.runs.fail_points import reach
from etl.runs.progress import Progress
from etl.sources.source import PIECE, REFUSED, REFUSED_AT, Connection, Reading, Source


@dataclass(frozen=True)
class EntityFetch:
    """One entity of an open source on its way to the landing."""

    home: Home
    source: Source
    connection: Connection
    entity: Entity
    pseudonyms: Pseudonyms
    fetched_at: str
    progress: Progress

    def next_batch(self) -> tuple[Batch | None, Path, str]:
        """The last whole batch, where the next one is written, and its name. A parquet file without manifest is what a killed run left."""
        folder = self.home.landing / self.source.name / self.entity.name
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.parquet"):
            if not path.with_suffix(".json").is_file():
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
        manifests = sorted(folder.glob("*.json"))
        last = read_manifest(manifests[-1]) if manifests else None
        sequence = 1 + (int(last.batch.partition("-")[0]) if last else 0)
        name = f"{sequence:06d}-{dt.datetime.fromisoformat(self.fetched_at):%Y%m%dT%H%M%SZ}"
        return last, folder / f"{name}.parquet{UNFINISHED}", name

    def batch(self, name: str, path: Path, reading: Reading, rows_landed: int, rows_filtered: int, **others: Any) -> Batch:
        """The manifest of what was written to `path`; `others` are further fields of it."""
        known = {
            "rows_in": reading.rows_in,
            "columns": reading.columns,
            "query_hash": reading.query_hash,
            "left_out": dict(reading.left_out),
            "types": reading.types,
            "has_refused": reading.has_refused,
        }
        return Batch(
            source=self.source.name,
            entity=self.entity.name,
            batch=name,
            fetched_at=self.fetched_at,
            rows_landed=rows_landed,
            rows_filtered=rows_filtered,
            bytes=path.stat().st_size,
            sha256=sha256_of(path),
            secret_id=self.pseudonyms.secret_id,
            **{**known, **others},
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
        removed: Iterable[pa.Table] = (),
        is_change: bool = False,
    ) -> int:
        """Streams a reading into a file, masked; returns the rows written of it.

        Rows of `first` stand before them, those that are `removed` behind them; `places` is filled with where the rows of each piece stand.
        Raises SourceUnreachable where fewer or more rows arrive than the source had counted.
        """
        schema = pa.schema(list(zip(reading.columns, column_types(reading), strict=True)))
        if reading.has_refused:
            schema = schema.append(pa.field(REFUSED, pa.string())).append(pa.field(REFUSED_AT, pa.int64()))
        written = schema.append(pa.field(REMOVED, pa.bool_())) if is_change else schema
        arrived = landed = carried = 0
        # Hardly two instants are alike: a dictionary of them would be begun in vain.
        instants = {column.name for column in self.entity.columns if column.kind == "instant"}
        listed = [column for column in written.names if column not in instants]
        with pq.ParquetWriter(path, written, compression="zstd", compression_level=1, use_dictionary=listed) as writer:

            def write(table: pa.Table, is_removed: bool) -> None:
                writer.write_table(table.append_column(REMOVED, pa.repeat(pa.scalar(is_removed), table.num_rows)) if is_change else table)

            for table in first:
                write(as_written(table, schema), is_removed=False)
                carried += table.num_rows
            for rows in reading.chunks:
                table = masked_table(self.source, reading, rows, self.pseudonyms)
                if PIECE in table.column_names:
                    if places is not None:
                        _note_places(places, table[PIECE], name, carried + landed)
                    table = table.drop_columns(PIECE)
                write(table, is_removed=False)
                arrived += len(rows)
                landed += table.num_rows
                self.progress.advance(len(rows), reading.rows_ordinary)
            for table in removed:
                write(as_written(table, schema), is_removed=True)
        arrived += reading.left_out.total()
        if arrived != reading.rows_ordinary:
            raise SourceUnreachable(
                f"source {self.source.name}: {arrived} rows of {reading.entity.name} arrived where the source had counted {reading.rows_ordinary}: "
                "it changed or went away while it was read. Run the command again."
            )
        return landed

    def refuse_empty(self, reading: Reading) -> None:
        """Raises DataRefused for an entity without which no figure can be computed and that has no row to land."""
        if not self.entity.is_mandatory or reading.rows_ordinary:
            return
        reason = f"all {reading.rows_in} rows are above the ordinary security level" if reading.rows_in else "the query returned no rows"
        raise DataRefused(
            f"source {self.source.name}: {self.entity.name} came empty: {reason}. What was published before stays. "
            f"See whether the source is whole and {self.entity.name}.sql selects the right table."
        )


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

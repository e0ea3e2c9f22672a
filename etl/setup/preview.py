"""A throw-away snapshot from a sample of one source, for a look at figures before anything is loaded."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data.paths import Home
from etl.contract import ENTITY
from etl.landing.batches import Batch, Chain
from etl.landing.masked_table import masked_table
from etl.landing.pseudonyms import Pseudonyms, passing_pseudonyms
from etl.model import build_core
from etl.model.content_hash import CONTENT, content_hash, fingerprints_of
from etl.model.describe_run import describe_run, facts_of, make_span
from etl.publish.snapshots import publish
from etl.runs.durable_files import sha256_of
from etl.settings import Settings
from etl.sources.source import Connection, Source
from etl.staging.casts import Zones
from etl.staging.stage import make_canonical, stage


def preview_snapshot(settings: Settings, name: str, rows: int, folder: Path) -> Path:
    """Publishes a sample of at most `rows` rows per entity of the source `name` into `folder`, which the caller removes; returns the snapshot's file.

    Entities that other sources deliver are empty in it, and accounts have pseudonyms of this call alone. Nothing is checked and nothing is written to
    the home.
    Raises ConfigurationError, SourceUnreachable or DataRefused as a run would; call `check_source` first, which tells all that is wrong at once.
    """
    source = settings.source(name)
    place = Home(folder)
    pseudonyms = passing_pseudonyms()
    fetched_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with source.open(settings.environment) as connection:
        batches = [_sample(place, source, connection, entity, rows, pseudonyms, fetched_at) for entity in source.entities]
    with duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"}) as warehouse:
        warehouse.execute("SET TimeZone = 'UTC'")
        zones = Zones(source.time_zone, settings.time_zone)
        accounts = [account for batch in batches for account in stage(warehouse, place, Chain((batch,)), zones, pseudonyms)]
        make_canonical(warehouse, [(name, batch.entity) for batch in batches], settings.organisation)
        make_span(warehouse, settings.time_zone, fetched_at)
        build_core(warehouse)
        describe_run(warehouse, accounts, [])
        facts = facts_of(warehouse, settings)
        digest = content_hash(fingerprints_of(warehouse, CONTENT), facts.time_zone, facts.is_synthetic)
        published = publish(warehouse, place, facts, digest)
    return place.snapshots / f"{published.snapshot}.duckdb"


def _sample(place: Home, source: Source, connection: Connection, entity: str, rows: int, pseudonyms: Pseudonyms, fetched_at: str) -> Batch:
    """The entity's first rows as a batch that stands for itself: what was not read is not counted."""
    reading = connection.read(ENTITY[entity], rows)
    tables = [masked_table(source, reading, chunk, pseudonyms) for chunk in reading.chunks]
    table = pa.concat_tables(tables) if tables else pa.schema([(column, pa.string()) for column in reading.columns]).empty_table()
    path = place.landing / source.name / entity / "sample.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return Batch(
        source=source.name,
        entity=entity,
        batch="sample",
        fetched_at=fetched_at,
        rows_in=table.num_rows,
        rows_landed=table.num_rows,
        rows_filtered=0,
        columns=reading.columns,
        bytes=path.stat().st_size,
        sha256=sha256_of(path),
        query_hash=reading.query_hash,
        secret_id=pseudonyms.secret_id,
        has_refused=reading.has_refused and bool(tables),
    )

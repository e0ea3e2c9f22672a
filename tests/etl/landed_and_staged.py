"""One source taken as far as its account: landed and staged, without the rest of a run, for tests that go through hundreds of files."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.configuration import environment_of
from data.paths import Home
from data.run_history import EntityAccount
from etl.landing.batches import Batch
from etl.landing.fetch_source import fetch_source
from etl.landing.pseudonyms import Pseudonyms
from etl.runs.progress import Silent
from etl.sources.folder import load_source
from etl.staging.casts import Zones
from etl.staging.stage import stage

PSEUDONYMS = Pseudonyms(b"0123456789abcdef0123456789abcdef")


def person(name: str) -> str:
    """The key of an account with that name in staged tables."""
    return str(uuid.UUID((PSEUDONYMS.of(name) or "")[:32]))


@dataclass(frozen=True)
class Staged:
    """What came of one entity."""

    batch: Batch
    account: EntityAccount
    rows: list[dict[str, str]]
    """The staged rows as text, in the order of all their columns."""
    rejects: list[tuple[int, str, str]]
    """Ordinal, column and reason, in the order of ordinals."""


def write_source(home: Home, name: str, toml: str, **queries: str) -> Path:
    """A source folder with source.toml and one SQL file per entity."""
    folder = home.sources / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.toml").write_text(toml, encoding="utf-8")
    for entity, text in queries.items():
        (folder / f"{entity}.sql").write_text(text, encoding="utf-8")
    return folder


def land_and_stage(home: Home, name: str) -> dict[str, Staged]:
    """Every entity of a source, by name, as on a first run. The account's identity is checked on the way, by staging itself."""
    source = load_source(home, name)
    shutil.rmtree(home.landing / name, ignore_errors=True)
    staged = {}
    with duckdb.connect(":memory:") as warehouse:
        warehouse.execute("SET TimeZone = 'UTC'")
        for landed in fetch_source(home, source, PSEUDONYMS, environment_of(home), Silent()):
            batch = landed.chain.newest
            zones = Zones(source.time_zone, "Asia/Ho_Chi_Minh", source.date_order(batch.entity), source.is_synthetic)
            (account,) = stage(warehouse, home, landed.chain, zones, PSEUDONYMS)
            assert account.rows_in == account.rows_loaded + account.rows_duplicate + account.rows_filtered + account.rows_rejected
            table = f'"{name}__{batch.entity}"'
            cursor = warehouse.execute(f"SELECT CAST(COLUMNS(* EXCLUDE batch_no) AS VARCHAR) FROM staging.{table} ORDER BY ALL")  # noqa: S608
            names = [column for column, *_ in cursor.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            rejects = warehouse.execute(f"SELECT ordinal, column_name, reason FROM reject.{table} ORDER BY ALL").fetchall()  # noqa: S608
            staged[batch.entity] = Staged(batch, account, rows, rejects)
    return staged

"""The warehouse in which figures are made: a fresh DuckDB file, or the one that the last run kept.

A kept warehouse saves a run what has not changed since. Only a run opens it, under the home's lock, and changes it in one transaction, so that one
that is killed leaves it as it was. It can be thrown away at any time: what was landed makes it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from importlib.metadata import version
from pathlib import Path

import duckdb

from data.paths import PROJECT, Home
from etl.landing.batches import Chain
from etl.model.content_hash import Fingerprint
from etl.runs.durable_files import flush_file, flush_folder, write_json
from etl.runs.fail_points import reach
from etl.settings import MEMORY_BY_DEFAULT, Settings

_STATE = """
    CREATE SCHEMA IF NOT EXISTS state;
    CREATE TABLE IF NOT EXISTS state.batch (source VARCHAR, entity VARCHAR, batch_no INTEGER, batch VARCHAR, superseded BIGINT);
    CREATE TABLE IF NOT EXISTS state.made (marker VARCHAR, content_hash VARCHAR, fingerprints VARCHAR);
"""
"""What a warehouse was made of: the batches that it holds, with how many rows of each no longer count; and by what, and what came of it."""


@dataclass(frozen=True)
class Made:
    """By what a warehouse was made (marker_of), and what came of it."""

    marker: str = ""
    content_hash: str = ""
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    """Of the core tables."""


def marker_of(settings: Settings) -> str:
    """What a kept warehouse depends on beside the landing: this program, and the settings by which rows are understood."""
    digest = hashlib.sha256(f"{duckdb.__version__} {version('great_expectations')}".encode())
    program = [path for path in (PROJECT / "etl").rglob("*") if path.suffix in (".py", ".sql", ".toml")]
    for path in sorted([*program, *(PROJECT / "data").glob("snapshot.*")]):
        digest.update(path.read_bytes())
    digest.update(repr((settings.time_zone, settings.organisation)).encode())
    for source in settings.sources:
        orders = [source.date_order(entity) for entity in source.entities]
        digest.update(repr((source.name, source.time_zone, source.is_synthetic, source.entities, source.is_in_each_unit, orders)).encode())
    return digest.hexdigest()


@contextlib.contextmanager
def fresh_warehouse(home: Home, name: str, memory: str = MEMORY_BY_DEFAULT) -> Iterator[duckdb.DuckDBPyConnection]:
    """A new DuckDB file in the home's builds, which holds so much in memory and puts the rest beside itself for the time being."""
    with _opened(home, home.builds / f"{name}.duckdb", memory) as warehouse:
        yield warehouse


@contextlib.contextmanager
def kept_warehouse(home: Home, marker: str, memory: str) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The kept warehouse; None where there is none, or another program or other settings made it. Raises duckdb.Error for a damaged one."""
    path = _kept(home)
    if path is None:
        yield None
        return
    with _opened(home, path, memory) as warehouse:
        yield warehouse if last_made(warehouse).marker == marker else None


def keep(home: Home, name: str) -> None:
    """Makes the finished build of that name the kept warehouse, and removes the one before."""
    build = home.builds / f"{name}.duckdb"
    home.warehouse.mkdir(parents=True, exist_ok=True)
    flush_file(build)
    build.replace(home.warehouse / build.name)
    flush_folder(home.warehouse)
    reach("warehouse.placed")
    write_json(_pointer(home), {"warehouse": name})
    reach("warehouse.kept")
    _remove_others(home, name)


def set_aside(home: Home) -> None:
    """Removes the kept warehouse: the next one is built from what was landed."""
    _pointer(home).unlink(missing_ok=True)
    _remove_others(home, "")


def applied_batches(warehouse: duckdb.DuckDBPyConnection, chain: Chain) -> list[str]:
    """The batches of the chain's entity that the warehouse holds, in order."""
    of_chain = "SELECT batch FROM state.batch WHERE source = ? AND entity = ? ORDER BY batch_no"
    return [batch for (batch,) in warehouse.execute(of_chain, [chain.source, chain.entity]).fetchall()]


def superseded_rows(warehouse: duckdb.DuckDBPyConnection, chain: Chain) -> Counter[int]:
    """By place of the batch in the chain, how many of its rows no longer count."""
    of_chain = "SELECT batch_no, superseded FROM state.batch WHERE source = ? AND entity = ?"
    return Counter(dict(warehouse.execute(of_chain, [chain.source, chain.entity]).fetchall()))


def note_applied(warehouse: duckdb.DuckDBPyConnection, chain: Chain, superseded: Counter[int]) -> None:
    """Writes down that the warehouse holds the whole chain, and by place how many rows of each of its batches no longer count."""
    warehouse.execute(_STATE)
    warehouse.execute("DELETE FROM state.batch WHERE source = ? AND entity = ?", [chain.source, chain.entity])
    rows = [[chain.source, chain.entity, number, batch.batch, superseded[number]] for number, batch in enumerate(chain.batches)]
    warehouse.executemany("INSERT INTO state.batch VALUES (?, ?, ?, ?, ?)", rows)


def last_made(warehouse: duckdb.DuckDBPyConnection) -> Made:
    """What its last run wrote down; empty for a fresh one."""
    found = warehouse.execute("SELECT marker, content_hash, fingerprints FROM state.made").fetchone()
    if found is None:
        return Made()
    marker, digest, fingerprints = found
    return Made(marker, digest, {name: Fingerprint(*sums) for name, sums in json.loads(fingerprints).items()})


def note_made(warehouse: duckdb.DuckDBPyConnection, made: Made) -> None:
    fingerprints = json.dumps({name: astuple(found) for name, found in made.fingerprints.items()})
    warehouse.execute("DELETE FROM state.made")
    warehouse.execute("INSERT INTO state.made VALUES (?, ?, ?)", [made.marker, made.content_hash, fingerprints])


@contextlib.contextmanager
def _opened(home: Home, path: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    home.builds.mkdir(parents=True, exist_ok=True)
    limits: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": (home.builds / "warehouse.spill").as_posix(),
        "memory_limit": memory,
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
    }
    with duckdb.connect(path.as_posix(), config=limits) as warehouse:
        warehouse.execute("SET TimeZone = 'UTC'")
        warehouse.execute(_STATE)
        yield warehouse


def _pointer(home: Home) -> Path:
    return home.warehouse / "current.json"


def _kept(home: Home) -> Path | None:
    try:
        name = json.loads(_pointer(home).read_text(encoding="utf-8"))["warehouse"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    path = home.warehouse / f"{name}.duckdb"
    return path if path.is_file() else None


def _remove_others(home: Home, name: str) -> None:
    for path in home.warehouse.glob("*.duckdb*"):
        if path.name.partition(".")[0] != name:
            with contextlib.suppress(OSError):
                path.unlink()

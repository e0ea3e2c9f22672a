"""The warehouse in which figures are made: a fresh DuckDB file, or the one that the last run kept.

A kept warehouse saves a run what has not changed since. Only a run opens it, under the home's lock, and changes it in one transaction, so that one
that is killed leaves it as it was. It can be thrown away at any time: what was landed makes it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import duckdb

from data.paths import PROJECT, REFERENCE, Home
from etl.landing.batches import Chain
from etl.model.content_hash import Fingerprint
from etl.runs.durable_files import flush_file, flush_folder, write_json
from etl.runs.fail_points import reach
from etl.settings import Settings

MEMORY_LIMIT = "768MiB"
"""For the database of a run; what it cannot hold it puts beside the warehouse for the time being. Of itself it would take four fifths of the machine,
which has other work to do at night too."""

_STATE = """
    CREATE SCHEMA IF NOT EXISTS state;
    CREATE TABLE IF NOT EXISTS state.applied (source VARCHAR, entity VARCHAR, batches VARCHAR);
    CREATE TABLE IF NOT EXISTS state.superseded (source VARCHAR, entity VARCHAR, batch_no INTEGER, rows BIGINT);
    CREATE TABLE IF NOT EXISTS state.fingerprint (name VARCHAR, rows HUGEINT, lower HUGEINT, upper HUGEINT);
    CREATE TABLE IF NOT EXISTS state.made_by (marker VARCHAR, content_hash VARCHAR);
"""


def marker_of(settings: Settings) -> str:
    """What a kept warehouse depends on beside the landing: this program, and the settings by which rows are understood."""
    digest = hashlib.sha256(f"{duckdb.__version__} {version('great_expectations')}".encode())
    for path in sorted(
        [*(PROJECT / "etl").rglob("*.py"), *(PROJECT / "etl").rglob("*.sql"), PROJECT / "data" / "snapshot.py", REFERENCE / "levels.csv"]
    ):
        digest.update(path.read_bytes())
    digest.update(settings.time_zone.encode())
    for source in settings.sources:
        digest.update(repr((source.name, source.time_zone, source.is_synthetic, source.entities)).encode())
    return digest.hexdigest()


@contextlib.contextmanager
def fresh_warehouse(home: Home, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A new DuckDB file in the home's builds."""
    home.builds.mkdir(parents=True, exist_ok=True)
    with duckdb.connect((home.builds / f"{name}.duckdb").as_posix(), config=_settings(home)) as warehouse:
        warehouse.execute("SET TimeZone = 'UTC'")
        make_state(warehouse)
        yield warehouse


@contextlib.contextmanager
def kept_warehouse(home: Home, marker: str) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The kept warehouse; None where there is none, or another program or other settings made it. Raises duckdb.Error for a damaged one."""
    path = _kept(home)
    if path is None:
        yield None
        return
    home.builds.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(path.as_posix(), config=_settings(home)) as warehouse:
        warehouse.execute("SET TimeZone = 'UTC'")
        (made_by,) = warehouse.execute("SELECT marker FROM state.made_by").fetchone() or ("",)
        yield warehouse if made_by == marker else None


def has_kept(home: Home) -> bool:
    """Whether there is a kept warehouse, of use or not."""
    return _kept(home) is not None


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


def make_state(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The tables in which a warehouse says what it was made of."""
    warehouse.execute(_STATE)


def applied(warehouse: duckdb.DuckDBPyConnection, chain: Chain) -> list[str]:
    """The batches of the chain's entity that the warehouse holds."""
    found = warehouse.execute("SELECT batches FROM state.applied WHERE source = ? AND entity = ?", [chain.source, chain.entity]).fetchone()
    return list(json.loads(found[0])) if found else []


def note_applied(warehouse: duckdb.DuckDBPyConnection, chain: Chain, superseded: dict[int, int], is_whole: bool) -> None:
    """Writes down that the warehouse holds the whole chain, and how many more rows of each of its batches no longer stand."""
    place = [chain.source, chain.entity]
    warehouse.execute("DELETE FROM state.applied WHERE source = ? AND entity = ?", place)
    warehouse.execute("INSERT INTO state.applied VALUES (?, ?, ?)", [*place, json.dumps([batch.batch for batch in chain.batches])])
    if is_whole:
        warehouse.execute("DELETE FROM state.superseded WHERE source = ? AND entity = ?", place)
    for number, rows in superseded.items():
        if rows:
            warehouse.execute("INSERT INTO state.superseded VALUES (?, ?, ?, ?)", [*place, number, rows])


def superseded_rows(warehouse: duckdb.DuckDBPyConnection, chain: Chain) -> dict[int, int]:
    """By place of the batch in the chain, how many of its rows no longer stand."""
    return {
        number: int(rows)
        for number, rows in warehouse.execute(
            "SELECT batch_no, sum(rows) FROM state.superseded WHERE source = ? AND entity = ? GROUP BY batch_no", [chain.source, chain.entity]
        ).fetchall()
    }


def fingerprints(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Fingerprint]:
    rows = warehouse.execute("SELECT name, rows, lower, upper FROM state.fingerprint").fetchall()
    return {name: Fingerprint(int(count), int(lower), int(upper)) for name, count, lower, upper in rows}


def note_fingerprints(warehouse: duckdb.DuckDBPyConnection, found: dict[str, Fingerprint]) -> None:
    warehouse.execute("DELETE FROM state.fingerprint")
    warehouse.executemany(
        "INSERT INTO state.fingerprint VALUES (?, CAST(? AS HUGEINT), CAST(? AS HUGEINT), CAST(? AS HUGEINT))",
        [[name, str(print_.rows), str(print_.lower), str(print_.upper)] for name, print_ in found.items()],
    )


def content_made(warehouse: duckdb.DuckDBPyConnection) -> str:
    """The content hash that its last run ended with; empty for a fresh one."""
    (digest,) = warehouse.execute("SELECT content_hash FROM state.made_by").fetchone() or ("",)
    return str(digest)


def note_made(warehouse: duckdb.DuckDBPyConnection, marker: str, digest: str) -> None:
    warehouse.execute("DELETE FROM state.made_by")
    warehouse.execute("INSERT INTO state.made_by VALUES (?, ?)", [marker, digest])


def _settings(home: Home) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "temp_directory": (home.builds / "warehouse.spill").as_posix(),
        "memory_limit": MEMORY_LIMIT,
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
    }


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

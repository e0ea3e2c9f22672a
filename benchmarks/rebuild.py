"""Everything anew from the landing at millions of events, with accounts and documents in proportion, against bare DuckDB making account-days.

The landing is written straight as Parquet, as a fetch would leave it: at 10^8 rows a source of its own would take longer than what is measured.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.fresh import Way, fresh_in_turn, ours
from benchmarks.measured import Measured
from data.configuration import environment_of
from data.paths import Home
from etl.landing.batches import Batch, Chain, put_in_force, write_manifest
from etl.landing.pseudonyms import pseudonyms_of
from etl.runs.durable_files import sha256_of
from etl.settings import load_settings

DEFAULT_SIZES = (1_000_000, 10_000_000)
EVENTS_OF_ACCOUNT, EVENTS_OF_DOCUMENT, ACCOUNTS_OF_UNIT = 333, 10, 250
"""Of a year, as in the whole of a government: 3 million accounts, 10^9 events, 10^8 documents."""
DAYS = 365
FETCHED_AT = "2025-01-01T00:00:00+00:00"

_MOMENT = f"strftime(TIMESTAMP '2024-01-01' + to_seconds(CAST(hash(n + {{salt}}) % {DAYS * 86_400} AS BIGINT)), '%Y-%m-%d %H:%M:%S')"
_PERSON = "sha256(CAST({number} AS VARCHAR))"
_UNIT = "'P' || (hash({number}) % {units})"

ROWS = {
    "org_unit": (
        "units",
        "SELECT CASE WHEN n = 0 THEN 'R' ELSE 'P' || (n - 1) END AS unit_code, 'Đơn vị mô phỏng ' || n AS name, "
        "CASE WHEN n > 0 THEN 'R' END AS parent_code, CASE WHEN n = 0 THEN 'toi_cao' ELSE 'cap_tinh' END AS level",
    ),
    "account": (
        "accounts",
        f"SELECT {_PERSON.format(number='n')} AS account_key, {_UNIT} AS unit_code, '1' AS is_officer, '2024-01-01 00:00:00' AS provisioned_at, "
        "'2024-01-01 00:00:00' AS activated_at",
    ),
    "access_event": (
        "events",
        f"SELECT {_PERSON.format(number='hash(n + 3) % {accounts}')} AS account_key, {_MOMENT.format(salt=17)} AS occurred_at, "
        "CASE WHEN hash(n + 31) % 10 < 6 THEN 'login' WHEN hash(n + 31) % 10 < 9 THEN 'process' ELSE 'sign' END AS kind",
    ),
    "document": (
        "documents",
        f"SELECT 'D' || n AS document_key, {_UNIT} AS unit_code, 'outgoing' AS direction, {_MOMENT.format(salt=5)} AS issued_at, "
        "'ordinary' AS security_level, CASE WHEN n % 10 < 6 THEN 'electronic' ELSE 'paper' END AS form, 'issued' AS status",
    ),
    "delivery": (
        "documents",
        f"SELECT 'D' || n AS document_key, {_UNIT} AS receiver_code, {_MOMENT.format(salt=5)} AS sent_at, "
        f"CASE WHEN n % 8 < 7 THEN {_MOMENT.format(salt=5)} END AS completed_at, 'internal' AS channel, 'ordinary' AS security_level",
    ),
}
"""Of each entity, how many rows there are and the SELECT of one, by its number n."""


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The row of the table at that number of events; raises AssertionError where account-days differ."""
    with tempfile.TemporaryDirectory() as folder:
        root = (kept_in or Path(folder)) / f"rebuild-{events}"
        if not (root / "var" / "landing" / "he_thong" / "current.json").is_file():
            write_landed_home(root, events)
        bare = Way("bare DuckDB, events and account-days", Path(sys.executable), "benchmarks.peer.reload_duckdb", (str(root),))
        return fresh_in_turn("rebuild", events, ours("benchmarks.our_rebuild", root), [bare], times=1 if events > 10_000_000 else 3)


def write_landed_home(root: Path, events: int) -> None:
    """A home whose one source has been fetched already."""
    folder = root / "sources" / "he_thong"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "vanban.toml").write_text('title = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\n[etl]\nsources = ["he_thong"]\n', encoding="utf-8")
    head = 'kind = "files"\ntitle = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n'
    tables = "".join(f'[entities.{name}]\nfiles = "inbox/{name}*.csv"\n' for name in ROWS)
    (folder / "source.toml").write_text(head + tables, encoding="utf-8")
    for name in ROWS:
        (folder / f"{name}.sql").write_text("SELECT * FROM file", encoding="utf-8")
    home = Home(root)
    secret_id = pseudonyms_of(home, environment_of(home)).secret_id
    accounts = max(100, events // EVENTS_OF_ACCOUNT)
    counts = {"events": events, "accounts": accounts, "documents": events // EVENTS_OF_DOCUMENT, "units": max(40, accounts // ACCOUNTS_OF_UNIT)}
    chains = []
    with duckdb.connect(config={"memory_limit": "2GiB", "preserve_insertion_order": "false"}) as database:
        for name, (counted, select) in ROWS.items():
            path = home.landing / "he_thong" / name / "20250101T000000.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = counts[counted]
            made = f"{select.format(**{**counts, 'number': 'n'})} FROM range({rows}) numbers(n)"
            database.execute(f"COPY ({made}) TO '{path.as_posix()}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
            columns = tuple(name for name, *_ in database.execute(f"FROM '{path.as_posix()}' LIMIT 0").description or ())
            size, digest = path.stat().st_size, sha256_of(path)
            batch = Batch("he_thong", name, path.stem, FETCHED_AT, rows, rows, 0, columns, size, digest, "generated", secret_id)
            write_manifest(home, batch)
            chains.append(Chain((batch,)))
    put_in_force(home, load_settings(home).source("he_thong"), chains)

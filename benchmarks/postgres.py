"""PostgreSQL's rows staged with every row accounted for and people pseudonymised, against the bare copy of DuckDB's extension and against dlt."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import psycopg

from benchmarks.fresh import fresh_in_turn, ours, peer
from benchmarks.measured import Measured

DEFAULT_SIZES = (2_000_000,)
ACCOUNTS = 16_000


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that number of rows, of a server that is started for it; raises AssertionError where the staged rows differ."""
    from tests.servers import running_postgres

    with tempfile.TemporaryDirectory() as folder, running_postgres() as port:
        write_table(port, events)
        root = Path(folder)
        write_home(root, port)
        bare = peer("bare copy by the extension", "benchmarks.peer.postgres_duckdb", port)
        dlt = peer("dlt, pyarrow backend", "benchmarks.peer.postgres_dlt", port)
        fast = fresh_in_turn("PostgreSQL, by the extension", events, ours("benchmarks.our_staging", root, "extension"), [bare, dlt])
        return fast + fresh_in_turn("PostgreSQL, by SQLAlchemy", events, ours("benchmarks.our_staging", root, "driver"), [dlt])


def write_home(root: Path, port: int) -> None:
    folder = root / "sources" / "he_thong"
    folder.mkdir(parents=True)
    (root / "vanban.toml").write_text('title = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\n[etl]\nsources = ["he_thong"]\n', encoding="utf-8")
    (root / "vanban.env").write_text(f"HE_THONG_URL=postgresql+psycopg://postgres@127.0.0.1:{port}/postgres\n", encoding="utf-8")
    (root / "vanban.env").chmod(0o600)
    (folder / "source.toml").write_text(
        'kind = "database"\nurl_env = "HE_THONG_URL"\ntitle = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n[entities.access_event]\n',
        encoding="utf-8",
    )
    (folder / "access_event.sql").write_text("SELECT account_key, occurred_at, kind FROM access_event\n", encoding="utf-8")


def write_table(port: int, rows: int) -> None:
    """The table `access_event`, invented; the same number gives the same rows."""
    with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(
            f"""
            CREATE TABLE access_event AS
            SELECT 'canbo' || lpad(((n::bigint * 7919) % {ACCOUNTS})::text, 5, '0') AS account_key,
                TIMESTAMPTZ '2024-01-01 00:00:00+07' + n * INTERVAL '1 second' * {731 * 86400 / rows} AS occurred_at,
                CASE WHEN n % 10 < 6 THEN 'login' WHEN n % 10 < 9 THEN 'process' ELSE 'sign' END AS kind
            FROM generate_series(1, {int(rows)}) n
            """.encode()  # noqa: S608
        )
        connection.execute("VACUUM ANALYZE access_event")
    os.sync()

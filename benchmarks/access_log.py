"""A web server's log, the whole way from the file to published account-days with every line accounted for, against the bare parse."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import duckdb

from benchmarks.fresh import fresh_in_turn, ours, peer
from benchmarks.measured import Measured

DEFAULT_SIZES = (5_000_000, 20_000_000)
ACCOUNTS, UNITS, DAYS = 16_000, 40, 731

RULES = (
    ("POST", "/qlvb/dang-nhap", "302", "login"),
    ("POST", "/qlvb/dang-nhap", "", "login_failed"),
    ("", "/static/.*", "", "ignore"),
    ("POST", r"/qlvb/van-ban/\d+/xu-ly", "", "process"),
    ("POST", r"/qlvb/van-ban/\d+/ky-so", "", "sign"),
    ("GET", r"/qlvb/van-ban/\d+", "", "view"),
)
"""Method, path, status and kind."""

QUERIES = {
    "org_unit": "SELECT unit_code, name, parent_code, level FROM org_unit",
    "account": "SELECT account_key, unit_code, 1 AS is_officer, '2024-01-01 00:00:00' AS provisioned_at, NULL AS activated_at FROM account",
    "document": (
        "SELECT 'd1' AS document_key, 'P1' AS unit_code, 'outgoing' AS direction, '2024-01-02 08:00:00' AS issued_at, "
        "'ordinary' AS security_level, 'electronic' AS form"
    ),
}


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that number of lines; raises AssertionError where the account-days differ."""
    with tempfile.TemporaryDirectory() as folder:
        root = (kept_in or Path(folder)) / f"log-{events}"
        log = root / "logs" / "access.log"
        if not log.is_file():
            write_home(root)
            write_log(log, events)
        peers = [
            peer("bare DuckDB, events kept", "benchmarks.peer.log_duckdb", log, "kept"),
            peer("bare DuckDB, straight to account-days", "benchmarks.peer.log_duckdb", log, "straight"),
            peer("dlt with Arrow batches", "benchmarks.peer.log_dlt", log),
        ]
        return fresh_in_turn("access log", events, ours("benchmarks.our_run", root), peers, times=5 if events <= DEFAULT_SIZES[0] else 2)


def write_home(root: Path) -> None:
    """A home with two sources: a database with units and accounts, and the log."""
    for name in ("logs", "sources/he_thong", "sources/nhat_ky"):
        (root / name).mkdir(parents=True, exist_ok=True)
    _write(root / "vanban.toml", 'title = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\n[etl]\nsources = ["he_thong", "nhat_ky"]\n')
    _write(root / "vanban.env", "HE_THONG_URL=sqlite:///he_thong.sqlite\n")
    (root / "vanban.env").chmod(0o600)
    head = 'title = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n'
    entities = "".join(f"[entities.{name}]\n" for name in QUERIES)
    _write(root / "sources/he_thong/source.toml", f'kind = "database"\nurl_env = "HE_THONG_URL"\n{head}{entities}')
    for name, query in QUERIES.items():
        _write(root / f"sources/he_thong/{name}.sql", query)
    rules = "".join(
        "    { " + ", ".join(f"{key} = '{value}'" for key, value in zip(("method", "path", "status", "kind"), rule, strict=True) if value) + " },\n"
        for rule in RULES
    )
    _write(
        root / "sources/nhat_ky/source.toml",
        f'kind = "access_log"\n{head}[entities.access_event]\nfiles = "logs/access.log"\nformat = "combined"\naccount = "$remote_user"\n'
        f"rules = [\n{rules}]\n",
    )
    _write(root / "sources/nhat_ky/access_event.sql", "SELECT account_key, occurred_at, kind FROM event")
    with sqlite3.connect(root / "he_thong.sqlite") as database:
        database.execute("CREATE TABLE org_unit (unit_code, name, parent_code, level)")
        database.execute("INSERT INTO org_unit VALUES ('R', 'R', NULL, 'toi_cao')")
        database.executemany("INSERT INTO org_unit VALUES (?, ?, 'R', 'cap_tinh')", [(f"P{number}", f"P{number}") for number in range(UNITS)])
        database.execute("CREATE TABLE account (account_key, unit_code)")
        database.executemany("INSERT INTO account VALUES (?, ?)", [(f"canbo{number:05d}", f"P{number % UNITS}") for number in range(ACCOUNTS)])
    database.close()


def write_log(path: Path, lines: int) -> None:
    """Lines in combined format over two years, in the order of their times; the same number gives the same file."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"""
            COPY (
                WITH drawn AS (
                    SELECT n, hash(n) AS a, hash(n + 17) % 100 AS act, hash(n + 31) % {ACCOUNTS} AS person,
                        TIMESTAMP '2024-01-01' + to_seconds(CAST(floor(n * {DAYS * 86400 / lines}) AS BIGINT)) AS moment
                    FROM range({lines}) numbers(n)
                )
                SELECT printf(
                    '10.%d.%d.%d - canbo%05d [%s +0700] "%s HTTP/1.1" %d %d "https://qlvb.example/qlvb/" '
                        || '"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"',
                    a % 250, (a >> 8) % 250, (a >> 16) % 250, person, strftime(moment, '%d/%b/%Y:%H:%M:%S'),
                    CASE WHEN act < 20 THEN 'POST /qlvb/dang-nhap' WHEN act < 45 THEN 'GET /static/app.' || (a % 9) || '.js'
                        WHEN act < 70 THEN 'GET /qlvb/van-ban/' || (a % 900000) WHEN act < 90 THEN 'POST /qlvb/van-ban/' || (a % 900000) || '/xu-ly'
                        WHEN act < 95 THEN 'POST /qlvb/van-ban/' || (a % 900000) || '/ky-so' ELSE 'GET /qlvb/tim?q=' || (a % 100000) END,
                    CASE WHEN act < 18 THEN 302 ELSE 200 END, a % 50000, 100 + a % 30
                ) FROM drawn
            ) TO '{path.as_posix()}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')
        """)  # noqa: S608


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")

"""A night's 50,000 events on a warehouse of millions, from asking the source to published figures, against making everything anew."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

from benchmarks.fresh import Way, fresh_in_turn, ours
from benchmarks.measured import Measured
from data.paths import Home
from etl.run import run_etl
from etl.settings import load_settings

DEFAULT_SIZES = (5_000_000, 20_000_000)
ACCOUNTS, UNITS, DAYS = 16_000, 40, 731
NIGHTLY, LATE_IN = 50_000, 100
"""New events a night, one in so many of them late by up to seven days; with them come 1,000 documents, and 200 older ones change."""

ENTITIES = {
    "org_unit": ("SELECT unit_code, name, parent_code, level FROM org_unit", ""),
    "account": ("SELECT account_key, unit_code, 1 AS is_officer, '2024-01-01 00:00:00' AS provisioned_at, NULL AS activated_at FROM account", ""),
    "access_event": ("SELECT id, account_key, occurred_at, kind FROM event", 'cursor = "id"\n'),
    "document": (
        "SELECT document_key, unit_code, 'outgoing' AS direction, issued_at, 'ordinary' AS security_level, form, status, changed_at FROM document",
        'cursor = "changed_at"\noverlap = "2 days"\n',
    ),
    "delivery": (
        "SELECT document_key, receiver_code, sent_at, due_at, completed_at, 'internal' AS channel, 'ordinary' AS security_level, changed_at "
        "FROM delivery",
        'cursor = "changed_at"\noverlap = "2 days"\n',
    ),
}


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that number of events; raises AssertionError where account-days or, against the rebuild, content hashes differ."""
    with tempfile.TemporaryDirectory() as folder:
        root = (kept_in or Path(folder)) / f"night-{events}"
        if not (root / "var" / "snapshots" / "current.json").is_file():
            write_home(root, events)
            run_etl(load_settings(Home(root)))
        here = Path(sys.executable)
        peers = [
            Way("everything anew from the landing", here, "benchmarks.our_rebuild", (str(root),)),
            Way("bare DuckDB, events and account-days anew", here, "benchmarks.peer.reload_duckdb", (str(root),)),
        ]
        night = ours("benchmarks.our_increment", root)
        measured = fresh_in_turn("nightly increment", events, night, peers)
        whole = Way("everything fetched and made anew (etl run --full)", here, "benchmarks.our_rebuild", (str(root), "--full"))
        return measured + fresh_in_turn("nightly increment", events, night, [whole], times=1)


def write_home(root: Path, events: int) -> None:
    """A home with one database; a twentieth as many documents as events, each delivered once."""
    folder = root / "sources" / "he_thong"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "vanban.toml").write_text('title = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\n[etl]\nsources = ["he_thong"]\n', encoding="utf-8")
    (root / "vanban.env").write_text("HE_THONG_URL=sqlite:///{home}/he_thong.sqlite\n", encoding="utf-8")
    (root / "vanban.env").chmod(0o600)
    head = 'kind = "database"\nurl_env = "HE_THONG_URL"\ntitle = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n'
    tables = "".join(f"[entities.{name}]\n{options}" for name, (_, options) in ENTITIES.items())
    (folder / "source.toml").write_text(head + tables, encoding="utf-8")
    for name, (query, _) in ENTITIES.items():
        (folder / f"{name}.sql").write_text(query, encoding="utf-8")
    database_file = root / "he_thong.sqlite"
    database_file.unlink(missing_ok=True)
    with sqlite3.connect(database_file) as database:
        database.executescript(
            f"""
            PRAGMA journal_mode = OFF;
            CREATE TABLE org_unit (unit_code, name, parent_code, level);
            INSERT INTO org_unit VALUES ('R', 'R', NULL, 'toi_cao');
            CREATE TABLE account (account_key, unit_code);
            CREATE TABLE event (id INTEGER PRIMARY KEY, account_key TEXT, occurred_at TEXT, kind TEXT);
            CREATE TABLE document (document_key TEXT PRIMARY KEY, unit_code TEXT, issued_at TEXT, form TEXT, status TEXT, changed_at TEXT);
            CREATE TABLE delivery (document_key TEXT PRIMARY KEY, receiver_code TEXT, sent_at TEXT, due_at TEXT, completed_at TEXT, changed_at TEXT);
            WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {UNITS - 1})
            INSERT INTO org_unit SELECT 'P' || n, 'P' || n, 'R', 'cap_tinh' FROM n;
            WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {ACCOUNTS - 1})
            INSERT INTO account SELECT printf('canbo%05d', n), 'P' || (n % {UNITS}) FROM n;
            """  # noqa: S608
        )
        _add_events(database, 0, events, 0, DAYS)
        _add_documents(database, 0, events // 20, 0, DAYS)
        database.executescript("CREATE INDEX document_changed ON document (changed_at); CREATE INDEX delivery_changed ON delivery (changed_at);")
    database.close()


def add_night(root: Path) -> None:
    """One more day of the source."""
    with sqlite3.connect(root / "he_thong.sqlite") as database:
        (events,) = database.execute("SELECT max(id) FROM event").fetchone()
        (newest,) = database.execute("SELECT max(occurred_at) FROM event WHERE id > ?", [events - 1000]).fetchone()
        (documents,) = database.execute("SELECT count(*) FROM document").fetchone()
        (day,) = database.execute("SELECT CAST(julianday(date(?)) - julianday('2024-01-01') AS INTEGER) + 1", [newest]).fetchone()
        _add_events(database, events, NIGHTLY, day, 1)
        _add_documents(database, documents, 1000, day, 1)
        database.execute(
            "UPDATE document SET status = 'recalled', changed_at = datetime('2024-01-01', ?) WHERE document_key IN "
            "(SELECT 'D' || (abs(random()) % ?) FROM event WHERE id <= 200)",
            [f"+{day} days", documents],
        )
    database.close()


def _add_events(database: sqlite3.Connection, first: int, count: int, from_day: int, days: int) -> None:
    database.execute(
        f"""
        WITH RECURSIVE n(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM n WHERE n < {first + count - 1})
        INSERT INTO event
        SELECT n + 1, printf('canbo%05d', (n * 2654435761 % 4294967296) % {ACCOUNTS}),
            datetime('2024-01-01', CAST(({from_day} + 1.0 * (n - {first}) * {days} / {count}) * 86400
                - CASE WHEN n % {LATE_IN} = 7 THEN n * 7919 % 604800 ELSE 0 END AS INTEGER) || ' seconds'),
            CASE WHEN n * 31 % 10 < 6 THEN 'login' WHEN n * 31 % 10 < 9 THEN 'process' ELSE 'sign' END
        FROM n
        """  # noqa: S608
    )


def _add_documents(database: sqlite3.Connection, first: int, count: int, from_day: int, days: int) -> None:
    made = f"""
        WITH RECURSIVE n(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM n WHERE n < {first + count - 1}),
        dated AS (
            SELECT n,
                datetime('2024-01-01', '+' || CAST(({from_day} + 1.0 * (n - {first}) * {days} / {count}) * 86400 AS INTEGER) || ' seconds') AS at
            FROM n
        )
    """  # noqa: S608
    form = "CASE WHEN n % 10 < 6 THEN 'electronic' WHEN n % 10 < 9 THEN 'parallel' ELSE 'paper' END"
    database.execute(f"{made} INSERT INTO document SELECT 'D' || n, 'P' || (n % {UNITS}), at, {form}, 'issued', at FROM dated")  # noqa: S608
    database.execute(
        f"{made} INSERT INTO delivery "  # noqa: S608
        f"SELECT 'D' || n, 'P' || ((n + 7) % {UNITS}), at, datetime(at, '+5 days'), CASE WHEN n % 8 < 7 THEN at END, at FROM dated"
    )

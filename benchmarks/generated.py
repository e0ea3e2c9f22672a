"""A generated organisation as a published snapshot: 800 units, 16,000 accounts, 24 months, and as many events as asked. All of it is invented.

Made by SQL, because rows by the hundred million are not made in a loop. Everything follows from row numbers and hashes of them: the same size
gives the same snapshot. The number of accounts stays, as it does in life: more events are more use of the same accounts.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data.organisation import LEVELS, levels
from data.paths import REFERENCE
from data.snapshot import SCHEMA_VERSION, TABLE, TABLES
from etl.contract import ENTITIES
from etl.model import build_marts

PROVINCES, DISTRICTS, DESKS = 40, 10, 9
"""40 provinces with 10 districts each, 9 desks in a province, and the head: 1 + 40 + 400 + 359 = 800 units."""
UNITS, ACCOUNTS, DAYS = 800, 16_000, 731
FIRST_ON = "2024-01-01"
SUBTREE = "P07"
"""The province of the typical question."""
DELIVERED = ("org_unit", "account", "account_assignment", "access_event", "document", "delivery")
"""Entities of the source contract that count as delivered, every column and word of them but documents that came in."""
MEMORY_LIMIT = "4GiB"
"""For making the data; beyond, the disk is used."""


_EVENTS = f"""
    SELECT
        hash(number) % {ACCOUNTS} AS account_no,
        DATE '{FIRST_ON}' + CAST(hash(number + 17) % {DAYS} AS INTEGER) AS occurred_on,
        CASE WHEN hash(number + 31) % 10 < 6 THEN 'login' WHEN hash(number + 31) % 10 < 9 THEN 'process' ELSE 'sign' END AS kind
    FROM range($events) numbers(number)
"""  # noqa: S608


def raw_events(connection: duckdb.DuckDBPyConnection, events: int) -> None:
    """The table `access_event` (account_key, occurred_on, kind): what plain SQL would count."""
    connection.execute(
        "CREATE OR REPLACE TABLE access_event AS "  # noqa: S608
        f"SELECT CAST(md5(CAST(account_no AS VARCHAR)) AS UUID) AS account_key, occurred_on, kind FROM ({_EVENTS})",
        {"events": events},
    )


def write_snapshot(path: Path, events: int) -> None:
    """Write the snapshot file; documents are a twentieth of the events."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    building = path.with_suffix(".building")
    building.unlink(missing_ok=True)
    with duckdb.connect(str(building)) as connection:
        connection.execute(
            f"SET enable_progress_bar = false; SET preserve_insertion_order = false; SET memory_limit = '{MEMORY_LIMIT}'; CREATE SCHEMA core"
        )
        _units(connection)
        _accounts(connection)
        _account_days(connection, events)
        _documents(connection, events // 20)
        columns = ", ".join(f"{name} {kind}" for name, kind in TABLE["registered_document"].columns.items())
        connection.execute(f"CREATE TABLE core.registered_document ({columns})")
        build_marts(connection)
        describe_snapshot(connection)
        publish_snapshot(connection, path)
    building.unlink()


def _account_days(connection: duckdb.DuckDBPyConnection, events: int) -> None:
    """Grouped by the accounts' numbers, which name them afterwards: a hundred million keys of 64 letters are made for nothing."""
    connection.execute(
        f"""
        CREATE TABLE core.account_day AS
        SELECT CAST(md5(CAST(account_no AS VARCHAR)) AS UUID) AS account_key, occurred_on AS day_on, has_logged_in, has_processed, has_signed,
            login_count, NULL::INTEGER AS seconds_to_action
        FROM (
            SELECT account_no, occurred_on, bool_or(kind = 'login') AS has_logged_in, bool_or(kind <> 'login') AS has_processed,
                bool_or(kind = 'sign') AS has_signed, count(*) FILTER (kind = 'login') AS login_count
            FROM ({_EVENTS}) GROUP BY ALL
        )
        """,  # noqa: S608
        {"events": events},
    )


def _units(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"""
        CREATE TABLE core.org_unit AS
        WITH unit AS (
            SELECT 'R' AS unit_code, NULL AS parent_code, 'toi_cao' AS level, NULL AS province_code, 0 AS place
            UNION ALL
            SELECT printf('P%02d', p), 'R', 'cap_tinh', printf('P%02d', p), p * 100 FROM range({PROVINCES}) t(p)
            UNION ALL
            SELECT printf('P%02dH%02d', p, d), printf('P%02d', p), 'cap_huyen', printf('P%02d', p), p * 100 + 1 + d
            FROM range({PROVINCES}) t(p), range({DISTRICTS}) s(d)
            UNION ALL
            SELECT printf('P%02dB%02d', p, d), printf('P%02d', p), 'phong', printf('P%02d', p), p * 100 + 50 + d
            FROM range({PROVINCES}) t(p), range({DESKS}) s(d) WHERE NOT (p = {PROVINCES - 1} AND d = {DESKS - 1})
        )
        SELECT unit_code, 'Đơn vị mô phỏng ' || unit_code AS name, unit_code AS short_name, parent_code, level, NULL::INTEGER AS pilot_group,
            province_code, DATE '0001-01-01' AS valid_from, DATE '9999-12-31' AS valid_to, place::INTEGER AS sort_order
        FROM unit;
        CREATE TABLE core.org_unit_ancestor AS
        SELECT unit_code, unit_code AS ancestor_code, 0 AS depth, valid_from, valid_to FROM core.org_unit
        UNION ALL SELECT unit_code, parent_code, 1, valid_from, valid_to FROM core.org_unit WHERE parent_code IS NOT NULL
        UNION ALL SELECT unit_code, 'R', 2, valid_from, valid_to FROM core.org_unit WHERE parent_code <> 'R';
    """)  # noqa: S608


def _accounts(connection: duckdb.DuckDBPyConnection) -> None:
    """Twenty to a unit; one in ten moves to another unit on 15 August 2025, one in twenty is not activated."""
    connection.execute(f"""
        CREATE TABLE core.account AS
        SELECT CAST(md5(CAST(n AS VARCHAR)) AS UUID) AS account_key, true AS is_officer, n % 8 = 0 AS is_clerk, n % 15 = 0 AS is_leader,
            DATE '{FIRST_ON}' AS provisioned_on, CASE WHEN n % 20 <> 0 THEN DATE '{FIRST_ON}' + CAST(n % 90 AS INTEGER) END AS activated_on,
            NULL::DATE AS disabled_on
        FROM range({ACCOUNTS}) t(n);
        CREATE TABLE core.account_assignment AS
        WITH unit AS (SELECT unit_code, row_number() OVER (ORDER BY unit_code) - 1 AS place FROM core.org_unit),
        stay AS (
            SELECT n, n % {UNITS} AS place, DATE '0001-01-01' AS valid_from,
                CASE WHEN n % 10 = 3 THEN DATE '2025-08-14' ELSE DATE '9999-12-31' END AS valid_to
            FROM range({ACCOUNTS}) t(n)
            UNION ALL
            SELECT n, (n + 61) % {UNITS}, DATE '2025-08-15', DATE '9999-12-31' FROM range({ACCOUNTS}) t(n) WHERE n % 10 = 3
        )
        SELECT CAST(md5(CAST(n AS VARCHAR)) AS UUID) AS account_key, unit_code, valid_from, valid_to, false AS is_shared
        FROM stay JOIN unit USING (place);
    """)  # noqa: S608


def _documents(connection: duckdb.DuckDBPyConnection, documents: int) -> None:
    connection.execute(f"""
        CREATE TABLE core.document AS
        WITH unit AS (SELECT unit_code, row_number() OVER (ORDER BY unit_code) - 1 AS place FROM core.org_unit),
        drawn AS (
            SELECT n, hash(n + 3) % {UNITS} AS place, hash(n + 5) % {DAYS} AS day, hash(n + 7) % 100 AS form, hash(n + 11) % 100 AS signature,
                hash(n + 13) % 100 AS channel
            FROM range({documents}) t(n)
        )
        SELECT 'D' || n AS document_key, unit_code, DATE '{FIRST_ON}' + CAST(day AS INTEGER) AS issued_on, 'CV' AS doc_type,
            CAST(n AS VARCHAR) AS number,
            3 AS page_count, form < 60 AS is_electronic, form BETWEEN 60 AND 89 AS is_parallel, form >= 90 AS is_paper,
            signature < 70 AS is_organ_signed, signature BETWEEN 20 AND 84 AS is_signer_signed, n % 97 = 0 AS is_recalled,
            channel < 80 AS is_sent_internally, channel >= 70 AS is_sent_by_axis, channel BETWEEN 70 AND 96 AS is_axis_acknowledged,
            false AS is_axis_updated, false AS is_axis_replacement
        FROM drawn JOIN unit USING (place);
        CREATE TABLE core.delivery AS
        SELECT document_key, unit_code AS receiver_code, issued_on AS arrived_on, issued_on + 5 AS due_on,
            issued_on + CAST(hash(document_key) % 8 AS INTEGER) AS completed_on, is_sent_internally AS is_internal,
            NOT is_sent_internally AS is_from_axis, is_recalled, true AS is_listed, hash(document_key) % 5 > 0 AS is_received_same_day
        FROM core.document;
    """)  # noqa: S608


def describe_snapshot(connection: duckdb.DuckDBPyConnection) -> None:
    """What a snapshot says of itself: the levels of its units, and what was delivered of which days; without it every figure is unknown."""
    columns = ", ".join(f"{name} {kind}" for name, kind in TABLE["level"].columns.items())
    connection.execute(f"CREATE TABLE core.level ({columns})")
    rows = [tuple(level._asdict().values()) for level in levels(REFERENCE / LEVELS)]
    connection.executemany(f"INSERT INTO core.level VALUES ({', '.join('?' for _ in rows[0])})", rows)  # noqa: S608
    names = [
        (entity.name, name)
        for entity in ENTITIES
        if entity.name in DELIVERED
        for column in entity.columns
        for name in (column.name, *(f"{column.name}={word}" for word in column.choices if column.is_told_apart))
        if name not in ("direction=incoming", "direction=internal")
    ]
    connection.execute("CREATE TABLE core.delivered (source VARCHAR, entity VARCHAR, column_name VARCHAR, from_on DATE, to_on DATE)")
    connection.executemany(f"INSERT INTO core.delivered VALUES ('generated', ?, ?, DATE '{FIRST_ON}', DATE '{FIRST_ON}' + {DAYS - 1})", names)  # noqa: S608


def publish_snapshot(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"""
        CREATE TABLE core.snapshot_info AS
        SELECT 'generated' AS snapshot, {SCHEMA_VERSION} AS schema_version, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS published_at,
            TIMESTAMPTZ '2025-12-31 16:00:00Z' AS cutoff_at, DATE '{FIRST_ON}' AS first_on, 'Asia/Ho_Chi_Minh' AS time_zone, true AS is_synthetic,
            'generated' AS content_hash
    """)
    made = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'core'").fetchall()}
    connection.execute(f"ATTACH '{path.as_posix()}' AS snapshot; SET preserve_insertion_order = true")
    for table in TABLES:
        columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
        connection.execute(f"CREATE TABLE snapshot.{table.name} ({columns})")
        if table.name in made:
            names = ", ".join(table.columns)
            connection.execute(
                f"INSERT INTO snapshot.{table.name} SELECT {names} FROM core.{table.name} ORDER BY {', '.join(table.key)}"  # noqa: S608
            )
    connection.execute("CHECKPOINT snapshot; DETACH snapshot")

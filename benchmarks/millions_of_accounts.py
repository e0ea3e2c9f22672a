"""A page of the whole government: a month by unit, and a year by unit and month, of 3 million accounts over 14 months, by processor time.

No event is made: account_stay and account_month, of which pages are counted, are written directly. One account in ten moves within the year, and one
unit in twelve is succeeded by another at its middle. The peer is the way of all other questions, account by account.
"""

from __future__ import annotations

import contextlib
import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.generated import MEMORY_LIMIT, describe_snapshot, publish_snapshot
from benchmarks.measured import Measured
from data.snapshot import SCHEMA_VERSION, sums_of
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values, ratio_by_unit_and_part
from metrics.query.usual_sums import write_sums
from metrics.tree.scope import Scope

DEFAULT_SIZES = (3_000_000,)
"""Here a size is a number of accounts."""
TIMES = 5
ACCOUNTS_OF_UNIT = 250
PROVINCES = 34
MONTHS = 14
FIRST_ON, CUTOFF_ON, CHANGED_ON = "2024-11-01", "2025-12-31", "2025-07-01"
NAMES = ("activation_rate", "login_rate", "habitual_rate", "processing_rate", "personal_signing_rate")


def measure(accounts: int, kept_in: Path | None = None) -> list[Measured]:
    """Medians of the processor's time, without end for a way that asks for more memory than a reader has.

    Raises AssertionError where the two ways differ in a figure.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = (kept_in or Path(folder)) / f"accounts-{accounts}-{SCHEMA_VERSION}" / "snapshots" / "generated.duckdb"
        if not path.is_file():
            write_accounts(path, accounts)
        if not sums_of(path).is_file():
            begun = time.process_time()
            write_sums(path)
            print(f"sums made in {time.process_time() - begun:.1f} s of processor", file=sys.stderr)
        month, year = Period(date(2025, 12, 1), date(2025, 12, 31)), Period(date(2025, 1, 1), date(2025, 12, 31))
        questions: dict[str, Callable[[Snapshot], pl.DataFrame]] = {
            "a month by unit": lambda snapshot: metric_values(snapshot, NAMES, month, by="unit"),
            "a year by unit": lambda snapshot: metric_values(snapshot, NAMES, year, by="unit"),
            "a year by unit and month": lambda snapshot: ratio_by_unit_and_part(snapshot, "login_rate", year.split("month"), Scope()),
        }
        rows = []
        size = (path.stat().st_size + sums_of(path).stat().st_size) >> 20
        for name, ask in questions.items():
            with open_snapshot(path, deadline_s=600) as snapshot:
                ours, us = _processor_ms(snapshot, ask, TIMES)
            aside = sums_of(path).rename(path.with_name("aside"))
            peer = math.inf
            with open_snapshot(path, deadline_s=600) as snapshot, contextlib.suppress(duckdb.OutOfMemoryException):  # a reader has 1 GiB
                theirs, peer = _processor_ms(snapshot, ask, 1)
                assert ours.equals(theirs), f"{name}: the two ways differ"
            aside.rename(sums_of(path))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            rows.append(Measured(f"{name}, processor (files {size} MiB)", accounts, us, "account by account", peer, peak))
        return rows


def _processor_ms(snapshot: Snapshot, ask: Callable[[Snapshot], pl.DataFrame], times: int) -> tuple[pl.DataFrame, float]:
    taken = []
    for _ in range(times + 1):
        begun = time.process_time()
        answer = ask(snapshot)
        taken.append((time.process_time() - begun) * 1000)
    return answer, sorted(taken[1:])[times // 2]


def write_accounts(path: Path, accounts: int) -> None:
    """Writes the snapshot file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    building = path.with_suffix(".building")
    building.unlink(missing_ok=True)
    units = max(PROVINCES * 2, accounts // ACCOUNTS_OF_UNIT)
    with duckdb.connect(str(building)) as connection:
        connection.execute(f"SET preserve_insertion_order = false; SET memory_limit = '{MEMORY_LIMIT}'; CREATE SCHEMA core")
        _units(connection, units)
        _accounts(connection, accounts, units)
        describe_snapshot(connection)
        publish_snapshot(connection, path)
    with duckdb.connect(str(path)) as snapshot:
        for table, column in (("snapshot_info", "first_on"), ("delivered", "from_on")):
            snapshot.execute(f"UPDATE {table} SET {column} = DATE '{FIRST_ON}'")  # noqa: S608
    building.unlink()


def _units(connection: duckdb.DuckDBPyConnection, units: int) -> None:
    """The head, provinces, communes and departments in them (one in four of the rest), and desks in these; one desk in twelve has a successor."""
    connection.execute(f"""
        CREATE TABLE core.org_unit AS
        WITH numbered AS (
            SELECT n, CASE WHEN n = 0 THEN 0 WHEN n <= {PROVINCES} THEN 1 WHEN n % 4 = 0 THEN 2 ELSE 3 END AS tier,
                CASE WHEN n % 4 = 0 THEN n ELSE greatest(36, n // 4 * 4) END AS commune
            FROM range({units}) t(n)
        )
        SELECT 'U' || n AS unit_code, 'Đơn vị mô phỏng ' || n AS name, 'U' || n AS short_name,
            CASE tier WHEN 0 THEN NULL WHEN 1 THEN 'U0' WHEN 2 THEN 'U' || (1 + n % {PROVINCES}) ELSE 'U' || commune END AS parent_code,
            ['toi_cao', 'cap_tinh', 'cap_huyen', 'phong'][tier + 1] AS level, NULL::INTEGER AS pilot_group,
            CASE tier WHEN 0 THEN NULL WHEN 1 THEN 'U' || n ELSE 'U' || (1 + commune % {PROVINCES}) END AS province_code,
            CASE WHEN n % 12 = 7 THEN DATE '{CHANGED_ON}' ELSE DATE '0001-01-01' END AS valid_from,
            CASE WHEN n % 12 = 6 THEN DATE '{CHANGED_ON}' - 1 ELSE DATE '9999-12-31' END AS valid_to, n::INTEGER AS sort_order
        FROM numbered;
        CREATE TABLE core.unit_succession AS
        SELECT 'U' || n AS old_code, 'U' || (n + 1) AS new_code, DATE '{CHANGED_ON}' AS effective_on, 1.0::DOUBLE AS share
        FROM range({units - 1}) t(n) WHERE n % 12 = 6;
        CREATE TABLE core.org_unit_ancestor AS
        WITH RECURSIVE path AS (
            SELECT unit_code, unit_code AS ancestor_code, 0 AS depth, valid_from, valid_to, parent_code FROM core.org_unit
            UNION ALL
            SELECT path.unit_code, unit.unit_code, path.depth + 1, greatest(path.valid_from, unit.valid_from), least(path.valid_to, unit.valid_to),
                unit.parent_code
            FROM path JOIN core.org_unit unit ON unit.unit_code = path.parent_code
        )
        SELECT unit_code, ancestor_code, depth, valid_from, valid_to FROM path WHERE valid_from <= valid_to;
    """)  # noqa: S608


def _accounts(connection: duckdb.DuckDBPyConnection, accounts: int, units: int) -> None:
    """Use grows and falls by account, so that flags are as mixed as in life."""
    connection.execute(f"""
        CREATE TABLE core.account_stay AS
        WITH account AS (
            SELECT n, n * 2654435761 % {units} AS unit, DATE '{CHANGED_ON}' + CAST(n % 40 AS INTEGER) AS moved_on FROM range({accounts}) t(n)
        ),
        stay AS (
            SELECT n, unit, DATE '2024-01-01' AS valid_from, CASE WHEN n % 10 = 3 OR unit % 12 = 6 THEN
                CASE WHEN unit % 12 = 6 THEN DATE '{CHANGED_ON}' ELSE moved_on END - 1 ELSE DATE '9999-12-31' END AS valid_to FROM account
            UNION ALL
            SELECT n, CASE WHEN unit % 12 = 6 THEN least(unit + 1, {units - 1}) ELSE (unit + 61) % {units} END,
                CASE WHEN unit % 12 = 6 THEN DATE '{CHANGED_ON}' ELSE moved_on END, DATE '9999-12-31'
            FROM account WHERE n % 10 = 3 OR unit % 12 = 6
        )
        SELECT (row_number() OVER (ORDER BY n, valid_from))::INTEGER AS stay_no, n::INTEGER AS account_no,
            CAST(md5(CAST(n AS VARCHAR)) AS UUID) AS account_key, 'U' || unit AS unit_code, valid_from, valid_to,
            n % 50 <> 9 AS is_officer, n % 12 = 0 AS is_clerk, n % 15 = 0 AS is_leader,
            CASE WHEN n % 20 <> 0 THEN DATE '2024-01-01' + CAST(n % 600 AS INTEGER) END AS activated_on, false AS is_shared
        FROM stay;
        CREATE TABLE core.account_month AS
        SELECT n::INTEGER AS account_no, CAST(DATE '{FIRST_ON}' + to_months(CAST(m AS INTEGER)) AS DATE) AS month_on,
            CAST(hash(n * 100 + m) & (hash(n) | hash(n + m)) & 268435455 AS INTEGER) AS login_days,
            CAST(hash(n * 100 + m) & hash(n * 7 + m) & (CASE WHEN n % 3 = 0 THEN 0 ELSE 268435455 END) AS INTEGER) AS processing_days,
            CAST(hash(n * 100 + m) & hash(n * 7 + m) & (CASE WHEN n % 4 < 3 THEN 0 ELSE hash(m) END) & 268435455 AS INTEGER) AS signing_days
        FROM range({accounts}) t(n), range({MONTHS}) s(m) WHERE hash(n * 31 + m) % 4 > 0;
    """)  # noqa: S608

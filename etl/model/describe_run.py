"""What a snapshot says of its own making: how far the data reach, where rows went, why they were refused, what the checks said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import duckdb
import pyarrow as pa

from data.snapshot import TABLES
from etl.checks.suite import Verdict
from etl.publish.snapshots import Facts
from etl.runs.run_history import EntityAccount, by_entity
from etl.settings import Settings
from etl.staging.casts import literal, quoted
from etl.staging.stage import reject_reasons

DESCRIBED = ("reject_reason", "quality_result")
"""Tables about the run itself that are part of what is published."""


def make_span(warehouse: duckdb.DuckDBPyConnection, time_zone: str, fetched_at: str, is_kept: bool = False) -> None:
    """Makes what the checks measure by.

    `canonical.event_day` and `canonical.event_account`: how many events a day and an account have; in a kept warehouse brought up to date by the
    temporary table `changed_event`. `canonical.span`: one row, the first day and the newest instant (and its day) that the data speak of.
    `canonical.working_day`: one row per Monday to Friday between them, with its rows of access_event and document.

    Instants after the fetch are typing errors or plans, and say nothing of how fresh the data are.
    """
    for name, column, day in (("event_day", "occurred_on", "day"), ("event_account", "account_key", "account_key")):
        rows = f"SELECT {column}, 1 AS rows FROM canonical.access_event"  # noqa: S608 - names of this program
        if is_kept:
            rows = f"SELECT {column}, rows FROM canonical.{name} UNION ALL SELECT {day}, rows FROM changed_event"  # noqa: S608
        counted = f"SELECT {column}, CAST(sum(rows) AS BIGINT) AS rows FROM ({rows}) GROUP BY {column} HAVING sum(rows) > 0"  # noqa: S608
        warehouse.execute(f"CREATE OR REPLACE TABLE canonical.{name} AS {counted}")
    warehouse.execute(
        f"""
        CREATE OR REPLACE TABLE canonical.span AS
        SELECT cutoff_at, CAST(timezone({literal(time_zone)}, cutoff_at) AS DATE) AS cutoff_on, first_on
        FROM (
            SELECT max(spoken_at) FILTER (spoken_at <= CAST({literal(fetched_at)} AS TIMESTAMPTZ)) AS cutoff_at, min(day) AS first_on
            FROM (
                SELECT occurred_at AS spoken_at, NULL AS day FROM canonical.access_event
                UNION ALL SELECT NULL, occurred_on FROM canonical.event_day
                UNION ALL SELECT issued_at, issued_on FROM canonical.document
                UNION ALL SELECT sent_at, sent_on FROM canonical.delivery
                UNION ALL SELECT received_at, NULL FROM canonical.delivery
                UNION ALL SELECT completed_at, NULL FROM canonical.delivery
                UNION ALL SELECT "at", at_on FROM canonical.axis_message
            ) spoken
        ) reach
        """  # noqa: S608
    )
    warehouse.execute(
        """
        CREATE OR REPLACE TABLE canonical.working_day AS
        WITH weekday AS (
            SELECT CAST(unnest(range(CAST(first_on AS TIMESTAMP), CAST(cutoff_on AS TIMESTAMP) + INTERVAL 1 DAY, INTERVAL 1 DAY)) AS DATE) AS day_on
            FROM canonical.span WHERE first_on <= cutoff_on
        ),
        document AS (SELECT issued_on AS day_on, count(*) AS rows FROM canonical.document GROUP BY issued_on)
        SELECT weekday.day_on, coalesce(event.rows, 0) AS events, coalesce(document.rows, 0) AS documents
        FROM weekday LEFT JOIN canonical.event_day event ON event.occurred_on = weekday.day_on LEFT JOIN document USING (day_on)
        WHERE isodow(weekday.day_on) <= 5
        """
    )


def facts_of(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> Facts:
    """What the snapshot says of itself, out of `canonical.span`."""
    cutoff_at, first_on = warehouse.execute("SELECT CAST(cutoff_at AS VARCHAR), CAST(first_on AS VARCHAR) FROM canonical.span").fetchone() or (
        None,
        None,
    )
    return Facts(settings.time_zone, any(source.is_synthetic for source in settings.sources), cutoff_at, first_on)


def describe_run(warehouse: duckdb.DuckDBPyConnection, accounts: Sequence[EntityAccount], verdicts: Sequence[Verdict]) -> None:
    """The snapshot's tables about the run itself: where rows went, why they were refused, what the checks said."""
    entities = [(account.source, account.entity) for account in by_entity(accounts)]
    reasons = [(*entity, *reason) for entity in entities for reason in reject_reasons(warehouse, *entity)]
    results = [
        (verdict.check.name, verdict.check.entity, verdict.check.severity, verdict.is_passed, verdict.violations, verdict.rows)
        for verdict in verdicts
    ]
    _make_table(warehouse, "batch_accounting", [astuple(account) for account in accounts])
    _make_table(warehouse, "reject_reason", reasons)
    _make_table(warehouse, "quality_result", results)


def _make_table(warehouse: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    columns = next(table for table in TABLES if table.name == name).columns
    warehouse.execute(f"CREATE OR REPLACE TABLE core.{name} ({', '.join(f'{quoted(column)} {kind}' for column, kind in columns.items())})")
    if rows:
        values = [pa.array([row[place] for row in rows]) for place in range(len(columns))]
        warehouse.register("described", pa.table(values, names=list(columns)))
        warehouse.execute(f"INSERT INTO core.{name} SELECT * FROM described")  # noqa: S608
        warehouse.unregister("described")

"""What a snapshot says of its own making: how far the data reach, where rows went, why they were refused, what the checks said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import duckdb
import pyarrow as pa

from data.run_history import EntityAccount, by_entity
from data.snapshot import TABLE
from etl.checks.suite import Verdict
from etl.model import read_sql
from etl.publish.snapshots import Facts
from etl.settings import Settings
from etl.staging.casts import quoted
from etl.staging.stage import reject_reasons

DESCRIBED = ("delivered", "reject_reason", "quality_result")
"""Tables about the run itself that are part of what is published."""


def make_span(warehouse: duckdb.DuckDBPyConnection, time_zone: str, fetched_at: str, is_kept: bool = False) -> None:
    """Makes what the checks measure by: `canonical.span` and `canonical.working_day` (their SQL tells more), and how many events a day and an
    account have, `canonical.event_day` and `canonical.event_account`; in a kept warehouse brought up to date by the temporary table `changed_event`.
    """
    for name, column, day in (("event_day", "occurred_on", "day"), ("event_account", "account_key", "account_key")):
        rows = f"SELECT {column}, 1 AS rows FROM canonical.access_event"  # noqa: S608 - names of this program
        if is_kept:
            rows = f"SELECT {column}, rows FROM canonical.{name} UNION ALL SELECT {day}, rows FROM changed_event"  # noqa: S608
        counted = f"SELECT {column}, CAST(sum(rows) AS BIGINT) AS rows FROM ({rows}) GROUP BY {column} HAVING sum(rows) > 0"  # noqa: S608
        warehouse.execute(f"CREATE OR REPLACE TABLE canonical.{name} AS {counted}")
    parameters = {"time_zone": time_zone, "fetched_at": fetched_at}
    warehouse.execute(f"CREATE OR REPLACE TABLE canonical.span AS {read_sql('span')}", parameters)
    warehouse.execute(f"CREATE OR REPLACE TABLE canonical.working_day AS {read_sql('working_day')}")


def facts_of(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> Facts:
    """What the snapshot says of itself, out of `canonical.span`."""
    reach = warehouse.execute("SELECT CAST(cutoff_at AS VARCHAR), CAST(first_on AS VARCHAR) FROM canonical.span").fetchone()
    cutoff_at, first_on = reach or (None, None)
    return Facts(settings.time_zone, any(source.is_synthetic for source in settings.sources), cutoff_at, first_on)


def describe_run(warehouse: duckdb.DuckDBPyConnection, accounts: Sequence[EntityAccount], verdicts: Sequence[Verdict]) -> None:
    """The snapshot's tables about the run itself: what was delivered, where rows went, why they were refused, what the checks said."""
    entities = [(account.source, account.entity) for account in by_entity(accounts)]
    reasons = [(*entity, *reason) for entity in entities for reason in reject_reasons(warehouse, *entity)]
    results = [
        (verdict.check.name, verdict.check.entity, verdict.check.severity, verdict.outcome, verdict.violations, verdict.rows) for verdict in verdicts
    ]
    warehouse.execute("CREATE OR REPLACE TABLE core.delivered AS FROM canonical.delivered")
    _make_table(warehouse, "batch_accounting", [astuple(account) for account in accounts])
    _make_table(warehouse, "reject_reason", reasons)
    _make_table(warehouse, "quality_result", results)


def _make_table(warehouse: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    columns = TABLE[name].columns
    warehouse.execute(f"CREATE OR REPLACE TABLE core.{name} ({', '.join(f'{quoted(column)} {kind}' for column, kind in columns.items())})")
    if rows:
        values = [pa.array([row[place] for row in rows]) for place in range(len(columns))]
        warehouse.register("described", pa.table(values, names=list(columns)))
        warehouse.execute(f"INSERT INTO core.{name} SELECT * FROM described")  # noqa: S608
        warehouse.unregister("described")

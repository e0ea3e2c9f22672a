"""Makes those rows of the core tables anew that a run's changes touch, by the same statements that make the tables whole.

A statement is pointed at a part of what it reads: for `canonical.document`, say, `part_canonical.document` stands in, the rows of the touched
documents alone. What is small is made whole. The fingerprint of every table is kept up as its rows come and go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from data.snapshot import TABLES, Table
from etl.model import select_of, typed_columns
from etl.model.content_hash import Fingerprint, fingerprint

_SMALL_BEFORE = ("org_unit_ancestor", "org_unit", "unit_succession", "account", "account_assignment", "declared_total")
_OF_DOCUMENTS = ("canonical.document", "canonical.delivery", "canonical.axis_message")
_TABLE: dict[str, Table] = {table.name: table for table in TABLES}


@dataclass
class Parts:
    """What was made anew: the tables' fingerprints, and for each table the condition that holds for its new rows and held for the old ones."""

    fingerprints: dict[str, Fingerprint]
    conditions: dict[str, str] = field(default_factory=dict)
    """"true" for a table that was made whole. Conditions speak of temporary tables of the connection."""


def build_parts(warehouse: duckdb.DuckDBPyConnection, before: dict[str, Fingerprint]) -> Parts:
    """Brings every core table up to date after changes of which `touched_day` (day) and `touched_document` (document_key) tell."""
    parts = Parts(dict(before))
    _part_schemas(warehouse)
    warehouse.execute("CREATE OR REPLACE TEMP TABLE unit_before AS SELECT unit_code FROM core.org_unit")
    warehouse.execute("CREATE OR REPLACE TEMP TABLE account_before AS SELECT account_key FROM core.account")
    warehouse.execute("CREATE OR REPLACE TEMP TABLE number_before AS SELECT DISTINCT account_no, account_key FROM core.account_stay")
    for name in _SMALL_BEFORE:
        _make_whole(warehouse, parts, name)
    _account_days(warehouse, parts)
    _documents(warehouse, parts)
    _deliveries(warehouse, parts)
    _make_whole(warehouse, parts, "account_stay")
    _account_months(warehouse, parts)
    _drop_parts(warehouse)
    return parts


def whole_parts(warehouse: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, Fingerprint]:
    """The fingerprints of tables that were just made."""
    return {name: fingerprint(warehouse, _TABLE[name], f"core.{name}") for name in names}


def _account_days(warehouse: duckdb.DuckDBPyConnection, parts: Parts) -> None:
    """Days of changed events; and all days of accounts that came or went, because events of unknown accounts do not count."""
    warehouse.execute(
        "CREATE OR REPLACE TEMP TABLE changed_account AS "
        "(SELECT account_key FROM core.account EXCEPT SELECT account_key FROM account_before) UNION ALL "
        "(SELECT account_key FROM account_before EXCEPT SELECT account_key FROM core.account)"
    )
    touched = "{day} IN (SELECT day FROM touched_day)"
    if _holds_rows(warehouse, "changed_account"):
        touched += " OR account_key IN (SELECT account_key FROM changed_account)"
    elif not _holds_rows(warehouse, "touched_day"):
        _months_of(warehouse, "SELECT day FROM touched_day")
        return
    where = touched.format(day="day_on")
    warehouse.execute(f"CREATE OR REPLACE TABLE part_core.days_before AS SELECT DISTINCT day_on AS day FROM core.account_day WHERE {where}")  # noqa: S608
    _restrict(warehouse, "canonical.access_event", touched.format(day="occurred_on"))
    _make_part(warehouse, parts, "account_day", where, ("canonical.access_event",))
    _months_of(
        warehouse,
        f"SELECT day FROM part_core.days_before UNION SELECT day FROM touched_day UNION SELECT day_on FROM core.account_day WHERE {where}",  # noqa: S608
    )


def _months_of(warehouse: duckdb.DuckDBPyConnection, days: str) -> None:
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE touched_month AS SELECT DISTINCT CAST(date_trunc('month', day) AS DATE) AS month FROM ({days})")  # noqa: S608


def _documents(warehouse: duckdb.DuckDBPyConnection, parts: Parts) -> None:
    where = "document_key IN (SELECT document_key FROM touched_document)"
    for name in _OF_DOCUMENTS:
        _restrict(warehouse, name, where)
    if _has_other_units(warehouse) and _holds_rows(warehouse, "canonical.axis_message"):  # what others send counts for nobody here
        for name in ("document", "document_day"):
            _make_whole(warehouse, parts, name)
        return
    _note_days(warehouse, "issue_day", "core.document", "issued_on", where)
    _make_part(warehouse, parts, "document", where, _OF_DOCUMENTS)
    _note_days(warehouse, "issue_day", "core.document", "issued_on", where)
    _make_day_mart(warehouse, parts, "document_day", "core.document", "issued_on", "issue_day")


def _deliveries(warehouse: duckdb.DuckDBPyConnection, parts: Parts) -> None:
    if _has_other_units(warehouse):  # deliveries to other organs do not count, and now others are of ours
        for name in ("delivery", "delivery_day", "due_delivery_day"):
            _make_whole(warehouse, parts, name)
        return
    where = "document_key IN (SELECT document_key FROM touched_document)"
    for days, column in (("arrival_day", "arrived_on"), ("due_day", "due_on")):
        _note_days(warehouse, days, "core.delivery", column, where)
    _make_part(warehouse, parts, "delivery", where, _OF_DOCUMENTS)
    for days, column in (("arrival_day", "arrived_on"), ("due_day", "due_on")):
        _note_days(warehouse, days, "core.delivery", column, where)
    _make_day_mart(warehouse, parts, "delivery_day", "core.delivery", "arrived_on", "arrival_day")
    _make_day_mart(warehouse, parts, "due_delivery_day", "core.delivery", "due_on", "due_day")


def _has_other_units(warehouse: duckdb.DuckDBPyConnection) -> bool:
    changed = (
        "SELECT 1 FROM (SELECT unit_code FROM core.org_unit EXCEPT SELECT unit_code FROM unit_before) UNION ALL "
        "SELECT 1 FROM (SELECT unit_code FROM unit_before EXCEPT SELECT unit_code FROM core.org_unit)"
    )
    return warehouse.execute(changed).fetchone() is not None


def _account_months(warehouse: duckdb.DuckDBPyConnection, parts: Parts) -> None:
    """Touched months are counted again. Where accounts came or went the others get new numbers, under which their months are carried over."""
    moved = (
        "SELECT 1 FROM (SELECT DISTINCT account_no, account_key FROM core.account_stay EXCEPT SELECT account_no, account_key FROM number_before) "
        "UNION ALL SELECT 1 FROM (SELECT account_no, account_key FROM number_before EXCEPT SELECT account_no, account_key FROM core.account_stay)"
    )
    months = "SELECT month FROM touched_month"
    bounds = warehouse.execute(f"SELECT CAST(min(month) AS VARCHAR), CAST(last_day(max(month)) AS VARCHAR) FROM ({months})").fetchone()  # noqa: S608
    first, last = bounds if bounds and bounds[0] else ("infinity", "-infinity")
    # By the bounds first: taking the month of every day of years would cost more than all the rest.
    in_month = f"day_on BETWEEN DATE '{first}' AND DATE '{last}' AND CAST(date_trunc('month', day_on) AS DATE) IN ({months})"
    if not warehouse.execute(moved).fetchone():
        _restrict(warehouse, "core.account_day", in_month)
        _make_part(warehouse, parts, "account_month", "month_on IN (SELECT month FROM touched_month)", ("core.account_day",))
        return
    warehouse.execute(
        "CREATE OR REPLACE TEMP TABLE newcomer AS "
        "SELECT DISTINCT account_key FROM core.account_stay WHERE account_key NOT IN (SELECT account_key FROM number_before)"
    )
    _restrict(warehouse, "core.account_day", f"({in_month}) OR account_key IN (SELECT account_key FROM newcomer)")  # noqa: S608
    warehouse.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE month_made AS
        SELECT {typed_columns("account_month")} FROM ({_statement("account_month", ("core.account_day",))}) made;
        CREATE OR REPLACE TEMP TABLE month_carried AS
        SELECT number_now.account_no, month.* EXCLUDE (account_no)
        FROM core.account_month month
        JOIN number_before USING (account_no)
        JOIN (SELECT DISTINCT account_no, account_key FROM core.account_stay) number_now ON number_now.account_key = number_before.account_key
        WHERE month.month_on NOT IN (SELECT month FROM touched_month);
        CREATE OR REPLACE TABLE core.account_month AS
        SELECT {typed_columns("account_month")} FROM (SELECT * FROM month_made UNION ALL BY NAME SELECT * FROM month_carried) made
        """  # noqa: S608
    )
    parts.fingerprints |= whole_parts(warehouse, ("account_month",))
    parts.conditions["account_month"] = "true"


def _make_day_mart(warehouse: duckdb.DuckDBPyConnection, parts: Parts, name: str, source: str, column: str, days: str) -> None:
    where = f"{column} IN (SELECT day FROM {days})"  # noqa: S608
    _restrict(warehouse, source, where)
    _make_part(warehouse, parts, name, where, (source,))


def _make_part(warehouse: duckdb.DuckDBPyConnection, parts: Parts, name: str, where: str, restricted: Sequence[str]) -> None:
    """Makes the rows of a table anew for which `where` holds, out of the restricted relations."""
    table = _TABLE[name]
    gone = fingerprint(warehouse, table, f"core.{name}", where)
    warehouse.execute(f"DELETE FROM core.{name} WHERE {where}")  # noqa: S608
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE made_anew AS SELECT {typed_columns(name)} FROM ({_statement(name, restricted)}) made")  # noqa: S608
    warehouse.execute(f"INSERT INTO core.{name} SELECT * FROM made_anew")  # noqa: S608
    came = fingerprint(warehouse, table, "made_anew")
    parts.fingerprints[name] = parts.fingerprints[name] - gone + came
    if gone != came:
        parts.conditions[name] = where


def _make_whole(warehouse: duckdb.DuckDBPyConnection, parts: Parts, name: str) -> None:
    warehouse.execute(f"CREATE OR REPLACE TABLE core.{name} AS SELECT {typed_columns(name)} FROM ({_statement(name, ())}) made")  # noqa: S608
    made = fingerprint(warehouse, _TABLE[name], f"core.{name}")
    if made != parts.fingerprints[name]:
        parts.conditions[name] = "true"
    parts.fingerprints[name] = made


def _statement(name: str, restricted: Sequence[str]) -> str:
    select = select_of(name)
    for relation in restricted:
        select = re.sub(rf"\b{re.escape(relation)}\b", f"part_{relation}", select)
    return f"\n{select}\n"


def _restrict(warehouse: duckdb.DuckDBPyConnection, relation: str, where: str) -> None:
    warehouse.execute(f"CREATE OR REPLACE TABLE part_{relation} AS SELECT * FROM {relation} WHERE {where}")  # noqa: S608


def _part_schemas(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS part_canonical; CREATE SCHEMA IF NOT EXISTS part_core")


def _drop_parts(warehouse: duckdb.DuckDBPyConnection) -> None:
    """One by one: dropping a schema with the tables in it makes the commit fail."""
    listed = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name IN ('part_canonical', 'part_core')"
    for (name,) in warehouse.execute(listed).fetchall():
        warehouse.execute(f"DROP TABLE {name}")
    warehouse.execute("DROP SCHEMA part_canonical; DROP SCHEMA part_core")


def _holds_rows(warehouse: duckdb.DuckDBPyConnection, table: str) -> bool:
    return warehouse.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608


def _note_days(warehouse: duckdb.DuckDBPyConnection, days: str, relation: str, column: str, where: str) -> None:
    """Adds to the temporary table `days` the days on which the chosen rows stand now."""
    warehouse.execute(f"CREATE TEMP TABLE IF NOT EXISTS {days} (day DATE)")
    warehouse.execute(f"INSERT INTO {days} SELECT DISTINCT {column} FROM {relation} WHERE {column} IS NOT NULL AND ({where})")  # noqa: S608

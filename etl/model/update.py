"""Brings the core tables up to date: the rows that a run's changes touch are deleted and made again by the statements that make the tables whole.

Those statements read the views `input.<name>`, which show the touched rows alone. What is small is made whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from data.snapshot import TABLE
from etl.model import INPUTS, PLACES, select_of, show_input, verify_places
from etl.model.content_hash import Fingerprint, fingerprint
from etl.model.suspect_use import make_suspect_days

SMALL = ("level", "pilot_group", "day_off", "org_unit_ancestor", "org_unit", "unit_succession", "account", "account_assignment", "declared_total")

DAY_MARTS = {
    "document_day": ("issued_document", "issued_on"),
    "registered_day": ("registered", "registered_on"),
    "delivery_day": ("arrived_delivery", "arrived_on"),
    "due_delivery_day": ("due_delivery", "due_on"),
}
"""Each mart's input, and the day by which both are touched."""

_OF_TOUCHED_DOCUMENTS = "document_key IN (SELECT document_key FROM touched_document)"


@dataclass
class CoreUpdate:
    """What was made anew: the tables' fingerprints, and for each changed table the condition that its new rows meet and its old ones met."""

    fingerprints: dict[str, Fingerprint]
    conditions: dict[str, str] = field(default_factory=dict)
    """"true" for a table that was made whole. Conditions speak of temporary tables of the connection."""


def update_core(warehouse: duckdb.DuckDBPyConnection, before: dict[str, Fingerprint]) -> CoreUpdate:
    """Brings every core table up to date after the changes that `touched_day` (day) and `touched_document` (document_key) list.

    `before` has the fingerprints of the tables as they stand.
    """
    update = CoreUpdate(dict(before))
    known = {
        "unit": "unit_code FROM core.org_unit",
        "account": "account_key, is_officer FROM core.account",
        "number": "account_no, account_key FROM core.account_stay",
        "place": "account_key, is_officer, is_clerk, unit_code, valid_from, valid_to, is_shared "
        "FROM core.account LEFT JOIN core.account_assignment USING (account_key)",
    }
    for name, columns in known.items():
        warehouse.execute(f"CREATE OR REPLACE TEMP TABLE {name}_before AS SELECT DISTINCT {columns}")
    for name in SMALL:
        _remake(warehouse, update, name)
    _note_changed(warehouse, "unit", known["unit"])
    _note_changed(warehouse, "account", known["account"])
    _note_changed(warehouse, "place", known["place"])
    _update_account_days(warehouse, update)
    _update_documents(warehouse, update)
    _remake(warehouse, update, "account_stay")
    _note_changed(warehouse, "number", known["number"])
    _update_account_months(warehouse, update)
    _update_login_days(warehouse, update)
    _update_places(warehouse, update)
    return update


def _note_changed(warehouse: duckdb.DuckDBPyConnection, name: str, columns: str) -> None:
    """Makes the temporary table `changed_<name>`: what came or went since `<name>_before`."""
    came_or_went = f"(SELECT {columns} EXCEPT FROM {name}_before) UNION ALL (FROM {name}_before EXCEPT SELECT {columns})"  # noqa: S608
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE changed_{name} AS {came_or_went}")


def _update_account_days(warehouse: duckdb.DuckDBPyConnection, update: CoreUpdate) -> None:
    """Days of changed events; and all days of accounts that came or went, because events of unknown accounts do not count."""
    touched = "{day} IN (SELECT day FROM touched_day)"
    if _has_rows(warehouse, "changed_account"):
        touched += " OR account_key IN (SELECT account_key FROM changed_account)"
    show_input(warehouse, "access_event", touched.format(day="occurred_on"))
    _remake(warehouse, update, "account_day", touched.format(day="day_on"))
    make_suspect_days(warehouse, touched.format(day="day_on"))


def _update_documents(warehouse: duckdb.DuckDBPyConnection, update: CoreUpdate) -> None:
    """Touched documents; those to or from a unit that came or went, because other organs' do not count; with the days that they are or were of."""
    changed_unit = "(SELECT unit_code FROM changed_unit)"
    warehouse.execute(
        f"""
        INSERT INTO touched_document
        SELECT document_key FROM canonical.delivery WHERE receiver_code IN {changed_unit}
        UNION SELECT document_key FROM canonical.axis_message WHERE to_code IN {changed_unit}
        UNION SELECT document_key FROM canonical.axis_message WHERE from_code IN {changed_unit}
        """  # noqa: S608
    )
    for name in ("document", "delivery", "axis_message"):
        show_input(warehouse, name, _OF_TOUCHED_DOCUMENTS)
    for relation, column in DAY_MARTS.values():
        days = f"SELECT {column} AS day FROM {INPUTS[relation]} WHERE {_OF_TOUCHED_DOCUMENTS}"  # noqa: S608
        warehouse.execute(f"CREATE OR REPLACE TEMP TABLE touched_{column} AS {days}")
    for name in ("document", "registered_document", "delivery", "axis_sending"):
        _remake(warehouse, update, name, _OF_TOUCHED_DOCUMENTS)
    for mart, (relation, column) in DAY_MARTS.items():
        warehouse.execute(f"INSERT INTO touched_{column} SELECT {column} FROM {INPUTS[relation]} WHERE {_OF_TOUCHED_DOCUMENTS}")  # noqa: S608
        touched = f"{column} IN (SELECT day FROM touched_{column})"  # noqa: S608
        show_input(warehouse, relation, touched)
        _remake(warehouse, update, mart, touched)


def _update_account_months(warehouse: duckdb.DuckDBPyConnection, update: CoreUpdate) -> None:
    """Months of touched days; all months where accounts came or went, because that gives the others new numbers."""
    if _has_rows(warehouse, "changed_number"):
        show_input(warehouse, "active_day")
        _remake(warehouse, update, "account_month")
        return
    warehouse.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched_month AS SELECT DISTINCT CAST(date_trunc('month', day) AS DATE) AS month FROM touched_day;
        CREATE OR REPLACE TEMP TABLE day_of_touched_month AS
        SELECT CAST(unnest(range(CAST(month AS TIMESTAMP), month + INTERVAL 1 MONTH, INTERVAL 1 DAY)) AS DATE) AS day FROM touched_month
        """
    )
    show_input(warehouse, "active_day", "day_on IN (SELECT day FROM day_of_touched_month)")
    _remake(warehouse, update, "account_month", "month_on IN (SELECT month FROM touched_month)")


def _update_login_days(warehouse: duckdb.DuckDBPyConnection, update: CoreUpdate) -> None:
    """Touched days, and all days of accounts that stand elsewhere now or are others'."""
    of_changed = "SELECT day_on FROM core.account_day WHERE account_key IN (SELECT account_key FROM changed_place)"
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE touched_login_day AS SELECT day FROM touched_day UNION {of_changed}")  # noqa: S608
    touched = "day_on IN (SELECT day FROM touched_login_day)"
    show_input(warehouse, "login_day", touched)
    _remake(warehouse, update, "login_day", touched)


def _update_places(warehouse: duckdb.DuckDBPyConnection, update: CoreUpdate) -> None:
    """Of events, which are many, the months of touched days and those that lay after the cut-off; of accounts that came or went, all."""
    month = "CAST(date_trunc('month', {day}) AS DATE)"
    touched = "true"
    if not _has_rows(warehouse, "changed_account"):
        ahead = f"SELECT month_on FROM core.{PLACES} WHERE place = 'in_the_future'"  # noqa: S608
        months = f"SELECT {month.format(day='day')} AS month_on FROM touched_day UNION {ahead}"  # noqa: S608
        warehouse.execute(f"CREATE OR REPLACE TEMP TABLE touched_place AS {months}")
        touched = "{month} IN (SELECT month_on FROM touched_place)"
    show_input(warehouse, "placed_event", touched.format(month=month.format(day="occurred_on")))
    _remake(warehouse, update, PLACES, "true" if touched == "true" else f"entity <> 'access_event' OR {touched.format(month='month_on')}")
    verify_places(warehouse)


def _remake(warehouse: duckdb.DuckDBPyConnection, update: CoreUpdate, name: str, condition: str = "true") -> None:
    """Deletes those rows of a core table for which the condition holds, and makes them again."""
    gone = update.fingerprints[name] if condition == "true" else fingerprint(warehouse, TABLE[name], f"core.{name}", condition)
    warehouse.execute(f"DELETE FROM core.{name} WHERE {condition}")  # noqa: S608
    warehouse.execute(f"INSERT INTO core.{name} {select_of(name)}")
    came = fingerprint(warehouse, TABLE[name], f"core.{name}", condition)
    update.fingerprints[name] = update.fingerprints[name] - gone + came
    if gone != came:
        update.conditions[name] = condition


def _has_rows(warehouse: duckdb.DuckDBPyConnection, table: str) -> bool:
    return warehouse.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608

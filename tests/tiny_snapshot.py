"""Writes a real snapshot file from a few rows given as dicts, so that a test states its data where it is read.

Whatever a row leaves out gets a default. Unless `delivered` is given, all that the rows may speak of counts as delivered, of all days.
For convenience: `org_unit_ancestor` is derived from `org_unit` where it is not given, the marts from the tables that they sum, and a row of
`account` may carry `unit_code`, which assigns the account there for all time. `suspect_day` (account_key, day_on) is what the warehouse alone knows.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from data.organisation import GROUPS, HOLIDAYS, LEVELS, days_off, groups, levels
from data.paths import REFERENCE
from data.snapshot import SCHEMA_VERSION, TABLES, Table
from etl.contract import ENTITIES
from etl.model import FOLDER, INPUTS, MARTS

Row = dict[str, Any]

EVER, FOREVER = date(1, 1, 1), date(9999, 12, 31)

DELIVERED_WITH = {
    "account": ("account", "access_event"),
    "document": ("document", "delivery", "axis_message"),
    "registered_document": ("document", "delivery", "axis_message"),
    "delivery": ("delivery", "axis_message"),
    "axis_sending": ("delivery", "axis_message"),
    "declared_total": ("declared_total",),
}
"""Entities of the source contract that count as delivered, every column of them, where a table has rows."""
OWN = {"level": levels(REFERENCE / LEVELS), "pilot_group": groups(REFERENCE / GROUPS), "day_off": days_off(REFERENCE / HOLIDAYS)}
"""The first organisation's levels, groups and days off, where a test gives no others."""

DEFAULTS: dict[str, Row] = {
    "snapshot_info": {
        "schema_version": SCHEMA_VERSION,
        "published_at": datetime(2024, 8, 1, 3, 0, tzinfo=UTC),
        "cutoff_at": datetime(2024, 7, 31, 16, 30, tzinfo=UTC),
        "first_on": date(2024, 7, 1),
        "time_zone": "Asia/Ho_Chi_Minh",
        "is_synthetic": True,
        "content_hash": "0" * 64,
    },
    "org_unit": {"level": "cap_tinh", "valid_from": EVER, "valid_to": FOREVER},
    "unit_succession": {"share": 1.0},
    "account": {"is_officer": True, "is_clerk": False, "is_leader": False, "provisioned_on": date(2024, 1, 1)},
    "account_assignment": {"valid_from": EVER, "valid_to": FOREVER, "is_shared": False},
    "account_day": {"has_logged_in": False, "has_processed": False, "has_signed": False},
    "document": {
        "issued_on": date(2024, 7, 10),
        "doc_type": "CV",
        "page_count": 2,
        "is_electronic": False,
        "is_parallel": False,
        "is_paper": False,
        "is_organ_signed": False,
        "is_signer_signed": False,
        "is_recalled": False,
        "is_sent_internally": False,
        "is_sent_by_axis": False,
        "is_axis_acknowledged": False,
        "is_axis_updated": False,
        "is_axis_replacement": False,
    },
    "registered_document": {
        "registered_on": date(2024, 7, 10),
        "is_incoming": True,
        "is_internal_document": False,
        "has_electronic_form": False,
        "has_form": False,
        "is_recalled": False,
        "is_assigned": False,
        "is_processed": False,
        "has_due_date": False,
        "is_on_time": False,
    },
    "delivery": {
        "arrived_on": date(2024, 7, 10),
        "is_internal": False,
        "is_from_axis": False,
        "is_recalled": False,
        "is_listed": True,
        "is_received_same_day": False,
    },
    "axis_sending": {
        "sent_on": date(2024, 7, 10),
        "is_acknowledged": False,
        "is_refused": False,
        "is_completed": False,
        "is_recalled": False,
    },
    "declared_total": {"metric_base": "administrative_documents", "source_note": "mô phỏng"},
    "batch_accounting": {
        "source": "tiny",
        "batch": "1",
        "fetched_at": datetime(2024, 8, 1, 2, 0, tzinfo=UTC),
        "rows_in": 0,
        "rows_loaded": 0,
        "rows_duplicate": 0,
        "rows_filtered": 0,
        "rows_rejected": 0,
    },
    "delivered": {"source": "tiny", "from_on": EVER, "to_on": FOREVER},
    "reject_reason": {"source": "tiny", "rows": 1},
    "quality_result": {"severity": "warn", "outcome": "passed", "violations": 0, "rows": 0},
}


def write_snapshot(snapshots: Path, rows: dict[str, list[Row]] | None = None, name: str = "20240801T030000-tiny") -> Path:
    """Write `<name>.duckdb` and the pointer `current.json` into the folder `snapshots`; the path of the snapshot."""
    given = {table: [dict(row) for row in table_rows] for table, table_rows in (rows or {}).items()}
    suspects = given.pop("suspect_day", [])
    unknown = set(given) - {table.name for table in TABLES}
    assert not unknown, f"no such table in a snapshot: {sorted(unknown)}"
    complete = _complete(given, name)
    snapshots.mkdir(parents=True, exist_ok=True)
    path = snapshots / f"{name}.duckdb"
    path.write_bytes(_without_rows())
    with _written(path) as connection:
        for table in TABLES:
            values = [_values(table, row) for row in complete.get(table.name, [])]
            if table.name in OWN and table.name not in given:
                continue  # stands there already
            if table.name in OWN:
                connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608
            _insert(connection, table, values)
        # Of the warehouse: no snapshot has it, and what is summed of it stands in login_day.
        connection.execute("CREATE OR REPLACE TEMP TABLE suspect_day (account_key UUID, day_on DATE)")
        for row in suspects:
            connection.execute("INSERT INTO suspect_day VALUES (?, ?)", [person(row["account_key"]), row["day_on"]])
        filled = {table for table, rows in complete.items() if rows}
        for mart, (statement, summed) in _marts().items():
            if mart not in given and filled & summed:
                connection.execute(statement)
                filled.add(mart)
    (snapshots / "current.json").write_text(json.dumps({"snapshot": name}), encoding="utf-8")
    return path


@cache
def _writer() -> duckdb.DuckDBPyConnection:
    """One database in memory for all files of this process, each attached while it is written: to begin a database costs more than to write one."""
    return duckdb.connect(":memory:")


@contextmanager
def _written(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file as the current database, in one transaction: each statement by itself would wait for the disk."""
    connection = _writer()
    connection.execute(f"ATTACH '{path.as_posix().replace(chr(39), chr(39) * 2)}' AS tiny; USE tiny; BEGIN")
    try:
        yield connection
        connection.execute("COMMIT; CHECKPOINT tiny")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("USE memory; DETACH tiny")


@cache
def _without_rows() -> bytes:
    """A snapshot file of empty tables but the organisation's own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "without_rows.duckdb"
        with _written(path) as connection:
            for table in TABLES:
                columns = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
                connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
                _insert(connection, table, [_values(table, row._asdict()) for row in OWN.get(table.name, ())])
        return path.read_bytes()


@cache
def _marts() -> dict[str, tuple[str, set[str]]]:
    """By mart what fills it, as the pipeline fills it, and the tables that it sums: without rows of theirs it has none."""
    found = {}
    for table in (table for table in TABLES if table.name in MARTS):
        statement = (FOLDER / f"{table.name}.sql").read_text(encoding="utf-8")
        select = re.sub(r"input\.(\w+)", lambda name: INPUTS[name[1]], statement).replace("core.", "")
        columns = ", ".join(table.columns)
        summed = {other.name for other in TABLES if re.search(rf"\b{other.name}\b", re.sub(r"--.*", "", select))} - {table.name, *OWN}
        found[table.name] = f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM ({select}) made', summed  # noqa: S608
    return {mart: found[mart] for mart in MARTS}


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, rows: list[list[Any]]) -> None:
    if rows:
        marks = f"({', '.join('?' for _ in table.columns)})"
        connection.execute(f'INSERT INTO "{table.name}" VALUES {", ".join([marks] * len(rows))}', list(chain.from_iterable(rows)))  # noqa: S608


def ancestors(units: Sequence[Row]) -> list[Row]:
    """Closure of the tree, the unit itself at depth 0; validity is the intersection along the path."""
    by_code = {unit["unit_code"]: unit for unit in units}
    found: list[Row] = []
    for unit in units:
        above: Row | None = unit
        valid_from, valid_to, depth = EVER, FOREVER, 0
        while above is not None:
            valid_from, valid_to = max(valid_from, above["valid_from"]), min(valid_to, above["valid_to"])
            if valid_from <= valid_to:
                found.append(
                    {
                        "unit_code": unit["unit_code"],
                        "ancestor_code": above["unit_code"],
                        "depth": depth,
                        "valid_from": valid_from,
                        "valid_to": valid_to,
                    }
                )
            above, depth = by_code.get(above.get("parent_code") or ""), depth + 1
    return found


def _complete(given: dict[str, list[Row]], name: str) -> dict[str, list[Row]]:
    units = given.get("org_unit", [])
    for order, unit in enumerate(units, start=1):
        code = unit["unit_code"]
        unit.setdefault("name", f"Đơn vị mô phỏng {code}")
        unit.setdefault("short_name", code)
        unit.setdefault("sort_order", order)
        above = next((other for other in units if other["unit_code"] == unit.get("parent_code")), None)
        if unit.get("level", "cap_tinh") == "cap_tinh":
            unit.setdefault("province_code", code)
        elif above is not None:  # parents are listed before their children
            unit.setdefault("province_code", above.get("province_code"))
    for accounting in given.get("batch_accounting", []):
        accounting.setdefault("rows_loaded", accounting.get("rows_in", 0))
    for number, document in enumerate(given.get("document", []), start=1):
        document.setdefault("document_key", f"D{number}")
        document.setdefault("number", f"{number}/CV")
    for number, document in enumerate(given.get("registered_document", []), start=1):
        document.setdefault("document_key", f"E{number}")
    for day in given.get("account_day", []):
        day.setdefault("login_count", int(day.get("has_logged_in", False)))
    assignments = given.setdefault("account_assignment", [])
    for number, account in enumerate(given.get("account", []), start=1):
        account.setdefault("account_key", f"A{number}")
        if "unit_code" in account:
            assignments.append({"account_key": account["account_key"], "unit_code": account.pop("unit_code")})
    complete = {table: [{**DEFAULTS.get(table, {}), **row} for row in rows] for table, rows in given.items()}
    if not complete.get("snapshot_info"):
        complete["snapshot_info"] = [dict(DEFAULTS["snapshot_info"])]
    for info in complete["snapshot_info"]:
        info.setdefault("snapshot", name)
    complete.setdefault("delivered", [{**DEFAULTS["delivered"], **row} for row in _delivered(complete)])
    complete.setdefault("org_unit_ancestor", ancestors(complete.get("org_unit", [])))
    return complete


def _delivered(complete: dict[str, list[Row]]) -> list[Row]:
    entities = {name for table, names in DELIVERED_WITH.items() if complete.get(table) for name in names}
    not_there = set() if complete.get("document") else {"direction=outgoing"}
    not_there |= set() if complete.get("registered_document") else {"direction=incoming", "direction=internal"}
    return [
        {"entity": entity.name, "column_name": name}
        for entity in ENTITIES
        if entity.name in entities
        for column in entity.columns
        for name in (column.name, *(f"{column.name}={word}" for word in column.choices if column.is_told_apart))
        if name not in not_there
    ]


def _values(table: Table, row: Row) -> list[Any]:
    unknown = set(row) - set(table.columns)
    assert not unknown, f"{table.name} has no column {sorted(unknown)}"
    return [person(row[column]) if kind == "UUID" and row.get(column) else row.get(column) for column, kind in table.columns.items()]


def person(name: str) -> uuid.UUID:
    """The key that stands for an account's name in a snapshot."""
    return uuid.UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())

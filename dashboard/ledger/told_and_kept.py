"""Whether entries and reports stand in the ledger as the audit tells of them: a row that was changed past the program is told with its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.audit_rows import AuditRow, Fault
from dashboard.ledger.schema import ENTRY, REPORT_APPROVAL, REPORT_PIN

STATUS_AFTER = {"report.draft": "draft", "report.pin": "pinned", "report.approve": "approved", "report.publish": "published", "report.discard": ""}
"""What a report is after an act; empty: not there any more."""


@dataclass(frozen=True)
class Told:
    """What the audit says last of an entry, and in which row."""

    number: int
    state: str
    content: dict[str, Any]


def changed_past_the_program(connection: sa.Connection, rows: Sequence[AuditRow]) -> list[Fault]:
    """Where entries, reports and approvals are not what whole rows of the audit say that they are; the number is that of the row."""
    return [*_entries(connection, rows), *_reports(connection, rows), *_approvals(connection, rows)] if rows else []


def _entries(connection: sa.Connection, rows: Sequence[AuditRow]) -> list[Fault]:
    told = {_number(row): _told_entry(row) for row in rows if row.act.startswith("entry.")}
    kept = {row.entry_id: row for row in connection.execute(sa.select(ENTRY)).all()}
    found = [Fault(one.number, f"entry {key}, of which row {one.number} tells, is gone") for key, one in told.items() if key not in kept]
    ended: dict[tuple[str, str], int] = {}
    for row in kept.values():
        if row.entry_id in told and told[row.entry_id].state in ("approved", "withdrawn"):
            ended[row.kind, row.thing] = max(row.version, ended.get((row.kind, row.thing), 0))
    for key, row in sorted(kept.items()):
        one = told.get(key)
        if one is None:
            found.append(Fault(0, f"entry {key} stands in the ledger, and no row of the audit tells of it"))
            continue
        is_superseded = row.state == "superseded" and one.state == "approved" and ended.get((row.kind, row.thing), 0) > row.version
        content = json.loads(row.content)
        # The fields of a follow-up case were others once: what was told of it then is not held against it.
        is_same = content == one.content or content.keys() != one.content.keys()
        if not (is_same and (is_superseded or row.state == one.state)):
            found.append(Fault(one.number, f"entry {key} is not as row {one.number} tells: it was changed past the program"))
    return found


def _told_entry(row: AuditRow) -> Told:
    detail = json.loads(row.detail)
    after = detail["after"] or detail["before"]  # a withdrawal says again what it takes out
    content = {name: value for name, value in after.items() if name not in ("state", "revision")}
    return Told(row.number, str(after.get("state") or detail["state"]), content)


def _reports(connection: sa.Connection, rows: Sequence[AuditRow]) -> list[Fault]:
    told = {_number(row): (row.number, STATUS_AFTER[row.act]) for row in rows if row.act in STATUS_AFTER}
    kept: dict[int, str] = {row.pin_id: row.status for row in connection.execute(sa.select(REPORT_PIN.c.pin_id, REPORT_PIN.c.status)).all()}
    return [
        Fault(number, f"report {key} is {kept.get(key) or 'gone'}, and row {number} tells that it is {status or 'gone'}")
        for key, (number, status) in told.items()
        if kept.get(key, "") != status
    ]


def _approvals(connection: sa.Connection, rows: Sequence[AuditRow]) -> list[Fault]:
    """Steps that reports took since there is an audit, each with what was noted and, where that was told, with its person."""
    steps = [(row, json.loads(row.detail)) for row in rows if row.act in ("report.approve", "report.publish")]
    table = connection.execute(sa.select(REPORT_APPROVAL).where(REPORT_APPROVAL.c.done_at >= rows[0].at)).all()
    left = Counter((one.pin_id, one.step, one.note, one.person) for one in table)
    found = []
    for row, detail in steps:
        known = (_number(row), row.act.removeprefix("report."), detail["note"])
        match = next((key for key in left if left[key] and key[:3] == known and detail.get("person", key[3]) == key[3]), None)
        if match is None:
            found.append(Fault(row.number, f"the step of report {known[0]} of which row {row.number} tells is gone, or is another one"))
        else:
            left[match] -= 1
    for (pin_id, step, _, person), count in left.items():
        if count:
            found.append(Fault(0, f"report {pin_id} has a step ({step}, {person}) of which no row of the audit tells"))
    return found


def _number(row: AuditRow) -> int:
    return int(row.object.rpartition(" ")[2])

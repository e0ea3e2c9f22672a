"""Pinned reports: draft, pinned, approved, published, each step with its time and person; what is pinned is never changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from dashboard.ledger import files
from dashboard.ledger.actor import LONGEST_NAME, Actor, os_actor
from dashboard.ledger.database import LedgerDatabase, SamePerson, Writing
from dashboard.ledger.schema import REPORT_APPROVAL, REPORT_FILE, REPORT_PIN, REPORT_REVISION
from dashboard.refusal import Refused, Word
from dashboard.typed_text import checked_text
from data.paths import Home

Status = Literal["draft", "pinned", "approved", "published"]
Step = Literal["approve", "publish"]

LONGEST_NOTE = 2000
_FROM_TO: dict[str, tuple[Status, Status]] = {"approve": ("pinned", "approved"), "publish": ("approved", "published")}


@dataclass(frozen=True)
class Approval:
    """One step that somebody took."""

    step: str
    person: str
    note: str
    done_at: datetime


@dataclass(frozen=True)
class Pin:
    """One report of the ledger, without its bulk (`Ledger.record`)."""

    pin_id: int
    kind: str
    title: str
    status: Status
    snapshot: str
    """Empty for a draft, as are the two below."""
    content_hash: str
    template_version: str
    created_at: datetime
    created_by: str
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 by format."""
    approvals: tuple[Approval, ...] = ()
    revises: int | None = None
    cause: str = ""


@dataclass(frozen=True)
class Record:
    """What a report was made from and what it printed, as JSON values."""

    request: dict[str, Any]
    inputs: dict[str, Any]
    figures: list[dict[str, Any]]


@dataclass(frozen=True)
class FinishedReport:
    """A report on its way into the ledger."""

    kind: str
    title: str
    record: Record
    snapshot: str
    content_hash: str
    template_version: str
    files: Mapping[str, bytes]
    """By format."""


class Ledger(LedgerDatabase):
    """The ledger of one home; each method is one transaction.

    Raises SourceUnreachable where the database cannot be used, and ConfigurationError for a report that is not there or not at that step.
    """

    def __init__(self, home: Home, actor: Actor | None = None) -> None:
        """`actor` is who acts; without one it is the operating system's user under the name that an act is given."""
        super().__init__(home)
        self._actor = actor

    # ------------------------------------------------------------ writing

    def draft(self, kind: str, title: str, record: Record, person: str) -> int:
        """Keeps a report that is still being written; its number in the ledger."""
        row = _row(kind, title, "draft", record, person)
        with self._act(person) as act:
            pin_id = _inserted(act.connection, row | {"makers": _with_maker(act, None)})
            act.audit("report.draft", f"report {pin_id}", title=row["title"])
            return pin_id

    def change_draft(self, pin_id: int, record: Record, person: str = "") -> None:
        """Puts other parameters or edited sentences in a draft's place. Raises ConfigurationError where it is a draft no more."""
        values = {"request": _json(record.request), "inputs": _json(record.inputs)}
        with self._act(person) as act:
            change = REPORT_PIN.update().where(*_is(pin_id, "draft")).values(values | {"makers": _with_maker(act, pin_id)})
            if act.connection.execute(change).rowcount != 1:
                raise Refused("report_no_draft", number=pin_id)
            act.audit("report.edit", f"report {pin_id}", **{name: _digest(text) for name, text in values.items()})

    def discard_draft(self, pin_id: int) -> None:
        """Removes a draft; what is pinned cannot be removed."""
        with self._act() as act:
            if act.connection.execute(REPORT_PIN.delete().where(*_is(pin_id, "draft"))).rowcount != 1:
                raise _missing("draft", pin_id)
            act.audit("report.discard", f"report {pin_id}")

    def pin(
        self,
        report: FinishedReport,
        person: str,
        draft: int | None = None,
        revises: int | None = None,
        cause: str = "",
        differences: Sequence[Any] = (),
    ) -> int:
        """Freezes a report with its bytes; its number in the ledger (that of the draft, where it was one).

        The snapshot is held from now on. Raises ConfigurationError where the draft or the report that is revised is not there, or a revision
        names no cause.
        """
        self.require_to_pin(person, revises, cause)
        cause = checked_text(Word("refused.the_cause"), cause, LONGEST_NOTE)
        digests = {name: files.keep(self.home, content) for name, content in report.files.items()}
        row = _row(report.kind, report.title, "pinned", report.record, person)
        row |= {"snapshot": report.snapshot, "content_hash": report.content_hash, "template_version": report.template_version}
        with self._act(person) as act:
            connection = act.connection
            row["makers"] = _with_maker(act, draft)
            if draft is None:
                pin_id = _inserted(connection, row)
            else:
                pin_id = draft
                if connection.execute(REPORT_PIN.update().where(*_is(draft, "draft")).values(row)).rowcount != 1:
                    raise _missing("draft", draft)
            if report.files:
                kept = [{"pin_id": pin_id, "format": name, "sha256": digests[name], "bytes": len(content)} for name, content in report.files.items()]
                connection.execute(REPORT_FILE.insert(), kept)
            if revises is not None:
                _require_status(connection, revises)
                revision = {"pin_id": pin_id, "revises": revises, "cause": cause, "differences": _json(list(differences))}
                connection.execute(REPORT_REVISION.insert().values(revision))
            act.audit("report.pin", f"report {pin_id}", title=row["title"], snapshot=report.snapshot, revises=revises, cause=cause, files=digests)
            # Before the commit: a snapshot that is held for nothing costs a file, one that is missing costs the report.
            files.hold_snapshot(self.home, pin_id, report.snapshot)
        return pin_id

    def require_to_pin(self, person: str, revises: int | None = None, cause: str = "") -> None:
        """Raises what `pin` would for the name, the cause, the revised report and a folder that takes no files: asked before building."""
        _require_name(person)
        if revises is not None:
            if not checked_text(Word("refused.the_cause"), cause, LONGEST_NOTE):
                raise Refused("revision_cause")
            self.pin_of(revises)
        files.require_writable(self.home)

    def take_step(self, pin_id: int, step: Step, person: str, note: str = "") -> None:
        """Approves a pinned report, or publishes an approved one.

        Raises ConfigurationError where it is not its turn, and where who approves it has made it: two people stand for a report.
        """
        person, note = _require_name(person), checked_text(Word("refused.the_note"), note, LONGEST_NOTE, is_one_line=False)
        before, after = _FROM_TO[step]
        with self._act(person) as act:
            connection = act.connection
            if connection.execute(REPORT_PIN.update().where(*_is(pin_id, before)).values(status=after)).rowcount != 1:
                status = _require_status(connection, pin_id)
                raise Refused("report_not_at_step", number=pin_id, state=Word(f"reports.status_{status}"), needed=Word(f"reports.status_{before}"))
            if step == "approve" and act.actor.key in _makers(connection, pin_id):
                raise SamePerson(f"report {pin_id}", f"{act.actor.text} has made report {pin_id}, and somebody else has to approve it.")
            act.audit(f"report.{step}", f"report {pin_id}", before=before, after=after, note=note, person=person)
            taken = {"pin_id": pin_id, "step": step, "person": person, "note": note, "done_at": _now()}
            connection.execute(REPORT_APPROVAL.insert().values(taken))

    def tell(self, act: str, pin_id: int, **detail: object) -> None:
        """Writes down an act that changes nothing here: a download before its bytes leave, or what was refused."""
        with self._act() as acting:
            acting.audit(act, f"report {pin_id}", **detail)

    @contextlib.contextmanager
    def _act(self, person: str = "") -> Iterator[Writing]:
        with self.act(self._actor or os_actor(person)) as act:
            yield act

    # ------------------------------------------------------------ reading

    def pins(self, kind: str | None = None) -> list[Pin]:
        """Every report of the ledger (of a kind, where one is given), the newest first."""
        return self._pins(*([REPORT_PIN.c.kind == kind] if kind else []))

    def pin_of(self, pin_id: int) -> Pin:
        """Raises ConfigurationError where there is none of that number."""
        found = self._pins(REPORT_PIN.c.pin_id == pin_id)
        if not found:
            raise _missing("report", pin_id)
        return found[0]

    def record(self, pin_id: int) -> Record:
        """What a report was made from and what it printed."""
        select = sa.select(REPORT_PIN.c.request, REPORT_PIN.c.inputs, REPORT_PIN.c.figures).where(REPORT_PIN.c.pin_id == pin_id)
        with self.transaction() as connection:
            row = connection.execute(select).one_or_none()
        if row is None:
            raise _missing("report", pin_id)
        return Record(*map(json.loads, row))

    def requests(self) -> dict[int, dict[str, Any]]:
        """What each report of the ledger was asked for, by its number, as JSON values."""
        with self.transaction() as connection:
            rows = connection.execute(sa.select(REPORT_PIN.c.pin_id, REPORT_PIN.c.request)).all()
        return {pin_id: json.loads(request) for pin_id, request in rows}

    def file(self, pin_id: int, name: str) -> bytes:
        """The pinned bytes in a format; raises ConfigurationError where it was not made in it, or the bytes are not what was pinned."""
        made = self.pin_of(pin_id).files
        if name not in made:
            raise Refused("report_format", number=pin_id, format=name, formats=", ".join(sorted(made)) or "–")
        return files.kept(self.home, made[name])

    def _pins(self, *where: sa.ColumnElement[bool]) -> list[Pin]:
        columns = [column for column in REPORT_PIN.c if column.name not in ("request", "inputs", "figures", "makers")]
        with self.transaction() as connection:
            rows = connection.execute(sa.select(*columns).where(*where).order_by(REPORT_PIN.c.pin_id.desc())).mappings().all()
            ids = [row["pin_id"] for row in rows]
            made = connection.execute(sa.select(REPORT_FILE).where(REPORT_FILE.c.pin_id.in_(ids)).order_by(REPORT_FILE.c.format)).all()
            steps = connection.execute(sa.select(REPORT_APPROVAL).where(REPORT_APPROVAL.c.pin_id.in_(ids)).order_by("approval_id")).all()
            revisions = connection.execute(sa.select(REPORT_REVISION).where(REPORT_REVISION.c.pin_id.in_(ids))).all()
        revision_of = {one.pin_id: {"revises": one.revises, "cause": one.cause} for one in revisions}
        return [
            Pin(
                **{**row, "created_at": datetime.fromisoformat(row["created_at"])},
                files={one.format: one.sha256 for one in made if one.pin_id == row["pin_id"]},
                approvals=tuple(
                    Approval(one.step, one.person, one.note, datetime.fromisoformat(one.done_at)) for one in steps if one.pin_id == row["pin_id"]
                ),
                **revision_of.get(row["pin_id"], {}),
            )
            for row in rows
        ]


def _missing(what: Literal["draft", "report"], pin_id: int) -> Refused:
    return Refused("draft_missing" if what == "draft" else "report_missing", number=pin_id)


def _makers(connection: sa.Connection, pin_id: int) -> list[str]:
    """The keys of all who have made a report; of a row of an earlier version, who is named as its maker."""
    row = connection.execute(sa.select(REPORT_PIN.c.makers, REPORT_PIN.c.created_by).where(REPORT_PIN.c.pin_id == pin_id)).one_or_none()
    if row is None:
        return []
    makers: list[str] = json.loads(row.makers) if row.makers else [os_actor(row.created_by).key]
    return makers


def _with_maker(act: Writing, pin_id: int | None) -> str:
    """The makers of a report (None: of a new one) with who acts, as JSON."""
    makers = [] if pin_id is None else _makers(act.connection, pin_id)
    return _json([*makers, act.actor.key] if act.actor.key not in makers else makers)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is(pin_id: int, status: Status) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return REPORT_PIN.c.pin_id == pin_id, REPORT_PIN.c.status == status


def _require_status(connection: sa.Connection, pin_id: int) -> str:
    """The status of a report; raises ConfigurationError where there is none of that number."""
    status = connection.execute(sa.select(REPORT_PIN.c.status).where(REPORT_PIN.c.pin_id == pin_id)).scalar()
    if status is None:
        raise _missing("report", pin_id)
    return str(status)


def _require_name(person: str) -> str:
    person = checked_text(Word("refused.the_name"), person, LONGEST_NAME)
    if not person:
        raise Refused("who_acts")
    return person


def _row(kind: str, title: str, status: Status, record: Record, person: str) -> dict[str, Any]:
    person = _require_name(person)
    return {
        "kind": kind,
        "title": title[:500],
        "status": status,
        "request": _json(record.request),
        "inputs": _json(record.inputs),
        "figures": _json(record.figures),
        "created_at": _now(),
        "created_by": person,
        **dict.fromkeys(("snapshot", "content_hash", "template_version"), ""),
    }


def _inserted(connection: sa.Connection, row: dict[str, Any]) -> int:
    key = connection.execute(REPORT_PIN.insert().values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

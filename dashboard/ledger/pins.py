"""Pinned reports: draft, pinned, approved, published, each step with its time and person; what is pinned is never changed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from dashboard.ledger import files
from dashboard.ledger.address import engine_of
from dashboard.ledger.migrate import to_newest
from dashboard.ledger.schema import REPORT_APPROVAL, REPORT_FILE, REPORT_PIN, REPORT_REVISION
from dashboard.ui.typed_text import checked_text
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home

Status = Literal["draft", "pinned", "approved", "published"]
Step = Literal["approve", "publish"]

LONGEST_NAME = 200
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
class Making:
    """A finished report on its way into the ledger."""

    kind: str
    title: str
    record: Record
    snapshot: str
    content_hash: str
    template_version: str
    files: Mapping[str, bytes]
    """By format."""


class Ledger:
    """The ledger of one home; each method is one transaction."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._engine = engine_of(home)
        with _told_plainly():
            to_newest(self._engine)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    # ------------------------------------------------------------ writing

    def draft(self, kind: str, title: str, record: Record, person: str) -> int:
        """Keeps a report that is still being written; its number in the ledger."""
        row = self._row(kind, title, "draft", record, person)
        with self._writing() as connection:
            return _inserted(connection, row)

    def change_draft(self, pin_id: int, record: Record) -> None:
        """Puts other parameters or edited sentences in a draft's place. Raises ConfigurationError where it is a draft no more."""
        values = {"request": _json(record.request), "inputs": _json(record.inputs)}
        with self._writing() as connection:
            changed = connection.execute(REPORT_PIN.update().where(REPORT_PIN.c.pin_id == pin_id, REPORT_PIN.c.status == "draft").values(values))
            if changed.rowcount != 1:
                raise ConfigurationError(f"Report {pin_id} is not a draft any more, and what is pinned is never changed. Pin a revision instead.")

    def discard_draft(self, pin_id: int) -> None:
        """Removes a draft; what is pinned cannot be removed."""
        with self._writing() as connection:
            gone = connection.execute(REPORT_PIN.delete().where(REPORT_PIN.c.pin_id == pin_id, REPORT_PIN.c.status == "draft"))
            if gone.rowcount != 1:
                raise ConfigurationError(f"There is no draft {pin_id}. `vanban report list` shows what there is.")

    def pin(
        self, making: Making, person: str, draft: int | None = None, revises: int | None = None, cause: str = "", differences: Sequence[Any] = ()
    ) -> int:
        """Freezes a report with its bytes; its number in the ledger (that of the draft, where it was one).

        The snapshot is held from now on. Raises ConfigurationError where the draft or the report that is revised is not there, or a revision
        names no cause.
        """
        if revises is not None and not cause.strip():
            raise ConfigurationError("A revision needs a cause: why does the earlier report not stand? Give it with --cause.")
        cause = checked_text("The cause", cause, LONGEST_NOTE)
        digests = {name: files.keep(self.home, content) for name, content in making.files.items()}
        row = self._row(making.kind, making.title, "pinned", making.record, person)
        row |= {"snapshot": making.snapshot, "content_hash": making.content_hash, "template_version": making.template_version}
        with self._writing() as connection:
            if draft is None:
                pin_id = _inserted(connection, row)
            else:
                pin_id = draft
                found = connection.execute(REPORT_PIN.update().where(REPORT_PIN.c.pin_id == draft, REPORT_PIN.c.status == "draft").values(row))
                if found.rowcount != 1:
                    raise ConfigurationError(f"There is no draft {draft}. `vanban report list` shows what there is.")
            sizes = [{"pin_id": pin_id, "format": name, "sha256": digests[name], "bytes": len(making.files[name])} for name in making.files]
            if sizes:
                connection.execute(REPORT_FILE.insert(), sizes)
            if revises is not None:
                self._require(connection, revises)
                told = {"pin_id": pin_id, "revises": revises, "cause": cause, "differences": _json(list(differences))}
                connection.execute(REPORT_REVISION.insert().values(told))
            # Before the commit: a snapshot that is held for nothing costs a file, one that is missing costs the report.
            files.hold_snapshot(self.home, pin_id, making.snapshot)
        return pin_id

    def take_step(self, pin_id: int, step: Step, person: str, note: str = "") -> None:
        """Approves a pinned report, or publishes an approved one. Raises ConfigurationError where it is not its turn."""
        person, note = checked_text("The person's name", person, LONGEST_NAME), checked_text("The note", note, LONGEST_NOTE, is_one_line=False)
        if not person:
            raise ConfigurationError("Who takes this step? Give a name with --by.")
        before, after = _FROM_TO[step]
        with self._writing() as connection:
            moved = connection.execute(REPORT_PIN.update().where(REPORT_PIN.c.pin_id == pin_id, REPORT_PIN.c.status == before).values(status=after))
            if moved.rowcount != 1:
                status = self._require(connection, pin_id)
                raise ConfigurationError(f"Report {pin_id} is {status}; to {step} it, it has to be {before}.")
            told = {"pin_id": pin_id, "step": step, "person": person, "note": note, "done_at": _now()}
            connection.execute(REPORT_APPROVAL.insert().values(told))

    # ------------------------------------------------------------ reading

    def pins(self, kind: str | None = None) -> list[Pin]:
        """Every report of the ledger, the newest first."""
        where = [REPORT_PIN.c.kind == kind] if kind else []
        return self._pins(where)

    def pin_of(self, pin_id: int) -> Pin:
        """Raises ConfigurationError where there is none of that number."""
        found = self._pins([REPORT_PIN.c.pin_id == pin_id])
        if not found:
            raise ConfigurationError(f"There is no report {pin_id} in the ledger. `vanban report list` shows what there is.")
        return found[0]

    def record(self, pin_id: int) -> Record:
        """What a report was made from and what it printed."""
        columns = (REPORT_PIN.c.request, REPORT_PIN.c.inputs, REPORT_PIN.c.figures)
        with _told_plainly(), self._engine.connect() as connection:
            row = connection.execute(sa.select(*columns).where(REPORT_PIN.c.pin_id == pin_id)).one_or_none()
        if row is None:
            raise ConfigurationError(f"There is no report {pin_id} in the ledger. `vanban report list` shows what there is.")
        return Record(json.loads(row.request), json.loads(row.inputs), json.loads(row.figures))

    def requests(self) -> dict[int, dict[str, Any]]:
        """What each report of the ledger was asked for, by its number, as JSON values."""
        with _told_plainly(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(REPORT_PIN.c.pin_id, REPORT_PIN.c.request)).all()
        return {pin_id: json.loads(request) for pin_id, request in rows}

    def file(self, pin_id: int, name: str) -> bytes:
        """The pinned bytes in a format; raises ConfigurationError where it was not made in it, or the bytes are not what was pinned."""
        made = self.pin_of(pin_id).files
        if name not in made:
            raise ConfigurationError(f"Report {pin_id} was not pinned as {name}. It is there as: {', '.join(sorted(made)) or 'nothing'}.")
        return files.kept(self.home, made[name])

    def _pins(self, where: list[sa.ColumnElement[bool]]) -> list[Pin]:
        columns = [column for column in REPORT_PIN.c if column.name not in ("request", "inputs", "figures")]
        with _told_plainly(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).where(*where).order_by(REPORT_PIN.c.pin_id.desc())).mappings().all()
            ids = [row["pin_id"] for row in rows]
            made = connection.execute(sa.select(REPORT_FILE).where(REPORT_FILE.c.pin_id.in_(ids)).order_by(REPORT_FILE.c.format)).mappings().all()
            steps = connection.execute(sa.select(REPORT_APPROVAL).where(REPORT_APPROVAL.c.pin_id.in_(ids)).order_by("approval_id")).mappings().all()
            revised = connection.execute(sa.select(REPORT_REVISION).where(REPORT_REVISION.c.pin_id.in_(ids))).mappings().all()
        causes = {row["pin_id"]: (row["revises"], row["cause"]) for row in revised}
        return [
            Pin(
                **{**row, "created_at": datetime.fromisoformat(row["created_at"])},
                files={one["format"]: one["sha256"] for one in made if one["pin_id"] == row["pin_id"]},
                approvals=tuple(
                    Approval(one["step"], one["person"], one["note"], datetime.fromisoformat(one["done_at"]))
                    for one in steps
                    if one["pin_id"] == row["pin_id"]
                ),
                revises=causes.get(row["pin_id"], (None, ""))[0],
                cause=causes.get(row["pin_id"], (None, ""))[1],
            )
            for row in rows
        ]

    def _row(self, kind: str, title: str, status: Status, record: Record, person: str) -> dict[str, Any]:
        person = checked_text("The person's name", person, LONGEST_NAME)
        if not person:
            raise ConfigurationError("Who makes this report? Give a name with --by.")
        return {
            "kind": kind,
            "title": title[:500],
            "status": status,
            "request": _json(record.request),
            "inputs": _json(record.inputs),
            "snapshot": "",
            "content_hash": "",
            "template_version": "",
            "figures": _json(record.figures),
            "created_at": _now(),
            "created_by": person,
        }

    def _require(self, connection: sa.Connection, pin_id: int) -> str:
        status = connection.execute(sa.select(REPORT_PIN.c.status).where(REPORT_PIN.c.pin_id == pin_id)).scalar()
        if status is None:
            raise ConfigurationError(f"There is no report {pin_id} in the ledger. `vanban report list` shows what there is.")
        return str(status)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with _told_plainly(), self._engine.begin() as connection:
            yield connection


@contextlib.contextmanager
def _told_plainly() -> Iterator[None]:
    """A database that cannot be used, in words; no address, since it may hold a password."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        kind = type(error.orig).__name__
        raise SourceUnreachable(f"The ledger database cannot be used ({kind}). Check VANBAN_LEDGER_URL in vanban.env, and that it runs.") from error


def _inserted(connection: sa.Connection, row: dict[str, Any]) -> int:
    key = connection.execute(REPORT_PIN.insert().values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

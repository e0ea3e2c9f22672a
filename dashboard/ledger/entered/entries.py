"""What people enter, in versions: draft, submitted, returned or approved, superseded by the next that is approved.

A row that was returned or approved is never changed: the correction is a version of its own, and so is the wish that it no longer
count, which somebody else approves or returns like any other. Who made any version since the last approved
one does not decide on it, and who returned one does not correct it; both are looked at inside the transaction that acts.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from dashboard.ledger.actor import Actor
from dashboard.ledger.database import LedgerDatabase, SamePerson, Writing
from dashboard.ledger.entered.kinds import Content, EntryKind, kind_of
from dashboard.ledger.schema import ENTRY
from dashboard.refusal import Refused, Word
from dashboard.typed_text import checked_text
from data.paths import Home

State = Literal["draft", "submitted", "returned", "approved", "superseded", "withdrawn"]
OPEN: tuple[State, ...] = ("draft", "submitted", "returned")
"""States of a newest version that is not decided to the end."""
LONGEST_REMARK = 1000


@dataclass(frozen=True)
class Entry:
    """One version of what somebody entered."""

    entry_id: int
    kind: str
    version: int
    state: State
    revision: int
    """Counts the changes of this version: who changes it says which one they saw."""
    unit_code: str
    content: Content
    entered_at: datetime
    entered_by: str
    edited_at: datetime
    edited_by: str
    decided_at: datetime | None = None
    decided_by: str = ""
    remark: str = ""
    """Why it was returned; of a withdrawal why it is asked for."""
    is_withdrawal: bool = False
    """Whether its approval takes the thing out: nothing of it counts any more then, and it is `withdrawn`."""
    thing: str = ""
    """The same for all versions of one thing."""

    @property
    def days(self) -> tuple[date, date]:
        """The days that it is of."""
        kind = kind_of(self.kind)
        return date.fromisoformat(str(self.content[kind.first_day])), date.fromisoformat(str(self.content[kind.last_day]))


class StaleEntry(Refused):
    """Somebody else was quicker: `newer` is the entry as it is now."""

    def __init__(self, newer: Entry) -> None:
        state = Word(f"entries.state_{newer.state}")
        super().__init__("entry_stale", number=newer.entry_id, who=newer.decided_by or newer.edited_by, state=state, revision=newer.revision)
        self.newer = newer


class Entries(LedgerDatabase):
    """What was entered into one home's ledger, for somebody who acts; each method is one transaction with its rows of the audit.

    Raises SourceUnreachable where the database cannot be used, ConfigurationError for an entry that is not there or not at that step,
    StaleEntry where it was changed since the revision that the caller saw, and SamePerson where who acts stood on the other side.
    Whether they may act at all is asked before (`dashboard.ledger.entered.permitted`).
    """

    def __init__(self, home: Home, actor: Actor) -> None:
        super().__init__(home)
        self.actor = actor

    # ------------------------------------------------------------ writing

    def enter(self, kind: str, contents: Sequence[Content], is_submitted: bool = False) -> list[Entry]:
        """New entries, all of them or none: drafts, or submitted at once.

        Raises ConfigurationError where a version of the same thing waits already: that one is to be changed or decided on.
        """
        found = kind_of(kind)
        with self.act(self.actor) as act:
            return [self._entered(act, found, content, is_submitted) for content in contents]

    def edit(self, entry_id: int, revision: int, content: Content) -> Entry:
        """Changes a draft or what waits for a decision (a draft again), or begins the correction of what was returned, approved or withdrawn.

        The fields that say which thing it is cannot change. A withdrawal that waits for a decision becomes a correction.
        """
        with self.act(self.actor) as act:
            before = self._newest(act, entry_id, revision)
            kind = kind_of(before.kind)
            self._refuse_maker_who_decided(act, before)
            if any(content[name] != before.content[name] for name in kind.identity):
                raise Refused("entry_identity", number=entry_id)
            if before.state not in ("draft", "submitted"):
                return self._inserted(act, kind, before.thing, content, before, "draft")
            values = {**_columns(kind, content), "state": "draft", "edited_at": _now(), "edited_by": self.actor.text}
            values |= {"is_withdrawal": False, "remark": ""}
            return self._changed(act, "entry.edit", before, values, makers=True)

    def submit(self, entry_id: int, revision: int) -> Entry:
        """Hands a draft on to those who decide."""
        with self.act(self.actor) as act:
            before = self._newest(act, entry_id, revision)
            _require(before, "draft")
            self._refuse_maker_who_decided(act, before)
            return self._changed(act, "entry.submit", before, {"state": "submitted"}, makers=True)

    def withdraw(self, entry_id: int, revision: int, reason: str) -> Entry:
        """Asks that what was approved no longer count: a version of its own, which somebody else approves or returns; until then it counts."""
        reason = _reason(reason, "why_withdrawn")
        with self.act(self.actor) as act:
            before = self._newest(act, entry_id, revision)
            self._refuse_maker_who_decided(act, before)
            same = (ENTRY.c.kind == before.kind, ENTRY.c.thing == before.thing, ENTRY.c.state == "approved")
            counts = act.connection.execute(sa.select(ENTRY).where(*same)).mappings().one_or_none()
            if before.state in ("draft", "submitted"):
                raise Refused("entry_undecided", number=entry_id, state=Word(f"entries.state_{before.state}"))
            if counts is None:
                raise Refused("entry_not_counting", number=entry_id, state=Word(f"entries.state_{before.state}"))
            content = _entry(counts).content
            return self._inserted(act, kind_of(before.kind), before.thing, content, before, "submitted", reason)

    def return_(self, entry_id: int, revision: int, remark: str) -> Entry:
        """Gives what was submitted back, with the reason."""
        remark = _reason(remark, "why_returned")
        return self._decide(entry_id, revision, "returned", remark)

    def approve(self, entry_id: int, revision: int) -> Entry:
        """Lets what was submitted count, or takes out what is to be withdrawn; the version that counted until now is superseded."""
        return self._decide(entry_id, revision, "approved")

    def tell_refused(self, act: str, thing: str, why: str) -> None:
        """Writes down that somebody was refused an act."""
        with self.act(self.actor) as acting:
            acting.audit("refused", thing, asked=act, why=why)

    # ------------------------------------------------------------ reading

    def newest(self, kind: str | None = None) -> list[Entry]:
        """The newest version of every thing, those that wait for a decision first, then the newest first."""
        newer = ENTRY.alias()
        is_newest = ~sa.exists().where(newer.c.kind == ENTRY.c.kind, newer.c.thing == ENTRY.c.thing, newer.c.version > ENTRY.c.version)
        found = self._read(is_newest, *([ENTRY.c.kind == kind] if kind else []))
        return sorted(found, key=lambda one: (one.state != "submitted", -one.entry_id))

    def approved(self, kind: str) -> list[Entry]:
        """What counts, in the order in which it was entered."""
        return self._read(ENTRY.c.kind == kind, ENTRY.c.state == "approved")

    def entry(self, entry_id: int) -> Entry:
        """Raises ConfigurationError where there is none of that number."""
        found = self._read(ENTRY.c.entry_id == entry_id)
        if not found:
            raise _missing(entry_id)
        return found[0]

    def versions(self, entry_id: int) -> list[Entry]:
        """All versions of a thing, the oldest first."""
        one = self.entry(entry_id)
        return sorted(self._read(ENTRY.c.kind == one.kind, ENTRY.c.thing == one.thing), key=lambda entry: entry.version)

    # ------------------------------------------------------------ inside

    def _read(self, *where: sa.ColumnElement[bool]) -> list[Entry]:
        with self.transaction() as connection:
            return [_entry(row) for row in connection.execute(sa.select(ENTRY).where(*where).order_by(ENTRY.c.entry_id)).mappings()]

    def _entered(self, act: Writing, kind: EntryKind, content: Content, is_submitted: bool) -> Entry:
        thing = _thing(kind, content)
        rows = act.connection.execute(sa.select(ENTRY).where(ENTRY.c.kind == kind.name, ENTRY.c.thing == thing).order_by(ENTRY.c.version)).mappings()
        versions = [_entry(row) for row in rows]
        if versions and versions[-1].state in OPEN:
            raise StaleEntry(versions[-1])
        state: State = "submitted" if is_submitted else "draft"
        return self._inserted(act, kind, thing, content, versions[-1] if versions else None, state)

    def _inserted(
        self, act: Writing, kind: EntryKind, thing: str, content: Content, before: Entry | None, state: State, withdrawn_because: str = ""
    ) -> Entry:
        """A version after `before`. After a returned one makers and deciders go on; an approved one ends them."""
        goes_on = before is not None and before.state == "returned"
        makers, deciders = self._sides(act, before.entry_id) if before is not None and goes_on else ([], [])
        now = _now()
        row = {
            "kind": kind.name,
            "thing": thing,
            "version": before.version + 1 if before else 1,
            "state": state,
            "revision": 1,
            "is_withdrawal": bool(withdrawn_because),
            **_columns(kind, content),
            "entered_at": now,
            "entered_by": self.actor.text,
            "edited_at": now,
            "edited_by": self.actor.text,
            **dict.fromkeys(("decided_at", "decided_by"), ""),
            "remark": withdrawn_because,
            "makers": json.dumps(sorted({*makers, self.actor.key})),
            "deciders": json.dumps(deciders),
        }
        key = act.connection.execute(ENTRY.insert().values(row)).inserted_primary_key
        assert key is not None
        old = before.content if before else None
        name, after, reason = ("entry.withdraw", None, {"remark": withdrawn_because}) if withdrawn_because else ("entry.enter", content, {})
        act.audit(name, f"entry {key[0]}", kind=kind.name, version=row["version"], state=state, before=old, after=after, **reason)
        return self._of(act, int(key[0]))

    def _decide(self, entry_id: int, revision: int, state: State, remark: str = "") -> Entry:
        with self.act(self.actor) as act:
            before = self._newest(act, entry_id, revision)
            _require(before, "submitted")
            makers, deciders = self._sides(act, entry_id)
            if self.actor.key in makers:
                raise SamePerson(f"entry {entry_id}", f"{self.actor.text} has entered entry {entry_id}, and somebody else has to decide on it.")
            if state == "approved":
                counted = (ENTRY.c.kind == before.kind, ENTRY.c.thing == before.thing, ENTRY.c.state == "approved")
                act.connection.execute(ENTRY.update().where(*counted).values(state="superseded"))
            if before.is_withdrawal:
                state, remark = ("withdrawn", before.remark) if state == "approved" else (state, remark)
            values = {"state": state, "decided_at": _now(), "decided_by": self.actor.text, "remark": remark}
            values["deciders"] = json.dumps(sorted({*deciders, self.actor.key}))
            return self._changed(act, "entry.return" if state == "returned" else "entry.approve", before, values)

    def _changed(self, act: Writing, name: str, before: Entry, values: dict[str, Any], makers: bool = False) -> Entry:
        """The entry with other values, one revision on; told in the audit with what changed."""
        if makers:
            values["makers"] = json.dumps(sorted({*self._sides(act, before.entry_id)[0], self.actor.key}))
        act.connection.execute(ENTRY.update().where(ENTRY.c.entry_id == before.entry_id).values(**values, revision=before.revision + 1))
        after = self._of(act, before.entry_id)
        old = {"state": before.state, "revision": before.revision, **before.content}
        new = {"state": after.state, "revision": after.revision, **after.content}
        remark = {"remark": after.remark} if after.remark else {}
        act.audit(name, f"entry {before.entry_id}", kind=before.kind, before=old, after=new, **remark)
        return after

    def _newest(self, act: Writing, entry_id: int, revision: int) -> Entry:
        """The entry to act on; raises StaleEntry where it was changed, or a newer version of the thing was begun."""
        found = self._of(act, entry_id)
        same = (ENTRY.c.kind == found.kind, ENTRY.c.thing == found.thing, ENTRY.c.version > found.version)
        newer = act.connection.execute(sa.select(ENTRY.c.entry_id).where(*same).order_by(ENTRY.c.version.desc())).scalars().first()
        if newer is not None:
            raise StaleEntry(self._of(act, newer))
        if found.revision != revision:
            raise StaleEntry(found)
        return found

    def _of(self, act: Writing, entry_id: int) -> Entry:
        row = act.connection.execute(sa.select(ENTRY).where(ENTRY.c.entry_id == entry_id)).mappings().one_or_none()
        if row is None:
            raise _missing(entry_id)
        return _entry(row)

    def _sides(self, act: Writing, entry_id: int) -> tuple[list[str], list[str]]:
        row = act.connection.execute(sa.select(ENTRY.c.makers, ENTRY.c.deciders).where(ENTRY.c.entry_id == entry_id)).one()
        return json.loads(row.makers), json.loads(row.deciders)

    def _refuse_maker_who_decided(self, act: Writing, before: Entry) -> None:
        if before.state not in ("approved", "withdrawn") and self.actor.key in self._sides(act, before.entry_id)[1]:
            raise SamePerson(f"entry {before.entry_id}", f"{self.actor.text} has returned this entry, and somebody else has to correct it.")


def _reason(text: str, asked: str) -> str:
    """A reason as it is kept; raises Refused, which asks for it (refused.<asked>), where there is none."""
    reason = checked_text(Word("refused.the_reason"), text, LONGEST_REMARK, is_one_line=False)
    if not reason:
        raise Refused(asked)
    return reason


def _require(entry: Entry, state: State) -> None:
    if entry.state != state:
        needed = Word(f"entries.state_{state}")
        raise Refused("entry_not_at_step", number=entry.entry_id, state=Word(f"entries.state_{entry.state}"), needed=needed)


def _thing(kind: EntryKind, content: Content) -> str:
    """Tells things apart; where a kind's fields do not, every entry is a new one."""
    if not kind.identity:
        return secrets.token_hex(32)
    return hashlib.sha256(json.dumps([kind.name, *(content[name] for name in kind.identity)]).encode()).hexdigest()


def _columns(kind: EntryKind, content: Content) -> dict[str, Any]:
    """The fields that questions are asked by, and all of them as JSON."""
    return {
        "unit_code": content.get("unit_code", ""),
        "subject": kind.fixed_subject or content[kind.subject_field],
        "from_on": content[kind.first_day],
        "to_on": content[kind.last_day],
        "value": content[kind.value_field] if kind.value_field else None,
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True),
    }


def _entry(row: sa.RowMapping) -> Entry:
    names = (
        "entry_id",
        "kind",
        "version",
        "state",
        "revision",
        "unit_code",
        "entered_by",
        "edited_by",
        "decided_by",
        "remark",
        "is_withdrawal",
        "thing",
    )
    return Entry(
        **{name: row[name] for name in names},
        content=json.loads(row["content"]),
        entered_at=datetime.fromisoformat(row["entered_at"]),
        edited_at=datetime.fromisoformat(row["edited_at"]),
        decided_at=datetime.fromisoformat(row["decided_at"]) if row["decided_at"] else None,
    )


def _missing(entry_id: int) -> Refused:
    return Refused("entry_missing", number=entry_id)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

"""The people who sign in: which role each was given, who is let in no longer, and whose sessions have ended.

A person is an issuer and a subject, as the provider of sign-ins names them for good; names are for people to read and decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dashboard.ledger.actor import Actor, os_actor
from dashboard.ledger.database import LedgerDatabase
from dashboard.ledger.schema import AUDIT, PERSON_ROLE, PERSON_SESSION
from dashboard.session.policy import ROLES, Role
from dashboard.typed_text import checked_text
from data.csv_forms.settings_csv import csv_rows
from data.errors import ConfigurationError

COLUMNS = ("issuer", "subject", "name", "role", "unit_code", "state")
"""Of the people table as a CSV file; `state` is `active` or `disabled`."""
LONGEST_SUBJECT, LONGEST_ISSUER, LONGEST_NAME, LONGEST_CODE = 255, 300, 200, 100


@dataclass(frozen=True)
class Place:
    """A role, with its unit for the role `unit` (empty for the others)."""

    role: Role
    unit_code: str = ""


@dataclass(frozen=True)
class Person:
    """One line of the people table."""

    issuer: str
    subject: str
    name: str
    place: Place
    is_disabled: bool = False


@dataclass(frozen=True)
class Standing:
    """What the table says of a person now."""

    places: frozenset[Place] = frozenset()
    is_disabled: bool = False
    not_before: datetime | None = None
    """Sessions that began earlier have ended."""


class People(LedgerDatabase):
    """The people of one home's ledger; each method is one transaction. Raises SourceUnreachable where the database cannot be used."""

    # ------------------------------------------------------------ reading

    def all(self) -> list[Person]:
        """Everyone who was given a role, by name."""
        select = sa.select(PERSON_ROLE, PERSON_SESSION.c.is_disabled).join_from(PERSON_ROLE, PERSON_SESSION, _same_person(), isouter=True)
        with self.transaction() as connection:
            rows = connection.execute(select.order_by(PERSON_ROLE.c.name, PERSON_ROLE.c.subject, PERSON_ROLE.c.role_id)).mappings().all()
        return [Person(row["issuer"], row["subject"], row["name"], Place(row["role"], row["unit_code"]), bool(row["is_disabled"])) for row in rows]

    def standing(self, issuer: str, subject: str) -> Standing:
        """What the table says of a person at this moment; nothing at all of a stranger."""
        with self.transaction() as connection:
            return standing_of(connection, issuer, subject)

    # ------------------------------------------------------------ writing

    def give(self, people: Iterable[Person], by: str) -> None:
        """Gives each person the one place that is named, in place of any that they had, and lets them in or not; all of them or none.

        Raises ConfigurationError for a place that cannot be, and for a person who is named twice.
        """
        given = [_checked(person) for person in people]
        named = [(person.issuer, person.subject) for person in given]
        if twice := sorted({subject for issuer, subject in named if named.count((issuer, subject)) > 1}):
            raise ConfigurationError(f"{twice[0]} is named twice. A person has one role: keep one of the lines.")
        with self.act(os_actor(by)) as act:
            connection = act.connection
            for person in given:
                before = connection.execute(sa.select(PERSON_ROLE.c.role, PERSON_ROLE.c.unit_code).where(*_of(PERSON_ROLE, *_named(person)))).all()
                after = {"role": person.place.role, "unit": person.place.unit_code, "is_disabled": person.is_disabled}
                act.audit("people.give", f"person {person.issuer} {person.subject}", before=[list(row) for row in before], after=after)
                connection.execute(PERSON_ROLE.delete().where(*_of(PERSON_ROLE, person.issuer, person.subject)))
                row = {"role": person.place.role, "unit_code": person.place.unit_code, "name": person.name, "given_at": _now(), "given_by": by}
                connection.execute(PERSON_ROLE.insert().values(issuer=person.issuer, subject=person.subject, **row))
                _say_of_sessions(connection, person.issuer, person.subject, person.is_disabled, ends=person.is_disabled)

    def disable(self, issuer: str, subject: str) -> None:
        """Lets a person in no longer, whatever role the table or the provider gives them, and ends their sessions."""
        with self.act(os_actor()) as act:
            act.audit("people.disable", f"person {issuer} {subject}")
            _say_of_sessions(act.connection, issuer, subject, is_disabled=True, ends=True)

    def end_sessions(self, issuer: str, subject: str) -> None:
        """Ends all sessions of a person that have begun until now: what a sign-out means."""
        with self.act(Actor(issuer, subject)) as act:
            act.audit("session.end", f"person {issuer} {subject}")
            _say_of_sessions(act.connection, issuer, subject, is_disabled=None, ends=True)

    def begin_session(self, actor: Actor, session: str, began_at: str) -> None:
        """Writes down that a person has signed in, once for a session, however many processes see it begin."""
        with self.act(actor) as act:
            told = sa.select(AUDIT.c.number).where(AUDIT.c.act == "session.begin", AUDIT.c.object == f"session {session}").limit(1)
            if act.connection.execute(told).first() is None:
                act.audit("session.begin", f"session {session}", began_at=began_at)


def standing_of(connection: sa.Connection, issuer: str, subject: str) -> Standing:
    """`People.standing` within a transaction."""
    rows = connection.execute(_STANDING, {"issuer": issuer, "subject": subject}).all()
    found = frozenset(Place(role, unit_code) for role, unit_code, *_ in rows if role is not None)
    session = next((row for row in rows if row[3] is not None), None)
    return Standing(found, bool(session[2]), datetime.fromisoformat(session[3])) if session else Standing(found)


def place_of(role: str, unit_code: str = "") -> Place:
    """A place from text. Raises ConfigurationError where there is no such role, or a unit stands where none belongs, or is missing."""
    known = next((one for one in ROLES if one == role), None)
    if known is None:
        raise ConfigurationError(f"There is no role {role!r}. Roles are: {', '.join(ROLES)}.")
    if (known == "unit") is not bool(unit_code):
        raise ConfigurationError("The role unit needs the code of the unit." if known == "unit" else f"The role {role} has no unit: leave it out.")
    return Place(known, unit_code)


def row_of(person: Person) -> tuple[str, ...]:
    """A person as a row of COLUMNS."""
    state = "disabled" if person.is_disabled else "active"
    return person.issuer, person.subject, person.name, person.place.role, person.place.unit_code, state


def read_people(path: Path) -> list[Person]:
    """The people of a CSV file with the columns COLUMNS. Raises ConfigurationError naming the line."""
    people = []
    for row, line in csv_rows(path, COLUMNS):
        if row["state"] not in ("active", "disabled"):
            raise ConfigurationError(f"{line}: state is {row['state']!r}. Write active or disabled.")
        try:
            place = place_of(row["role"], row["unit_code"])
            people.append(_checked(Person(row["issuer"], row["subject"], row["name"], place, row["state"] == "disabled")))
        except ConfigurationError as error:
            raise ConfigurationError(f"{line}: {error}") from None
    return people


def _checked(person: Person) -> Person:
    issuer = checked_text("The issuer", person.issuer, LONGEST_ISSUER)
    subject = checked_text("The subject", person.subject, LONGEST_SUBJECT)
    if not issuer or not subject:
        raise ConfigurationError("A person is named by issuer and subject (`sub`), as the provider of sign-ins says them. One of them is empty.")
    code = checked_text("The unit", person.place.unit_code, LONGEST_CODE)
    return Person(issuer, subject, checked_text("The name", person.name, LONGEST_NAME), place_of(person.place.role, code), person.is_disabled)


def _named(person: Person) -> tuple[str, str]:
    return person.issuer, person.subject


def _of(
    table: sa.Table, issuer: str | sa.BindParameter[str], subject: str | sa.BindParameter[str]
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.issuer == issuer, table.c.subject == subject


def _same_person() -> sa.ColumnElement[bool]:
    return sa.and_(PERSON_ROLE.c.issuer == PERSON_SESSION.c.issuer, PERSON_ROLE.c.subject == PERSON_SESSION.c.subject)


def _standing() -> sa.CompoundSelect[tuple[Any, ...]]:
    """A row for each place of a person, and one for what is said of their sessions. Asked at every request: made once, and one question."""
    who: dict[str, sa.BindParameter[str]] = {"issuer": sa.bindparam("issuer"), "subject": sa.bindparam("subject")}
    places = sa.select(PERSON_ROLE.c.role, PERSON_ROLE.c.unit_code, sa.null(), sa.null()).where(*_of(PERSON_ROLE, **who))
    sessions = sa.select(sa.null(), sa.null(), PERSON_SESSION.c.is_disabled, PERSON_SESSION.c.not_before).where(*_of(PERSON_SESSION, **who))
    return sa.union_all(places, sessions)


_STANDING = _standing()


def _say_of_sessions(connection: sa.Connection, issuer: str, subject: str, is_disabled: bool | None, ends: bool) -> None:
    """Writes down whether a person is let in (None: as before), and that the sessions until now have ended."""
    where = _of(PERSON_SESSION, issuer, subject)
    values: dict[str, object] = {"changed_at": _now()}
    values |= {} if is_disabled is None else {"is_disabled": is_disabled}
    values |= {"not_before": _now()} if ends else {}
    if connection.execute(PERSON_SESSION.update().where(*where).values(values)).rowcount == 0 and (ends or is_disabled):
        row = {"is_disabled": False, "not_before": _now(), **values}
        connection.execute(PERSON_SESSION.insert().values(issuer=issuer, subject=subject, **row))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

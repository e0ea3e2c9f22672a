"""Tokens by which programs ask for figures: each has a role, an end, and may be revoked; its text is shown once and kept nowhere.

One that is a person's has the role that the people table gives them at each request, and none from the moment at which they are disabled.

What is kept is the SHA-256 of the text. That is enough for text of 256 random bits: there is nothing to guess that a slow hash would hold up.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from dashboard.ledger.actor import Actor, os_actor
from dashboard.ledger.database import LedgerDatabase
from dashboard.ledger.people import Place, place_of, standing_of
from dashboard.ledger.schema import API_TOKEN
from dashboard.typed_text import checked_text
from data.errors import ConfigurationError

TOKEN = "token"
"""The issuer of programs in the audit."""
PREFIX = "vanban_"
"""So that whoever finds one, or a program that looks for secrets in files, knows what it is."""
RANDOM_BYTES = 32
LONGEST_NAME, LONGEST_DAYS = 200, 366


@dataclass(frozen=True)
class Token:
    """One token, without its text."""

    token_id: int
    name: str
    place: Place
    made_at: datetime
    made_by: str
    ends_at: datetime
    revoked_at: datetime | None
    issuer: str = ""
    subject: str = ""
    """Whose it is; empty where it is a program's own."""
    is_person_out: bool = False
    """Whether that person is disabled, or has no role any more."""

    def state(self, at: datetime) -> str:
        """`active`, `revoked`, `ended`, or `disabled` with the person whose it is."""
        if self.revoked_at is not None:
            return "revoked"
        if self.is_person_out:
            return "disabled"
        return "ended" if at >= self.ends_at else "active"


class Tokens(LedgerDatabase):
    """The tokens of one home's ledger; each method is one transaction. Raises SourceUnreachable where the database cannot be used."""

    def make_for(self, person: tuple[str, str], name: str, days: int, by: str) -> tuple[Token, str]:
        """`make` for a person (issuer, subject), whose role it has. Raises ConfigurationError where the people table gives them none."""
        with self.transaction() as connection:
            standing = standing_of(connection, *person)
        if standing.is_disabled or len(standing.places) != 1:
            raise ConfigurationError(f"{person[1]} is not let in by the people table, so no token can be theirs. Give a role: vanban people add")
        return self.make(name, next(iter(standing.places)), days, by, person)

    def make(self, name: str, place: Place, days: int, by: str, person: tuple[str, str] = ("", "")) -> tuple[Token, str]:
        """A new token, and its text, which cannot be had again. Raises ConfigurationError for no name, and for no end within a year."""
        name = checked_text("The name", name, LONGEST_NAME)
        if not name:
            raise ConfigurationError("A token needs a name that tells what uses it, so that it can be revoked by it. Give one.")
        if not 1 <= days <= LONGEST_DAYS:
            raise ConfigurationError(f"A token ends after 1 to {LONGEST_DAYS} days, not after {days}. Give --days.")
        text = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        made_at = datetime.now(UTC)
        row = {
            "sha256": _sha256(text),
            "name": name,
            "role": place.role,
            "unit_code": place.unit_code,
            "made_at": made_at.isoformat(),
            "made_by": by,
            "ends_at": (made_at + timedelta(days=days)).isoformat(),
            "revoked_at": "",
            "issuer": person[0],
            "subject": person[1],
        }
        with self.act(os_actor(by)) as act:
            connection = act.connection
            token_id = connection.execute(API_TOKEN.insert().values(**row)).inserted_primary_key
            assert token_id is not None
            told = {column: row[column] for column in ("name", "role", "unit_code", "ends_at", "issuer", "subject")}
            act.audit("token.make", f"token {token_id[0]}", **told)
            made = connection.execute(sa.select(API_TOKEN).where(API_TOKEN.c.token_id == token_id[0])).mappings().one()
        return _token(made), text

    def all(self) -> list[Token]:
        """Every token that ever was, the oldest first."""
        with self.transaction() as connection:
            rows = connection.execute(sa.select(API_TOKEN).order_by(API_TOKEN.c.token_id)).mappings().all()
            return [_as_its_person(connection, _token(row)) for row in rows]

    def revoke(self, token_id: int) -> Token:
        """Takes a token out of force, from the next request on. Raises ConfigurationError where there is none, or it is out of force already."""
        where = (API_TOKEN.c.token_id == token_id, API_TOKEN.c.revoked_at == "")
        with self.act(os_actor()) as act:
            connection = act.connection
            act.audit("token.revoke", f"token {token_id}")
            if connection.execute(API_TOKEN.update().where(*where).values(revoked_at=datetime.now(UTC).isoformat())).rowcount != 1:
                raise ConfigurationError(f"There is no token {token_id} in force. `vanban people token list` shows all of them.")
            return _token(connection.execute(sa.select(API_TOKEN).where(API_TOKEN.c.token_id == token_id)).mappings().one())

    def tell(self, token: Token, address: str) -> None:
        """Writes down that figures go out to a token, before they do. Raises SourceUnreachable where that cannot be written."""
        who = (token.issuer, token.subject) if token.subject else (TOKEN, str(token.token_id))
        with self.act(Actor(*who, token.name, token.place.role)) as act:
            act.audit("figures.read", f"token {token.token_id}", address=address)

    def in_force(self, text: str, at: datetime) -> Token | None:
        """The token of that text; None where there is none, it was revoked, its time is over, or the person whose it is was disabled."""
        if not (text.startswith(PREFIX) and text.isascii()):
            return None
        with self.transaction() as connection:
            row = connection.execute(sa.select(API_TOKEN).where(API_TOKEN.c.sha256 == _sha256(text))).mappings().one_or_none()
            found = None if row is None else _as_its_person(connection, _token(row))
        return found if found is not None and found.state(at) == "active" else None


def _as_its_person(connection: sa.Connection, token: Token) -> Token:
    """The token with the place that its person has at this moment; as it is where it is nobody's."""
    if not token.subject:
        return token
    standing = standing_of(connection, token.issuer, token.subject)
    is_out = standing.is_disabled or len(standing.places) != 1
    return replace(token, is_person_out=is_out, place=token.place if is_out else next(iter(standing.places)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _token(row: sa.RowMapping) -> Token:
    return Token(
        row["token_id"],
        row["name"],
        place_of(row["role"], row["unit_code"]),
        datetime.fromisoformat(row["made_at"]),
        row["made_by"],
        datetime.fromisoformat(row["ends_at"]),
        datetime.fromisoformat(row["revoked_at"]) if row["revoked_at"] else None,
        row["issuer"],
        row["subject"],
    )

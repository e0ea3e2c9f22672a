"""Mails that people who have signed in asked for, and which of them were handed to the mail server: each at most once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from dashboard.ledger.actor import Actor, os_actor
from dashboard.ledger.database import LedgerDatabase
from dashboard.ledger.schema import MAIL_SENT, SUBSCRIPTION
from dashboard.refusal import Refused
from data.language import LANGUAGES, Language


@dataclass(frozen=True)
class Subscription:
    """What one person gets by mail. `groups` are those at the provider of sign-ins when the person was last seen (`seen_at`)."""

    issuer: str
    subject: str
    name: str
    address: str
    unit_code: str = ""
    """Empty: the whole, or for the role `unit` its own unit."""
    language: Language = "vi"
    is_weekly: bool = False
    is_monthly: bool = False
    has_alerts: bool = False
    groups: frozenset[str] = frozenset()
    began_at: datetime | None = None
    """None for one that is not kept yet."""
    seen_at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.is_weekly or self.is_monthly or self.has_alerts)


class Subscriptions(LedgerDatabase):
    """The subscriptions of one home's ledger; each method is one transaction. Raises SourceUnreachable where the database cannot be used."""

    def all(self) -> list[Subscription]:
        """Every subscription, by address."""
        with self.transaction() as connection:
            rows = connection.execute(sa.select(SUBSCRIPTION).order_by(SUBSCRIPTION.c.address, SUBSCRIPTION.c.subject)).mappings()
            return [_subscription(row) for row in rows]

    def of(self, issuer: str, subject: str) -> Subscription | None:
        """A person's; None where there is none."""
        with self.transaction() as connection:
            row = connection.execute(sa.select(SUBSCRIPTION).where(*_of(SUBSCRIPTION, issuer, subject))).mappings().one_or_none()
        return None if row is None else _subscription(row)

    def save(self, actor: Actor, wanted: Subscription) -> None:
        """Puts a person's subscription in place of what they had; one that is empty ends it. Raises ConfigurationError for another person's."""
        if (actor.issuer, actor.subject) != (wanted.issuer, wanted.subject):
            raise Refused("subscription_person")
        where = _of(SUBSCRIPTION, wanted.issuer, wanted.subject)
        with self.act(actor) as act:
            before = act.connection.execute(sa.select(SUBSCRIPTION.c.began_at).where(*where)).scalar()
            act.connection.execute(SUBSCRIPTION.delete().where(*where))
            if not wanted.is_empty:
                act.connection.execute(SUBSCRIPTION.insert().values(**_row(wanted), began_at=before or _now(), seen_at=_now()))
            told = {"address": wanted.address, "unit": wanted.unit_code} | {name: getattr(wanted, name) for name in _WANTED}
            act.audit("subscription.end" if wanted.is_empty else "subscription.set", f"person {wanted.issuer} {wanted.subject}", **told)

    def see(self, issuer: str, subject: str, groups: frozenset[str]) -> None:
        """Keeps the groups of a person who has come again."""
        values = {"groups_then": json.dumps(sorted(groups)), "seen_at": _now()}
        with self.act(Actor(issuer, subject)) as act:
            act.connection.execute(SUBSCRIPTION.update().where(*_of(SUBSCRIPTION, issuer, subject)).values(values))

    def begin(self, to: Subscription, thing: str) -> bool:
        """Claims one mail before it leaves, with its row of the audit; False where it was claimed before: it was sent, or its sending broke off."""
        with self.act(os_actor()) as act:
            where = (*_of(MAIL_SENT, to.issuer, to.subject), MAIL_SENT.c.thing == thing)
            if act.connection.execute(sa.select(MAIL_SENT.c.thing).where(*where)).first() is not None:
                return False
            row = {"issuer": to.issuer, "subject": to.subject, "thing": thing, "address": to.address, "begun_at": _now(), "taken_at": ""}
            act.connection.execute(MAIL_SENT.insert().values(row))
            act.audit("mail.send", f"person {to.issuer} {to.subject}", address=to.address, mail=thing)
            return True

    def end(self, to: Subscription, thing: str, is_taken: bool) -> None:
        """Keeps that the server has taken a mail; or that it has not, so that the next call sends it."""
        where = (*_of(MAIL_SENT, to.issuer, to.subject), MAIL_SENT.c.thing == thing)
        with self.act(os_actor()) as act:
            if is_taken:
                act.connection.execute(MAIL_SENT.update().where(*where).values(taken_at=_now()))
            else:
                act.connection.execute(MAIL_SENT.delete().where(*where))
                act.audit("mail.refused", f"person {to.issuer} {to.subject}", address=to.address, mail=thing)

    def claimed(self) -> dict[tuple[str, str, str], bool]:
        """Issuer, subject and thing of every mail that was begun, and whether the server has taken it."""
        with self.transaction() as connection:
            rows = connection.execute(sa.select(MAIL_SENT.c.issuer, MAIL_SENT.c.subject, MAIL_SENT.c.thing, MAIL_SENT.c.taken_at)).all()
        return {(issuer, subject, thing): bool(taken_at) for issuer, subject, thing, taken_at in rows}


_WANTED = ("is_weekly", "is_monthly", "has_alerts", "language")


def _of(table: sa.Table, issuer: str, subject: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.issuer == issuer, table.c.subject == subject


def _row(wanted: Subscription) -> dict[str, object]:
    kept = {name: getattr(wanted, name) for name in ("issuer", "subject", "name", "address", "unit_code", *_WANTED)}
    return kept | {"groups_then": json.dumps(sorted(wanted.groups))}


def _subscription(row: sa.RowMapping) -> Subscription:
    return Subscription(
        **{name: row[name] for name in ("issuer", "subject", "name", "address", "unit_code", *_WANTED[:3])},
        language=next((one for one in LANGUAGES if one == row["language"]), "vi"),
        groups=frozenset(json.loads(row["groups_then"])),
        began_at=datetime.fromisoformat(row["began_at"]),
        seen_at=datetime.fromisoformat(row["seen_at"]),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")

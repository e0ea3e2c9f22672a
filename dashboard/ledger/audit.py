"""The audit of a ledger: to be read, verified, and told of acts that change nothing in the ledger itself."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from dashboard.ledger.actor import Actor
from dashboard.ledger.audit_rows import AuditRow, Fault, faults, heads_told, rows_of
from dashboard.ledger.database import LedgerDatabase
from dashboard.ledger.schema import AUDIT, AUDIT_HEAD
from dashboard.ledger.told_and_kept import changed_past_the_program


class Audit(LedgerDatabase):
    """The audit of one home's ledger: to be read and verified, and to be told of acts that change nothing in the ledger itself."""

    def write(self, actor: Actor, act: str, thing: str, **detail: object) -> None:
        """Writes one row: a download before its bytes leave, a sign-in, an act that was refused."""
        with self.act(actor) as acting:
            acting.audit(act, thing, **detail)

    def count(self) -> int:
        """How many rows there are."""
        with self.transaction() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(AUDIT)).scalar_one())

    def rows(self, from_at: datetime | None = None, until_at: datetime | None = None) -> list[AuditRow]:
        """The rows in their order, of a span of time where one is given (instants with a zone; `until_at` is no longer in it)."""
        with self.transaction() as connection:
            return list(rows_of(connection, *(_as_text(instant) for instant in (from_at, until_at))))

    def faults(self) -> list[Fault]:
        """What does not hold in the audit, by row, or where that is whole in what it tells of; empty where all is as it was written."""
        told = list(heads_told(self.home))  # before the rows are read, which may be more by then
        with self.transaction() as connection:
            number, digest = connection.execute(sa.select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash)).one()
            rows = list(rows_of(connection))
            return faults(self.home, rows, (number, digest), told) or changed_past_the_program(connection, rows)


def _as_text(instant: datetime | None) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds") if instant else ""

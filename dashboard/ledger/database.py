"""The ledger's database as each of its tables is reached: at this program's version, closed to other users, one transaction for each act."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from dashboard.ledger.actor import Actor
from dashboard.ledger.address import WRITES, database_errors_in_words, engine_of, has_ledger, lost_ledger, traces_of_ledger
from dashboard.ledger.audit_rows import AuditRow, append, tell_head
from dashboard.ledger.migrate import to_newest, version_of
from dashboard.ledger.schema import AUDIT_HEAD
from data.errors import ConfigurationError
from data.paths import Home
from data.private_files import private_umask


@dataclass
class Writing:
    """A transaction that writes; nobody else writes to the ledger until it ends."""

    home: Home
    connection: sa.Connection
    actor: Actor
    rows: list[AuditRow] = field(default_factory=list)

    def audit(self, act: str, thing: str, **detail: object) -> None:
        """Writes down what the transaction does: the act, its object, and values before and after."""
        self.rows.append(append(self.connection, self.home, self.actor, act, thing, detail))


class SamePerson(ConfigurationError):
    """Who decides is among those who made: four eyes see what two do not. `thing` is what it is about."""

    def __init__(self, thing: str, words: str) -> None:
        super().__init__(words)
        self.thing = thing


class LedgerDatabase:
    """The ledger of one home. Raises SourceUnreachable where the database cannot be used, ConfigurationError where there was one and it is gone."""

    def __init__(self, home: Home) -> None:
        self.home = home
        with private_umask(), database_errors_in_words():
            traces = traces_of_ledger(home)
            has_ledger(home)  # where it is gone, no empty file is made, which would look like one
            self._engine = engine_of(home)
            if traces and version_of(self._engine) is None:
                raise lost_ledger(home, traces)
            to_newest(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    @property
    def version(self) -> str:
        """The step of `migrations` that it is at."""
        return version_of(self._engine) or ""

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """What is read in the block is of one moment."""
        with database_errors_in_words(), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def act(self, actor: Actor) -> Iterator[Writing]:
        """What is done in the block is done with its rows of the audit as a whole, or not at all; nobody else writes meanwhile.

        Who is refused because they stood on the other side is written down by itself.
        """
        try:
            with database_errors_in_words(), self._engine.connect().execution_options(**{WRITES: True}) as connection:
                with connection.begin():
                    connection.execute(sa.select(AUDIT_HEAD.c.number).with_for_update()).one()
                    acting = Writing(self.home, connection, actor)
                    yield acting
                tell_head(self.home, acting.rows)
        except SamePerson as refused:
            with self.act(actor) as told:
                told.audit("refused", refused.thing, why="same person")
            raise


def bring_up(home: Home) -> None:
    """Makes the home's ledger, or brings it to this program's version: for who reads it without opening it, as the ETL does."""
    LedgerDatabase(home).close()

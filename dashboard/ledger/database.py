"""The ledger's database as each of its tables is reached: at this program's version, closed to other users, one transaction for each act."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from dashboard.ledger.address import database_errors_in_words, engine_of
from dashboard.ledger.migrate import to_newest
from data.paths import Home
from data.private_files import private_umask


class LedgerDatabase:
    """The ledger of one home. Raises SourceUnreachable where the database cannot be used."""

    def __init__(self, home: Home) -> None:
        with private_umask(), database_errors_in_words():
            self._engine = engine_of(home)
            to_newest(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """What is done in the block is done as a whole, or not at all."""
        with database_errors_in_words(), self._engine.begin() as connection:
            yield connection

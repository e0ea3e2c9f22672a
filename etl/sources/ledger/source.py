"""Source kind `ledger`: what people entered and others approved, from the home's own ledger; only read, like any other database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from data.configuration import LEDGER_VARIABLE, ledger_address
from etl.sources.database.source import DatabaseConnection, DatabaseSource

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}
"""As the ledger itself is opened where its address names none."""


@dataclass(frozen=True)
class LedgerSource(DatabaseSource):
    """The database that VANBAN_LEDGER_URL names, else the ledger's file in the home: nothing about it has to be said in `source.toml`."""

    SOURCE_KEYS: ClassVar[Mapping[str, type]] = {}
    ENTITY_KEYS: ClassVar[Mapping[str, type]] = {}

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", {"url_env": LEDGER_VARIABLE})

    @contextlib.contextmanager
    def open(self, environment: Mapping[str, str]) -> Iterator[DatabaseConnection]:
        driver, _, rest = ledger_address(self.home).partition("://")
        with super().open({**environment, LEDGER_VARIABLE: f"{DRIVERS.get(driver, driver)}://{rest}"}) as connection:
            yield connection

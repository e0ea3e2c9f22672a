"""A document system of a few rows in SQLite, with its source folder: what each test changes is written in the test. All of it is made up."""

from __future__ import annotations

import copy
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Self

import duckdb

from data.organisation import GROUPS, LEVELS
from data.paths import REFERENCE, Home
from data.run_history import RunResult
from data.snapshot import published_snapshot
from etl import run
from etl.contract import ENTITY
from etl.run import run_etl
from etl.settings import Settings, load_settings

Row = dict[str, Any]

KEY = "0123456789abcdef0123456789abcdef"

DEFAULTS: dict[str, Row] = {
    "org_unit": {"unit_code": None, "name": "Đơn vị mô phỏng", "parent_code": "R", "level": "cap_tinh", "valid_from": None, "valid_to": None},
    "unit_succession": {"old_code": None, "new_code": None, "effective_on": "2025-07-01", "share": None},
    "account": {
        "account_key": None,
        "unit_code": "A",
        "is_officer": None,
        "provisioned_at": "2024-06-01 08:00:00",
        "activated_at": "2024-06-20 08:00:00",
        "disabled_at": None,
    },
    "account_assignment": {"account_key": None, "unit_code": "A", "valid_from": "2024-06-01", "valid_to": None},
    "access_event": {"account_key": "u1", "occurred_at": "2024-07-10 08:00:00", "kind": "login"},
    "document": {
        "document_key": None,
        "unit_code": "A",
        "direction": "outgoing",
        "number": None,
        "issued_at": "2024-07-10 09:00:00",
        "form": "electronic",
        "signer_signed_at": None,
        "organ_signed_at": None,
        "security_level": "ordinary",
        "status": "issued",
        "page_count": None,
    },
    "delivery": {
        "document_key": "d1",
        "receiver_code": "B",
        "sent_at": "2024-07-10 09:05:00",
        "received_at": None,
        "due_at": None,
        "completed_at": None,
        "channel": "internal",
        "status": "sent",
        "security_level": "ordinary",
    },
}


class TinySystem:
    """One home with one source; `rows` are written to its database by `save`."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.folder = self.home.sources / "tiny"
        self.folder.mkdir(parents=True)
        self.database = root / "tiny.sqlite"
        self.rows: dict[str, list[Row]] = {name: [] for name in DEFAULTS}
        self.home.config.write_text('title = "Thử"\ntime_zone = "Asia/Ho_Chi_Minh"\n[etl]\nsources = ["tiny"]\n', encoding="utf-8")
        for name in (LEVELS, GROUPS):
            shutil.copy(REFERENCE / name, self.home.root / name)
        self.home.environment.write_text(f"TINY_URL=sqlite:///{{home}}/tiny.sqlite\nVANBAN_ACCOUNT_KEY={KEY}\n", encoding="utf-8")
        self.write_toml()
        for name, defaults in DEFAULTS.items():
            self.write_sql(name, f"SELECT {', '.join(defaults)} FROM {name}")  # noqa: S608
        self.add("org_unit", unit_code="R", parent_code=None, level="toi_cao")
        self.add("org_unit", unit_code="A")
        self.add("org_unit", unit_code="B")
        self.add("account", account_key="u1")
        self.add("account", account_key="u2", unit_code="B")
        self.add("access_event")
        self.add("document", document_key="d1")
        self.add("delivery")
        self.save()

    def copied(self, root: Path) -> Self:
        """The same in another place, with all that its runs left behind: a test that begins after a first run need not make one."""
        twin = copy.copy(self)
        twin.home = Home(Path(shutil.copytree(self.home.root, root)))
        twin.folder = twin.home.sources / self.folder.name
        twin.database = root / self.database.name
        twin.rows = copy.deepcopy(self.rows)
        return twin

    def add(self, entity: str, **values: Any) -> None:
        assert values.keys() <= DEFAULTS[entity].keys(), values
        self.rows[entity].append({**DEFAULTS[entity], **values})

    def save(self) -> None:
        """Writes the rows as they stand; the database's columns have no type, as text columns of vendors do."""
        self.database.unlink(missing_ok=True)
        with sqlite3.connect(self.database) as connection:
            for name, defaults in DEFAULTS.items():
                connection.execute(f"CREATE TABLE {name} ({', '.join(defaults)})")
                marks = ", ".join("?" for _ in defaults)
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [tuple(row.values()) for row in self.rows[name]])  # noqa: S608
        connection.close()

    def write_toml(self, time_zone: str = "Asia/Ho_Chi_Minh", extra: str = "") -> None:
        # Of a few rows one is soon more than a twentieth; what too many refused rows come to is tested by itself.
        entities = "".join(f"[entities.{name}]\nmax_rejected = 1\n" for name in DEFAULTS)
        head = f'kind = "database"\ntitle = "Hệ thống mô phỏng"\nurl_env = "TINY_URL"\ntime_zone = "{time_zone}"\nis_synthetic = true\n'
        (self.folder / "source.toml").write_text(head + extra + entities, encoding="utf-8")

    def write_sql(self, entity: str, text: str) -> None:
        (self.folder / f"{entity}.sql").write_text(text, encoding="utf-8")

    @property
    def settings(self) -> Settings:
        return load_settings(self.home)

    def run(self) -> RunResult:
        return run_etl(self.settings)

    def save_and_run(self) -> RunResult:
        self.save()
        return self.run()

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a question to the published snapshot; instants are to be asked as text."""
        with duckdb.connect(published_snapshot(self.home.pointer).as_posix(), read_only=True) as snapshot:
            return snapshot.execute(statement).fetchall()

    def account_of(self, result: RunResult, entity: str) -> tuple[int, int, int, int, int]:
        """Rows in, loaded, duplicate, filtered, rejected."""
        assert entity in ENTITY
        account = next(account for account in result.entities if account.entity == entity)
        return account.rows_in, account.rows_loaded, account.rows_duplicate, account.rows_filtered, account.rows_rejected


def run_without_checks(root: str) -> None:
    """One run of a home in this process, which is at its end then: checks are left out of it for good."""
    run.run_checks = lambda warehouse, checks: []  # type: ignore[assignment]
    run.run_etl(load_settings(Home(Path(root))))

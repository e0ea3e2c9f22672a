"""A tiny document system whose rows say when they were last changed, read by what is new alone. All of it is made up."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from data.run_history import RunResult
from etl.landing.fetch_source import Asked
from etl.run import run_etl
from tests.etl.tiny_system import DEFAULTS, TinySystem

STAMPED = ("document", "delivery")
"""Entities whose rows have the column `changed_at`; events are told apart by their own time."""


class GrowingSystem(TinySystem):
    """As TinySystem, with cursors; `changed_at` is given with the rows."""

    def __init__(self, root: Path, overlap: str = "7 days") -> None:
        self.overlap = overlap
        super().__init__(root)
        for name in STAMPED:
            self.write_sql(name, f"SELECT {', '.join(DEFAULTS[name])}, changed_at FROM {name}")  # noqa: S608

    def add(self, entity: str, **values: Any) -> None:
        changed_at = values.pop("changed_at", "2024-07-10 10:00:00")
        super().add(entity, **values)
        if entity in STAMPED:
            self.rows[entity][-1]["changed_at"] = changed_at

    def save(self) -> None:
        self.database.unlink(missing_ok=True)
        with sqlite3.connect(self.database) as connection:
            for name, defaults in DEFAULTS.items():
                columns = [*defaults, *(["changed_at"] if name in STAMPED else [])]
                connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
                marks = ", ".join("?" for _ in columns)
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [tuple(row[column] for column in columns) for row in self.rows[name]])  # noqa: S608
        connection.close()

    def write_toml(self, time_zone: str = "Asia/Ho_Chi_Minh", extra: str = "") -> None:
        cursors = {"access_event": "occurred_at", "document": "changed_at", "delivery": "changed_at"}
        tables = "".join(
            f"[entities.{name}]\nmax_rejected = 1\n" + (f'cursor = "{cursors[name]}"\noverlap = "{self.overlap}"\n' if name in cursors else "")
            for name in DEFAULTS
        )
        head = f'kind = "database"\ntitle = "Hệ thống mô phỏng"\nurl_env = "TINY_URL"\ntime_zone = "{time_zone}"\nis_synthetic = true\n'
        (self.folder / "source.toml").write_text(head + extra + tables, encoding="utf-8")

    def run(self, asked: Asked | None = None) -> RunResult:
        return run_etl(self.settings, asked=asked)

    def fetched(self, entity: str) -> str:
        """How the last run fetched an entity, as its log says."""
        lines = [json.loads(line) for line in self.home.etl_log.read_text(encoding="utf-8").splitlines()]
        return str([line["how"] for line in lines if line["event"] == "entity fetched" and line["entity"] == entity][-1])

    @property
    def set_aside(self) -> list[str]:
        """Why kept warehouses were of no use to runs so far."""
        lines = [json.loads(line) for line in self.home.etl_log.read_text(encoding="utf-8").splitlines()]
        return [line["reason"] for line in lines if line["event"] == "kept warehouse set aside"]

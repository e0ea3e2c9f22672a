"""The vendor's tables, read from tables.toml: as SQLAlchemy makes them, and their rows out of frames of the plan."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import sqlalchemy
from sqlalchemy import Column, MetaData, String, Table
from sqlalchemy.types import TIMESTAMP

ROUTING_YEARS = (2024, 2025, 2026)
MACROS = """
CREATE MACRO local(moment) AS strftime(make_timestamp(moment * 1000000), '%Y-%m-%d %H:%M:%S');  -- seconds of the local wall clock
CREATE MACRO zoned(moment) AS strftime(make_timestamp(moment * 1000000), '%Y-%m-%dT%H:%M:%S+07:00');
CREATE MACRO day(number) AS CAST(DATE '1970-01-01' + CAST(number AS INTEGER) AS VARCHAR);
CREATE MACRO flag(is_set) AS CASE WHEN is_set THEN 'C' ELSE 'K' END;
"""


def _read() -> dict[str, dict[str, list[str]]]:
    """Tables by name, each with its columns (type, expression) and `from`; the routing once for each year."""
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    routing = tables.pop("luan_chuyen")
    return {**tables, **{f"luan_chuyen_{year}": dict(routing) for year in ROUTING_YEARS}}


def _column(name: str, declared: str) -> Column[Any]:
    """`String(20) key`: the type, and whether it is the table's key or has an index."""
    kind, *sizes = re.findall(r"\w+", declared.removesuffix(" key").removesuffix(" index"))
    zoned = String(25).with_variant(TIMESTAMP(timezone=True), "postgresql")
    of_type = zoned if kind == "Zoned" else getattr(sqlalchemy, kind)(*map(int, sizes))
    return Column(name, of_type, primary_key=declared.endswith(" key"), index=declared.endswith(" index") or None, autoincrement=False)


METADATA = MetaData()
_DECLARED = _read()
_FROM = {name: columns.pop("from", None) for name, columns in _DECLARED.items()}
for _name, _columns in _DECLARED.items():
    _made = [_column(column, declared) for column, (declared, *_) in _columns.items()]
    Table(_name, METADATA, *_made, mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin", mysql_engine="InnoDB")
MARKER = METADATA.tables["vanban_mo_phong"]


class Rows:
    """Makes rows of the vendor's tables out of frames of the plan."""

    def __init__(self) -> None:
        self._memory = duckdb.connect(config={"threads": 1})
        self._memory.execute(MACROS)

    def of(self, table: str, **frames: pl.DataFrame) -> pl.DataFrame:
        """The rows of a table, of the frames that its `from` names; the columns are the table's, in its order."""
        columns = ", ".join(f"{expression} AS {name}" for name, (_, expression) in _DECLARED[table].items())
        for name, frame in frames.items():
            self._memory.register(name, frame.to_arrow())
        return self._memory.execute(f"SELECT {columns} FROM {_FROM[table]}").pl()  # noqa: S608 names and expressions are this project's own

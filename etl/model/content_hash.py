"""The fingerprint of a table: a count and two sums over its rows.

The order of rows plays no part, and rows that come or go are added or taken off, so that a table of millions need not be read again for a handful.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from data.snapshot import SCHEMA_VERSION, TABLE, TABLES, Table
from etl.staging.casts import quoted

CONTENT = tuple(table.name for table in TABLES if table.is_content)


@dataclass(frozen=True)
class Fingerprint:
    """Number of rows, and the sums of the lower and the upper half of their MD5."""

    rows: int = 0
    lower: int = 0
    upper: int = 0

    def __add__(self, other: Fingerprint) -> Fingerprint:
        return Fingerprint(self.rows + other.rows, self.lower + other.lower, self.upper + other.upper)

    def __sub__(self, other: Fingerprint) -> Fingerprint:
        return Fingerprint(self.rows - other.rows, self.lower - other.lower, self.upper - other.upper)


def fingerprint(warehouse: duckdb.DuckDBPyConnection, table: Table, rows: str, condition: str = "true") -> Fingerprint:
    """Of those of `rows` (a relation with the table's columns) that the condition holds for."""
    # Separators that no text of a warehouse holds keep two rows from making one string.
    row = "concat_ws(chr(31), " + ", ".join(f"coalesce(CAST({quoted(name)} AS VARCHAR), chr(30))" for name in table.columns) + ")"
    # The halves that md5_number_lower() and md5_number_upper() give, for half the work; sums of UHUGEINT would be rounded.
    lower, upper = "CAST(digest >> 64 AS UBIGINT)", "CAST(digest & 18446744073709551615::UHUGEINT AS UBIGINT)"
    digests = f"SELECT md5_number({row}) AS digest FROM {rows} WHERE {condition}"  # noqa: S608
    counted = warehouse.execute(f"SELECT count(*), sum({lower}), sum({upper}) FROM ({digests})").fetchone() or (0, 0, 0)  # noqa: S608
    return Fingerprint(*(int(number or 0) for number in counted))


def fingerprints_of(warehouse: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, Fingerprint]:
    """Of whole core tables."""
    return {name: fingerprint(warehouse, TABLE[name], f"core.{name}") for name in names}


def content_hash(fingerprints: dict[str, Fingerprint], time_zone: str, is_synthetic: bool) -> str:
    """Of a whole snapshot, by the fingerprints of its content tables."""
    digest = hashlib.sha256(f"{SCHEMA_VERSION}|{time_zone}|{is_synthetic}".encode())
    for table in TABLES:
        if table.is_content:
            found = fingerprints[table.name]
            digest.update(f"|{table.name}:{(found.rows, found.lower, found.upper) if found.rows else (0, None, None)}".encode())
    return digest.hexdigest()

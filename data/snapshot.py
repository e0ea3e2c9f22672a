"""Tables and columns of a published snapshot, as snapshot.toml declares them: the one place where etl and metrics meet.

`etl.publish.snapshots` verifies a snapshot against TABLES when it writes one, `metrics.engines` when it opens one.
A snapshot is a read-only DuckDB file `<name>.duckdb` in the home's `var/snapshots`; `current.json` beside it names the published one.
Its time zone, in which days are local days, stands in `snapshot_info`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import ConfigurationError

SCHEMA_VERSION = 7
"""Raised with every change of snapshot.toml; a reader refuses a snapshot of another version."""


@dataclass(frozen=True)
class Table:
    """One table: its columns with DuckDB types, in order, and the columns that identify a row."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    is_content: bool = True
    """False for tables that describe the run (when, how long), which the content hash leaves out."""


def _read_tables() -> Iterator[Table]:
    for name, table in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items():
        yield Table(name, table["columns"], tuple(table["key"]), table.get("is_content", True))


TABLES: tuple[Table, ...] = tuple(_read_tables())
TABLE: dict[str, Table] = {table.name: table for table in TABLES}


COLUMNS = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
"""The question whose answer `other_table` judges."""


def other_table(columns: Iterable[tuple[str, str, str]]) -> str | None:
    """The first table of TABLES that a file lacks or has with other columns; None where the file is as this program writes it."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in columns:
        found.setdefault(table, {})[column] = kind
    return next((table.name for table in TABLES if found.get(table.name) != table.columns), None)


def sums_of(snapshot: Path) -> Path:
    """The file of sums beside a snapshot of many accounts (`metrics.query.usual_sums`); it can be missing, and is made again from the snapshot."""
    return snapshot.parent.parent / "sums" / snapshot.name


class NoSnapshot(ConfigurationError):
    """Nothing has been published in this home yet, or what was published is gone."""


class UnreadableSnapshot(ConfigurationError):
    """The file is no snapshot of this version of the program."""


class OtherSchema(UnreadableSnapshot):
    """Another version of the program wrote the file; `schema_version` is what it says of itself."""

    def __init__(self, words: str, schema_version: int) -> None:
        super().__init__(words)
        self.schema_version = schema_version


def published_snapshot(pointer: Path) -> Path:
    """The file of the published snapshot that `pointer` (`current.json`) names.

    Raises NoSnapshot with the way out when there is none.
    """
    try:
        name = json.loads(pointer.read_text(encoding="utf-8"))["snapshot"]
    except FileNotFoundError:
        raise NoSnapshot(f"No figures have been published in {pointer.parent}. Run `vanban etl run` first.") from None
    except (ValueError, KeyError, TypeError):
        raise NoSnapshot(f"{pointer} cannot be read. Run `vanban etl run` to write it anew.") from None
    path = pointer.parent / f"{name}.duckdb"
    if not path.is_file():
        raise NoSnapshot(f"The published snapshot {name} is missing from {pointer.parent}. Run `vanban etl run` to make it anew.")
    return path

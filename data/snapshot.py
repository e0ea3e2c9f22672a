"""Tables and columns of a published snapshot, as snapshot.toml declares them: the one place where etl and metrics meet.

`etl.publish.snapshots` verifies a snapshot against TABLES when it writes one, `metrics.engines` when it opens one.
A snapshot is a read-only DuckDB file `<name>.duckdb` in the home's `var/snapshots`; `current.json` beside it names the published one.
Its time zone, in which days are local days, stands in `snapshot_info`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import ConfigurationError

SCHEMA_VERSION = 5
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


class NoSnapshot(ConfigurationError):
    """Nothing has been published in this home yet, or what was published is gone."""


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

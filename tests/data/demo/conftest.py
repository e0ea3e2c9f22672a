"""What the small sample's generator says of it, and its database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def truth(sample_home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((sample_home / "sample" / "truth.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def vendor(sample_home: Path) -> Iterator[sqlite3.Connection]:
    """The vendor's database, read only, indexed in a copy so that the plain questions below stay quick."""
    source = sqlite3.connect(f"file:{sample_home / 'sample' / 'qlvb.sqlite'}?mode=ro", uri=True)
    copy = sqlite3.connect(":memory:")
    source.backup(copy)
    source.close()
    for table, column in (("nhat_ky_dang_nhap", "ten_dang_nhap"), ("ky_so", "ma_van_ban"), ("luan_chuyen_2024", "ma_van_ban")):
        copy.execute(f"CREATE INDEX i_{table} ON {table} ({column})")
    yield copy
    copy.close()

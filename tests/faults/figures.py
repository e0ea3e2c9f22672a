"""Writes what a full campaign has shown into the table of docs/promises.md, one row each; nothing is written by the short form of a test."""

from __future__ import annotations

import datetime as dt
import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from filelock import FileLock

PAGE = Path(__file__).resolve().parents[2] / "docs" / "promises.md"
FIRST, LAST = "<!-- figures -->", "<!-- /figures -->"


@dataclass(frozen=True)
class Campaign:
    """A promise of which one figure is to be shown; made when the campaign begins."""

    promise: str
    """P1 to P13; S1 to S9."""
    what: str
    """What is done, in a few words; with the promise it names the row."""
    reach: str
    began: float = field(default_factory=time.monotonic)

    def record(self, seen: str) -> None:
        """Puts the row in its place, replacing the one of an earlier day."""
        seconds = time.monotonic() - self.began
        row = f"| {self.promise} | {self.what} | {self.reach} | {seen} | {dt.date.today():%Y-%m-%d} | {machine()} | {seconds:,.0f} |"
        with FileLock(PAGE.with_suffix(".lock"), is_singleton=False):
            PAGE.write_text(_with_row(PAGE.read_text(encoding="utf-8"), row), encoding="utf-8")
        PAGE.with_suffix(".lock").unlink(missing_ok=True)


def machine() -> str:
    """What the figures were seen on."""
    return f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"


def _with_row(page: str, row: str) -> str:
    head, _, rest = page.partition(FIRST)
    table, _, tail = rest.partition(LAST)
    lines = [line for line in table.strip().splitlines() if line]
    title, rule, *rows = lines

    def name(line: str) -> tuple[str, ...]:
        return tuple(cell.strip() for cell in line.split("|")[1:3])

    rows = sorted([line for line in rows if name(line) != name(row)] + [row], key=name)
    return head + FIRST + "\n" + "\n".join([title, rule, *rows]) + "\n" + LAST + tail

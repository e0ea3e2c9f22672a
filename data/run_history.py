"""The history of runs: what a line of the home's `var/runs.jsonl` says (no word of what the sources hold), how it is written and read."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from data.json_lines import append_line, json_line
from data.paths import Home

RUN_NAME = "%Y%m%dT%H%M%S%f"
"""A run is named by the moment (UTC) at which it started."""

STEPS = ("fetch", "stage", "check", "model", "publish")
"""The steps of every run; one that asks its sources has `connect` before them."""

LARGEST = 8 << 20
"""Bytes; some five years of nights."""
KEPT_RUNS = 1000
MOST_AHEAD = dt.timedelta(minutes=5)
"""By which a clock may be set back and nothing is said."""
RESERVE = 256 << 10
"""Bytes; of noise, so that no file system makes them smaller."""

Status = Literal["published", "unchanged", "failed", "killed"]


@dataclass(frozen=True)
class EntityAccount:
    """Where the rows of one batch went: rows_in = loaded + duplicate + filtered + rejected."""

    source: str
    entity: str
    batch: str
    fetched_at: str
    """ISO 8601, UTC."""
    rows_in: int
    rows_loaded: int
    rows_duplicate: int
    rows_filtered: int
    rows_rejected: int
    newest_at: str | None = None
    """How fresh the rows are: the newest instant that they speak of, up to the fetch. ISO 8601, UTC; deadlines and closing dates are no news."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Of the filtered rows, those that the source's rules left out: reason and rows."""

    @property
    def adds_up(self) -> bool:
        return self.rows_in == self.rows_loaded + self.rows_duplicate + self.rows_filtered + self.rows_rejected


def by_entity(accounts: Sequence[EntityAccount]) -> list[EntityAccount]:
    """One account per source and entity, under the name of its newest batch: the sums over the batches that make it up."""
    chains: dict[tuple[str, str], list[EntityAccount]] = {}
    for account in accounts:
        chains.setdefault((account.source, account.entity), []).append(account)
    sums = []
    for chain in chains.values():
        rows = {name: sum(getattr(account, name) for account in chain) for name in EntityAccount.__dataclass_fields__ if name.startswith("rows_")}
        newest_at = max((account.newest_at for account in chain if account.newest_at), default=None)
        left_out = sum((Counter(account.left_out) for account in chain), Counter())
        sums.append(dataclasses.replace(chain[-1], **rows, newest_at=newest_at, left_out=dict(left_out)))
    return sums


@dataclass(frozen=True)
class RunResult:
    """How one run ended."""

    run: str
    status: Status
    started_at: str
    """ISO 8601, UTC."""
    seconds: dict[str, float]
    """Duration of each step, in order."""
    snapshot: str | None = None
    """The snapshot that is published now, by this run or by an earlier one."""
    content_hash: str | None = None
    entities: tuple[EntityAccount, ...] = ()
    warnings: tuple[str, ...] = ()
    message: str = ""
    """How it ended, as the person at the keyboard saw it."""
    audit_head: str = ""
    """Number and hash of the newest row of the ledger's audit when the run was recorded: one more place that says how long the audit was."""

    @property
    def started(self) -> dt.datetime:
        """When it started, with its time zone."""
        started = dt.datetime.fromisoformat(self.started_at)
        return started if started.tzinfo else started.replace(tzinfo=dt.UTC)

    @property
    def total_seconds(self) -> float:
        return sum(self.seconds.values())

    @property
    def rows_in(self) -> int:
        return sum(account.rows_in for account in self.entities)

    @property
    def rows_rejected(self) -> int:
        return sum(account.rows_rejected for account in self.entities)


def reserve_of(home: Home) -> Path:
    """A file that only takes up room, and makes way for the record of a run that found the disk full."""
    return home.var / "reserve"


def keep_reserve(home: Home) -> None:
    """Makes it where it is not; on a disk without that little room the run goes on, and will say why it ends."""
    if not reserve_of(home).is_file():
        with contextlib.suppress(OSError):
            reserve_of(home).write_bytes(os.urandom(RESERVE))


def in_reserved_room(home: Home, write: Callable[[], object]) -> None:
    """Writes; where that fails, once more in the room that was kept for it."""
    try:
        write()
    except OSError:
        if not reserve_of(home).is_file():
            raise
        reserve_of(home).unlink()
        write()


def record(home: Home, result: RunResult) -> None:
    """Appends one run, on a full disk in the room kept for it; of a history that has grown beyond LARGEST the newest KEPT_RUNS stay."""
    line = json_line({**asdict(result), "audit_head": audit_head(home)})
    in_reserved_room(home, lambda: append_line(home.runs, line))
    if home.runs.stat().st_size > LARGEST:
        shortened = home.runs.with_name(f"{home.runs.name}.unfinished")
        shortened.write_bytes(b"".join(home.runs.read_bytes().splitlines(keepends=True)[-KEPT_RUNS:]))
        shortened.replace(home.runs)


def audit_head(home: Home) -> str:
    """Number and hash of the newest row of the ledger's audit, as one word; empty where there is none."""
    try:
        last = home.audit_heads.read_bytes().splitlines()[-1]
        return "{number}:{hash}".format(**json.loads(last))
    except (OSError, ValueError, KeyError, IndexError):
        return ""


def last_runs(home: Home, limit: int = 20) -> list[RunResult]:
    """The newest runs, newest first; half-written lines are passed over."""
    try:
        lines = home.runs.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    runs: list[RunResult] = []
    for line in reversed(lines):
        if len(runs) == limit:
            break
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
            runs.append(_read(json.loads(line)))
    return runs


def clock_behind(home: Home, now: dt.datetime) -> str:
    """What is wrong where the newest run began after `now`, and what to do; empty where all is well."""
    newest = max((run.started for run in last_runs(home)), default=None)
    if newest is None or newest <= now + MOST_AHEAD:
        return ""
    return (
        f"This machine says {now:%Y-%m-%d %H:%M} UTC, and the newest run began at {newest:%Y-%m-%d %H:%M}. Set the clock before the next run;"
        f" where it was wrong then, take the line of that run out of {home.runs}."
    )


def killed_run(unfinished_build: Path) -> RunResult:
    """The record of a run that was killed, from the build that it left behind and that bears its name."""
    started_at = dt.datetime.strptime(unfinished_build.stem, RUN_NAME).replace(tzinfo=dt.UTC)
    message = "The run was killed before it ended; nothing was published."
    return RunResult(unfinished_build.stem, "killed", started_at.isoformat(timespec="seconds"), seconds={}, message=message)


def _read(fields: dict[str, Any]) -> RunResult:
    fields["entities"] = tuple(EntityAccount(**entity) for entity in fields["entities"])
    result = RunResult(**{**fields, "warnings": tuple(fields["warnings"])})
    dt.datetime.fromisoformat(result.started_at)  # raises ValueError for a line that is not of a run
    return result

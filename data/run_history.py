"""The history of runs: one JSON object per line in the home's `var/runs.jsonl`, without a word of what the sources hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from data.paths import Home

if TYPE_CHECKING:
    import polars as pl

RUN_NAME = "%Y%m%dT%H%M%S%f"
"""A run is named by the moment (UTC) at which it started."""

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

    @property
    def accounting(self) -> pl.DataFrame:
        """One row per source and entity: where its rows went."""
        import polars as pl

        names = [name for name in EntityAccount.__dataclass_fields__ if name not in ("batch", "fetched_at", "left_out")]
        kinds = {name: pl.Int64 if name.startswith("rows_") else pl.String for name in names}
        return pl.DataFrame([{name: getattr(account, name) for name in names} for account in by_entity(self.entities)], schema=kinds)


def record(home: Home, result: RunResult) -> None:
    """Appends one run; JSON escapes control characters, so that a line cannot forge another."""
    home.runs.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(result), ensure_ascii=True).encode("ascii") + b"\n"
    with home.runs.open("ab+") as file:
        if file.tell():  # a run that was killed while it wrote leaves half a line
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)


def last_runs(home: Home, limit: int = 20) -> list[RunResult]:
    """The newest runs, newest first; half-written lines are passed over."""
    try:
        lines = home.runs.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    runs: list[RunResult] = []
    for line in reversed(lines):
        if len(runs) == limit:
            break
        try:
            runs.append(_parse(json.loads(line)))
        except (ValueError, TypeError, KeyError):
            continue
    return runs


def runs_frame(runs: Sequence[RunResult]) -> pl.DataFrame:
    """One row per run: when it started, how it ended, how long it took, how many rows came in and were refused, what was in force afterwards."""
    import polars as pl

    rows = [
        {
            "started_at": run.started_at,
            "status": run.status,
            "seconds": round(sum(run.seconds.values()), 1),
            "rows_in": sum(account.rows_in for account in run.entities),
            "rows_rejected": sum(account.rows_rejected for account in run.entities),
            "warnings": len(run.warnings),
            "snapshot": run.snapshot,
            "message": run.message,
        }
        for run in runs
    ]
    kinds = {"seconds": pl.Float64, "rows_in": pl.Int64, "rows_rejected": pl.Int64, "warnings": pl.Int64}
    names = ("started_at", "status", "seconds", "rows_in", "rows_rejected", "warnings", "snapshot", "message")
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String) for name in names})


def killed_run(unfinished_build: Path) -> RunResult:
    """The record of a run that was killed, from the build that it left behind and that bears its name."""
    started_at = dt.datetime.strptime(unfinished_build.stem, RUN_NAME).replace(tzinfo=dt.UTC)
    message = "The run was killed before it ended; nothing was published."
    return RunResult(unfinished_build.stem, "killed", started_at.isoformat(timespec="seconds"), seconds={}, message=message)


def _parse(fields: dict[str, Any]) -> RunResult:
    entities = tuple(EntityAccount(**entity) for entity in fields.pop("entities"))
    warnings = tuple(fields.pop("warnings"))
    return RunResult(**fields, entities=entities, warnings=warnings)

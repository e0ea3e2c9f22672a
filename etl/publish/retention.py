"""Removes what is kept for nothing: landed batches and snapshots beyond the number that the settings ask for.

What counts is never touched: the batches that a source's current set cites, the snapshot in force and those that reports cite. Rejected rows lie in
the snapshots and go with them. Runs of vanban remove old snapshots themselves; landed batches go only when somebody says so.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.paths import Home
from etl.publish.snapshots import in_force, old_snapshots
from etl.runs.run_lock import only_run
from etl.settings import Settings

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class _Dispensable:
    """One thing that may go: its files in the order of their removal."""

    files: tuple[Path, ...]
    why: str

    @property
    def bytes(self) -> int:
        return sum(path.stat().st_size for path in self.files)


def prune(settings: Settings, dry_run: bool = True) -> pl.DataFrame:
    """What would go (or, without `dry_run`, has gone): path below the home, bytes, why. The newest first.

    Raises AnotherRun while a run is at work, which might be about to read what would go.
    """
    import polars as pl

    rows: list[dict[str, Any]] = []
    with only_run(settings.home.lock):
        for found in [*_landed(settings), *_snapshots(settings)]:
            row = {"path": found.files[-1].relative_to(settings.home.root).as_posix(), "bytes": found.bytes, "why": found.why}
            if dry_run or _remove(found):
                rows.append(row)
    return pl.DataFrame(rows, schema={"path": pl.String, "bytes": pl.Int64, "why": pl.String})


def _remove(found: _Dispensable) -> bool:
    try:
        for path in found.files:
            path.unlink(missing_ok=True)
    except PermissionError:  # Windows keeps a file that somebody reads; another day
        return False
    return True


def _landed(settings: Settings) -> Iterator[_Dispensable]:
    home = settings.home
    for folder in sorted(path for path in home.landing.glob("*/*") if path.is_dir()):
        cited = _cited(folder)
        if cited is None:
            continue
        manifests = sorted(folder.glob("*.json"), reverse=True)
        for manifest in manifests[settings.keep_landing :]:
            if manifest.stem not in cited:
                # The manifest first: a batch without one is what a killed run leaves, and is cleared away by the next.
                files = tuple(path for path in (manifest, manifest.with_suffix(".parquet")) if path.is_file())
                yield _Dispensable(files, f"not in force, and {settings.keep_landing} newer batches of {folder.parent.name}: {folder.name} are kept")


def _cited(folder: Path) -> set[str] | None:
    """The batches of an entity that its source's current set names; None where that cannot be read: then nothing of the source may go."""
    try:
        entities = json.loads((folder.parent / "current.json").read_text(encoding="utf-8"))["entities"]
        return set(_texts(entities.get(folder.name)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for member in value.values():
                yield from _texts(member)
        case list():
            for member in value:
                yield from _texts(member)


def _snapshots(settings: Settings) -> Iterator[_Dispensable]:
    home: Home = settings.home
    if in_force(home) is None:  # then any of them may be the one to go back to
        return
    for path in old_snapshots(home, settings.keep_snapshots):
        with contextlib.suppress(FileNotFoundError):
            yield _Dispensable((path,), f"not in force, and {settings.keep_snapshots} newer snapshots are kept")

"""A whole run that keeps nothing: it works in a folder of its own beside what the home has, which stays as it is."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data.errors import DataRefused
from data.paths import Home
from data.run_history import RunResult
from etl.landing.batches import manifests_in_force
from etl.landing.fetch_source import Asked
from etl.run import run_etl
from etl.runs.progress import Progress, Silent
from etl.runs.run_lock import only_run
from etl.settings import Settings

_BEGUN = ".trial-"


class TimeIsUp(Exception):
    """The time for a trial was over before everything was looked at."""

    def __init__(self, step: str = "", rows: int = 0) -> None:
        super().__init__(step, rows)
        self.step = step
        """The last one that was begun, as `Progress` names it; empty for none."""
        self.rows = rows
        """What was fetched in it."""


@dataclass
class Hurried:
    """A Progress that stops the work at a moment of time.monotonic(): between steps, and while rows are fetched."""

    watched: Progress
    until: float
    reached: str = ""
    rows: int = 0

    def step(self, name: str) -> None:
        self._look()
        self.reached, self.rows = name, 0
        self.watched.step(name)

    def advance(self, rows: int, total: int | None) -> None:
        self.rows += rows
        self._look()
        self.watched.advance(rows, total)

    def _look(self) -> None:
        if time.monotonic() > self.until:
            raise TimeIsUp(self.reached, self.rows)


def not_looked_at(settings: Settings, asked: Asked, stopped: TimeIsUp) -> str:
    """In words what a trial that was stopped did not come to: of which entities which rows, and what of the judging."""
    steps = [f"{source.name}: {entity}" for source in settings.sources if asked.means(source.name) for entity in source.entities]
    entity = stopped.step.removeprefix("fetch ")
    if entity in steps and entity != stopped.step:
        begun, later = f"the rows of {entity} after the first {stopped.rows:,}", steps[steps.index(entity) + 1 :]
        unread = [begun, *(f"all of {each}" for each in later)]
    elif stopped.step in ("", "connect", "fetch"):
        unread = [f"all of {each}" for each in steps]
    else:
        return f"All rows were fetched, but not judged any further than the step: {stopped.step}."
    return f"Not looked at: {'; '.join(unread)}."


@contextlib.contextmanager
def tried(
    settings: Settings,
    asked: Asked,
    progress: Progress | None = None,
    seconds: float | None = None,
    at_refusal: Callable[[Settings], None] = lambda trial: None,
) -> Iterator[tuple[RunResult, Settings]]:
    """How a run would end, and the settings whose home holds what it would have published; all of it is gone afterwards.

    Raises what the run would raise, and TimeIsUp after `seconds`. Where that is that the data are refused, `at_refusal` may look at the home before.
    """
    home = settings.home
    beside = home.var if home.var.is_dir() else None
    with only_run(home.lock) if beside else contextlib.nullcontext():
        for left in beside.glob(f"{_BEGUN}*") if beside else ():
            shutil.rmtree(left, ignore_errors=True)  # by a trial that was killed
        with tempfile.TemporaryDirectory(prefix=_BEGUN if beside else "vanban-", dir=beside) as folder:
            place = Home(home.root, Path(folder))
            _copy(home, place)
            trial = replace(settings, home=place, sources=tuple(replace(source, home=place) for source in settings.sources))
            watched = progress or Silent()
            try:
                result = run_etl(trial, Hurried(watched, time.monotonic() + seconds) if seconds is not None else watched, asked)
            except DataRefused:
                at_refusal(trial)
                raise
            yield result, trial


def with_what_is_missing(settings: Settings, source: str) -> tuple[str, ...]:
    """The source, and those of which nothing has been landed: without them no figure can be judged."""
    return tuple(each.name for each in settings.sources if each.name == source or not manifests_in_force(settings.home, each))


def _copy(home: Home, place: Home) -> None:
    """What a run goes on from. Batches and snapshots are only ever added and removed, so that links to them will do."""
    for name in ("landing", "snapshots"):
        if (home.var / name).is_dir():
            shutil.copytree(home.var / name, place.var / name, copy_function=_link)
    for path in (home.account_key_file, home.runs):
        if path.is_file():
            shutil.copy2(path, place.var / path.name)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system that knows no links
        shutil.copy2(source, target)

"""Two ways to answer one question, taken in turn in one process, after both gave the same answer once."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMES = 15
DEFAULT_SIZES = (1_000_000, 20_000_000)


@dataclass(frozen=True)
class Measured:
    """One row of the table: medians in milliseconds, and the highest memory of the process so far in MiB."""

    question: str
    events: int
    us_ms: float
    peer: str
    peer_ms: float
    peak_mib: int

    @property
    def ratio(self) -> float:
        """Our time by the peer's: below 1, we are faster."""
        return self.us_ms / self.peer_ms

    def __str__(self) -> str:
        return (
            f"| {self.question} | {self.events / 1e6:g} M | {self.us_ms:.1f} | {self.peer} | {self.peer_ms:.1f} "
            f"| {self.ratio:.2f} | {self.peak_mib} |"
        )


HEADER = "| question | events | us, ms | peer | peer, ms | us : peer | peak memory, MiB |\n|---|---|---|---|---|---|---|"


def in_turn(
    question: str,
    events: int,
    us: Callable[[], Any],
    peer_name: str,
    peer: Callable[[], Any],
    times: int = TIMES,
    compared: tuple[Callable[[Any], Any], Callable[[Any], Any]] = (lambda answer: answer, lambda answer: answer),
) -> Measured:
    """A B A B: whatever else the machine does falls on both. `compared` makes of our answer and of the peer's what must be equal, outside the time.

    Raises AssertionError where the answers differ.
    """
    ours, theirs = compared[0](us()), compared[1](peer())  # the warm-up too
    assert ours == theirs, f"{question}: our answer {str(ours)[:300]} is not that of {peer_name}: {str(theirs)[:300]}"
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for way, found in zip((us, peer), taken, strict=True):
            begun = time.perf_counter()
            way()
            found.append((time.perf_counter() - begun) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Measured(question, events, statistics.median(taken[0]), peer_name, statistics.median(taken[1]), peak)


@contextmanager
def generated_snapshot(events: int, kept_in: Path | None = None) -> Iterator[Path]:
    """A generated snapshot of that size: in a folder that goes with the measurement, or kept and found again in `kept_in`."""
    from benchmarks.generated import write_snapshot
    from data.snapshot import SCHEMA_VERSION

    with tempfile.TemporaryDirectory() as folder:
        path = (kept_in or Path(folder)) / f"{events}-{SCHEMA_VERSION}.duckdb"
        if not path.is_file():
            write_snapshot(path, events)
        yield path

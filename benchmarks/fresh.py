"""Two ways to do one piece of work, each in a fresh process of its own and in turn; both must come to the same result."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measured import Measured

TIMES = 5
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Way:
    """A module that does the work once and ends with `done(...)`."""

    name: str
    python: Path
    module: str
    arguments: tuple[str, ...]


def ours(module: str, *arguments: object) -> Way:
    return Way("us", Path(sys.executable), module, tuple(map(str, arguments)))


def peer(name: str, module: str, *arguments: object) -> Way:
    from benchmarks.peers import peer_python

    return Way(name, peer_python(), module, tuple(map(str, arguments)))


def fresh_in_turn(question: str, rows: int, us: Way, peers: list[Way], times: int = TIMES) -> list[Measured]:
    """One row per peer: medians of `times` after a warm-up of each, and our highest memory. Raises AssertionError where the results differ."""
    ways = [us, *peers]
    results = [_run(way)[2] for way in ways]
    for way, result in zip(ways, results, strict=True):
        assert result == results[0], f"{question}: {way.name} comes to {str(result)[:300]}, we to {str(results[0])[:300]}"
    taken: list[list[float]] = [[] for _ in ways]
    peaks = [0 for _ in ways]
    for _ in range(times):
        for place, way in enumerate(ways):
            seconds, peak, _ = _run(way)
            taken[place].append(seconds * 1000)
            peaks[place] = max(peaks[place], peak)
    medians = [statistics.median(each) for each in taken]
    return [
        Measured(question, rows, medians[0], f"{way.name} ({peak} MiB)", median, peaks[0])
        for way, median, peak in zip(peers, medians[1:], peaks[1:], strict=True)
    ]


def done(work: Callable[[], Callable[[], Any]]) -> None:
    """Ends a way's module: the work is timed, and what it returns gives the result (untimed) that is compared."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no result
    begun = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begun
    peak = _peak_mib()
    channel.write(json.dumps([seconds, peak, result()]) + "\n")
    channel.close()


def _peak_mib() -> int:
    """The highest memory of this process so far. Linux counts what the parent held when it started us into ru_maxrss, but not into VmHWM."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _run(way: Way) -> tuple[float, int, Any]:
    """Seconds, peak memory in MiB, result."""
    # An installation keeps its compiled modules; what a developer's shell says of them is no part of the comparison.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith("VANBAN_")}
    environment["PYTHONPATH"] = str(PROJECT)
    command = [way.python, "-m", way.module, *way.arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT, env=environment, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.read()
    if process.returncode:
        raise RuntimeError(f"{way.module} ended with exit code {process.returncode}; what it said stands above.")
    seconds, peak, result = json.loads(line)
    with contextlib.suppress(OSError):
        os.sync()  # what one way wrote is not to slow the next
    return float(seconds), int(peak), result

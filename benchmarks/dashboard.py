"""The overview under load, against a plain cached Streamlit page of eight figures, a chart and a table of 800 units, both in processes of their own.

Readers are web socket sessions (`benchmarks.sessions`). What is measured: the first view of a fresh server; what a change of the filter costs the
server's processor; 20 readers who ask at the same moment; 50 readers who think five seconds in between; and what a reader costs in memory.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.measured import Measured, generated_snapshot
from benchmarks.sessions import Session, at_once, one_after_another, thinking
from dashboard.server import serve_command
from data.paths import PROJECT, Home

DEFAULT_SIZES = (1_000_000,)
"""Pages are drawn of answers, whose size does not grow with the events."""
PEER = "plain cached Streamlit page"
MONTHS = [(f"2025-{month:02d}-01", f"2025-{month:02d}-{28 if month == 2 else 30}") for month in range(1, 7)]
QUERIES = [f"from={from_on}&to={to_on}&population=all" for from_on, to_on in MONTHS]
RERUNS, AT_ONCE, THINKING, THINK_S, ROUNDS = 60, 20, 50, 5.0, 5
TOGETHER, HELD = 3, 200
PATIENCE_S = 60
CONFIGURATION = 'title = "Benchmark"\ntime_zone = "Asia/Ho_Chi_Minh"\n[etl]\nsources = []\n'


@dataclass(frozen=True)
class Server:
    """A server under measurement."""

    address: str
    process: psutil.Process

    def cpu_ms(self) -> float:
        """Processor time spent so far."""
        times = self.process.cpu_times()
        return 1000 * (times.user + times.system)

    def memory_mib(self) -> float:
        """Memory that the process holds."""
        return float(self.process.memory_info().rss) / 2**20


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that size. Times in ms; the last row is in MiB for each session."""
    with generated_snapshot(events, kept_in) as path, tempfile.TemporaryDirectory() as folder:
        servers = (our_server(Path(folder), path), _plain(path))
        first, filtered, together, thought, memory, peaks = zip(*(_measured(start) for start in servers), strict=True)
    asked = (
        ("first view of a fresh server", first),
        ("filter to idle, server CPU", filtered),
        (f"{AT_ONCE} sessions at once, p95", together),
        (f"{THINKING} sessions, {THINK_S:g} s think time, p95", thought),
        ("memory of a session (MiB, not ms)", memory),
    )
    return [Measured(f"overview: {name}", events, ours, PEER, theirs, round(max(peaks))) for name, (ours, theirs) in asked]


def _measured(start: Callable[[], Iterator[Server]]) -> tuple[float, ...]:
    with contextmanager(start)() as server:
        (first,) = asyncio.run(one_after_another(server.address, QUERIES[:1]))
        asyncio.run(one_after_another(server.address, QUERIES * 2))  # the warm-up: all that can be remembered is
        before = server.cpu_ms()
        asyncio.run(one_after_another(server.address, [QUERIES[number % len(QUERIES)] for number in range(RERUNS)]))
        filtered = (server.cpu_ms() - before) / RERUNS
        together = _p95(asyncio.run(at_once(server.address, QUERIES[:TOGETHER], AT_ONCE)))
        memory = asyncio.run(_memory(server))
        thought = _p95(asyncio.run(thinking(server.address, QUERIES, THINKING, THINK_S, ROUNDS)))
        return first, filtered, together, thought, memory, server.memory_mib()


async def _memory(server: Server) -> float:
    """What each of two hundred more open sessions adds while fifty stay open, which have taken up what had come free before."""
    opened: list[Session] = []
    for more in (THINKING, HELD):
        before = server.memory_mib()
        for _ in range(more):
            opened.append(await Session(server.address).open())
            await opened[-1].run(QUERIES[len(opened) % len(QUERIES)])
    added = server.memory_mib() - before
    for session in opened:
        await session.close()
    return added / HELD


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else math.nan


def our_server(folder: Path, snapshot: Path) -> Callable[[], Iterator[Server]]:
    home = Home(folder / "home")
    home.snapshots.mkdir(parents=True)
    home.config.write_text(CONFIGURATION, encoding="utf-8")
    shutil.copyfile(snapshot, home.snapshots / "generated.duckdb")
    home.pointer.write_text(json.dumps({"snapshot": "generated"}), encoding="utf-8")
    port = free_port()
    return lambda: served(*serve_command(home, port, headless=True), port)


def _plain(snapshot: Path) -> Callable[[], Iterator[Server]]:
    port = free_port()
    page = PROJECT / "benchmarks" / "peer" / "plain_page.py"
    command = [sys.executable, "-m", "streamlit", "run", str(page), f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    command += ["--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    return lambda: served(command, {**os.environ, "PYTHONPATH": str(PROJECT), "VANBAN_SNAPSHOT": str(snapshot)}, port)


def served(command: list[str], environment: dict[str, str], port: int) -> Iterator[Server]:
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE_S
        while not _is_healthy(address):
            if time.monotonic() > until or server.poll() is not None:
                raise SystemExit(f"The server at {address} did not answer within {PATIENCE_S} s.")
            time.sleep(0.2)
        yield Server(address, psutil.Process(server.pid))
    finally:
        server.terminate()
        server.wait(timeout=20)


def _is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

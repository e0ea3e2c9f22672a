"""Pages as a reader sees them come, in Chromium: the headline against an empty Streamlit page's title, all of it against a title and six bare charts.

Each round opens every page twice in turn: cold in a fresh profile, warm in the same one. What moves meanwhile and the longest task before the
headline are measured with it.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.dashboard import QUERIES, Server, free_port, our_server, served
from benchmarks.generated import SUBTREE
from benchmarks.measured import Measured, generated_snapshot
from data.paths import PROJECT

DEFAULT_SIZES = (1_000_000,)
"""Pages are drawn of answers, whose size does not grow with the events."""
ROUNDS = 5
"""After one that is not counted, in which the servers warm up."""
QUIET_MS, PATIENCE_MS = 1500, 120_000
PAGES = ("", "compare", "unit", "documents", "reports", "quality", "dictionary")
WATCH = """
window.seen = {shift: 0, longest: 0, headline: 0, settled: 0};
new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) seen.shift += one.value; })
    .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => { for (const one of list.getEntries())
    if (!seen.headline || one.startTime + one.duration < seen.headline) seen.longest = Math.max(seen.longest, one.duration); })
    .observe({type: 'longtask', buffered: true});
setInterval(() => {
    const has = what => document.querySelectorAll(what).length;
    if (!seen.headline && has('h1, [data-testid=stHeading]')) seen.headline = performance.now();
    const rests = seen.headline && has('[data-test-script-state=notRunning]') && !has('[data-testid=stSkeleton]')
        && has('.stPlotlyChart') === has('.js-plotly-plot .main-svg:first-child');
    if (!rests) seen.settled = 0; else if (!seen.settled) seen.settled = performance.now();
}, 10);
"""
Seen = dict[str, float]


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that size, in ms, but for the shift (thousandths of the screen's height and area)."""
    with generated_snapshot(events, kept_in) as path, tempfile.TemporaryDirectory() as folder, ExitStack() as started:
        ours, bare = (started.enter_context(contextmanager(start)()) for start in (our_server(Path(folder), path), bare_server()))
        unit = f"&unit={SUBTREE}"
        addresses = {page: f"{ours.address}/{page}?{QUERIES[-1]}{unit if page == 'unit' else ''}" for page in PAGES}
        addresses |= {show: f"{bare.address}/?show={show}" for show in ("empty", "charts")}
        found = _seen(addresses)
        peak = round(ours.memory_mib())
    rows = []
    for page in PAGES:
        for kind in ("cold", "warm"):
            name = f"{page or 'overview'}, {kind}"
            for question, part, peer in (
                ("headline", "headline", "empty"),
                ("settled", "settled", "charts"),
                ("longest task before it", "longest", "empty"),
            ):
                pair = (found[one, kind, part] for one in (page, peer))
                rows.append(Measured(f"{name}: {question}", events, *_beside(pair, f"bare page, {peer}"), peak))
            shift = (1000 * found[one, kind, "shift"] for one in (page, "charts"))
            rows.append(Measured(f"{name}: layout shift (thousandths)", events, *_beside(shift, "bare page, charts"), peak))
    return rows


def _beside(pair: Iterator[float], peer: str) -> tuple[float, str, float]:
    us, theirs = pair
    return us, peer, max(theirs, 0.1)


def _seen(addresses: dict[str, str]) -> dict[tuple[str, str, str], float]:
    """The median of each part by page and by whether it was cold or warm."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("No Chromium on this machine: install the package chromium.")
    taken: dict[tuple[str, str, str], list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu"])
        for number in range(ROUNDS + 1):
            for page, address in addresses.items():
                context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
                for kind in ("cold", "warm"):
                    for part, value in _opened(context, address).items():
                        if number:
                            taken.setdefault((page, kind, part), []).append(value)
                context.close()
        browser.close()
    return {key: statistics.median(values) for key, values in taken.items()}


def _opened(context: Any, address: str) -> Seen:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", state="attached")
    seen: Seen = {}
    for _ in range(PATIENCE_MS // 100):
        seen = page.evaluate("({...window.seen, now: performance.now()})")
        if seen["settled"] and seen["now"] - seen["settled"] > QUIET_MS:
            break
        page.wait_for_timeout(100)
    page.close()
    return {part: seen[part] for part in ("headline", "settled", "longest", "shift")}


def bare_server() -> Callable[[], Iterator[Server]]:
    """Streamlit by itself with the two bare pages."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "benchmarks" / "peer" / "bare_pages.py"), f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.headless=true", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    return lambda: served(command, {**os.environ, "PYTHONPATH": str(PROJECT)}, port)

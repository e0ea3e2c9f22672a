"""What the promises S2, S7 and S8 say, in the numbers that they say it in; the short forms stand beside what they are about."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from benchmarks.sessions import Session
from dashboard.ledger.people import People
from dashboard.server import serve_command
from data.paths import Home
from tests.dashboards import serving
from tests.faults.figures import Campaign
from tests.security.test_guard import ORIGINS, outside
from tests.security.test_sign_in import ISSUER, ROWS, SIGN_IN_TITLE, cookie, make_sign_in_home, page_of, page_socket, person
from tests.security.wires import ask, make_home, raw_handshake, run_of_the_page, text_of
from tests.servers import free_port, run_apart
from tests.tiny_snapshot import write_snapshot

__all__ = ["outside"]
AT_ONCE = 20
LATEST_S = 60
READERS, MINUTES, THINKS_S, NIGHT_S = 50, 10, 5.0, 60


@contextmanager
def signing_in(folder: Path) -> Iterator[tuple[str, Home]]:
    """A dashboard of real figures at which people sign in."""
    port = free_port()
    home = make_sign_in_home(folder / "home", port)
    command, environment = serve_command(home, port, headless=True)
    with serving(command, environment, port, folder / "log") as address:
        yield address, home


def disabled_one_by_one(people: People, pages: dict[str, ClientConnection]) -> list[float]:
    """Seconds from each person's being disabled to the end of their page; every other one clicks at that moment."""
    ended: dict[str, float] = {}
    began: dict[str, float] = {}

    def watch(subject: str) -> None:
        ended[subject] = until_closed(pages[subject])

    for page in pages.values():
        assert SIGN_IN_TITLE not in text_of(run_of_the_page(page))
    watching = [threading.Thread(target=watch, args=(subject,)) for subject in pages]
    for thread in watching:
        thread.start()
    for number, (subject, page) in enumerate(pages.items()):
        people.disable(ISSUER, subject)
        began[subject] = time.monotonic()
        if number % 2:
            with suppress(ConnectionClosed):  # it may be out already
                page.send(a_click())
    for thread in watching:
        thread.join()
    return [ended[subject] - began[subject] for subject in pages]


def until_closed(stream: ClientConnection) -> float:
    """When it closed, by the clock of `time.monotonic`; whatever came before counts for nothing."""
    with pytest.raises(ConnectionClosed):
        while True:
            stream.recv(timeout=LATEST_S + 30)
    return time.monotonic()


@pytest.mark.long
def test_a_hundred_people_who_are_disabled_are_out_with_their_pages_open(tmp_path: Path) -> None:
    campaign = Campaign(
        "S2", "people disabled with a page open, every other one of them clicking at that moment", "≤ 60 s, 100 of 100; late clicks do nothing"
    )
    took: list[float] = []
    acted = 0
    with signing_in(tmp_path) as (address, home), People(home) as people:
        for first in range(0, 100, AT_ONCE):
            subjects = [f"leaving-{number}" for number in range(first, first + AT_ONCE)]
            people.give([person(subject, "statistics") for subject in subjects], "test")
            cookies = {subject: cookie(address, subject) for subject in subjects}
            with ExitStack() as open_pages:
                pages = {subject: open_pages.enter_context(page_socket(address, one)) for subject, one in cookies.items()}
                took += disabled_one_by_one(people, pages)
            acted += sum(SIGN_IN_TITLE not in page_of(address, one) for one in cookies.values())
    campaign.record(
        f"{sum(one <= LATEST_S for one in took)} of {len(took)} out, the last after {max(took):.1f} s; {acted} of their cookies opened anything"
    )
    assert max(took) <= LATEST_S
    assert acted == 0


def a_click() -> bytes:
    """A message that runs the page again, as a click does."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    message = BackMsg()
    message.rerun_script.query_string = ""
    return message.SerializeToString()


@pytest.mark.long
def test_a_thousand_handshakes_that_are_not_of_our_page(tmp_path: Path, outside: tuple[str, list[bytes]]) -> None:
    campaign = Campaign(
        "S8",
        "web sockets under another Host, of another origin or none, doubled, forwarded, too large",
        "1,000 handshakes, 0 taken, 0 asked outside, health ≤ 0.5 s",
    )
    proxy, asked = outside
    port, home = free_port(), make_home(tmp_path / "home")
    command, environment = serve_command(Home(home), port, headless=True)
    surroundings = {**environment, "http_proxy": proxy, "https_proxy": proxy, "HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}
    statuses: list[int] = []
    slowest = 0.0
    with serving(command, surroundings, port, tmp_path / "log") as address:
        place = urlsplit(address).netloc
        bad = [[f"Host: {place}", *(line.format(place=place) for line in lines)] for lines in ORIGINS]
        bad += [[f"Host: {host}", f"Origin: {address}"] for host in ("evil.example", "127.0.0.1", "", "127.0.0.1:1")]
        bad += [[f"Host: {place}", f"Origin: {address}", f"X-Long: {'x' * 40_000}"], [f"Host: {place}", f"Host: {place}", f"Origin: {address}"]]
        for number, lines in enumerate(itertools.islice(itertools.cycle(bad), 1000)):
            statuses.append(raw_handshake(address, lines))
            if number % 50 == 0:
                at = time.monotonic()
                assert ask(address, "/healthz")[0] == 200
                slowest = max(slowest, time.monotonic() - at)
    told = ", ".join(f"{statuses.count(status)} x {status}" for status in sorted(set(statuses)))
    counted = f"{len(statuses):,} handshakes of {len(bad)} kinds: {told}; {statuses.count(101)} taken"
    campaign.record(f"{counted}; {len(asked)} asked outside; health within {slowest:.2f} s")
    assert 101 not in statuses
    assert asked == []
    assert slowest <= 0.5


async def readers(address: str, home: Home, count: int, nights: range, night_s: float, thinks_s: float) -> list[float]:
    """Run times (ms) of so many signed-in readers, each reading and thinking in turn while the snapshots of these nights are published."""
    times: list[float] = []
    is_over = asyncio.Event()

    async def reader(number: int) -> None:
        await asyncio.sleep(thinks_s * number / count)
        session = await Session(address, cookie(address, ("statistics", "of-a", "of-b")[number % 3])).open()
        while not is_over.is_set():
            times.append(await session.run(f"unit={'RAB'[number % 3]}&from=2024-07-01&to=2024-07-{10 + len(times) % 20}"))
            await asyncio.sleep(thinks_s)
        await session.close()

    async def publish() -> None:
        for night in nights:
            await asyncio.sleep(night_s)
            await asyncio.to_thread(write_snapshot, home.snapshots, ROWS, f"20240802T{night:06}-night")
        is_over.set()

    await asyncio.gather(*map(reader, range(count)), publish())
    return times


def test_signed_in_readers_go_on_while_figures_are_published(tmp_path: Path) -> None:
    with signing_in(tmp_path) as (address, home):
        assert len(run_apart(readers(address, home, count=3, nights=range(2), night_s=1, thinks_s=0.2))) >= 3


@pytest.mark.long
def test_fifty_signed_in_readers_for_ten_minutes(tmp_path: Path) -> None:
    campaign = Campaign("S7", "50 signed-in readers for 10 minutes while snapshots are published", "p95 ≤ 2 s, 0 errors, memory +≤ 5 %")
    with signing_in(tmp_path) as (address, home):
        port = urlsplit(address).port
        process = next(one for one in psutil.Process().children(recursive=True) if f"--port={port}" in one.cmdline())
        # What a server holds once it has served two snapshots, the one in force and the one before, is its working size and no growth.
        run_apart(readers(address, home, READERS, range(2), NIGHT_S, THINKS_S))
        before = process.memory_info().rss
        times = run_apart(readers(address, home, READERS, range(2, 2 + MINUTES), NIGHT_S, THINKS_S))
        growth = process.memory_info().rss / before - 1
    p95 = sorted(times)[int(len(times) * 0.95)] / 1000
    campaign.record(f"{len(times):,} runs, 0 errors, p95 {p95:.2f} s, {MINUTES} publications, memory {growth:+.1%}")
    assert p95 <= 2
    assert growth <= 0.05

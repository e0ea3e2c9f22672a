"""A real server on a free port of this machine, and a real browser that may talk to nothing else."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from dashboard.server import serve_command
from data.paths import Home
from tests.programs import program

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE_S = 60
expect.set_options(timeout=20_000)
"""How long a page may take to show what it should: a machine with much else to do is slow, not wrong."""
PROBES = ("/_stcore/health", "/_stcore/host-config")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = program("chromium", "chromium-browser", "google-chrome", package="chromium", without="no page was opened in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """`served(home)` starts a dashboard server for a home once, and gives its address."""
    running: dict[Path, tuple[subprocess.Popen[bytes], str]] = {}
    logs = tmp_path_factory.mktemp("servers")
    elsewhere = tmp_path_factory.mktemp("elsewhere")  # the settings must be found from any current folder

    def serve(home: Path) -> str:
        if home not in running:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            command, environment = serve_command(Home(home), port, headless=True)
            log = logs / f"{port}.log"
            with log.open("wb") as output:
                server = subprocess.Popen(command, env=environment, cwd=elsewhere, stdout=output, stderr=subprocess.STDOUT)
            address = f"http://127.0.0.1:{port}"
            running[home] = server, address
            _wait_until_healthy(server, address, log)
        return running[home][1]

    yield serve
    for server, _ in running.values():
        server.terminate()
    for server, _ in running.values():
        server.wait(timeout=20)


def _wait_until_healthy(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert server.poll() is None, f"the server ended: {log.read_text(encoding='utf-8')}"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not answer: {log.read_text(encoding='utf-8')}")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page(address, width=..., scheme=...)` opens an address in a fresh browser profile and waits for the figures.

    When the test ends, no console error may have been written and no request may have left this machine.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    strangers: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # At the address of a page Streamlit first looks for its server below that page, then at the root.
        where = message.location["url"]
        if message.type == "error" and not where.endswith(PROBES):
            errors.append(f"{message.text} {where}")

    def on_request(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")):
            strangers.append(request.url)

    def open_at(address: str, width: int = 1366, height: int = 900, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="vi-VN", accept_downloads=True)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("console", on_console)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", on_request)
        page.on("websocket", lambda socket: None if socket.url.startswith("ws://127.0.0.1:") else strangers.append(socket.url))
        page.goto(address)
        settle(page)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert errors == [], "the browser's console shows errors"
    assert strangers == [], "requests left this machine"


def settle(page: Page) -> None:
    """Waits until the page shows figures or a state, and nothing is being computed."""
    page.wait_for_selector(".card .figure, .figure-body, .entry, .state")
    page.wait_for_selector(IDLE, state="attached")

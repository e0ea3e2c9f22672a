"""A real browser that may talk to nothing but this machine; the servers are those of tests/dashboards.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.dashboards import PATIENCE_S
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


Look = tuple[int, int, str]
"""Width, height and scheme."""


@pytest.fixture(scope="session")
def profiles() -> dict[Look, BrowserContext]:
    """A browser profile for each look: it keeps what it fetched and compiled of the page's scripts, which takes a browser longer than all else."""
    return {}


@pytest.fixture
def open_page(browser: Browser, profiles: dict[Look, BrowserContext]) -> Iterator[Callable[..., Page]]:
    """`open_page(address, width=..., scheme=...)` opens an address in a browser profile that holds nothing, and waits for the figures.

    A page of a look has the look's profile, of which all but the fetched files was forgotten; while another page is open there, a new one.

    When the test ends, no console error may have been written and no request may have left this machine.
    """
    fresh: list[BrowserContext] = []
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
        kept = profiles.get((width, height, scheme))
        if kept is None or kept.pages:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
                locale="vi-VN",
                accept_downloads=True,
            )
            if kept is None:
                profiles[width, height, scheme] = context
            else:
                fresh.append(context)
        else:
            context = kept
        page = context.new_page()
        forget(page, address)
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("console", on_console)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", on_request)
        page.on("websocket", lambda socket: None if socket.url.startswith("ws://127.0.0.1:") else strangers.append(socket.url))
        page.goto(address)
        settle(page)
        return page

    yield open_at
    for context in fresh:
        context.close()
    for context in profiles.values():
        for page in context.pages:
            page.close()
    assert errors == [], "the browser's console shows errors"
    assert strangers == [], "requests left this machine"


def forget(page: Page, address: str) -> None:
    """Removes from the page's profile what a server or a page of that address may have left there, before anything is opened."""
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb,cache_storage,service_workers"})
    session.detach()


def settle(page: Page) -> None:
    """Waits until the page shows figures or a state, and nothing is being computed."""
    page.wait_for_selector(".card .figure, .figure-body:not(:empty), .entry, .state")
    page.wait_for_selector(IDLE, state="attached")


def answer_all(page: Page) -> None:
    """Answers whatever the open report lacks."""
    for field in page.get_by_label(re.compile("^Trả lời: ")).all():
        field.fill("Đã rõ")
        field.blur()
        settle(page)

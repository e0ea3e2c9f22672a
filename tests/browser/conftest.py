"""A real browser that may talk to nothing but this machine; the servers are those of tests/dashboards.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, WebSocket, expect, sync_playwright

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


@pytest.fixture(scope="session")
def tabs() -> list[Page]:
    """Tabs that tests have used, each in a profile of its own: a tab that stays keeps what the browser compiled of the page's scripts.

    In a new tab an address costs three times the processor's time.
    """
    return []


@pytest.fixture
def open_page(browser: Browser, tabs: list[Page]) -> Iterator[Callable[..., Page]]:
    """`open_page(address, width=..., scheme=...)` opens an address in a profile that holds nothing, and waits for the figures.

    It is a tab of an earlier test, of which all but the fetched files was forgotten, or a new one where all are taken.
    When the test ends, no console error may have been written and no request may have left this machine.
    """
    free, taken = list(tabs), list[Page]()
    errors: list[str] = []
    strangers: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # At the address of a page Streamlit first looks for its server below that page, then at the root.
        where = message.location["url"]
        if message.type == "error" and not where.endswith(PROBES):
            errors.append(f"{message.text} {where}")

    def on_page_error(error: Error) -> None:
        errors.append(str(error))

    def on_request(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")):
            strangers.append(request.url)

    def on_socket(socket: WebSocket) -> None:
        if not socket.url.startswith("ws://127.0.0.1:"):
            strangers.append(socket.url)

    listeners = {"console": on_console, "pageerror": on_page_error, "request": on_request, "websocket": on_socket}

    def open_at(address: str, width: int = 1366, height: int = 900, scheme: Literal["light", "dark"] = "light") -> Page:
        if free:
            page = free.pop(0)
        else:
            page = browser.new_context(reduced_motion="reduce", locale="vi-VN", accept_downloads=True).new_page()
            tabs.append(page)
        taken.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(media="null", color_scheme=scheme)
        page.mouse.move(0, 0)
        page.set_default_timeout(PATIENCE_S * 1000)
        for event, listener in listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]
        page.goto(address)
        settle(page)
        return page

    yield open_at
    for page in taken:
        if page.is_closed():
            page.context.close()
            tabs.remove(page)
            continue
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        forget(page)
    assert errors == [], "the browser's console shows errors"
    assert strangers == [], "requests left this machine"


def forget(page: Page) -> None:
    """Leaves the page for a few plain letters, and removes from its profile what the server or the page left there."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    page.evaluate("sessionStorage.clear(); window.name = ''")
    page.goto(f"{origin}/_stcore/health")  # about:blank would be another site, and cost the tab its process with all that is compiled there
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb,cache_storage,service_workers"})
    session.detach()


def settle(page: Page) -> None:
    """Waits until the page shows figures or a state, hears clicks, and nothing is being computed."""
    page.wait_for_selector(".card .figure, .figure-body:not(:empty), .entry, .state")
    page.wait_for_selector(IDLE, state="attached")
    page.wait_for_selector("html[data-hears], .state", state="attached")


def answer_all(page: Page) -> None:
    """Answers whatever the open report lacks."""
    for field in page.get_by_label(re.compile("^Trả lời: ")).all():
        field.fill("Đã rõ")
        field.blur()
        settle(page)

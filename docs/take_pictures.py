"""Makes the pictures of the documentation: a developer's tool, not part of the product.

Run it as `python -m docs.take_pictures --home DIR` with the test packages installed and a Chromium on the machine.
"""

from __future__ import annotations

import argparse
import io
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dashboard.server import serve_command
from dashboard.views import HOME, PAGES
from data.paths import PROJECT, Home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = PROJECT / "docs" / "pictures"
PATIENCE_S = 60
LARGEST_BYTES = 250_000
"""A reader of the documentation waits for every picture, and the repository keeps every version of it."""

DESKTOP = (1366, 1120)
PHONE = (390, 844)
PAPER = (794, 1123)
"""A page of A4."""
IN_FULL = ("overview", "compare", "unit")
"""Pages that are also shown dark and on a phone; the others would show the same frame again."""

DRAWN_LATE = {"reports": ".st-key-report_view canvas", "overview": ".js-plotly-plot .main-svg", "unit": ".js-plotly-plot .main-svg"}
"""What a page draws by itself after the run has ended."""
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


@dataclass(frozen=True)
class Picture:
    """One picture: file name without ending, page by its path, window in CSS pixels, and what is done on the page before it is taken."""

    name: str
    page: str
    size: tuple[int, int] = DESKTOP
    scheme: Literal["light", "dark", "print"] = "light"
    click: str = ""
    """CSS selector of what is clicked first."""
    write: str = ""
    """What is then typed into what was clicked."""
    view: str = ""
    """What the address asks for beside what its page needs: a period, a language."""

    def query(self, unit: str) -> str:
        """What the address says after the page; the page of one unit shows `unit`, and the ledgers are shown to those who keep them."""
        needed = {"unit": f"unit={unit}", "declarations": "role=statistics", "reports": "role=statistics&flow=2024-07-01_2024-07-25&number=5"}
        asked = "&".join(filter(None, (needed.get(self.page, ""), self.view)))
        return f"?{asked}" if asked else ""


def pictures() -> tuple[Picture, ...]:
    """Every page, and for the guides what opens on a click."""
    every = [Picture(name, name) for name in PAGES]
    dark = [Picture(f"{name}-dark", name, scheme="dark") for name in IN_FULL]
    phone = [Picture(f"{name}-phone", name, size=PHONE) for name in IN_FULL]
    other = [
        Picture("overview-july", HOME, view="from=2024-07-01&to=2024-07-31&population=pilot"),
        Picture("overview-en", HOME, view="lang=en"),
        Picture("overview-print", HOME, size=PAPER, scheme="print"),
    ]
    opened = [
        Picture("scope", HOME, size=(DESKTOP[0], 460), click=".st-key-scope_box input", write="phu tho"),
        Picture("why", HOME, size=(DESKTOP[0], 760), click="[data-card=electronic_issue_ratio] button.why"),
    ]
    return (*every, *dark, *phone, *other, *opened)


def take(home: Home, chromium: str, unit: str) -> Iterator[Path]:
    """Serves `home` and gives the file of every picture as it is taken; the page of one unit shows `unit`."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    with _served(home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
        for picture in pictures():
            path = "" if picture.page == HOME else picture.page
            content = _smaller(_photograph(browser, picture, f"{address}/{path}{picture.query(unit)}"))
            if len(content) > LARGEST_BYTES:
                raise SystemExit(f"{picture.name}: {len(content)} bytes are more than {LARGEST_BYTES}. Give it a smaller window.")
            file = PICTURES / f"{picture.name}.png"
            file.write_bytes(content)
            yield file
        browser.close()


def _photograph(browser: Browser, picture: Picture, address: str) -> bytes:
    width, height = picture.size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        device_scale_factor=1.5 if picture.size == PHONE else 1,
    )
    page.goto(address)
    page.wait_for_selector(".sentence, .state", timeout=PATIENCE_S * 1000)
    if picture.page in DRAWN_LATE:
        page.wait_for_selector(DRAWN_LATE[picture.page], timeout=PATIENCE_S * 1000)
    if picture.scheme == "print":
        page.evaluate("dispatchEvent(new Event('beforeprint'))")  # a chart then keeps its drawing, as where a person prints
        page.emulate_media(media="print")
    content = _settle(page)
    if page.locator(".state").count():
        raise SystemExit(f"{picture.name}: the page shows no figures but “{page.locator('.state h1').inner_text()}”.")
    if picture.click:
        page.locator(picture.click).first.click()
        page.keyboard.type(picture.write)
        content = _settle(page)
    page.close()
    return content


def _settle(page: Page) -> bytes:
    """The page's picture as soon as nothing on it moves: no run under way, and three pictures in a row alike."""
    until = time.monotonic() + PATIENCE_S
    alike, last = 0, b""
    while time.monotonic() < until:
        page.wait_for_selector(IDLE, state="attached", timeout=PATIENCE_S * 1000)
        page.evaluate("document.fonts.ready.then(() => true)")
        content = page.screenshot(animations="disabled", caret="hide")
        alike = alike + 1 if content == last else 0
        if alike == 2:
            return content
        last = content
        page.wait_for_timeout(400)
    raise SystemExit(f"The page at {page.url} did not come to rest within {PATIENCE_S} s.")


def _smaller(content: bytes) -> bytes:
    """The same picture with the 256 colours it needs most, which a page of flat colours does not show."""
    from PIL import Image

    picture = Image.open(io.BytesIO(content)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


@contextmanager
def _served(home: Home) -> Iterator[str]:
    """The address of a dashboard of `home` while the block runs."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command, environment = serve_command(home, port, headless=True)
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"The dashboard did not answer at {address}.")


def main() -> None:
    """The command line of this tool."""
    parser = argparse.ArgumentParser(prog="python -m docs.take_pictures", description="Takes the pictures for docs/pictures.")
    parser.add_argument("--home", type=Path, required=True, help="a home with a published snapshot, such as the demo's")
    parser.add_argument("--unit", default="N56", help="code of the unit whose page is shown (default: %(default)s, of the demo)")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium", help="the browser to take them with")
    given = parser.parse_args()
    for path in take(Home(given.home.resolve()), given.chromium, given.unit):
        print(path.relative_to(PROJECT), file=sys.stdout, flush=True)


if __name__ == "__main__":
    main()

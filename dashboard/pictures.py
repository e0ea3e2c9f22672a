"""Makes the pictures of the documentation: a developer's tool, not part of the product.

Run it as `python -m dashboard.pictures --home DIR` with the test packages installed and a Chromium on the machine.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dashboard.serve import serve_command
from data.paths import PROJECT, Home

PICTURES = PROJECT / "docs" / "pictures"
PATIENCE_S = 60


@dataclass(frozen=True)
class Picture:
    """One picture: file name, the query of the view, the size of the window, light or dark."""

    name: str
    query: str = ""
    width: int = 1366
    height: int = 1120
    scheme: Literal["light", "dark"] = "light"


ALL: tuple[Picture, ...] = (
    Picture("overview.png"),
    Picture("overview-dark.png", scheme="dark"),
    Picture("overview-phone.png", width=390, height=844),
)


def take(home: Home, chromium: str) -> list[Path]:
    """Serves `home`, takes every picture of ALL and gives the files."""
    from playwright.sync_api import sync_playwright

    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command, environment = serve_command(home, port, headless=True)
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        PICTURES.mkdir(parents=True, exist_ok=True)
        taken: list[Path] = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
            for picture in ALL:
                size = {"width": picture.width, "height": picture.height}
                page = browser.new_page(viewport=size, color_scheme=picture.scheme, device_scale_factor=1.5 if picture.width < 800 else 1)  # type: ignore[arg-type]
                page.goto(f"http://127.0.0.1:{port}/?{picture.query}")
                page.wait_for_selector(".card .figure")
                page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", state="attached")
                page.wait_for_timeout(1500)  # the typeface and the chart settle after the last message
                path = PICTURES / picture.name
                page.screenshot(path=path)
                page.close()
                taken.append(path)
            browser.close()
        return taken
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
    parser = argparse.ArgumentParser(prog="python -m dashboard.pictures", description="Takes the pictures for docs/pictures.")
    parser.add_argument("--home", type=Path, required=True, help="a home with a published snapshot, such as the demo's")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium", help="the browser to take them with")
    given = parser.parse_args()
    for path in take(Home(given.home.resolve()), given.chromium):
        print(path.relative_to(PROJECT), file=sys.stdout)


if __name__ == "__main__":
    main()

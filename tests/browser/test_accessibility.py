"""Every page at the widths of a screen, a tablet and a phone, judged by axe-core (WCAG 2 A, AA).

Every second page is judged in light and Vietnamese, the others in dark and English; `--long` judges each in both.

axe-core is not kept here: npm fetches the version named below into a cache outside the project, and its checksum is verified.
"""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from dashboard.views import HOME, PAGES
from tests.programs import not_tried, program

Open = Callable[..., Page]
Serve = Callable[[Path], str]

VERSION = "4.10.3"
SHA256 = "0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292"
UNJUDGED = "the accessibility of the pages was not judged"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
JUDGE = """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations.map(
    found => `${found.id} (${found.nodes.length}): `
        + found.nodes.slice(0, 3).map(node => `${node.target} ${node.any.map(one => one.message)}`).join(' | ')
)"""


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of axe.min.js."""
    npm = program("npm", package="npm", without=UNJUDGED)
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "pack", f"axe-core@{VERSION}", "--silent"]
    try:
        packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        not_tried(f"npm did not answer: {UNJUDGED}")
    archive = folder / f"axe-core-{VERSION}.tgz"
    if packed.returncode or not archive.is_file():
        not_tried(f"npm could not fetch axe-core ({packed.stderr.strip()[-200:]}): {UNJUDGED}")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256, "another axe-core than the one pinned"
    with tarfile.open(archive) as files:
        script = files.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode("utf-8")


def judged(page: Page, axe: str) -> list[str]:
    if "/reports" in page.url:  # the viewer of the preview draws itself after the page
        page.locator(".st-key-report_view canvas").first.wait_for()
        page.wait_for_timeout(500)
    page.evaluate(axe)
    return [str(found) for found in page.evaluate(JUDGE, list(RULES))]


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        pytest.param(name, scheme, marks=[] if (place + turn) % 2 == 0 else [pytest.mark.long])
        for place, name in enumerate(PAGES)
        for turn, scheme in enumerate(("light", "dark"))
    ],
)
def test_no_page_violates_wcag_aa(served: Serve, demo_home: Path, open_page: Open, axe: str, name: str, scheme: str) -> None:
    view = "role=statistics&from=2024-07-01&to=2024-07-31&population=pilot" + ("&unit=T22" if name == "unit" else "")
    view += "&lang=en" if scheme == "dark" else ""
    path = "" if name == HOME else name
    page = open_page(f"{served(demo_home)}/{path}?{view}", width=1440, scheme=scheme)
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert judged(page, axe) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_the_judge_finds_what_is_wrong(served: Serve, demo_home: Path, open_page: Open, axe: str) -> None:
    page = open_page(f"{served(demo_home)}/dictionary")
    faint = "position:fixed;top:0;left:0;z-index:9999;color:#ccc;background:#fff"
    page.evaluate("markup => document.body.insertAdjacentHTML('beforeend', markup)", f'<img src="data:,"><p style="{faint}">faint words</p>')
    found = " ".join(judged(page, axe))
    assert "image-alt" in found
    assert "color-contrast" in found

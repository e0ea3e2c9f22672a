"""S3 in a browser: pages and the report's HTML with hostile names, subjects, titles and sentences run nothing and fetch nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.paths import Home
from tests.browser.conftest import settle
from tests.conftest import run_vanban
from tests.dashboard.reports.hostile import payloads, some
from tests.dashboard.reports.hostile_home import Sink, hostile_home, opened_sink
from tests.dashboard.reports.report_homes import CONFIGURATION
from tests.faults.figures import Campaign

Open = Callable[..., Page]
Serve = Callable[[Path], str]

VIEW = "role=statistics&from=2024-07-01&to=2024-07-31&population=all"
DAYS = ("--from", "2024-07-01", "--to", "2024-07-31")
PAGES = ("", "reports?report=1", "reports?kind=don-vi&unit=U2", "compare", "unit?unit=U3", "documents", "declarations", "quality", "dictionary")
SHORT = 4
"""How many of them are looked at without `--long`."""
SUSPICIOUS = "script, iframe, object, embed, svg[onload], img[onerror], a[href^=javascript], [onfocus], [onclick], base, meta[http-equiv=refresh]"


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with opened_sink(tmp_path_factory.mktemp("ran") / "ran") as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(sink: Sink, request: pytest.FixtureRequest) -> tuple[str, ...]:
    """All five hundred with `--long`, else each plain attack once."""
    every = payloads(sink.url, str(sink.ran))
    return every if request.config.getoption("--long") else some(every, sink.url, str(sink.ran))


@pytest.fixture(scope="module")
def home(texts: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = hostile_home(tmp_path_factory.mktemp("hostile"), texts)
    view = 'first_view = { from = 2024-07-01, to = 2024-07-31, population = "all" }\n'
    made.config.write_text(CONFIGURATION.replace("[report]", f"{view}\n[report]"), encoding="utf-8")
    return made


def nothing_ran(page: Page, where: str) -> None:
    assert page.evaluate("window.ran === undefined"), where
    assert page.locator(f":is([data-testid=stMain], #report) :is({SUSPICIOUS})").count() == 0, where


def test_nothing_runs_on_the_pages_and_in_the_html(
    served: Serve, home: Home, texts: tuple[str, ...], sink: Sink, open_page: Open, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    campaign = Campaign("S3", "hostile texts on every page and in the HTML, in Chromium", "500 texts, 0 run or fetched")
    for place in (0, 1, len(texts) // 2):  # titles of the ledger are hostile too
        pinned = run_vanban("report", "pin", "don-vi", *DAYS, "--unit", f"U{place}", "--by", "Lập", "--format", "html", home=home.root)
        assert pinned.returncode == 0, pinned.stderr
    page = open_page(f"{served(home.root)}/reports?{VIEW}&kind=so-ket")
    page.get_by_role("tab", name="Câu chữ").click()
    expect(page.locator(".st-key-report_view textarea")).to_be_visible()
    nothing_ran(page, "sentences")
    is_long = request.config.getoption("--long")
    for name in PAGES if is_long else PAGES[:SHORT]:
        page.goto(f"{served(home.root)}/{name}{'&' if '?' in name else '?'}{VIEW}")
        settle(page)
        nothing_ran(page, name)
    built = run_vanban("report", "build", "so-ket", *DAYS, "--format", "html", "--out", tmp_path, home=home.root)
    assert built.returncode == 0, built.stderr
    html = next(tmp_path.glob("*.html")).read_text(encoding="utf-8")
    bare = html.replace("default-src 'none'", "default-src *").replace("<body ", "<body id=report ")  # as a mail program that heeds no policy
    sink.shown = {"/report.html": html.encode(), "/bare.html": bare.encode()}
    for name in sink.shown:
        page.goto(f"{sink.url}{name}")
        page.wait_for_load_state("networkidle")
        nothing_ran(page, name)
    assert sink.came == [] and not sink.ran.exists()
    if is_long:
        campaign.record(f"{len(texts)} texts as names, subjects, titles on {len(PAGES) + 1} pages and in the HTML: 0 run, 0 fetched")

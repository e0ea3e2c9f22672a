"""The dashboard on homes of a few rows: hostile names, nothing published, a new snapshot, a broken configuration."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.tiny_snapshot import write_snapshot

Open = Callable[..., Page]
Serve = Callable[[Path], str]

_numbers = count(1)

HOSTILE = (
    "<script>window.taken = 1</script>",
    "<img src=x onerror='window.taken = 2'>",
    "![x](http://198.51.100.7/x.png) [y](javascript:alert(1))",
    '=HYPERLINK("http://198.51.100.7";"x")',
    '"><svg onload=window.taken=3>',
    "&lt;b&gt; {0} {name} $x$ :material/home:",
    "<style>body{display:none}</style>",
    "'><iframe src=//198.51.100.7>",
)
TOML = """title = "{title}"
organisation = "Sở mô phỏng"
time_zone = "Asia/Ho_Chi_Minh"
[etl]
sources = []
[dashboard]
first_view = {{ from = 2024-07-01, to = 2024-07-31, population = "all" }}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("small") / "home"


@pytest.fixture
def home(place: Path) -> Path:
    """An empty home at a path that all tests of this file share: the server reads it anew with every run of a page."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "var" / "snapshots").mkdir(parents=True)
    configure(place)
    return place


def configure(home: Path, title: str = "Sơ kết mô phỏng") -> None:
    (home / "vanban.toml").write_text(TOML.format(title=title), encoding="utf-8")


def publish(home: Path, given: dict[str, list[dict[str, object]]]) -> str:
    """Publishes a snapshot under a name that no other test has used, as the pipeline does."""
    name = f"20240801-{next(_numbers)}"
    write_snapshot(home / "var" / "snapshots", given, name=name)
    return name


def rows(activated: int = 1) -> dict[str, list[dict[str, object]]]:
    units: list[dict[str, object]] = [{"unit_code": "R", "level": "toi_cao", "name": "Gốc"}]
    units += [{"unit_code": f"H{number}", "parent_code": "R", "name": name, "short_name": name} for number, name in enumerate(HOSTILE)]
    accounts = [{"unit_code": f"H{number % 8}", "activated_on": date(2024, 7, 5) if number < activated else None} for number in range(16)]
    return {"org_unit": units, "account": accounts}


def test_hostile_names_are_text_everywhere(home: Path, served: Serve, open_page: Open) -> None:
    configure(home, title="<script>window.taken = 9</script>")
    publish(home, rows())
    page = open_page(served(home))
    names = page.locator(".units tbody th a").all_inner_texts()
    assert names == list(HOSTILE)
    expect(page.locator(".brand")).to_have_text("<script>window.taken = 9</script>")
    box = page.get_by_role("combobox", name="Phạm vi")
    box.click()
    expect(page.get_by_role("option")).to_have_count(1 + len(HOSTILE))
    box.fill("onerror")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("unit=H1"))
    settle(page)
    assert page.evaluate("window.taken === undefined")
    assert page.locator("[data-testid=stMain] :is(script, iframe, svg[onload], img[onerror])").count() == 0


def test_nothing_published_yet_says_what_to_run(home: Path, served: Serve, open_page: Open) -> None:
    page = open_page(served(home))
    expect(page.locator(".state h1")).to_have_text("Chưa có số liệu nào được công bố")
    expect(page.locator(".state code")).to_contain_text("vanban etl run")
    expect(page.locator(".brand")).to_have_text("Sơ kết mô phỏng")


def test_a_broken_home_says_what_is_wrong(home: Path, served: Serve, open_page: Open) -> None:
    (home / "vanban.toml").write_text('title = "half', encoding="utf-8")
    address = served(home)
    page = open_page(address)
    expect(page.locator(".state")).to_contain_text("vanban.toml is not complete TOML")
    configure(home)
    name = publish(home, rows())
    (home / "var" / "snapshots" / f"{name}.duckdb").write_bytes(b"not a database")
    damaged = open_page(address)
    expect(damaged.locator(".state")).to_contain_text("cannot be read")


def test_a_new_snapshot_is_seen_by_the_next_run(home: Path, served: Serve, open_page: Open) -> None:
    publish(home, rows(activated=4))
    page = open_page(served(home))
    expect(page.locator("[data-counts=activation_rate]")).to_contain_text("4 / 16")
    name = publish(home, rows(activated=12))
    page.reload()
    settle(page)
    expect(page.locator(".data-line")).to_contain_text(name)
    expect(page.locator("[data-counts=activation_rate]")).to_contain_text("12 / 16")
    expect(page.locator("[data-card=activation_rate] .figure")).to_have_text("75%")


def test_no_activity_and_no_data_are_not_zero_percent(home: Path, served: Serve, open_page: Open) -> None:
    given = rows(activated=0)
    # One recalled document: documents are known, and none of them counts in July.
    given["document"] = [{"unit_code": "H0", "is_electronic": True, "is_recalled": True}]
    publish(home, given)
    page = open_page(served(home))
    expect(page.locator("[data-card=activation_rate] .figure")).to_have_text("0%")
    expect(page.locator("[data-card=login_rate] .figure")).to_have_text("–")
    expect(page.locator("[data-card=fully_electronic_ratio] .figure")).to_have_text("–")
    expect(page.locator("[data-card=electronic_issue_ratio]")).to_have_count(0)  # nothing was ever declared
    expect(page.locator("[data-card=on_time_ratio] .figure")).to_have_text("–")

"""Signing in by a real provider of OpenID Connect, in a browser: in, out, and out again with the page open."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from dashboard.ledger.actor import Actor
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.people import People, Person, place_of
from dashboard.server import serve_command
from data.paths import Home
from tests.browser.conftest import PROBES
from tests.dashboards import PATIENCE_S, serving
from tests.programs import not_tried
from tests.servers import free_port
from tests.tiny_snapshot import write_snapshot

Open = Callable[..., Page]
TOML = """title = "Sơ kết"
time_zone = "Asia/Ho_Chi_Minh"
[etl]
sources = []
[dashboard]
first_view = {{ from = 2024-07-01, to = 2024-07-31, population = "all" }}
[sign_in]
address = "{address}"
issuer = "{issuer}"
client_id = "vanban"
groups_claim = "groups"
[sign_in.groups]
"thong-ke" = "statistics"
"don-vi-a" = "unit:A"
"don-vi-b" = "unit:B"
"""
ROWS = {
    "snapshot_info": [{"is_synthetic": False}],
    "org_unit": [
        {"unit_code": "R", "level": "toi_cao", "name": "Gốc"},
        {"unit_code": "A", "parent_code": "R", "name": "Đơn vị Anh Đào"},
        {"unit_code": "B", "parent_code": "R", "name": "Đơn vị Bằng Lăng"},
    ],
    "account": [{"unit_code": "A"}, {"unit_code": "B"}],
}
PEOPLE = {
    "an": ["thong-ke"],
    "binh": [],
    "chi": ["don-vi-a"],
    "dung": ["thong-ke", *(f"nhom-{number:03}" for number in range(400))],
    "em": ["don-vi-b"],
}
EXPLAINED = {"A": "Đường truyền hỏng bốn ngày", "B": "Chưa có chứng thư số"}
"""What each unit wrote, which only it and the department may read."""


@dataclass(frozen=True)
class Place:
    """A dashboard of real figures, its home, and the provider at which people sign in."""

    address: str
    home: Home
    issuer: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if importlib.util.find_spec("oidc_provider_mock") is None or importlib.util.find_spec("authlib") is None:
        not_tried("oidc-provider-mock or authlib is not installed: nobody signed in")
    folder = tmp_path_factory.mktemp("sign_in_page")
    port, provider_port = free_port(), free_port()
    place = Place(f"http://127.0.0.1:{port}", Home(folder / "home"), f"http://127.0.0.1:{provider_port}")
    place.home.snapshots.mkdir(parents=True)
    place.home.config.write_text(TOML.format(address=place.address, issuer=place.issuer), encoding="utf-8")
    place.home.environment.write_text("VANBAN_SIGN_IN_SECRET=x\nVANBAN_COOKIE_SECRET=" + "c" * 40 + "\n", encoding="utf-8")
    write_snapshot(place.home.snapshots, ROWS)
    july = {"from_on": "2024-07-01", "to_on": "2024-07-31", "text": "Xem công văn kèm theo"}
    with Entries(place.home, Actor("test", "test")) as entries:
        entries.enter("explanation", [{"unit_code": unit, **july, "subject": subject} for unit, subject in EXPLAINED.items()], is_submitted=True)
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(provider_port)]
    for subject, groups in PEOPLE.items():
        command += ["--user-claims", json.dumps({"sub": subject, "name": f"Người {subject}", "groups": groups})]
    with (folder / "provider.log").open("wb") as output:
        provider = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    serve, environment = serve_command(place.home, port, headless=True)
    try:
        wait_for(f"{place.issuer}/.well-known/openid-configuration")
        with serving(serve, {**environment, "no_proxy": "*"}, port, folder / "log"):
            yield place
    finally:
        provider.terminate()
        provider.wait(timeout=20)


@pytest.fixture
def open_page(browser: Browser, place: Place) -> Iterator[Open]:
    """Opens an address in a fresh profile. The provider's own pages may ask whom they like and get nothing; ours may show no error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        where = message.location["url"]
        if message.type == "error" and where.startswith(place.address) and not where.endswith(PROBES):
            errors.append(f"{message.text} {where}")

    def open_at(address: str) -> Page:
        context = browser.new_context(locale="vi-VN", viewport={"width": 1366, "height": 900})
        contexts.append(context)
        context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("console", on_console)
        page.goto(address)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert errors == []


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer")


def sign_in(page: Page, subject: str) -> None:
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name=subject, exact=True).first.click()
    page.wait_for_selector(".card .figure, .state, .data-line")


def begin(page_of: Callable[[str], Page], place: Place, subject: str) -> Page:
    page = page_of(place.address)
    expect(page.locator(".state h1")).to_have_text("Đăng nhập để xem số liệu")
    sign_in(page, subject)
    return page


def test_in_and_out_and_a_copied_cookie_does_not_come_back(place: Place, open_page: Open) -> None:
    page = begin(open_page, place, "an")
    expect(page.locator(".data-line")).to_be_visible()
    kept = page.context.cookies()
    with page.expect_response(lambda answer: answer.url.startswith(f"{place.address}/auth/logout")):
        page.get_by_role("button", name="Đăng xuất").click()
    context = page.context
    page.close()  # it is on its way to the provider's own sign-out, which would cut short the next navigation
    context.clear_cookies()
    context.add_cookies(kept)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(place.address)
    expect(page.locator(".state h1")).to_have_text("Đăng nhập để xem số liệu")


def test_who_has_no_role_is_told_so_and_may_go_again(place: Place, open_page: Open) -> None:
    page = begin(open_page, place, "binh")
    expect(page.locator(".state")).to_contain_text("chưa được giao vai trò nào")
    expect(page.locator(".state")).to_contain_text("binh")
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()


def test_two_units_and_the_department_side_by_side_never_see_each_others_rows(place: Place, open_page: Open) -> None:
    may_read = {"chi": {"A"}, "em": {"B"}, "an": {"A", "B"}}
    pages = {subject: begin(open_page, place, subject) for subject in may_read}
    for unit in ("", "&unit=A", "&unit=B"):
        for page in pages.values():  # each asks before any has been answered
            page.goto(f"{place.address}/declarations?kind=explanation&from=2024-07-01&to=2024-07-31{unit}", wait_until="commit")
        for subject, page in pages.items():
            is_refused = bool(unit) and unit[-1] not in may_read[subject]
            shown = set[str]() if is_refused else may_read[subject]  # the department's desk has all units, whichever is asked for
            if is_refused:
                expect(page.locator(".state h1")).to_have_text("Không có quyền xem")
            for code in sorted(EXPLAINED, key=lambda code: code not in shown):  # what is there first: then the page has come
                seen = expect(page.locator("body"))
                (seen.to_contain_text if code in shown else seen.not_to_contain_text)(EXPLAINED[code])


def test_a_role_given_and_taken_counts_on_an_open_page(place: Place, open_page: Open) -> None:
    page = begin(open_page, place, "chi")
    expect(page.locator(".data-line")).to_be_visible()
    with People(place.home) as people:
        people.give([Person(place.issuer, "chi", "Chi", place_of("unit", "A"))], "test")  # the same once more: nothing happens
        people.disable(place.issuer, "chi")
    expect(page.locator(".state h1")).to_have_text("Đăng nhập để xem số liệu", timeout=60_000)


def test_four_hundred_groups_are_no_hindrance(place: Place, open_page: Open) -> None:
    page = begin(open_page, place, "dung")
    expect(page.locator(".data-line")).to_be_visible()

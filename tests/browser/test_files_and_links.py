"""What is clicked on our own markup: pictures and tables of every figure, links that do not load the dashboard anew, newer figures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from dashboard.views import PAGES
from tests.browser.conftest import settle
from tests.browser.test_small_homes import configure, publish, rows
from tests.faults.figures import Campaign

Open = Callable[..., Page]
Serve = Callable[[Path], str]

JULY = "from=2024-07-01&to=2024-07-31&population=pilot"


def picture_of(page: Page, panel: str) -> tuple[str, Image.Image]:
    with page.expect_download() as waiting:
        page.locator(f"[data-panel={panel}] [data-file=png]").click()
    return waiting.value.suggested_filename, Image.open(io.BytesIO(Path(waiting.value.path()).read_bytes()))


def test_every_figure_goes_out_as_a_picture_without_network(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/?{JULY}")
    for panel in ("funnel", "provinces"):
        frame = page.locator(f"[data-panel={panel}]").bounding_box()
        assert frame is not None
        name, picture = picture_of(page, panel)
        assert re.fullmatch(r"vanban-[a-z-]+-all-2024-07-01-2024-07-31\.png", name)
        assert picture.width == 2 * round(frame["width"] + 0.49)
        assert frame["height"] < picture.height < 2.3 * frame["height"]
        shades = picture.convert("RGB").getcolors(maxcolors=1 << 20)
        assert shades is not None
        assert len(shades) > 50, "a picture of one colour"
        # The darkest blue of the bars is there, and what covers the picture is not only its ground.
        assert any(sum(abs(a - b) for a, b in zip(shade, (0x1B, 0x3E, 0x73), strict=True)) < 6 for _, shade in shades)
        assert max(count for count, _ in shades) < 0.97 * picture.width * picture.height


def test_the_curve_is_drawn_told_and_taken_away_as_a_picture(served: Serve, demo_home: Path, open_page: Open) -> None:
    for scheme, ink, ground in (("light", (0x14, 0x21, 0x3D), "#FFFFFF"), ("dark", (0xE8, 0xEC, 0xF4), "#161F33")):
        page = open_page(f"{served(demo_home)}/?{JULY}", width=390, height=844, scheme=scheme)
        curve = page.locator(".st-key-drawn_first_logins .js-plotly-plot")
        expect(curve.locator(".scatterlayer .trace")).to_be_visible()
        expect(curve.locator(".modebar")).to_have_count(0)
        box = curve.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        curve.scroll_into_view_if_needed()
        curve.locator(".nsewdrag").hover()
        expect(curve.locator(".hoverlayer")).to_contain_text(re.compile(r"16/7/2024: \d+ lần đầu, cộng dồn [\d.]+"))
        page.mouse.move(0, 0)
        _, picture = picture_of(page, "first_logins")
        shades = {shade: count for count, shade in picture.convert("RGB").getcolors(maxcolors=1 << 20) or []}
        assert max(shades, key=lambda shade: shades[shade]) == tuple(bytes.fromhex(ground[1:]))
        assert shades.get(ink, 0) > 500, "no line in the picture"


def test_each_panel_with_figures_offers_its_files_and_each_button_is_named(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/?{JULY}")
    for panel in ("funnel", "first_logins", "provinces", "support", "checks"):
        kinds = page.eval_on_selector_all(f"[data-panel={panel}] [data-file]", "all => all.map(one => [one.dataset.file, one.ariaLabel])")
        assert [kind for kind, _ in kinds] == ["csv", "xlsx", "png"], panel
        assert all(re.fullmatch(rf"Tải {kind.upper()}: .+", label) for kind, label in kinds)
    with page.expect_download() as waiting:
        page.locator("[data-file=xlsx][data-of=first_logins]").click()
    assert waiting.value.suggested_filename == "vanban-lan-dau-dang-nhap-all-2024-07-01-2024-07-31.xlsx"
    # A second click gives the file again, and a file that no figure offers does not come.
    with page.expect_download():
        page.locator("[data-file=csv][data-of=funnel]").click()
    with page.expect_download():
        page.locator("[data-file=csv][data-of=funnel]").click()
    page.evaluate("document.querySelector('[data-file=csv][data-of=funnel]').dataset.of = 'salaries'")
    came = []
    page.on("download", lambda download: came.append(download))
    page.locator("[data-file=csv][data-of=salaries]").click()
    settle(page)
    page.wait_for_timeout(500)
    assert came == []


def test_links_open_without_loading_the_dashboard_anew_and_back_leads_back(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/?{JULY}")
    page.evaluate("window.stayed = true")
    before = page.locator("[data-counts=activation_rate]").inner_text()
    page.locator(".map a", has_text="Phú Thọ").click()
    expect(page).to_have_url(re.compile("unit=T25"))
    expect(page.locator("[data-counts=activation_rate]")).not_to_have_text(before)
    page.locator("nav.pages a", has_text="So sánh đơn vị").click()
    expect(page).to_have_url(re.compile("/compare\\?.*unit=T25"))
    expect(page.locator(".standing")).to_be_visible()
    settle(page)
    assert page.evaluate("window.stayed === true")
    page.locator(".standing a[href*='unit?']").first.click()
    expect(page).to_have_url(re.compile("/unit\\?.*unit="))
    settle(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/compare\\?.*unit=T25(&|$)"))  # one click is one step
    expect(page.locator(".standing")).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.locator(".cards")).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.locator("[data-counts=activation_rate]")).to_have_text(before)
    assert page.evaluate("window.stayed === true")


LINKS = """() => [...document.querySelectorAll('.stHtml a[href]')].map((one, place) => {
    const panel = one.closest('[data-panel]'), around = one.closest('[class*=st-key-], nav');
    return {
        place, href: one.href, panel: panel ? panel.dataset.panel : around ? around.className : '',
        is_seen: one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().width > 0,
        leaves: one.origin !== location.origin || one.hasAttribute('download') || one.target === '_blank',
    };
})"""


def kinds_of_links(page: Page) -> dict[tuple[str, str, frozenset[str]], tuple[int, str]]:
    """One link that can be clicked for each place on the page and kind of address: its number among all links, and its address."""
    found: dict[tuple[str, str, frozenset[str]], tuple[int, str]] = {}
    for one in page.evaluate(LINKS):
        where = urlsplit(one["href"])
        if one["is_seen"] and not one["leaves"]:
            found.setdefault((one["panel"], where.path, frozenset(parse_qs(where.query))), (one["place"], one["href"]))
    return found


def click_links(page: Page, clicked: set[tuple[str, str, frozenset[str]]]) -> list[str]:
    """Clicks one link of each kind that was not clicked before and comes back each time; those that did not lead where they say."""
    wrong, home = [], page.url
    for kind, (place, href) in kinds_of_links(page).items():
        if kind in clicked:
            continue
        clicked.add(kind)
        page.locator(".stHtml a[href]").nth(place).click()
        page.wait_for_timeout(150)
        settle(page)
        asked, got = (parse_qs(urlsplit(address).query) for address in (href, page.url))
        leads = urlsplit(page.url).path == urlsplit(href).path and all(got.get(name) == value for name, value in asked.items() if name != "lang")
        if not leads or page.locator(".state, .stException").count():
            wrong.append(f"{home}: {href} led to {page.url}")
        page.goto(home)
        settle(page)
    return wrong


def test_each_kind_of_link_of_a_page_leads_where_it_says(served: Serve, demo_home: Path, open_page: Open) -> None:
    """On a phone, of the page of one unit; all pages, widths, languages and both looks by `--long`."""
    page = open_page(f"{served(demo_home)}/unit?unit=T25&{JULY}", width=390, height=844, scheme="dark")
    clicked: set[tuple[str, str, frozenset[str]]] = set()
    assert click_links(page, clicked) == [] and len(clicked) > 5


@pytest.mark.long
def test_each_kind_of_link_of_all_pages_leads_where_it_says(served: Serve, demo_home: Path, open_page: Open) -> None:
    campaign = Campaign(
        "Links", "one link of each kind and place clicked on every page, as statistician, at 1440, 1024 and 390 px", "0 led elsewhere"
    )
    wrong: list[str] = []
    total = 0
    for number, (width, height) in enumerate(((1440, 900), (1024, 768), (390, 844))):
        for language in ("vi", "en"):
            clicked: set[tuple[str, str, frozenset[str]]] = set()
            for name in PAGES:
                path = "" if name == "overview" else name
                scheme = ("light", "dark")[(number + (language == "en")) % 2]
                address = f"{served(demo_home)}/{path}?role=statistics&lang={language}&{JULY}{'&unit=T25' if name == 'unit' else ''}"
                page = open_page(address, width=width, height=height, scheme=scheme)
                wrong += click_links(page, clicked)
                page.close()
            total += len(clicked)
    campaign.record(f"{total:,} links of {len(PAGES)} pages in both languages, light and dark: {len(wrong)} led elsewhere")
    assert wrong == []


def test_the_keyboard_reaches_everything_in_the_order_of_the_screen(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/?{JULY}")
    reached: list[str] = []
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent || '').trim()"))
    order = ["Tổng quan", "So sánh đơn vị", "Từ điển chỉ số", "Xem như", "English", "Phạm vi", "Kỳ", "Nhóm", "So với", "1 không đạt"]
    places = [next((number for number, text in enumerate(reached) if text.startswith(words) or words == text), None) for words in order[:5]]
    assert None not in places, reached
    assert places == sorted(places)  # type: ignore[type-var]
    assert any("1 không đạt" in text for text in reached), reached
    assert any("Cách tính" in text for text in reached), reached
    page.locator("nav.pages a", has_text="Văn bản").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/documents"))


def test_newer_figures_are_announced_and_shown_whole_when_asked_for(tmp_path: Path, served: Serve, open_page: Open) -> None:
    home = tmp_path / "home"
    (home / "var" / "snapshots").mkdir(parents=True)
    configure(home)
    publish(home, rows(activated=4))
    page = open_page(served(home))
    expect(page.locator("[data-counts=activation_rate]")).to_contain_text("4 / 16")
    old = page.locator(".data-line").inner_text()
    publish(home, rows(activated=12))
    expect(page.locator(".newer")).to_contain_text("Có số liệu mới", timeout=40_000)
    # Until the reader asks, all of the page is still the old snapshot.
    assert page.locator(".data-line").inner_text() == old
    expect(page.locator("[data-counts=activation_rate]")).to_contain_text("4 / 16")
    expect(page.locator(".funnel [data-metric=activated_accounts]")).to_have_text("4")
    page.locator(".newer a").click()
    expect(page.locator("[data-counts=activation_rate]")).to_contain_text("12 / 16")
    expect(page.locator(".funnel [data-metric=activated_accounts]")).to_have_text("12")
    expect(page.locator(".newer")).to_have_count(0)
    assert page.locator(".data-line").inner_text() != old

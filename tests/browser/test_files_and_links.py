"""What is clicked on our own markup: pictures and tables of every figure, links that do not load the dashboard anew, newer figures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.test_small_homes import configure, publish, rows

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

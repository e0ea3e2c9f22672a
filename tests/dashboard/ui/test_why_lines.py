"""Why a figure is what it is: written once, in the reader's language, for cards and for buttons alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from dashboard.minute import RATES
from dashboard.session.figures import Figure, whole
from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.translations import use_language
from dashboard.ui.unit_names import unit_tree
from dashboard.ui.why import why_button, why_lines
from dashboard.views.overview.rates import SECONDS, rates_row
from data.paths import Home
from metrics.catalog import METRICS
from tests.tiny_snapshot import write_snapshot

JULY = (date(2024, 7, 1), date(2024, 7, 31))
VIETNAMESE = re.compile("[ăâđêôơưàảãạáằẳẵặắầẩẫậấèẻẽẹéềểễệếìỉĩịíòỏõọóồổỗộốờởỡợớùủũụúừửữựứỳỷỹỵý]", re.IGNORECASE)

DECREE = re.compile(r"\b[QN]Đ-\w+")
"""Decrees and decisions are called by their numbers in any language."""


@pytest.fixture
def page(tmp_path: Path) -> Page:
    accounts = [{"account_key": f"k{n}", "activated_on": date(2024, 7, 2) if n < 1300 else None} for n in range(2600)]
    write_snapshot(tmp_path / "var" / "snapshots", {"org_unit": [{"unit_code": "U", "name": "Root"}], "account": accounts})
    reader = pin(Home(tmp_path), DEMO_VIEWER)
    return Page(reader, Selection(None, *JULY, "all"), unit_tree(reader.units(), ""), "")


@pytest.fixture
def english(page: Page) -> Iterator[Page]:
    use_language("en")
    yield replace(page, selection=replace(page.selection, language="en"))
    use_language("vi")


def terms_of(markup: str, metric: str) -> dict[str, str]:
    window = markup.split(f'id="why-{metric}"')[1].split("</dl>")[0]
    return {unescape(term): unescape(text) for term, text in re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", window)}


def test_an_english_page_says_why_in_english(english: Page) -> None:
    for one in METRICS:
        for numerator, denominator in ((1300, 2600), (None, None)):
            lines = why_lines(english, Figure(one.name, None, *JULY, numerator, denominator, None))
            assert not VIETNAMESE.search(DECREE.sub("", str(lines))), one.name
    figures = whole(english.reader.values([*RATES, *SECONDS], english.selection), None)
    cards = str(rates_row(english, figures, english.reader.checks(english.selection), None, {}))
    assert not VIETNAMESE.search(DECREE.sub("", cards))
    assert "1,300 not activated yet" in cards  # and not 1.300


def test_card_and_button_say_the_same_of_a_figure(page: Page) -> None:
    figures = whole(page.reader.values([*RATES, *SECONDS], page.selection), None)
    card = terms_of(rates_row(page, figures, [], None, {}), "activation_rate")
    button = terms_of(why_button(page, figures["activation_rate"]), "activation_rate")
    assert card["Mẫu số"] == f"{button['Mẫu số']} tài khoản được cấp"
    assert {term: text for term, text in button.items() if term != "Mẫu số"}.items() <= card.items()
    assert set(card) - set(button) == {"Đường diễn biến"}
    assert button["Tử số"] == "1.300"


def test_a_ratio_without_data_says_so_of_both_counts(page: Page) -> None:
    lines = dict(why_lines(page, Figure("activation_rate", None, *JULY, None, None, None), "tài khoản"))
    assert lines["Tử số"] == lines["Mẫu số"] == "chưa có số liệu"


def test_a_figure_says_how_it_is_cited(page: Page) -> None:
    told = dict(why_lines(page, whole(page.reader.values(["activation_rate"], page.selection), None)["activation_rate"]))["Trích dẫn"]
    assert "Tỷ lệ kích hoạt tài khoản: 50,00% (1.300/2.600)" in told
    assert page.reader.info.snapshot in told and "định nghĩa phiên bản" in told
    assert told.endswith("/?from=2024-07-01&to=2024-07-31&population=all&lang=vi&metric=activation_rate")

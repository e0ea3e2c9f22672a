"""The page for mail: all that the report says, in elements that carry no behaviour and fetch nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from dashboard.reports.content.blocks import Chart, Paragraph, Table
from dashboard.reports.layout.chart_values import value_text
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.writers.html import write
from tests.dashboard.reports.sample_report import ANNEXES, BLOCKS, HOSTILE, sample_report

ALLOWED = set(re.findall(r"\w+", "html head meta title body table caption thead tbody tr th td p span div h1 h2 h3 h4 h5 h6 strong em b"))
MAIL_LIMIT = 102_000
"""Bytes beyond which a widespread mail service cuts a message off."""


class Reader(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.figures: list[tuple[str, str]] = []
        self._figure: str | None = None
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._figure = dict(attrs).get("data-figure") or self._figure

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._figure is not None:
            self.figures.append((self._figure, data))
            self._figure = None


@pytest.fixture(scope="module")
def plain() -> Reader:
    return Reader(write(sample_report()))


@pytest.fixture(scope="module")
def hostile() -> Reader:
    return Reader(write(sample_report(hostile=True)))


def test_every_text_of_the_report_stands_on_the_page(plain: Reader) -> None:
    said = " ".join("".join(plain.texts).split())
    for block in (*BLOCKS, *(block for annex in ANNEXES for block in annex.blocks)):
        if isinstance(block, Paragraph):
            assert block.text in said
        if isinstance(block, Table):
            assert all(cell.text in plain.texts for row in block.rows for cell in row)
        if isinstance(block, Chart):
            assert block.caption in said and block.alt in said
            assert all(value_text(value, block.values_are, "vi") in plain.texts for one in block.series for value in one.values)
    for part in ("Dữ liệu mô phỏng", "Phụ lục I. Số liệu theo đơn vị", "20240731T100000Z", "Chỉ tiêu: 90,00%"):
        assert part in said


def test_figures_are_marked_with_their_keys(plain: Reader) -> None:
    assert ("activation_rate:1", "61,68% (1.848/2.996)") in plain.figures
    assert ("login_rate:1", "70,29% (1.299/1.848)") in plain.figures


@pytest.mark.parametrize("page", ["plain", "hostile"])
def test_nothing_runs_and_nothing_is_fetched(page: str, request: pytest.FixtureRequest) -> None:
    reader: Reader = request.getfixturevalue(page)
    assert reader.tags <= ALLOWED
    assert not [name for name, _ in reader.attributes if name.startswith("on") or name in ("src", "href", "srcset", "background", "action")]
    assert not [value for name, value in reader.attributes if name == "style" and re.search(r"url\(|expression|@import", value)]


def test_hostile_texts_are_escaped(hostile: Reader) -> None:
    said = "".join(hostile.texts)
    assert [text for text in HOSTILE if printable(text) not in said] == []


def test_a_long_report_is_not_cut_off_by_mail_programs() -> None:
    assert len(write(sample_report())) < MAIL_LIMIT


def test_real_data_are_not_called_synthetic() -> None:
    report = sample_report()
    page = write(replace(report, provenance=replace(report.provenance, is_synthetic=False)))
    assert "mô phỏng" not in page.decode()


def test_the_language_of_the_report_is_the_pages() -> None:
    page = write(replace(sample_report(), language="en")).decode()
    assert '<html lang="en">' in page and "Annex I." in page and "Synthetic data" in page
    assert value_text(0.6168, "rate", "en") == "61.68%" and value_text(1234.5, "days", "vi") == "1.234,5"

"""Text from data: what steers is taken out, what prints stays, and nothing can break a file."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.reports.layout.printable_text import NO_BREAK, REPLACEMENT, clipped, kept_together, printable
from tests.dashboard.reports.sample_report import HOSTILE


@pytest.mark.parametrize(
    ("given_text", "printed"),
    [
        ("=1+1", "=1+1"),
        ("Nguyễn Hoà\u00a0– 😀 漢", "Nguyễn Hoà\u00a0– 😀 漢"),
        ("a\r\nb\tc\u2028d", "a b c d"),
        ("\x1b[31mred\x1b[0m\x00\x7f\x9b", "[31mred[0m"),
        ("\ud800x\udfff", f"{REPLACEMENT}x{REPLACEMENT}"),
        ("\ufffe\uffff\U0001ffff.", "."),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
    ],
)
def test_signs_that_print_stay_and_signs_that_steer_go(given_text: str, printed: str) -> None:
    assert printable(given_text) == printed


@given(st.text(st.characters(codec=None, categories=None), max_size=60))
def test_any_text_fits_into_xml_and_utf8_and_stays_the_same_the_second_time(text: str) -> None:
    printed = printable(text)
    assert ElementTree.fromstring(f"<t>{escape(printed)}</t>".encode()).text in (printed, None)
    assert printable(printed) == printed
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in printed)


@pytest.mark.parametrize(
    ("title", "whole"),
    [
        ("Phiếu số liệu – VKSND tỉnh Bê (từ ngày 01/7/2024 đến hết ngày 31/7/2024)", ["VKSND tỉnh Bê", "(từ ngày 01/7/2024 đến hết ngày 31/7/2024)"]),
        ("Kết quả sử dụng tháng 7 năm 2024", ["tháng 7 năm 2024"]),
        ("Báo cáo 6 tháng đầu năm công tác 2025", ["6 tháng đầu năm công tác 2025"]),
        ("Mức chung 61,68%; 01 đơn vị cao hơn", ["01 đơn vị"]),
        ("Sơ kết " + "(" + "x " * 40 + ")", []),
    ],
)
def test_titles_break_within_no_days_names_and_counts(title: str, whole: list[str]) -> None:
    kept = kept_together(title)
    assert kept.replace(NO_BREAK, " ") == title
    assert kept.count(NO_BREAK) == sum(part.count(" ") for part in whole) and all(part.replace(" ", NO_BREAK) in kept for part in whole)


def test_a_clipped_text_says_that_it_is() -> None:
    assert clipped("abc", 3) == "abc"
    assert clipped("abcd", 3) == "ab…"
    assert all(len(clipped(text, 50)) <= 50 for text in HOSTILE)

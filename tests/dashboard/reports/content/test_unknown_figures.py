"""Promise P10 in reports: what the sources do not deliver is in no sentence, no table and no slide as a number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dashboard.reports.content.blocks import Block, Chart, Heading, Paragraph, Report, Table
from dashboard.reports.content.kinds import KINDS
from dashboard.reports.content.text import NO_DATA, NOTHING_AROSE
from metrics.catalog import METRICS
from metrics.query.delivered import needs_of
from tests.dashboard.reports.report_homes import built, tiny_home
from tests.tiny_snapshot import EVER, FOREVER, Row

ALL = {name for one in METRICS for either in needs_of(one, one.population) for name in either}
EITHERS = sorted({either for one in METRICS for either in needs_of(one, one.population)} - {frozenset({"account.account_key"})}, key=sorted)
"""Without accounts nothing is ever published."""
NO_NUMBER = {*NO_DATA.values(), *NOTHING_AROSE.values(), "–", "", "cc", "kps"}


def rows(delivered: set[str]) -> dict[str, list[Row]]:
    """Two units with accounts and documents; what is not delivered is false in the rows, as the pipeline leaves it."""
    on = date(2024, 7, 1)
    return {
        "org_unit": [{"unit_code": "R", "level": "toi_cao"}, {"unit_code": "P", "parent_code": "R"}, {"unit_code": "Q", "parent_code": "R"}],
        "account": [{"unit_code": code, "activated_on": on} for code in "PPQ"],
        "document": [{"unit_code": code} for code in "PPQ"],
        "delivered": [
            {"entity": name.partition(".")[0], "column_name": name.partition(".")[2], "from_on": EVER, "to_on": FOREVER} for name in sorted(delivered)
        ],
    }


def blocks_of(report: Report) -> Iterator[Block]:
    yield from report.blocks
    for part in (*report.annexes, *(report.slides or ())):
        yield from part.blocks


def numbers_said(report: Report, metrics: set[str]) -> Iterator[str]:
    """What a report prints of these metrics that is a number."""
    of = {figure.key for figure in report.figures if figure.metric in metrics}
    for block in blocks_of(report):
        if isinstance(block, Paragraph):
            yield from (run.text for run in block.runs if run.figure in of and run.text not in NO_NUMBER)
        elif isinstance(block, Table):
            yield from (cell.text for row in block.rows for cell in row if cell.figure in of and cell.text not in NO_NUMBER)


@pytest.mark.parametrize("either", EITHERS, ids=lambda either: " or ".join(sorted(either)))
def test_a_report_prints_no_number_of_what_was_not_delivered(tmp_path: Path, either: frozenset[str]) -> None:
    unknown = {one.name for one in METRICS if either in needs_of(one, one.population)}
    home = tiny_home(tmp_path, rows(ALL - either))
    for kind in KINDS:
        report = built(home, kind=kind.name, **({"unit_code": "P"} if kind.is_per_unit else {}))
        assert list(numbers_said(report, unknown)) == [], kind.name


def test_without_deliveries_and_seals_the_review_says_nothing_of_them(tmp_path: Path) -> None:
    left = {"account.account_key", "account.activated_at", "document.direction=outgoing", "document.signer_signed_at"}
    report = built(tiny_home(tmp_path, rows(left)), kind="so-ket")
    said = "\n".join(run.text for block in blocks_of(report) if isinstance(block, Paragraph) for run in block.runs)
    for words in ("đủ chữ ký số", "không phát sinh văn bản", "nội bộ ngành,", "Trục liên thông", "đăng nhập ít nhất", "hoàn toàn điện tử"):
        assert words not in said, words
    assert "3 văn bản đi" in said
    headings = [block.text for block in report.blocks if isinstance(block, Heading)]
    assert "Tài khoản và đăng nhập" in headings and not any("Trục" in text or "Tiến độ" in text for text in headings)
    titles = [slide.title for slide in report.slides or ()]
    assert not any(words in title for title in titles for words in ("Trục", "đạt 100%", "khai báo"))
    charts = {block.key: block for block in blocks_of(report) if isinstance(block, Chart)}
    assert charts["accounts.funnel"].categories == ("Được cấp", "Đã kích hoạt")


@pytest.mark.parametrize(("kind", "language"), [("so-ket", "vi"), ("tom-tat", "en")])
def test_that_last_logins_alone_are_known_is_said_beside_the_rate(tmp_path: Path, kind: str, language: str) -> None:
    words = {"vi": "chỉ ghi lần đăng nhập gần nhất", "en": "keep each account's last login alone"}[language]
    alone = ALL - {"access_event.kind=login"} | {"access_event.kind=last_login"}
    for delivered, is_said in ((alone, True), (ALL, False)):
        report = built(tiny_home(tmp_path / str(is_said), rows(delivered)), kind=kind, language=language)
        assert any(words in one.text for one in report.paragraphs()) is is_said

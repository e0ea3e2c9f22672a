"""Every page of every kind of report that is paper, in PDF and as LibreOffice prints Word's file: none is blank, half empty or ends with a heading.

With --long all kinds of the pilot, of days without data, of a unit and of the company of docs/examples; otherwise the review, of the pilot and
of days without data.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from dashboard.reports.content.blocks import Heading, Paragraph, Report
from dashboard.reports.content.kinds import KINDS
from dashboard.reports.layout.official_form import MARGINS_MM, heading_text, printed_annexes
from dashboard.reports.writers import pdf, word
from dashboard.session.state import Population
from data.paths import PROJECT, Home
from etl.run import run_etl
from etl.settings import load_settings
from metrics.periods import Period
from tests.dashboard.reports.office import all_converted
from tests.dashboard.reports.report_homes import FLOW, JULY, built
from tests.dashboard.reports.sheets import Phrase, Rule, Sheet, plain, sheets
from tests.faults.figures import Campaign

FULL = 2 / 3
"""Of the height between the margins."""
AWAY_MM = 3.0
"""Least distance of a heading or caption from a table above it."""
MOST_ANNEX_PAGES = 20
NO_DATA = Period(date(2030, 1, 1), date(2030, 1, 31))
QUARTER = Period(date(2025, 1, 1), date(2025, 3, 31))
PROVINCE, BRANCH = "T22", "B1"
MARK = "DỮ LIỆU MÔ PHỎNG"


def parts_of(pages: Sequence[Sheet]) -> list[list[Sheet]]:
    """The body and each annex: their pages are counted apart, and the first shows no number."""
    parts: list[list[Sheet]] = []
    for page in pages:
        if not parts or not any(phrase.bottom < MARGINS_MM["top"] for phrase in page.phrases):
            parts.append([])
        parts[-1].append(page)
    return parts


def inner(page: Sheet) -> list[Phrase]:
    """What stands between the margins."""
    return [one for one in page.phrases if one.top > MARGINS_MM["top"] - 2 and one.bottom < page.height - 15]


def fullness(page: Sheet) -> float:
    """How far down from the upper margin to the lower one anything stands, from 0 to 1."""
    room = page.height - MARGINS_MM["top"] - MARGINS_MM["bottom"]
    ends = [*(one.bottom for one in inner(page)), *(bottom for _, bottom in page.drawn if bottom < page.height - 15)]
    return (max(ends, default=MARGINS_MM["top"]) - MARGINS_MM["top"]) / room


def faults_of(pages: Sequence[Sheet], heads: Sequence[str]) -> Iterator[str]:
    """What a reader would send back, by page; `heads` are the texts of headings and captions."""
    for part in parts_of(pages):
        for page in part:
            if not inner(page):
                yield f"page {page.number} is blank"
                continue
            if page is not part[-1] and fullness(page) < FULL:
                yield f"page {page.number} is full to {fullness(page):.0%}"
            last = max(inner(page), key=lambda phrase: (round(phrase.bottom), phrase.right))
            if last.is_bold and _is_head(last, heads) and not any(bottom > last.bottom + 2 for _, bottom in page.drawn if bottom < page.height - 15):
                yield f"page {page.number} ends with {last.text!r}"
            for phrase in inner(page):
                above = [rule.top for rule in page.rules if rule.top < phrase.top + 1 and rule.left < phrase.right and rule.right > phrase.left]
                if phrase.is_bold and phrase.size > 12 and _is_head(phrase, heads) and above and phrase.top - max(above) < AWAY_MM:
                    yield f"page {page.number}: {phrase.text!r} stands {phrase.top - max(above):.1f} mm below a table"


def _is_head(phrase: Phrase, heads: Sequence[str]) -> bool:
    return any(plain(phrase.text) in head for head in heads)


def heads_of(report: Report) -> list[str]:
    """Texts of headings and captions, without white space."""
    blocks = [*report.blocks, *(block for annex in printed_annexes(report) for block in annex.blocks)]
    return [plain(heading_text(one) if isinstance(one, Heading) else getattr(one, "caption", "")) for one in blocks if not isinstance(one, Paragraph)]


def papers_of(reports: Mapping[str, Report], folder: Path) -> dict[tuple[str, str], list[Sheet]]:
    """The pages of each report by its name and by what printed them."""
    folder.mkdir(exist_ok=True)
    printed = all_converted({f"{name}.docx": word.write(report) for name, report in reports.items()}, folder)
    papers = {}
    for name, report in reports.items():
        papers[name, "Word"], papers[name, "PDF"] = sheets(printed[f"{name}.pdf"]), sheets(pdf.write(report))
    return papers


def faults(reports: Mapping[str, Report], papers: Mapping[tuple[str, str], Sequence[Sheet]]) -> list[str]:
    """The faults of all these pages, each with the report that it is of."""
    found = []
    for (name, program), pages in papers.items():
        annex_pages = sum(len(part) for part in parts_of(pages)[1:])
        found += [f"{name}, {program}: {one}" for one in faults_of(pages, heads_of(reports[name]))]
        if annex_pages > MOST_ANNEX_PAGES:
            found.append(f"{name}, {program}: {annex_pages} pages of annexes")
    return found


def every_kind(
    home: Home, label: str, period: Period, population: Population, unit: str | None = None, flow: Period | None = None
) -> dict[str, Report]:
    """A report of every kind that is printed, in each of its languages, by name; of a unit where one is given."""
    found = {}
    for kind in KINDS:
        for language in kind.languages if "docx" in kind.formats and (unit or not kind.is_per_unit) else ():
            asked = {"unit_code": unit, "number": 5 if kind.has_form else None, "flow": flow if kind.has_flow else None}
            found[f"{label} {kind.name} {language}"] = built(home, kind.name, period, population, language=language, **asked)
    return found


def test_no_page_of_a_review_would_be_sent_back(pilot_report: Report, demo_home: Path, tmp_path: Path) -> None:
    silent = built(Home(demo_home), period=NO_DATA, population="pilot", number=5)
    reports = {"pilot": pilot_report, "no data": silent}
    assert faults(reports, papers_of(reports, tmp_path / "office")) == []


@pytest.mark.long
def test_no_page_of_any_kind_would_be_sent_back(demo_home: Path, tmp_path: Path) -> None:
    campaign = Campaign("Pages", "every kind of report in its languages: PDF, and Word's file as LibreOffice prints it", "0 pages to send back")
    company = Home(Path(shutil.copytree(PROJECT / "docs" / "examples" / "company", tmp_path / "company")))
    assert run_etl(load_settings(company)).status == "published"
    demo = Home(demo_home)
    reports = {
        **every_kind(demo, "pilot", JULY, "pilot", flow=FLOW),
        **every_kind(demo, "no data", NO_DATA, "pilot"),
        **every_kind(demo, "unit", JULY, "all", PROVINCE),
        **every_kind(demo, "unit without data", NO_DATA, "all", PROVINCE),
        **every_kind(company, "company", QUARTER, "all"),
        **every_kind(company, "branch", QUARTER, "all", BRANCH),
    }
    assert len(reports) == 3 * 6 + 3 * 7
    papers = papers_of(reports, tmp_path / "office")
    found = faults(reports, papers)
    annexes = max(sum(len(part) for part in parts_of(pages)[1:]) for pages in papers.values())
    campaign.record(f"{len(reports)} reports, {sum(map(len, papers.values()))} pages, annexes of {annexes} at the most: {len(found)} to send back")
    assert found == []


def phrase(text: str, top: float, is_bold: bool = False) -> Phrase:
    return Phrase(text, 1, 30.0, 120.0, top, top + 5, 14.0, "LiberationSerif-Bold" if is_bold else "LiberationSerif", (0,))


def page(*phrases: Phrase, rules: tuple[Rule, ...] = (), drawn: tuple[tuple[float, float], ...] = ()) -> Sheet:
    return Sheet(1, 210.0, 297.0, (*phrases, phrase(MARK, 280)), rules, "", drawn)


def test_pages_to_send_back_are_seen() -> None:
    number, full, heading = phrase("2", 8), phrase("Đến hết kỳ", 265), phrase("3. Nguyên nhân", 240, is_bold=True)
    heads = [plain("3. Nguyên nhân")]
    assert list(faults_of([page(full), page(number, full)], heads)) == []
    assert list(faults_of([page(full), page(number)], heads)) == ["page 1 is blank"]
    assert list(faults_of([page(phrase("Đến hết kỳ", 100)), page(number, full)], heads)) == ["page 1 is full to 33%"]
    assert list(faults_of([page(phrase("Đến hết kỳ", 100), drawn=((120, 240),)), page(number, full)], heads)) == [], "a chart fills a page"
    assert list(faults_of([page(phrase("Đến hết kỳ", 100)), page(full)], heads)) == [], "an annex begins on a page of its own"
    assert list(faults_of([page(heading), page(number, full)], heads)) == ["page 1 ends with '3. Nguyên nhân'"]
    close = Rule(1, 30, 195, 239)
    assert list(faults_of([page(heading, full, rules=(close,))], heads)) == ["page 1: '3. Nguyên nhân' stands 1.0 mm below a table"]

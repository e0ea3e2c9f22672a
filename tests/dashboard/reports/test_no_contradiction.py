"""Random reports say one thing: every number is the same figure in sentences, tables, annexes and slides, and nothing is called good unseen.

300 of them with --long, on the demo and on small homes; a few otherwise. What is compared is what a reader would compare: a figure by its print,
a rate by its counts, a named unit by the numbers beside its name.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.follow_up.cases import Case
from dashboard.reports.content.blocks import Block, Chart, Figure, Heading, Paragraph, Report, Run, Table
from dashboard.reports.content.inputs import read_inputs, statistics_reader
from dashboard.reports.content.kinds import KINDS
from dashboard.session.state import Selection
from data.errors import ConfigurationError
from data.paths import Home
from metrics.periods import PRESETS, Period
from tests.dashboard.reports.report_homes import account, built, login, tiny_home
from tests.dashboard.reports.sample_report import sample_report
from tests.faults.figures import Campaign
from tests.tiny_snapshot import Row

SEED, SHORT, LONG = 16, 8, 300
RATE = re.compile(r"(\d[\d.]*(?:,\d+)?)% \(([\d.]+)/([\d.]+)")
ALL_CLEAR = re.compile(
    r"đã đạt yêu cầu|không còn tồn tại|không cho thấy tồn tại|đều đã đạt|[Dd]uy trì kết quả|các kiểm tra đều đạt|targets? (?:is|are) met\."
)
MACHINE = re.compile(r"[0-9a-f]{12}|snapshot|\.duckdb|SHA-256|\bNone\b|\bnan\b")


def parts_of(report: Report) -> Iterator[tuple[str, Block]]:
    """Every block with the name of the part that it stands in."""
    yield from (("body", block) for block in report.blocks)
    for annex in report.annexes:
        yield from ((f"annex {annex.number}", block) for block in annex.blocks)
    for slide in report.slides or ():
        yield "slides", Heading(1, "", slide.title)
        yield from (("slides", block) for block in slide.blocks)


def vietnamese(text: str, language: str) -> str:
    """The text with its numbers as Vietnamese writes them: `61,68%` and `1.848` for `61.68%` and `1,848`."""
    return re.sub(r"(?<=\d)[.,](?=\d)", lambda found: {".": ",", ",": "."}[found[0]], text) if language == "en" else text


def texts_of(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph | Heading):
        yield block.text
    elif isinstance(block, Chart):
        yield block.alt
    else:
        yield from (cell.text for row in block.rows for cell in row)


def contradictions(report: Report) -> list[str]:
    """What a reader of the whole report finds at odds, in words."""
    figures = {figure.key: figure for figure in report.figures}
    prints: dict[str, set[str]] = {}
    found = []
    for part, block in parts_of(report):
        for text in texts_of(block):
            for percent, over, under in RATE.findall(vietnamese(text, report.language)):
                value = float(percent.replace(".", "").replace(",", "."))
                counts = int(over.replace(".", "")), int(under.replace(".", ""))
                if not counts[1] or abs(value - 100 * counts[0] / counts[1]) > 0.51:
                    found.append(f"{part}: {percent}% is not {over}/{under}")
        if isinstance(block, Paragraph):
            for run in block.runs:
                if run.figure is not None:
                    prints.setdefault(run.figure, set()).add(run.text)
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    figure = figures.get(cell.figure or "")
                    if (
                        figure is not None
                        and isinstance(cell.value, int | float)
                        and cell.value not in (figure.numerator, figure.denominator, figure.value)
                    ):
                        found.append(f"{part}, {block.key}: {cell.value} is not of {figure.key}")
    for key, texts in prints.items():
        numbers = {number for text in texts for number in re.findall(r"\d[\d.]*(?:,\d+)?%?", vietnamese(text, report.language))}
        figure = figures[key]
        counted = {f"{side:,}".replace(",", ".") for side in (figure.numerator, figure.denominator) if side is not None}
        told = set(re.findall(r"\d[\d.]*(?:,\d+)?%?", vietnamese(figure.text, report.language))) | counted
        allowed = told | {f"{int(one):02d}" for one in told if one.isdecimal()}  # documents write 04 for 4
        if numbers - allowed:
            found.append(f"{key} is printed as {sorted(texts)}")
    return [*found, *_of_units(report), *_of_the_whole(report)]


def _of_units(report: Report) -> Iterator[str]:
    """Every unit's name with counts in parentheses behind it, in sentences, slides and alternative texts, against figures of that very unit."""
    counts: dict[str, set[tuple[str, str]]] = {}
    for figure in report.figures:
        if figure.unit_code is not None and figure.numerator is not None and figure.denominator is not None:
            pair = f"{figure.numerator:,}".replace(",", "."), f"{figure.denominator:,}".replace(",", ".")
            counts.setdefault(figure.unit_code, set()).add(pair)
    names: dict[str, set[str]] = {}
    for _, block in parts_of(report):
        for row in block.rows if isinstance(block, Table) else ():
            units = {cell.figure.split(":")[1] for cell in row if cell.figure} - {""}
            name = next((cell.text for cell in row if cell.value is None and cell.figure is None and len(cell.text) > 3), "")
            if len(units) == 1 and name:
                names.setdefault(name, set()).update(units)
    known = set().union(*counts.values()) if counts else set()
    for part, block in parts_of(report):
        for text in texts_of(block) if not isinstance(block, Table) else ():
            for name, codes in names.items():
                for pair in re.findall(rf"{re.escape(name)}(?:: \d[\d,]*%)? \(([\d.]+)/([\d.]+)", vietnamese(text, report.language)):
                    if not any(pair in counts.get(code, ()) for code in codes):
                        yield f"{part}: {'/'.join(pair)} is not of {name}"
        if isinstance(block, Paragraph) and block.key in ("comparison.full", "comparison.helped", "brief.helped"):
            for pair in re.findall(r"\(([\d.]+)/([\d.]+)", vietnamese(block.text, report.language)):
                if pair not in known:
                    yield f"{block.key}: {'/'.join(pair)} is no unit's"


def _of_the_whole(report: Report) -> Iterator[str]:
    """One number for one metric of the whole in one window, whatever group, wherever it stands."""
    found: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
    for one in report.figures:
        if one.unit_code is None:
            found.setdefault((one.metric, one.group, one.period_from, one.period_to), set()).add((one.numerator, one.denominator))
    yield from (f"{key[0]} has {values}" for key, values in found.items() if len(values) > 1)


def unseen_praise(report: Report) -> list[str]:
    """Sentences that call something good although no figure of the report is known, and machine words and doubled spaces anywhere."""
    texts = [text for part, block in parts_of(report) for text in texts_of(block) if part != "annex II"]
    known = any(figure.numerator is not None for figure in report.figures)
    return [text for text in texts if "  " in text or MACHINE.search(text) or (not known and ALL_CLEAR.search(text))]


def against_the_page(report: Report, home: Home) -> list[str]:
    """Figures of the whole that the dashboard's own reader gives otherwise for the same selection."""
    found = []
    asked = dict(report.provenance.parameters)
    if report.provenance.report == "don-vi":  # a unit's own eyes: tests/security/test_non_interference.py
        return []
    reader = statistics_reader(home, read_inputs(home))
    windows: dict[Period, list[Figure]] = {}
    for figure in report.figures:
        if figure.unit_code is None:
            windows.setdefault(Period(figure.period_from, figure.period_to), []).append(figure)
    for period, figures in windows.items():
        frame = reader.values([figure.metric for figure in figures], Selection(None, period.from_on, period.to_on, asked["population"]), period)
        shown = {row["metric"]: (row["numerator"], row["denominator"]) for row in frame.iter_rows(named=True)}
        found += [f"{one.key}: the page has {shown[one.metric]}" for one in figures if shown[one.metric] != (one.numerator, one.denominator)]
    return found


def random_home(folder: Path, dice: random.Random) -> Home:
    """Units, accounts, logins, documents and declarations by chance; some kinds of rows are missing altogether."""
    codes = [f"U{number}" for number in range(dice.randint(1, 9))]
    units: list[Row] = [{"unit_code": "GOC", "name": "Viện kiểm sát nhân dân tối cao", "level": "toi_cao", "sort_order": 0}]
    names = ("Viện kiểm sát nhân dân tỉnh {}", "Vụ {}", "Viện kiểm sát quân sự {}")
    units += [
        {
            "unit_code": code,
            "name": dice.choice(names).format(code),
            "short_name": code,
            "parent_code": "GOC",
            "pilot_group": dice.choice((1, 1, 2, None)),
        }
        for code in codes
    ]
    rows: dict[str, list[Row]] = {"org_unit": units}
    if dice.random() < 0.85:
        sizes = {code: dice.randint(0, 40) for code in codes}
        rows["account"] = [account(number, code, activated=dice.random() < 0.7) for code, size in sizes.items() for number in range(size)]
        rows["account_day"] = [login(number, code) for code, size in sizes.items() for number in range(size) if dice.random() < 0.5]
    if dice.random() < 0.8:
        forms = ("is_electronic", "is_parallel", "is_paper")
        rows["document"] = [{"unit_code": dice.choice(codes), dice.choice(forms): True, "is_signer_signed": dice.random() < 0.6} for _ in range(60)]
    if dice.random() < 0.5:
        days = {"from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31)}
        rows["declared_total"] = [{"unit_code": code, **days, "value": dice.randint(0, 30)} for code in codes if dice.random() < 0.7]
    return tiny_home(folder, rows)


def random_cases(dice: random.Random) -> tuple[Case, ...]:
    """Follow-up cases of units that may not be there, about figures that may not be known."""
    found = []
    for number in range(dice.choice((0, 0, 1, 5))):
        opened_on = date(2024, 7, 1) + timedelta(days=dice.randint(-40, 60))
        metric = dice.choice(("", "activation_rate", "on_time_ratio", "outgoing_documents"))
        texts = {"cause": dice.choice(("", "Thiếu máy.")), "measure": dice.choice(("", "Cấp máy."))}
        days = {"opened_on": opened_on, "deadline": opened_on + timedelta(days=30), "entered_at": datetime(2024, 7, 1, tzinfo=UTC)}
        unit, finding = f"U{dice.randint(0, 9)}", dice.choice(("", "low", "silent"))
        found.append(Case(number, unit, metric, finding, is_settled=dice.random() < 0.4, state="approved", thing="", opened_by="", **texts, **days))  # type: ignore[arg-type]
    return tuple(found)


def random_report(home: Home, dice: random.Random, on: date) -> Report | None:
    """A report of any kind, scope and usual period around a day; None where this home has none such."""
    kind = dice.choice(KINDS)
    period = dice.choice(PRESETS).of(on + timedelta(days=dice.choice((0, 0, 0, 35, 2000))))
    asked: dict[str, object] = {"unit_code": "U0"} if kind.is_per_unit else {"number": dice.choice((None, 7)) if kind.has_form else None}
    if kind.has_flow and period.days > 10 and dice.random() < 0.3:
        asked["flow"] = Period(period.from_on, period.from_on + timedelta(days=9))
    inputs = replace(read_inputs(home), cases=random_cases(dice))
    asked["language"] = dice.choice(kind.languages)
    try:
        return built(home, kind.name, period, dice.choice(("pilot", "all", "1")), inputs, **asked)  # type: ignore[arg-type]
    except ConfigurationError as error:  # e.g. a second window beyond the data
        assert re.search(r"must lie within|There is no", str(error)), error
        return None


def test_random_reports_contradict_nothing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    campaign = Campaign("Reports", "random reports of random homes: text, tables, annexes, slides and page compared", "300 reports, 0 contradictions")
    is_long = request.config.getoption("--long")
    dice, wanted = random.Random(SEED), LONG if is_long else SHORT
    made: dict[str, int] = {}
    at_odds, figures, silent, failed, homes = [], 0, 0, 0, 0
    while sum(made.values()) < wanted:
        homes += 1
        home = random_home(tmp_path / str(homes), dice)
        for _ in range(4):
            report = random_report(home, dice, date(2024, 7, 31))
            if report is not None:
                made[report.provenance.report] = made.get(report.provenance.report, 0) + 1
                figures += len(report.figures)
                silent += all(figure.numerator is None for figure in report.figures)
                failed += any(figure.failed_checks for figure in report.figures)
                found = (*contradictions(report), *unseen_praise(report), *against_the_page(report, home))
                at_odds += [f"{report.title}: {one}" for one in found]
    if is_long:
        campaign.record(
            f"{sum(made.values())} reports of {len(made)} kinds, {figures:,} figures; {silent} without any data, {failed} with failed checks:"
            f" {len(at_odds)} contradictions"
        )
    assert at_odds == []


def test_the_pilots_review_contradicts_nothing(pilot_report: Report) -> None:
    assert [*contradictions(pilot_report), *unseen_praise(pilot_report)] == []


def test_a_contradiction_would_be_found() -> None:
    said = Paragraph("x", (Run("Đạt 61,68% (1.900/2.996 tài khoản)."),))
    assert contradictions(replace(sample_report(), blocks=(said,)))[:1] == ["body: 61,68% is not 1.900/2.996"]
    said = Paragraph("x", (Run("61.68% (1,900/2,996 accounts).  Twice."),))
    english = replace(sample_report(), blocks=(said,), language="en")
    assert contradictions(english)[:1] == ["body: 61,68% is not 1.900/2.996"] and unseen_praise(english) == [said.text]

"""The example of a company: its home alone decides what is said; pages, files, reports and commands hold no word of the first organisation."""

from __future__ import annotations

import html
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from google.protobuf.text_format import MessageToString
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.reports.content.blocks import Heading, Report
from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import read_inputs, reader_for
from dashboard.reports.content.kinds import KINDS
from dashboard.reports.content.request import Request
from dashboard.reports.writers import format_named
from dashboard.session.policy import ROLES
from data.paths import PROJECT, Home
from etl.run import run_etl
from etl.settings import load_settings
from metrics.catalog import METRICS
from metrics.periods import Period
from tests.conftest import run_vanban
from tests.dashboard.reports.sheets import sheets

FIRST = re.compile(
    r"viện kiểm sát|vksnd|kiểm sát viên|\bngành\b|công chức|bí mật nhà nước|procura|state secret|\bsectors?\b|\bofficers?\b"
    r"|(?:nhóm|group) ?[12]\b|thí điểm|\bpilot\b|khai báo|declar|\btrục\b|\baxis\b|exchange platform|nghị định|decree|cộng hòa|độc lập ?- ?tự do|А«",
    re.IGNORECASE,
)
QUARTER = Period(date(2025, 1, 1), date(2025, 3, 31))
DAYS = ("--from", "2025-01-01", "--to", "2025-03-31")
UNKNOWN = {
    "electronic_issue_ratio",
    "fully_signed_ratio",
    "on_time_ratio",
    "axis_outgoing",
    "axis_incoming",
    "internal_outgoing",
    "paper_pages_saved",
}
PAGES = {
    "leader": ("", "compare", "unit", "documents", "reports", "quality", "dictionary"),
    "statistics": ("", "compare", "unit", "documents", "reports", "quality", "dictionary"),
    "unit": ("", "compare", "unit", "documents", "reports", "dictionary"),
    "admin": ("quality", "dictionary"),
}
"""The pages of each role; there is none of declarations, which no source of this home delivers."""
COMMANDS = {
    "metrics": DAYS,
    "compare": ("activation_rate", *DAYS),
    "why": ("fully_electronic_ratio", *DAYS),
    "dictionary": (),
    "check": DAYS,
    "etl status": (),
    "etl status --coverage": (),
    "source check register": (),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    place = Home(Path(shutil.copytree(PROJECT / "docs" / "examples" / "company", tmp_path_factory.mktemp("company") / "home")))
    assert run_etl(load_settings(place)).status == "published"
    return place


def pages(home: Home, monkeypatch: pytest.MonkeyPatch, role: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Path, markup and all texts of every page of a role, in the frame, as whoever opens it sees them."""
    monkeypatch.setenv("VANBAN_HOME", str(home.root))
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    for path in PAGES[role]:
        app.query_params.update({"lang": language, "role": role} | ({"role_unit": "B1"} if role == "unit" else {}))
        app.query_params["unit"] = "B1" if path in ("unit", "reports") or role == "unit" else ""
        app._page_hash = calc_hash(path)
        app.run()
        assert not app.exception, (role, path, app.exception)
        markup = "\n".join(str(part.proto.body) for part in app.get("html"))
        others = " ".join(MessageToString(part.proto, as_utf8=True) for part in app.main if part.type != "html" and getattr(part, "proto", None))
        yield path, markup, html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", markup, flags=re.DOTALL)) + others


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_a_role_has_a_word_of_another_organisation(home: Home, monkeypatch: pytest.MonkeyPatch, role: str, language: str) -> None:
    for path, markup, text in pages(home, monkeypatch, role, language):
        assert len(text) > 500 and FIRST.findall(text) == [], path
        assert "declarations" not in markup
        said = dict(re.findall(r'data-metric="(\w+)"[^>]*>\s*([^<]*)', markup))
        assert UNKNOWN & set(said) == set(), "what is not delivered has no place, least of all as 0"
        bodies = dict(re.findall(r'data-panel="(\w+)".*?<div class="figure-body">(.*?)</div>\s*(?:<details|</section)', markup, flags=re.DOTALL))
        empty = {name for name, body in bodies.items() if not re.sub(r"<[^>]+>|\s", "", body) and "<svg" not in body}
        assert empty <= {"first_logins", "funnel_plot", "history", "trend"}, f"{path}: only what plotly draws has no words of its own"
        assert not re.search(r'<div class="column">\s*</div>|<ul[^>]*>\s*</ul>|<tbody>\s*</tbody>', markup), path


def report_of(home: Home, kind: str, unit: str | None = None, language: str = "vi") -> Report:
    request = Request(kind, QUARTER, "all", unit, language=language)  # type: ignore[arg-type]
    inputs = read_inputs(home)
    return build(reader_for(home, request, inputs), request, inputs)


def text_of(name: str, file: bytes) -> str:
    """What a reader of the file reads, with names of its sheets, charts and properties."""
    if name == "pdf":
        return "\n".join(sheet.text for sheet in sheets(file))
    parts = [file.decode("utf-8")] if name == "html" else []
    if not parts:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            parts = [archive.read(part).decode("utf-8") for part in archive.namelist() if part.endswith(".xml") and "theme" not in part]
    text = re.sub(r'<sheet name="([^"]*)"', r"\1<", "\n".join(parts))
    text = re.sub(r"<style.*?</style>|</(?:\w+:)?(?:p|si|c|td|th|tr|v|h\d)>|<br", r"\n\g<0>", text, flags=re.DOTALL)
    return html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", "", text, flags=re.DOTALL))


REPORTS = [(kind.name, "B1-1" if kind.is_per_unit else None, language) for kind in KINDS for language in kind.languages]


@pytest.mark.parametrize(("kind", "unit", "language"), [*REPORTS, ("don-vi", "B1", "vi")])
def test_no_file_of_a_report_has_a_word_of_another_organisation(home: Home, kind: str, unit: str | None, language: str) -> None:
    report = report_of(home, kind, unit, language)
    assert {figure.metric for figure in report.figures} & UNKNOWN == set()
    for name in next(one.formats for one in KINDS if one.name == kind):
        file = format_named(name).write(report)
        text = text_of(name, file)
        assert len(text) > 300 and FIRST.findall(text) == [], name
    headings = [isinstance(block, Heading) and block.level for block in report.blocks] + [1]
    assert not [place for place, level in enumerate(headings[:-1]) if level and headings[place + 1] and headings[place + 1] <= level]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_says_a_word_of_another_organisation(home: Home, command: str) -> None:
    finished = run_vanban(*command.split(), *COMMANDS[command], home=home.root)
    assert finished.returncode == 0, finished.stderr
    said = finished.stdout + finished.stderr
    assert len(said) > 100 and FIRST.findall(said) == []


def test_what_the_home_does_without_is_gone(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages, panels and cards from the dashboard; sections and figures from every report, its slides and a unit's sheet."""
    place = Home(Path(shutil.copytree(home.root, tmp_path / "home")))
    settings = place.config.read_text(encoding="utf-8")
    dashboard = settings.replace("[dashboard]\n", '[dashboard]\nwithout = ["compare", "quality", "types", "units", "login_rate"]\n')
    place.config.write_text(dashboard.replace("[report]\n", '[report]\nwithout = ["documents", "tasks", "proposals"]\n'), encoding="utf-8")
    monkeypatch.setitem(PAGES, "statistics", ("", "documents", "dictionary"))
    drawn = {path: markup for path, markup, _ in pages(place, monkeypatch, "statistics", "vi")}
    assert 'data-metric="activation_rate"' in drawn[""] and 'data-panel="tree"' in drawn["documents"]
    for markup in drawn.values():
        assert not re.search(r'(data-metric|id)="login_rate"|data-panel="types"|href="(\./)?(compare|quality)|<table class="units"', markup)
    for kind, unit, language in REPORTS:
        report = report_of(place, kind, unit, language)
        assert not [figure.metric for figure in report.figures if figure.metric.startswith(("outgoing", "fully_electronic", "digitally"))], kind
        slides = " ".join(slide.title for slide in report.slides or ())
        assert "văn bản đi" not in slides and "Nhiệm vụ" not in slides
        assert not [block for block in report.blocks if isinstance(block, Heading) and block.text in ("Phương hướng, nhiệm vụ", "Kiến nghị, đề xuất")]


@pytest.mark.parametrize(("section", "told"), [("dashboard", "Names: compare, unit, documents"), ("report", "Names: guidance, deployment")])
def test_a_switch_that_there_is_not_is_told_with_those_that_there_are(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, told: str
) -> None:
    place = Home(Path(shutil.copytree(home.root, tmp_path / "home")))
    settings = place.config.read_text(encoding="utf-8")
    place.config.write_text(settings.replace(f"[{section}]\n", f'[{section}]\nwithout = ["chanels"]\n'), encoding="utf-8")
    if section == "report":
        finished = run_vanban("report", "build", "tom-tat", *DAYS, "--out", tmp_path / "out", home=place.root)
        assert finished.returncode == 2 and "without names 'chanels', which there is not" in finished.stderr and told in finished.stderr
        return
    (_, markup, _) = next(pages(place, monkeypatch, "leader", "vi"))
    assert "without names &#39;chanels&#39;, which there is not" in markup and told in markup


def test_metrics_that_no_source_delivers_are_told_on_demand(home: Home) -> None:
    known = run_vanban("dictionary", "--format", "csv", home=home.root).stdout
    every = run_vanban("dictionary", "--all", "--format", "csv", home=home.root).stdout
    assert "axis_outgoing" not in known and "axis_outgoing" in every
    assert every.count("\n") == len(METRICS) + 1

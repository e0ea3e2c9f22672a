"""What each role may do with reports in the making and in the ledger; asked anew at every step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest

from dashboard.ledger.pins import Pin, Status
from dashboard.reports.archive.permitted_steps import KeptReport, PermittedSteps, as_pages, edited
from dashboard.reports.content.blocks import Heading, Table
from dashboard.reports.content.kinds import KINDS
from dashboard.reports.content.request import Request
from dashboard.session.policy import Role, Viewer
from dashboard.session.queries import AccessDenied
from data.errors import ConfigurationError
from data.paths import Home
from metrics.periods import Period
from tests.dashboard.reports.sample_report import SLIDES, sample_report

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
VIEWERS: dict[str, Viewer] = {
    "statistics": Viewer("statistics"),
    "leader": Viewer("leader"),
    "admin": Viewer("admin"),
    "unit": Viewer("unit", frozenset({"A", "A1"}), "A"),
}
REQUESTS = {
    "whole": Request("so-ket", JULY, "all"),
    "own review": Request("so-ket", JULY, "all", "A"),
    "own sheet": Request("don-vi", JULY, "all", "A"),
    "sheet below": Request("don-vi", JULY, "all", "A1"),
    "peer's sheet": Request("don-vi", JULY, "all", "B"),
}
# Written out, and not read from the policy: which of the requests each role sees when they are finished.
FINISHED = {
    "statistics": set(REQUESTS),
    "leader": set(REQUESTS),
    "admin": set(),
    "unit": {"own sheet", "sheet below"},
}


def steps_of(who: str, home: Path = Path("nowhere")) -> PermittedSteps:
    return PermittedSteps(Home(home), VIEWERS[who], "20240731T100000-00000000")


def kept(status: Status, request: Request) -> KeptReport:
    return KeptReport(Pin(1, request.kind, "", status, "", "", "", datetime(2024, 8, 1, tzinfo=UTC), "x"), request)


@pytest.mark.parametrize("status", get_args(Status))
@pytest.mark.parametrize("who", VIEWERS)
def test_who_sees_a_report_of_the_ledger(who: str, status: Status) -> None:
    seen = {name for name, request in REQUESTS.items() if steps_of(who).may_see(kept(status, request))}
    assert seen == (FINISHED[who] if who == "statistics" or status in ("approved", "published") else set())


def test_who_builds_pins_and_approves() -> None:
    allowed = {
        (who, action): {name for name, request in REQUESTS.items() if steps_of(who).may(action, request)}
        for who in VIEWERS
        for action in ("build", "pin", "approve")
    }
    assert {key: names for key, names in allowed.items() if names} == {
        **{("statistics", action): set(REQUESTS) for action in ("build", "pin", "approve")},
        ("unit", "build"): {"own sheet", "sheet below"},
    }


@pytest.mark.parametrize(("who", "count"), [("statistics", len(KINDS)), ("leader", 0), ("admin", 0), ("unit", 1)])
def test_the_kinds_that_a_role_may_build(who: Role, count: int) -> None:
    assert len(steps_of(who).kinds()) == count


@pytest.mark.parametrize("who", ["leader", "admin", "unit"])
def test_every_step_is_refused_to_those_who_may_not_take_it(who: str, tmp_path: Path) -> None:
    """The home is empty: a step that reached it would fail otherwise than by refusal, and nothing may be made there."""
    here, request = steps_of(who, tmp_path), REQUESTS["whole"]
    steps = [
        lambda: here.report(request),
        lambda: here.save(request, "t", (), "p", None),
        lambda: here.pin(request, "p", ["html"]),
        lambda: here.all_units(request, ["docx"], lambda *_: None),
        lambda: here.take_step(kept("pinned", request), "approve", "p"),
        lambda: here.revise(kept("approved", request), "p", "cause"),
        lambda: here.discard(1),
        lambda: here.file(kept("approved", request), "docx"),
        lambda: here.verified(kept("approved", request)),
    ]
    for step in steps:
        with pytest.raises(AccessDenied):
            step()
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_is_not_there_is_told_like_one_that_is_not_to_be_seen(tmp_path: Path) -> None:
    with pytest.raises(AccessDenied):
        steps_of("statistics", tmp_path).kept(7)


def test_edited_sentences_stand_in_place_of_the_written_ones() -> None:
    report = edited(sample_report(), (("scope", "Câu khác."), ("gone", "Đoạn không còn.")))
    paragraph = next(one for one in report.paragraphs() if one.key == "scope")
    assert paragraph.text == "Câu khác." and paragraph.is_edited and paragraph.written is not None
    assert edited(sample_report(), ()) == sample_report()
    with pytest.raises(ConfigurationError):
        edited(sample_report(), (("scope", "chuông \x07"),))


def test_a_deck_without_a_body_is_looked_at_slide_by_slide() -> None:
    report = sample_report()
    assert as_pages(report) is report
    shown = as_pages(type(report)(report.language, report.title, report.provenance, (), slides=SLIDES))
    assert [block.text for block in shown.blocks if isinstance(block, Heading)] == [slide.title for slide in SLIDES]
    assert any(isinstance(block, Table) for block in shown.blocks)

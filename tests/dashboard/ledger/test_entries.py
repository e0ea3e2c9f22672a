"""What people enter: its steps and versions, four eyes in the transaction, and edits at once of which none is lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from dashboard.ledger.actor import Actor, typed_actor
from dashboard.ledger.audit import Audit
from dashboard.ledger.database import SamePerson
from dashboard.ledger.entered.entries import Entries, StaleEntry
from dashboard.ledger.entered.kinds import KINDS, Content, FieldError, checked
from dashboard.ledger.entered.permitted import PermittedEntries
from dashboard.ledger.pins import FinishedReport, Ledger, Record
from dashboard.session.policy import Viewer
from dashboard.session.queries import AccessDenied
from data.errors import ConfigurationError
from data.paths import Home

UNIT = Actor("https://id.example", "an", "Nguyễn An", "unit")
SECOND = Actor("https://id.example", "binh", "Trần Bình", "unit")
DEPARTMENT = Actor("https://id.example", "chi", "Lê Chi", "statistics")
JULY: Content = {"unit_code": "A", "from_on": "2024-07-01", "to_on": "2024-07-31", "value": 45, "source_note": ""}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param != "sqlite":
        url = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "mariadb_url")
        (tmp_path / "vanban.env").write_text(f"VANBAN_LEDGER_URL={url}\n", encoding="utf-8")
        (tmp_path / "vanban.env").chmod(0o600)
    return Home(tmp_path)


@pytest.fixture
def opened(home: Home) -> Iterator[tuple[Entries, Entries, Entries]]:
    """The ledger as the unit, its second person and the department open it."""
    with Entries(home, UNIT) as unit, Entries(home, SECOND) as second, Entries(home, DEPARTMENT) as department:
        yield unit, second, department


def test_from_a_draft_to_what_counts_and_each_step_in_the_audit(home: Home, opened: tuple[Entries, Entries, Entries]) -> None:
    unit, _, department = opened
    (first,) = unit.enter("declared_total", [JULY])
    with pytest.raises(ConfigurationError, match="is “draft”, and has to be “waits for approval”"):
        department.approve(first.entry_id, first.revision)
    sent = unit.submit(first.entry_id, first.revision)
    back = department.return_(sent.entry_id, sent.revision, "Số quý")
    with pytest.raises(StaleEntry) as stale:
        unit.submit(back.entry_id, sent.revision)
    assert stale.value.newer.remark == "Số quý"
    corrected = unit.edit(back.entry_id, back.revision, {**JULY, "value": 40})
    assert (corrected.version, corrected.state, unit.entry(first.entry_id).state) == (2, "draft", "returned")
    assert unit.approved("declared_total") == []
    sent = unit.submit(corrected.entry_id, corrected.revision)
    department.approve(sent.entry_id, sent.revision)
    assert [one.content["value"] for one in unit.approved("declared_total")] == [40]
    later = unit.edit(sent.entry_id, sent.revision + 1, {**JULY, "value": 41})
    assert [one.content["value"] for one in unit.approved("declared_total")] == [40], "it counts until the correction is approved"
    sent = unit.submit(later.entry_id, later.revision)
    department.approve(sent.entry_id, sent.revision)
    assert [(one.state, one.content["value"]) for one in unit.versions(later.entry_id)] == [("returned", 45), ("superseded", 40), ("approved", 41)]
    with Audit(home) as audit:
        told = [(row.subject, row.act) for row in audit.rows()]
        assert audit.faults() == []
    steps = ["an enter", "an submit", "chi return", "an enter", "an submit", "chi approve", "an enter", "an submit", "chi approve"]
    assert [f"{subject} {act.removeprefix('entry.')}" for subject, act in told] == steps


def test_the_same_person_is_refused_at_both_ends(home: Home, opened: tuple[Entries, Entries, Entries]) -> None:
    unit, second, department = opened
    (first,) = unit.enter("declared_total", [JULY])
    edited = second.edit(first.entry_id, first.revision, {**JULY, "value": 46})
    sent = second.submit(first.entry_id, edited.revision)
    for maker in (unit, second):
        with pytest.raises(SamePerson):
            maker.approve(sent.entry_id, sent.revision)
        with pytest.raises(SamePerson):
            maker.return_(sent.entry_id, sent.revision, "x")
    back = department.return_(sent.entry_id, sent.revision, "x")
    with pytest.raises(SamePerson):
        department.edit(back.entry_id, back.revision, JULY)
    fixed = unit.edit(back.entry_id, back.revision, JULY)
    with pytest.raises(SamePerson):
        department.submit(fixed.entry_id, fixed.revision)
    sent = unit.submit(fixed.entry_id, fixed.revision)
    with pytest.raises(SamePerson):
        second.approve(sent.entry_id, sent.revision)
    with Audit(home) as audit:
        assert [row.subject for row in audit.rows() if row.act == "refused"] == ["an", "an", "binh", "binh", "chi", "chi", "binh"]


def test_what_was_approved_is_withdrawn_by_two(home: Home, opened: tuple[Entries, Entries, Entries]) -> None:
    unit, second, department = opened
    (first,) = unit.enter("declared_total", [JULY], is_submitted=True)
    with pytest.raises(ConfigurationError, match="decided on first"):
        unit.withdraw(first.entry_id, first.revision, "x")
    counted = department.approve(first.entry_id, first.revision)
    with pytest.raises(ConfigurationError, match="Write a reason"):
        unit.withdraw(first.entry_id, counted.revision, " ")
    asked = unit.withdraw(first.entry_id, counted.revision, "Khai nhầm")
    assert (asked.state, asked.is_withdrawal, asked.remark, asked.content) == ("submitted", True, "Khai nhầm", JULY)
    assert len(unit.approved("declared_total")) == 1, "it counts until the withdrawal is approved"
    with pytest.raises(SamePerson):
        unit.approve(asked.entry_id, asked.revision)
    back = department.return_(asked.entry_id, asked.revision, "Vẫn đúng")
    with pytest.raises(SamePerson):
        department.withdraw(back.entry_id, back.revision, "x")
    asked = second.withdraw(back.entry_id, back.revision, "Khai nhầm đơn vị")
    gone = department.approve(asked.entry_id, asked.revision)
    assert (gone.state, gone.remark, unit.approved("declared_total")) == ("withdrawn", "Khai nhầm đơn vị", [])
    with pytest.raises(ConfigurationError, match="only what was approved"):
        unit.withdraw(gone.entry_id, gone.revision, "x")
    (again,) = unit.enter("declared_total", [{**JULY, "value": 3}], is_submitted=True)
    department.approve(again.entry_id, again.revision)
    states = [(one.state, one.is_withdrawal) for one in unit.versions(again.entry_id)]
    assert states == [("superseded", False), ("returned", True), ("withdrawn", True), ("approved", False)]
    with Audit(home) as audit:
        told = [(row.subject, row.act) for row in audit.rows() if row.act != "refused"]
        assert audit.faults() == []
    steps = ["an enter", "chi approve", "an withdraw", "chi return", "binh withdraw", "chi approve", "an enter", "chi approve"]
    assert [f"{subject} {act.removeprefix('entry.')}" for subject, act in told] == steps


def test_a_withdrawal_that_waits_can_become_a_correction(tmp_path: Path) -> None:
    with Entries(Home(tmp_path), UNIT) as unit, Entries(Home(tmp_path), DEPARTMENT) as department:
        (first,) = unit.enter("declared_total", [JULY], is_submitted=True)
        counted = department.approve(first.entry_id, first.revision)
        asked = unit.withdraw(first.entry_id, counted.revision, "x")
        changed = unit.edit(asked.entry_id, asked.revision, {**JULY, "value": 44})
        assert (changed.state, changed.is_withdrawal, changed.remark) == ("draft", False, "")
        sent = unit.submit(changed.entry_id, changed.revision)
        assert department.approve(sent.entry_id, sent.revision).state == "approved"
        assert [one.content["value"] for one in unit.approved("declared_total")] == [44]


def test_a_case_is_opened_once_answered_and_settled(tmp_path: Path) -> None:
    found = {"unit_code": "A", "metric": "login_rate", "finding": "fall", "opened_on": "2024-08-01", "deadline": "15/08/2024", "status": "open"}
    opening = checked(KINDS["case"], found, {"A"})
    assert opening == {**found, "deadline": "2024-08-15", "cause": "", "measure": "", "result": ""}
    with (
        Entries(Home(tmp_path), Actor("os", "vanban")) as alerts,
        Entries(Home(tmp_path), UNIT) as unit,
        Entries(Home(tmp_path), DEPARTMENT) as department,
    ):
        (case,) = alerts.enter("case", [opening])
        with pytest.raises(StaleEntry):
            alerts.enter("case", [opening])
        answered = unit.edit(case.entry_id, case.revision, {**opening, "cause": "Mất mạng", "measure": "Thay đường truyền"})
        sent = unit.submit(answered.entry_id, answered.revision)
        counted = department.approve(sent.entry_id, sent.revision)
        assert counted.days == (date(2024, 8, 1), date(2024, 8, 15))
        settled = unit.edit(
            counted.entry_id, counted.revision, checked(KINDS["case"], {**counted.content, "status": "settled", "result": "Đã đạt"}, {"A"})
        )
        assert (settled.version, [one.content["status"] for one in unit.approved("case")]) == (2, ["open"])


def test_an_entry_is_not_moved_to_a_unit_that_its_maker_may_not_enter_for(tmp_path: Path) -> None:
    home = Home(tmp_path)
    said: Content = {"unit_code": "A", "from_on": "2024-07-01", "to_on": "2024-07-31", "subject": "Mạng", "text": "x"}
    of_unit = PermittedEntries(home, Viewer("unit", frozenset({"A"}), "A"), UNIT)
    (first,) = of_unit.enter("explanation", [said], is_submitted=False)
    with pytest.raises(AccessDenied):
        of_unit.edit(first.entry_id, first.revision, {**said, "unit_code": "B"})
    with Entries(home, UNIT) as entries:
        assert entries.entry(first.entry_id).unit_code == "A"


def test_a_claimed_name_is_the_same_person_however_it_is_spelt(tmp_path: Path) -> None:
    report = FinishedReport("so-ket", "t", Record({}, {}, []), "s", "h", "1", {})
    with Ledger(Home(tmp_path), typed_actor("Nguyễn  An", "statistics")) as ledger:
        pin_id = ledger.pin(report, "Nguyễn An")
    with Ledger(Home(tmp_path)) as ledger:
        with pytest.raises(SamePerson):
            ledger.take_step(pin_id, "approve", "nguyễn an")
        ledger.take_step(pin_id, "approve", "Lê Chi")
    with Audit(Home(tmp_path)) as audit:
        assert [(row.issuer, row.act) for row in audit.rows()] == [("typed", "report.pin"), ("os", "refused"), ("os", "report.approve")]


def test_of_200_edits_at_once_none_is_lost(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with Entries(home, UNIT) as entries:
        (first,) = entries.enter("declared_total", [JULY])
    made_on: dict[object, object] = {}

    def edit(worker: int) -> None:
        with Entries(home, Actor("https://id.example", f"u{worker}")) as own:
            for number in range(25):
                seen = own.entry(first.entry_id)
                while True:
                    try:
                        value = 1000 * worker + number
                        own.edit(seen.entry_id, seen.revision, {**seen.content, "value": value})
                        made_on[value] = seen.content["value"]
                        break
                    except StaleEntry as stale:
                        seen = stale.newer

    threads = [threading.Thread(target=edit, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Entries(home, UNIT) as entries, Audit(home) as audit:
        assert entries.entry(first.entry_id).revision == 201
        edits = [json.loads(row.detail) for row in audit.rows() if row.act == "entry.edit"]
        assert audit.faults() == []
    assert sorted(edit["after"]["value"] for edit in edits) == sorted(1000 * worker + number for worker in range(8) for number in range(25))
    assert {edit["after"]["value"]: edit["before"]["value"] for edit in edits} == made_on, "each was made on what its maker had seen"
    assert [edit["before"]["value"] for edit in edits[1:]] == [edit["after"]["value"] for edit in edits[:-1]]


def test_each_step_asks_the_policy_with_the_ledgers_own_entry(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with Entries(home, SECOND) as entries:
        (of_b,) = entries.enter("declared_total", [{**JULY, "unit_code": "B"}], is_submitted=True)
        (of_a,) = entries.enter("declared_total", [JULY], is_submitted=True)
    of_unit = PermittedEntries(home, Viewer("unit", frozenset({"A"}), "A"), UNIT)
    leader = PermittedEntries(home, Viewer("leader"), Actor("i", "leader", role="leader"))
    assert [one.entry_id for one in of_unit.newest("declared_total")] == [of_a.entry_id]
    assert leader.newest("declared_total") == []
    event: Content = {"on": "2024-07-05", "unit_code": "A", "title": "x", "title_en": ""}
    refused: list[Callable[[], object]] = [
        lambda: of_unit.approve(of_a.entry_id, 1),
        lambda: of_unit.return_(of_a.entry_id, 1, "x"),
        lambda: of_unit.edit(of_b.entry_id, 1, JULY),
        lambda: of_unit.submit(of_b.entry_id, 1),
        lambda: of_unit.withdraw(of_b.entry_id, 1, "x"),
        lambda: of_unit.enter("declared_total", [JULY, {**JULY, "unit_code": "B"}], True),
        lambda: of_unit.enter("event", [event], True),
        lambda: leader.approve(of_a.entry_id, 1),
        lambda: leader.enter("declared_total", [JULY], True),
    ]
    for act in refused:
        with pytest.raises(AccessDenied):
            act()
    with Audit(home) as audit:
        assert [row.subject for row in audit.rows() if row.act == "refused"] == ["an"] * 7 + ["leader"] * 2
    with Entries(home, UNIT) as entries:
        assert [(one.state, one.revision) for one in entries.newest()] == [("submitted", 1)] * 2


def test_a_second_entry_of_the_same_thing_waits_for_the_first(tmp_path: Path) -> None:
    with Entries(Home(tmp_path), UNIT) as unit:
        unit.enter("declared_total", [JULY])
        with pytest.raises(StaleEntry):
            unit.enter("declared_total", [{**JULY, "unit_code": "B"}, JULY])
        assert len(unit.newest()) == 1, "all of them or none"
        with pytest.raises(ConfigurationError, match="say which thing"):
            unit.edit(1, 1, {**JULY, "unit_code": "B"})


@pytest.mark.parametrize(
    ("kind", "given", "field", "key"),
    [
        ("declared_total", {**JULY, "value": "4,5"}, "value", "count"),
        ("declared_total", {**JULY, "value": "-1"}, "value", "count"),
        ("declared_total", {**JULY, "value": ""}, "value", "empty"),
        ("declared_total", {**JULY, "unit_code": "B"}, "unit_code", "unit"),
        ("declared_total", {**JULY, "from_on": "31/02/2024"}, "from_on", "day"),
        ("declared_total", {**JULY, "to_on": "2024-06-30"}, "to_on", "order"),
        ("case", {"unit_code": "A", "opened_on": "2024-07-01", "deadline": "2024-07-09", "status": "done"}, "status", "choice"),
        ("case", {"unit_code": "A", "opened_on": "2024-07-01", "deadline": "2024-07-09", "status": "settled"}, "result", "empty"),
        ("case", {"unit_code": "A", "opened_on": "2024-07-09", "deadline": "2024-07-01", "status": "open"}, "deadline", "order"),
        ("event", {"on": "1/7/2024", "title": "x" * 61}, "title", "text"),
        ("event", {"on": "1/7/2024", "title": "a\u202eb"}, "title", "text"),
        ("target", {"metric": "none", "from_on": "2024-07-01", "target": "90%"}, "metric", "metric"),
        ("target", {"metric": "login_rate", "from_on": "2024-07-01", "target": "190%"}, "target", "target"),
        ("target", {"metric": "login_rate", "unit_code": "A", "level": "L", "from_on": "2024-07-01", "target": "90%"}, "level", "both"),
    ],
)
def test_what_cannot_be_kept_is_told_by_its_field(kind: str, given: dict[str, object], field: str, key: str) -> None:
    with pytest.raises(FieldError) as caught:
        checked(KINDS[kind], given, {"A"}, {"L"})
    assert (caught.value.field, caught.value.key) == (field, key)


def test_numbers_and_days_are_read_as_people_write_them() -> None:
    read = checked(KINDS["declared_total"], {**JULY, "value": "1.234", "from_on": "1/7/2024"}, {"A"})
    assert (read["value"], read["from_on"]) == (1234, "2024-07-01")

"""The audit on SQLite, PostgreSQL and MariaDB: no act without its row, and no row changed, taken out, moved, put in or cut off unseen."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from cli.main import main
from dashboard.ledger import FinishedReport, Ledger, Record
from dashboard.ledger.actor import Actor
from dashboard.ledger.address import engine_of
from dashboard.ledger.audit import Audit
from dashboard.ledger.audit_rows import NOTHING_BEFORE, AuditRow, faults, hash_of, key_of
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.kinds import Content
from dashboard.ledger.people import People, Person, place_of
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home
from data.run_history import RunResult, record
from tests.faults.figures import Campaign

WHO = Actor("https://id.example", "an", "Nguyễn An", "unit")
ROWS = 12


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param != "sqlite":
        url = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "mariadb_url")
        (tmp_path / "vanban.env").write_text(f"VANBAN_LEDGER_URL={url}\n", encoding="utf-8")
        (tmp_path / "vanban.env").chmod(0o600)
    return Home(tmp_path)


def test_acts_of_two_programs_at_once_make_one_chain(home: Home) -> None:
    def act() -> None:
        with Audit(home) as audit:
            for number in range(5):
                audit.write(WHO, "download", f"file {number}", bytes=number)

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Audit(home) as audit:
        assert [row.number for row in audit.rows()] == list(range(1, 21))
        assert audit.faults() == []


WRITES = """
import sys
from pathlib import Path
from dashboard.ledger.actor import Actor
from dashboard.ledger.audit import Audit
from data.paths import Home

with Audit(Home(Path(sys.argv[1]))) as audit:
    for number in range(int(sys.argv[2])):
        audit.write(Actor("https://id.example", sys.argv[3]), "download", f"file {number}")
"""


@pytest.mark.long
def test_two_programs_of_five_thousand_acts_each_make_one_chain(tmp_path: Path) -> None:
    campaign = Campaign("S6", "two programs that write to the audit at once", "2 x 5,000 writes, 0 forks, 0 lost")
    home = Home(tmp_path)
    writers = [subprocess.Popen([sys.executable, "-c", WRITES, str(tmp_path), "5000", who]) for who in ("an", "binh")]
    assert [writer.wait() for writer in writers] == [0, 0]
    with Audit(home) as audit:
        rows, found = audit.rows(), audit.faults()
    by_each = {who: [row.object for row in rows if row.subject == who] for who in ("an", "binh")}
    turns = sum(one.subject != other.subject for one, other in pairwise(rows))
    campaign.record(f"{len(rows):,} rows in one chain, the writer changed {turns:,} times: {len(found)} faults")
    assert (len(rows), found) == (10_000, [])
    assert all(objects == [f"file {number}" for number in range(5000)] for objects in by_each.values())


def test_what_fails_leaves_neither_act_nor_row(home: Home) -> None:
    with People(home) as people, Audit(home) as audit:
        people.give([Person("i", "an", "An", place_of("leader"))], "x")
        with pytest.raises(ConfigurationError, match="is empty"):
            people.give([Person("i", "binh", "B", place_of("leader")), Person("i", "", "", place_of("leader"))], "x")
        assert [(row.act, row.object, json.loads(row.detail)["after"]["role"]) for row in audit.rows()] == [("people.give", "person i an", "leader")]


def test_the_database_itself_refuses_to_change_a_row(home: Home) -> None:
    with Audit(home) as audit:
        audit.write(WHO, "download", "file")
    engine = engine_of(home)
    if engine.dialect.name == "mysql":
        pytest.skip("MariaDB wants more rights for triggers than the account of one database has")
    for change in ("UPDATE audit SET act = 'x'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), engine.begin() as connection:
            connection.execute(sa.text(change))
    engine.dispose()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with an audit of ROWS rows, and a run that was recorded after the ninth."""
    home = Home(tmp_path_factory.mktemp("audited"))
    with Audit(home) as audit:
        for number in range(ROWS):
            audit.write(WHO, "download", f"file {number}")
            if number == 8:
                record(home, RunResult("r", "unchanged", "2026-01-01T00:00:00+00:00", {}))
    return home


def tampered(written: Home, folder: Path, *statements: str) -> Home:
    """A copy on which somebody without the key did this to the table."""
    home = Home(folder)
    (folder / "var" / "ledger").mkdir(parents=True)
    for path in (written.audit_key_file, written.audit_heads, written.runs, written.var / "ledger" / "ledger.db"):
        copy = home.var / path.relative_to(written.var)
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o600)
    with closing(sqlite3.connect(home.var / "ledger" / "ledger.db")) as database:
        for statement in ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete", *statements):
            database.execute(statement)
        database.commit()
    return home


def first_fault(home: Home) -> int:
    with Audit(home) as audit:
        found = audit.faults()
    return found[0].number if found else 0


TAMPERINGS = {
    "edited": ["UPDATE audit SET object = 'other' WHERE number = {at}"],
    "taken out": ["DELETE FROM audit WHERE number = {at}"],
    "taken out, the rest moved up": ["DELETE FROM audit WHERE number = {at}", "UPDATE audit SET number = number - 1 WHERE number > {at}"],
    "moved": [
        "UPDATE audit SET number = 0 WHERE number = {at}",
        "UPDATE audit SET number = {at} WHERE number = {at} + 1",
        "UPDATE audit SET number = {at} + 1 WHERE number = 0",
    ],
    "put in": [
        "UPDATE audit SET number = -number WHERE number >= {at}",
        "UPDATE audit SET number = 1 - number WHERE number < 0",
        "INSERT INTO audit SELECT {at}, at, issuer, subject, name, role, act, 'forged', detail, previous, hash FROM audit WHERE number = {at} + 1",
    ],
    "tail cut": ["DELETE FROM audit WHERE number >= {at}"],
    "tail cut with the head": [
        "DELETE FROM audit WHERE number >= {at}",
        "UPDATE audit_head SET (number, hash) = (SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1)",
    ],
}


@pytest.mark.parametrize("how", TAMPERINGS)
@pytest.mark.parametrize("at", [2, 6, ROWS - 1])
def test_tampering_is_told_with_its_place(written: Home, tmp_path: Path, how: str, at: int) -> None:
    assert first_fault(tampered(written, tmp_path / "x", *(statement.format(at=at) for statement in TAMPERINGS[how]))) == at


def test_tampering_is_told_at_each_row(tmp_path: Path) -> None:
    told_at_each_row(tmp_path, 25)


@pytest.mark.long
def test_tampering_is_told_at_each_of_a_thousand_rows(tmp_path: Path) -> None:
    campaign = Campaign(
        "S6", "each row of the audit changed, taken out, moved, put in, and the tail cut at it", "1,000 rows, all told with their place"
    )
    told_at_each_row(tmp_path, 1001)
    campaign.record("5,000 tamperings at 1,000 rows, and 4,000 with the numbers mended: all told, each at its row")


def told_at_each_row(folder: Path, count: int) -> None:
    """Fails where one of the tamperings at one of the rows but the last is not told, or with another place."""
    home = Home(folder)
    key, before, rows = key_of(home, has_rows=False), NOTHING_BEFORE, []
    for number in range(1, count + 1):
        told = {
            "number": number,
            "at": "2026-01-01",
            **asdict(WHO),
            "act": "download",
            "object": f"file {number}",
            "detail": "{}",
            "previous": before,
        }
        before = hash_of(key, told)
        rows.append(AuditRow(**told, hash=before))
    elsewhere = [(row.number, row.hash, "heads") for row in rows]

    def first(tampered: list[AuditRow]) -> int:
        numbered = [replace(row, number=number) for number, row in enumerate(tampered, start=1)]
        told = [faults(home, given, (count, rows[-1].hash), elsewhere) for given in (tampered, numbered)]
        assert all(told), "nothing was told"
        assert len({one[0].number for one in told}) == 1
        return told[0][0].number

    assert faults(home, rows, (count, rows[-1].hash), elsewhere) == []
    for at in range(1, count):
        row, rest = rows[at - 1], rows[at:]
        head = rows[: at - 1]
        forged = replace(row, object="other", hash=hash_of(b"another key", {**asdict(row), "object": "other"}))
        assert first([*head, forged, *rest]) == at, "changed"
        assert first([*head, *rest]) == at, "taken out"
        assert first([*head, rest[0], row, *rest[1:]]) == at, "moved"
        assert first(head) == at, "the tail cut"
        assert faults(home, [*head, forged, *(replace(one, number=one.number + 1) for one in rows[at - 1 :])], (count, ""), elsewhere)[0].number == at


PAST_THE_PROGRAM = {
    "an approval under another name": ("UPDATE report_approval SET person = 'Người khác' WHERE step = 'approve'", 7),
    "an approval that is gone": ("DELETE FROM report_approval WHERE step = 'approve'", 7),
    "a step that nobody took": ("INSERT INTO report_approval VALUES (9, 1, 'publish', 'x', '', '2099-01-01T00:00:00+00:00')", 0),
    "a report taken back": ("UPDATE report_pin SET status = 'pinned'", 7),
    "another total": ("UPDATE entry SET content = replace(content, '45', '54')", 2),
    "a total approved by nobody": ("UPDATE entry SET state = 'approved' WHERE entry_id = 2", 4),
    "an entry that is gone": ("DELETE FROM entry WHERE entry_id = 1", 2),
}


@pytest.mark.parametrize("how", PAST_THE_PROGRAM)
def test_what_was_changed_past_the_program_is_told(tmp_path: Path, how: str) -> None:
    home, chief = Home(tmp_path), replace(WHO, subject="chi")
    total: Content = {"unit_code": "A", "from_on": "2024-07-01", "to_on": "2024-07-31", "value": 45, "source_note": ""}
    with Entries(home, WHO) as unit, Entries(home, chief) as department, Ledger(home) as ledger:
        (first,) = unit.enter("declared_total", [total], is_submitted=True)
        second = unit.edit(first.entry_id, department.approve(first.entry_id, first.revision).revision, total)
        unit.submit(second.entry_id, second.revision)
        unit.enter("declared_total", [{**total, "unit_code": "B", "value": 7}], is_submitted=True)
        ledger.take_step(ledger.pin(FinishedReport("so-ket", "t", Record({}, {}, []), "s", "h", "1", {}), "Lập"), "approve", "Duyệt")
    statement, number = PAST_THE_PROGRAM[how]
    with Audit(home) as audit:
        assert audit.faults() == []
        with audit.transaction() as connection:
            connection.execute(sa.text(statement))
        assert number in {fault.number for fault in audit.faults()}


def test_nothing_is_told_of_what_was_not_touched(written: Home, tmp_path: Path) -> None:
    assert first_fault(tampered(written, tmp_path / "x")) == 0
    home = tampered(written, tmp_path / "y", *(statement.format(at=8) for statement in TAMPERINGS["tail cut with the head"]))
    home.audit_heads.unlink()
    assert first_fault(home) == 8, "the record of a run tells that there were nine"


def test_the_commands_tell_the_place_and_give_the_rows(written: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--home", str(written.root)]) == 0
    assert f"All {ROWS} rows" in capsys.readouterr().err
    home = tampered(written, tmp_path / "x", *(statement.format(at=7) for statement in TAMPERINGS["edited"]))
    assert main(["audit", "verify", "--home", str(home.root)]) == 1
    assert "row 7 is not what was written" in capsys.readouterr().out
    assert main(["audit", "export", "--format", "jsonl", "--home", str(written.root)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["object"] for row in rows] == [f"file {number}" for number in range(ROWS)]
    assert (rows[0]["issuer"], rows[0]["subject"], rows[0]["role"]) == ("https://id.example", "an", "unit")
    assert main(["audit", "export", "--to", "2020-01-01", "--home", str(written.root)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1, "the headings alone"


def test_without_its_key_or_its_database_nothing_is_done(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with Audit(home) as audit:
        audit.write(WHO, "download", "file")
        home.audit_key_file.unlink()
        with pytest.raises(ConfigurationError, match="the key of the audit, is missing"):
            audit.write(WHO, "download", "file")
    (home.var / "ledger" / "ledger.db").write_bytes(b"no database" * 200)
    with pytest.raises((ConfigurationError, SourceUnreachable)):
        Audit(home)

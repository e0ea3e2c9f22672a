"""The ledger on SQLite, PostgreSQL and MariaDB: it comes up from nothing, keeps what was pinned, and lets no step be skipped."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.ledger import FinishedReport, Ledger, Record, has_ledger
from dashboard.ledger.actor import typed_actor
from dashboard.ledger.database import SamePerson
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.kinds import KINDS
from dashboard.ledger.migrate import MIGRATIONS, to_newest
from dashboard.ledger.schema import METADATA
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home

NEWEST = max((MIGRATIONS / "versions").glob("r*.py")).name[1:5]
RECORD = Record({"kind": "so-ket"}, {"organisation": "Viện kiểm sát"}, [{"key": "k", "value": 0.6168, "text": "61,68% – ẫ𝄞"}])


def making(**files: bytes) -> FinishedReport:
    return FinishedReport("so-ket", "Báo cáo", RECORD, "20240801T030000-tiny", "0" * 64, "1", files or {"docx": b"PK document", "json": b"{}"})


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A home whose ledger is in one of the three databases."""
    if request.param != "sqlite":
        url = request.getfixturevalue("postgres_url" if request.param == "postgresql" else "mariadb_url")
        (tmp_path / "vanban.env").write_text(f"VANBAN_LEDGER_URL={url}\n", encoding="utf-8")
    return Home(tmp_path)


def test_it_comes_up_from_nothing_and_gives_back_what_was_pinned(home: Home) -> None:
    with Ledger(home) as ledger:
        assert ledger.pins() == []
        pin_id = ledger.pin(making(), "Nguyễn Văn Mẫu")
        pin = ledger.pin_of(pin_id)
        assert (pin.status, pin.created_by, pin.snapshot, sorted(pin.files)) == ("pinned", "Nguyễn Văn Mẫu", "20240801T030000-tiny", ["docx", "json"])
        assert ledger.record(pin_id) == RECORD
        assert ledger.file(pin_id, "docx") == b"PK document"
    with Ledger(home) as again:
        assert [one.pin_id for one in again.pins()] == [pin_id]
    assert json.loads((home.var / "ledger" / "pins" / f"{pin_id}.json").read_text()) == {"snapshot": "20240801T030000-tiny"}
    assert has_ledger(home)


def test_a_record_longer_than_64_kib_is_kept_whole(home: Home) -> None:
    long = Record({}, {}, [{"key": str(number), "text": "ẫ" * 500} for number in range(500)])
    with Ledger(home) as ledger:
        pin_id = ledger.pin(FinishedReport("so-ket", "t", long, "s", "h", "1", {}), "x")
        assert ledger.record(pin_id) == long


def test_steps_come_in_their_order_each_with_its_person(home: Home) -> None:
    with Ledger(home) as ledger:
        pin_id = ledger.pin(making(), "Lập")
        with pytest.raises(ConfigurationError, match="is “Pinned, to be approved”, and has to be “Approved”"):
            ledger.take_step(pin_id, "publish", "Ai đó")
        ledger.take_step(pin_id, "approve", "Người duyệt", "đã đối chiếu")
        with pytest.raises(ConfigurationError, match="is “Approved”"):
            ledger.take_step(pin_id, "approve", "Người khác")
        ledger.take_step(pin_id, "publish", "Văn thư")
        pin = ledger.pin_of(pin_id)
        assert pin.status == "published"
        assert [(step.step, step.person, step.note) for step in pin.approvals] == [
            ("approve", "Người duyệt", "đã đối chiếu"),
            ("publish", "Văn thư", ""),
        ]
        assert all(step.done_at.tzinfo is not None for step in pin.approvals)


def test_two_who_approve_at_once_are_one_approval(home: Home) -> None:
    with Ledger(home) as ledger:
        pin_id = ledger.pin(making(), "Lập")
        refused: list[str] = []

        def approve(name: str) -> None:
            with Ledger(home) as own:
                try:
                    own.take_step(pin_id, "approve", name)
                except ConfigurationError:
                    refused.append(name)

        threads = [threading.Thread(target=approve, args=(name,)) for name in ("A", "B", "C", "D")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 3
        assert len(ledger.pin_of(pin_id).approvals) == 1


def test_a_draft_changes_and_goes_and_what_is_pinned_does_not(home: Home) -> None:
    with Ledger(home) as ledger:
        draft = ledger.draft("so-ket", "Dự thảo", RECORD, "Lập")
        changed = Record({"kind": "thang"}, {}, [])
        ledger.change_draft(draft, changed)
        assert ledger.record(draft).request == {"kind": "thang"}
        assert ledger.pin(making(), "Lập", draft=draft) == draft
        with pytest.raises(ConfigurationError, match="never changed"):
            ledger.change_draft(draft, changed)
        with pytest.raises(ConfigurationError, match="no draft"):
            ledger.discard_draft(draft)
        other = ledger.draft("so-ket", "Bỏ", RECORD, "Lập")
        ledger.discard_draft(other)
        assert [pin.pin_id for pin in ledger.pins()] == [draft]


def test_a_revision_names_what_it_revises_and_why(home: Home) -> None:
    with Ledger(home) as ledger:
        first = ledger.pin(making(), "Lập")
        with pytest.raises(ConfigurationError, match="needs a cause"):
            ledger.pin(making(), "Lập", revises=first)
        with pytest.raises(ConfigurationError, match="no report 999"):
            ledger.pin(making(), "Lập", revises=999, cause="số liệu đến muộn")
        assert len(ledger.pins()) == 1, "a pin that fails leaves no row"
        second = ledger.pin(making(), "Lập", revises=first, cause="số liệu đến muộn", differences=[{"key": "k"}])
        assert (ledger.pin_of(second).revises, ledger.pin_of(second).cause) == (first, "số liệu đến muộn")


def test_many_processes_bring_it_up_at_once(home: Home) -> None:
    failed: list[BaseException] = []

    def open_it() -> None:
        try:
            Ledger(home).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_the_migrated_tables_are_those_that_the_program_reads(home: Home) -> None:
    with Ledger(home) as ledger:
        found = sa.inspect(ledger._engine)
        for table in METADATA.sorted_tables:
            assert [column["name"] for column in found.get_columns(table.name)] == [column.name for column in table.columns]


@pytest.mark.parametrize("name", ["Ông\nA", "Ông\x00A", "x" * 201, "", "Ông\u202eA"])
def test_names_that_cannot_stand_in_a_ledger_are_refused(tmp_path: Path, name: str) -> None:
    with Ledger(Home(tmp_path)) as ledger, pytest.raises(ConfigurationError):
        ledger.pin(making(), name)


def test_a_file_that_was_changed_or_is_gone_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with Ledger(home) as ledger:
        pin_id = ledger.pin(making(), "Lập")
        path = tmp_path / "var" / "ledger" / "files" / ledger.pin_of(pin_id).files["docx"]
        path.write_bytes(b"PK documenT")
        with pytest.raises(ConfigurationError, match="is not what was pinned"):
            ledger.file(pin_id, "docx")
        path.unlink()
        with pytest.raises(ConfigurationError, match="is missing"):
            ledger.file(pin_id, "docx")
        with pytest.raises(ConfigurationError, match="was not pinned as pptx"):
            ledger.file(pin_id, "pptx")


def test_an_older_sqlite_ledger_is_copied_before_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    with Ledger(home) as ledger:
        ledger.pin(making(), "Lập")
    newer = _with_a_step_more(tmp_path / "migrations")
    monkeypatch.setattr("dashboard.ledger.migrate.MIGRATIONS", newer)
    engine = sa.create_engine(f"sqlite:///{home.var / 'ledger' / 'ledger.db'}")
    to_newest(engine)
    assert "extra" in {column["name"] for column in sa.inspect(engine).get_columns("report_pin")}
    engine.dispose()
    with closing(sqlite3.connect(home.var / "ledger" / f"ledger.db.before-{NEWEST}")) as copy:
        assert copy.execute("SELECT COUNT(*) FROM report_pin").fetchone() == (1,)
        assert "extra" not in {row[1] for row in copy.execute("PRAGMA table_info(report_pin)")}
    monkeypatch.setattr("dashboard.ledger.migrate.MIGRATIONS", MIGRATIONS)
    with pytest.raises(ConfigurationError, match="written by a newer version"):
        Ledger(home)


def test_a_ledger_of_an_earlier_version_goes_on_with_who_made_its_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, engine = Home(tmp_path), _ledger_of_step(3, tmp_path, monkeypatch)
    texts = ", ".join(["'{}'"] * 2 + ["'s'", "'h'", "'1'", "'[]'", "'2026-01-01T00:00:00+00:00'", "'Lập'"])
    with engine.begin() as connection:
        connection.execute(sa.text(f"INSERT INTO report_pin VALUES (1, 'so-ket', 't', 'pinned', {texts})"))  # noqa: S608
    engine.dispose()
    monkeypatch.setattr("dashboard.ledger.migrate.MIGRATIONS", MIGRATIONS)
    with Ledger(home) as ledger:
        with pytest.raises(SamePerson):
            ledger.take_step(1, "approve", "Lập")
        ledger.take_step(1, "approve", "Duyệt")
        assert ledger.pin_of(1).status == "approved"


def test_cases_of_an_earlier_version_are_told_in_todays_fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _ledger_of_step(4, tmp_path, monkeypatch)
    said = {"unit_code": "A", "from_on": "2024-07-01", "to_on": "2024-07-31", "subject": "Mạng", "text": "Mất mạng", "outcome": "Đã sửa"}
    given = dict.fromkeys(("decided_at", "decided_by", "remark"), "") | dict.fromkeys(("makers", "deciders"), "[]")
    given |= dict.fromkeys(("entered_at", "edited_at"), "2024-08-01T00:00:00+00:00") | dict.fromkeys(("entered_by", "edited_by"), "An")
    row = {"kind": "case", "thing": "t", "version": 1, "state": "approved", "revision": 1, "unit_code": "A", "subject": "Mạng", **given}
    columns = {**row, "from_on": said["from_on"], "to_on": said["to_on"], "content": json.dumps(said)}
    with engine.begin() as connection:
        connection.execute(sa.table("entry", *map(sa.column, columns)).insert().values(columns))
    engine.dispose()
    monkeypatch.setattr("dashboard.ledger.migrate.MIGRATIONS", MIGRATIONS)
    with Entries(Home(tmp_path), typed_actor("An", "unit")) as entries:
        (case,) = entries.approved("case")
    assert set(case.content) == {field.name for field in KINDS["case"].fields}
    assert (case.content["cause"], case.content["status"], case.content["result"], case.is_withdrawal) == (
        "Mạng: Mất mạng",
        "settled",
        "Đã sửa",
        False,
    )
    assert [str(day) for day in case.days] == ["2024-07-01", "2024-07-31"]


def _ledger_of_step(step: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """An SQLite ledger in the home `folder` as the program made it at an earlier step; that program goes on until MIGRATIONS are set back."""
    earlier = folder / "migrations"
    (folder / "var" / "ledger").mkdir(parents=True)
    (earlier / "versions").mkdir(parents=True)
    for path in (*MIGRATIONS.glob("*.py"), *(MIGRATIONS / "versions").glob(f"r000[1-{step}]_*.py")):
        (earlier / path.relative_to(MIGRATIONS)).write_bytes(path.read_bytes())
    monkeypatch.setattr("dashboard.ledger.migrate.MIGRATIONS", earlier)
    engine = sa.create_engine(f"sqlite:///{folder / 'var' / 'ledger' / 'ledger.db'}")
    to_newest(engine)
    return engine


def _with_a_step_more(folder: Path) -> Path:
    """The migrations with one that the program does not have yet."""
    (folder / "versions").mkdir(parents=True)
    for path in (*MIGRATIONS.glob("*.py"), *(MIGRATIONS / "versions").glob("*.py")):
        (folder / path.relative_to(MIGRATIONS)).write_bytes(path.read_bytes())
    step = f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\ndown_revision = "{NEWEST}"\n'
    step += 'def upgrade() -> None:\n    op.add_column("report_pin", sa.Column("extra", sa.Integer))\n'
    (folder / "versions" / "r9999_extra.py").write_text(step, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("url", "error", "told"),
    [
        ("nonsense", ConfigurationError, "no database address"),
        ("postgresql://user:gEheim@127.0.0.1:1/none", SourceUnreachable, "cannot be used"),
    ],
)
def test_a_ledger_that_cannot_be_reached_is_told_without_its_password(
    tmp_path: Path, url: str, error: type[Exception], told: str, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "vanban.env").write_text(f"VANBAN_LEDGER_URL={url}\n", encoding="utf-8")
    with pytest.raises(error, match=told) as caught:
        Ledger(Home(tmp_path))
    assert "gEheim" not in str(caught.value)

"""`vanban source check` ends as the run then does, says what would be refused and how it is spelt, and what became of the other rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from cli.source import check
from data.paths import Home
from etl.landing.fetch_source import Asked
from etl.setup.trial import TimeIsUp, not_looked_at
from etl.sources.database import source as database
from tests.conftest import Finished, run_vanban
from tests.etl.tiny_system import TinySystem


@pytest.fixture
def tiny(tmp_path: Path) -> TinySystem:
    made = TinySystem(tmp_path)
    made.write_toml()
    toml = made.folder / "source.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("max_rejected = 1\n", ""), encoding="utf-8")
    return made


def checked_as_run(tiny: TinySystem) -> Finished:
    """What the check says, which ended as the run then did, with the same message."""
    checked = run_vanban("source", "check", "tiny", "--seconds", "600", home=tiny.home.root)
    ran = run_vanban("etl", "run", home=tiny.home.root)
    assert checked.returncode == ran.returncode, (checked.stderr, ran.stderr)
    if ran.returncode and ran.returncode != 2:
        (last,) = [line for line in ran.stderr.splitlines() if line.startswith("vanban: ")]
        assert last in checked.stderr
    return checked


def cycle(tiny: TinySystem) -> None:
    tiny.add("org_unit", unit_code="C", parent_code="D")
    tiny.add("org_unit", unit_code="D", parent_code="C")


def unknown_level(tiny: TinySystem) -> None:
    tiny.add("org_unit", unit_code="C", level="cap_khac")


def half_refused(tiny: TinySystem) -> None:
    for number in range(20):
        tiny.add("document", document_key=f"x{number}", issued_at=f"khoảng ngày {number}" if number % 2 else "2024-07-10 08:00:00")
        tiny.add("delivery", document_key=f"x{number}", status="Đã nhận" if number % 2 else "sent")


def cycle_and_every_row_of_one_column(tiny: TinySystem) -> None:
    cycle(tiny)
    for row in tiny.rows["delivery"]:
        row["channel"] = "nội bộ"
    tiny.add("delivery", document_key="d2", channel="nội bộ")


def empty(tiny: TinySystem) -> None:
    tiny.rows["document"].clear()


def no_such_column(tiny: TinySystem) -> None:
    tiny.write_sql("document", "SELECT document_key, unit_code FROM document")


def file_gone(tiny: TinySystem) -> None:
    tiny.home.environment.write_text("TINY_URL=sqlite:///{home}/elsewhere.sqlite\n", encoding="utf-8")


def odd_but_sound(tiny: TinySystem) -> None:
    tiny.add("org_unit", unit_code="A")
    tiny.add("document", document_key="d1")
    tiny.add("account_assignment", account_key="u1", unit_code="A")
    tiny.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-07-01")
    tiny.add("account", account_key="u9", unit_code=None)
    tiny.add("document", document_key="d9", direction="incoming", unit_code="Z")
    tiny.add("document", document_key="d10", direction="internal")


FAULTS: dict[str, tuple[Callable[[TinySystem], None], int, tuple[str, ...]]] = {
    "a cycle, and every row of a column": (
        cycle_and_every_row_of_one_column,
        1,
        ("go round in a circle", "channel", "unknown value", "every row", "2 of 2 rows of delivery were refused"),
    ),
    "an unknown level": (unknown_level, 1, ("cap_khac",)),
    "half the rows refused": (half_refused, 1, ("10 of 21", "not a point in time", "unknown value", "more than max_rejected allows")),
    "no row": (empty, 1, ("document",)),
    "a column missing": (no_such_column, 2, ("A run would stop at the first problem above",)),
    "a file that is gone": (file_gone, 3, ("tiny",)),
    "rows twice, somebody in two units, somebody in none, all directions": (
        odd_but_sound,
        0,
        ("duplicate", "are in two units or more at once", "counted in no unit", "incoming_documents", "internal_documents", "would publish this"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_check_ends_as_the_run_and_says_what_is_wrong(tiny: TinySystem, name: str) -> None:
    plant, code, words = FAULTS[name]
    plant(tiny)
    if tiny.database.exists():
        tiny.save()
    checked = checked_as_run(tiny)
    assert checked.returncode == code, checked.stderr
    said = " ".join(f"{checked.stdout} {checked.stderr}".split())
    assert [word for word in words if word not in said] == []


def test_a_locked_file_is_unreachable(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SQLITE_BUSY_SECONDS", 0.1)
    with sqlite3.connect(tiny.database) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert checked_as_run(tiny).returncode == 3
    writer.close()


def test_a_preview_shows_refused_rows_too_and_the_columns_that_cost_every_row_first(tiny: TinySystem) -> None:
    toml = tiny.folder / "source.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("[entities.delivery]", "[entities.delivery]\nmax_rejected = 1"), encoding="utf-8")
    toml.write_text(toml.read_text(encoding="utf-8").replace("[entities.document]", "[entities.document]\nmax_rejected = 1"), encoding="utf-8")
    half_refused(tiny)
    for row in tiny.rows["delivery"]:
        row["channel"] = "nội bộ"
    tiny.save()
    checked = run_vanban("source", "check", "tiny", "--seconds", "600", "--preview", "--format", "json", home=tiny.home.root)
    assert checked.returncode == 0, checked.stderr
    assert [row["metric"] for row in json.loads(checked.stdout)] == list(check.FIGURES)
    lines = checked.stderr.split("Refused:")[1].splitlines()
    told = [line for line in lines if "not a point in time" in line or "unknown value" in line]
    assert "channel" in told[0] and "every row" in told[0] and "issued_at" in told[1]


def test_when_the_time_is_up_it_says_what_was_not_looked_at(tiny: TinySystem, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        check.run("tiny", home=tiny.home.root, output="csv", rows=10, seconds=-1, preview=False)
    assert ended.value.exit_code == check.UNFINISHED == 4
    said = capsys.readouterr().err
    assert "not enough to look at all rows" in said and "all of tiny: org_unit" in said and "all of tiny: delivery" in said
    stopped = not_looked_at(tiny.settings, Asked(), TimeIsUp("fetch tiny: document", 1200))
    assert stopped == "Not looked at: the rows of tiny: document after the first 1,200; all of tiny: delivery."
    assert "not judged any further than the step: check" in not_looked_at(tiny.settings, Asked(), TimeIsUp("check"))
    assert not any(Home(tiny.home.root).var.glob(".trial-*"))

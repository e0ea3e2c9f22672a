"""Whatever happens to a source between runs, and however the runs fall: the figures end as those of a first run over what the source holds now.

Rows come in order and late, change, go, come twice and are shuffled; people, units and assignments change as well; runs are repeated, fail half way
and go on. Checks are counted as always, only the library that judges the counts is left out.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.snapshot import TABLES
from etl import run
from etl.checks.check import Check
from etl.checks.suite import Verdict, count_violations
from etl.landing import changed_rows as increment
from etl.landing.fetch_rows import SourceWentBack
from etl.landing.fetch_source import Asked
from etl.model import CORE
from etl.model.content_hash import fingerprints_of
from etl.model.warehouse import Made, note_made
from etl.run import rebuild_etl, run_etl
from tests.etl.conftest import skip_checks
from tests.etl.growing_system import GrowingSystem
from tests.faults.figures import Campaign

UNITS = ("A", "B", "C")
FAULTY = "no such kind"
PEOPLE = ("u1", "u2", "u3", "u4")
STEPS = (
    "event", "event", "event again", "event late", "event too late", "event of a stranger", "faulty event", "person", "move", "leave", "unit",
    "document", "document changed", "document changed", "document faulty", "document gone", "old document gone", "delivery", "delivery changed",
    "delivery gone", "event gone", "secret", "query",
)  # fmt: skip


def count_only(warehouse: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> list[Verdict]:
    verdicts = []
    for check in checks:
        counts, rows = count_violations(warehouse, check.entity, [check])
        verdicts.append(Verdict(check, not counts[check.name], counts[check.name], rows))
    return verdicts


class Life:
    """What happens to one source; the same number gives the same life."""

    def __init__(self, root: Path, number: int) -> None:
        self.system = GrowingSystem(root)
        self.draw = random.Random(number)
        self.now = dt.datetime(2024, 7, 12, 8)
        self.serial = 0

    @property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        return self.system.rows

    def text(self, days_ago: int = 0) -> str:
        return str(self.now - dt.timedelta(days=days_ago, minutes=self.draw.randrange(300)))

    def some(self, entity: str) -> dict[str, Any] | None:
        return self.draw.choice(self.rows[entity]) if self.rows[entity] else None

    def happen(self, step: str) -> None:
        """One change of the source."""
        self.serial += 1
        add, draw = self.system.add, self.draw
        person, kind = draw.choice(PEOPLE), draw.choice(("login", "process", "sign", "view"))
        match step:
            case "event" | "event late" | "event too late":
                days = {"event": 0, "event late": draw.randrange(1, 6), "event too late": draw.randrange(20, 60)}[step]
                add("access_event", account_key=person, kind=kind, occurred_at=self.text(days))
            case "event again":
                self.rows["access_event"].append(dict(self.some("access_event") or {}))
            case "event of a stranger":
                add("access_event", account_key="stranger", occurred_at=self.text())
            case "faulty event":
                add("access_event", kind=FAULTY, occurred_at=self.text(draw.randrange(3)))
            case "person":
                add("account", account_key=draw.choice(("u3", "u4", "stranger")) if draw.random() < 0.7 else f"p{self.serial}", unit_code="B")
                keys = [row["account_key"] for row in self.rows["account"]]
                if len(set(keys)) < len(keys):
                    self.rows["account"].pop()
            case "move":
                add(
                    "account_assignment",
                    account_key=person,
                    unit_code=draw.choice(UNITS),
                    valid_from=str(self.now.date() - dt.timedelta(draw.randrange(30))),
                )
            case "leave":
                row = self.some("account")
                if row and len(self.rows["account"]) > 1:
                    row["disabled_at"] = self.text() if draw.random() < 0.7 else None
            case "unit":
                codes = {row["unit_code"] for row in self.rows["org_unit"]}
                if "C" in codes:
                    self.rows["org_unit"] = [row for row in self.rows["org_unit"] if row["unit_code"] != "C"]
                else:
                    add("org_unit", unit_code="C")
            case "document" | "secret":
                add(
                    "document",
                    document_key=f"v{self.serial}",
                    unit_code=draw.choice(UNITS),
                    issued_at=self.text(draw.randrange(4)),
                    security_level="ordinary" if step == "document" else "mat",
                    number=str(draw.randrange(3)),
                    changed_at=self.text(),
                )
            case "document changed" | "document faulty":
                row = self.some("document")
                if row and row["document_key"] != "d1":
                    issued_at = "hỏng" if step == "document faulty" else self.text(draw.randrange(90))
                    status = draw.choice(("issued", "recalled", "draft"))
                    row |= {"form": draw.choice(("electronic", "paper", None)), "status": status, "issued_at": issued_at, "changed_at": str(self.now)}
            case "delivery":
                document = self.some("document")
                if document:
                    add(
                        "delivery",
                        document_key=document["document_key"],
                        receiver_code=draw.choice((*UNITS, "bên ngoài")),
                        sent_at=self.text(),
                        due_at=self.text(draw.randrange(5)) if draw.random() < 0.5 else None,
                        channel=draw.choice(("internal", "axis")),
                        changed_at=self.text(),
                    )
            case "delivery changed":
                row = self.some("delivery")
                if row:
                    row |= {"completed_at": str(self.now), "status": draw.choice(("sent", "acknowledged", "failed")), "changed_at": str(self.now)}
            case "document gone" | "delivery gone" | "event gone":
                entity = {"document gone": "document", "delivery gone": "delivery", "event gone": "access_event"}[step]
                if len(self.rows[entity]) > 2:
                    self.rows[entity].pop(draw.randrange(1, len(self.rows[entity])))
            case "old document gone":
                self.rows["document"] = [self.rows["document"][0], *self.rows["document"][2:]]
            case "query":
                file = self.system.folder / "delivery.sql"
                self.system.write_sql("delivery", file.read_text(encoding="utf-8") + "\n-- changed")

    def save(self) -> None:
        for rows in self.rows.values():
            self.draw.shuffle(rows)
        # One document stays, as one usable event does, for the first row is never taken away: both entities are mandatory.
        self.rows["document"].sort(key=lambda row: row["document_key"] != "d1")
        self.rows["access_event"].sort(key=lambda row: row["kind"] == FAULTY)
        self.system.save()

    def run(self, asked: Asked | None = None) -> None:
        try:
            self.system.run(asked)
        except SourceWentBack:
            self.system.run(Asked(is_whole=True))

    def nights(self, steps: list[tuple[str, ...]]) -> None:
        """One night per tuple: what happened by day, then a run, which now and then is asked twice or dies before it publishes."""
        self.save()
        self.run()
        for day in steps:
            self.now += dt.timedelta(days=self.draw.randrange(3))
            for step in day:
                self.happen(step)
            self.save()
            if self.draw.random() < 0.2:
                self.interrupted()
            self.run(Asked(compares_keys=True) if self.draw.random() < 0.2 else None)
            if self.draw.random() < 0.2:
                self.run()

    def interrupted(self) -> None:
        """A run that stops after what was fetched is in force, and sometimes after the kept warehouse holds it too."""
        place = self.draw.choice(("stage_changes", "publish"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run, place, stopped)
            patch.setattr(run, "stage", stopped)
            with pytest.raises((KeyboardInterrupt, SourceWentBack)):
                self.system.run()
                raise KeyboardInterrupt  # nothing was new


def stopped(*_: object) -> Any:
    raise KeyboardInterrupt


def content(system: GrowingSystem) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: system.ask(f"SELECT COLUMNS(*)::VARCHAR FROM {table.name} ORDER BY ALL") for table in TABLES if table.is_content}  # noqa: S608


def note_checked(warehouse: duckdb.DuckDBPyConnection, made: Made) -> None:
    """What is kept up as rows come and go is what counting them all again gives."""
    assert fingerprints_of(warehouse, CORE) == {name: made.fingerprints[name] for name in CORE}
    note_made(warehouse, made)


def live(number: int, steps: list[tuple[str, ...]]) -> None:
    root = Path(tempfile.mkdtemp(prefix="vanban-"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            skip_checks(patch)
            patch.setattr(run, "run_checks", count_only)
            patch.setattr(run, "note_made", note_checked)
            patch.setattr(increment, "MARKED", 2)  # so that even here most of what was landed is passed over
            life = Life(root / "home", number)
            life.nights(steps)
            life.run(Asked(compares_keys=True))
            ended = content(life.system)
            fresh = GrowingSystem(root / "fresh")
            fresh.rows = life.rows
            first = fresh.save_and_run().content_hash
            assert ended == content(fresh)
            for again in (run_etl, rebuild_etl):
                digest = again(life.system.settings).content_hash
                assert content(life.system) == ended, again.__name__  # names the table, which the hash does not
                assert digest == first, again.__name__
            assert [reason for reason in life.system.set_aside if "fetched whole" not in reason] == []
    finally:
        shutil.rmtree(root, ignore_errors=True)


lives = given(number=st.integers(0, 2**32), steps=st.lists(st.lists(st.sampled_from(STEPS), max_size=4).map(tuple), min_size=2, max_size=5))
quietly = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=2, **quietly)  # type: ignore[arg-type]
@lives
def test_increments_end_where_a_first_run_does(number: int, steps: list[tuple[str, ...]]) -> None:
    live(number, steps)


@pytest.mark.long
def test_five_hundred_schedules_end_where_a_first_run_does() -> None:
    campaign = Campaign(
        "P5", "rows in order and late, changed, gone, twice, shuffled; runs repeated and broken off", "500 schedules, one content hash"
    )
    ended = 0

    @settings(max_examples=500, **quietly)  # type: ignore[arg-type]
    @lives
    def schedule(number: int, steps: list[tuple[str, ...]]) -> None:
        nonlocal ended
        live(number, steps)
        ended += 1

    schedule()
    campaign.record(f"{ended} schedules, each of one content hash: increments, a first run over the same rows, and a rebuild from the landing")

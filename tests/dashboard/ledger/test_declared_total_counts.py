"""A declared total from the unit's form to the ratio: it counts when the department has approved it, and from the next run on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cli.main import main
from dashboard.ledger.actor import Actor
from dashboard.ledger.audit import Audit
from dashboard.ledger.database import SamePerson
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.kinds import Content
from data.run_history import last_runs
from data.snapshot import published_snapshot
from etl.setup.new_source import new_source
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.etl.tiny_system import TinySystem

UNIT = Actor("https://id.example", "an", "Nguyễn An", "unit")
DEPARTMENT = Actor("https://id.example", "chi", "Lê Chi", "statistics")
JULY: Content = {"unit_code": "A", "from_on": "2024-07-01", "to_on": "2024-07-31", "value": 5, "source_note": ""}


def ratio(system: TinySystem) -> tuple[int, int] | None:
    with open_snapshot(published_snapshot(system.home.pointer)) as snapshot:
        frame = metric_values(snapshot, ["electronic_issue_ratio"], Period(date(2024, 7, 1), date(2024, 7, 31)), Scope(unit_code="A"))
    row = frame.row(0, named=True)
    return (row["numerator"], row["denominator"]) if row["denominator"] else None


def test_from_the_unit_to_the_ratio(tmp_path: Path) -> None:
    system = TinySystem(tmp_path)
    for day in ("01", "31"):  # so that the data speak of all July
        system.add("document", document_key=f"on {day}", issued_at=f"2024-07-{day} 09:00:00")
    system.save()
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "khai.csv").write_text("unit,value\nA,9\nB,7\n", encoding="utf-8")
    folder = system.home.sources / "forms"
    folder.mkdir()
    entity = 'kind = "files"\ntitle = "Bảng khai báo"\n[entities.declared_total]\nfiles = "forms/*.csv"\n'
    (folder / "source.toml").write_text(entity, encoding="utf-8")
    select = "SELECT unit AS unit_code, 'administrative_documents' AS metric_base, '2024-07-01' AS from_on, '2024-07-31' AS to_on, value FROM file"
    (folder / "declared_total.sql").write_text(select, encoding="utf-8")
    new_source(system.home, "so", "ledger")
    config = system.home.config.read_text(encoding="utf-8").replace('["tiny"]', '["tiny", "forms", "so"]')
    system.home.config.write_text(config, encoding="utf-8")
    system.home.environment.chmod(0o600)

    with Entries(system.home, UNIT) as unit, Entries(system.home, DEPARTMENT) as department:
        (entry,) = unit.enter("declared_total", [JULY], is_submitted=True)
        back = department.return_(entry.entry_id, entry.revision, "Thiếu văn bản giấy")
        fixed = unit.edit(back.entry_id, back.revision, {**JULY, "value": 4})
        sent = unit.submit(fixed.entry_id, fixed.revision)
        with pytest.raises(SamePerson):
            unit.approve(sent.entry_id, sent.revision)
        assert main(["etl", "run", "--home", str(tmp_path)]) == 0
        assert ratio(system) == (3, 9), "what waits does not count: the form that was handed in does"
        department.approve(sent.entry_id, sent.revision)
    assert main(["etl", "run", "--home", str(tmp_path)]) == 0
    assert ratio(system) == (3, 4), "what was approved takes the form's place"
    with Audit(system.home) as audit:
        told = [f"{row.subject} {row.act}" for row in audit.rows()]
        assert audit.faults() == []
    assert told == ["an entry.enter", "chi entry.return", "an entry.enter", "an entry.submit", "an refused", "chi entry.approve"]
    assert last_runs(system.home)[0].audit_head.startswith("6:")

    with Entries(system.home, UNIT) as unit, Entries(system.home, DEPARTMENT) as department:
        asked = unit.withdraw(sent.entry_id, sent.revision + 1, "Số của đơn vị khác")
        department.approve(asked.entry_id, asked.revision)
    assert main(["etl", "run", "--home", str(tmp_path)]) == 0
    assert ratio(system) == (3, 9), "what was withdrawn is gone, and the form counts again"

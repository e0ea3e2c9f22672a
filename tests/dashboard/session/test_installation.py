from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from dashboard.session.installation import last_runs, source_titles
from data.paths import Home


def line(minute: int, status: str = "published") -> str:
    entities = [{"rows_in": 10, "rows_rejected": 1}, {"rows_in": 5, "rows_rejected": 0}]
    started = f"2024-08-01T03:{minute:02}:00+00:00"
    return json.dumps({"started_at": started, "status": status, "seconds": {"fetch": 1.5, "stage": 2}, "snapshot": None, "entities": entities})


def test_runs_come_newest_first_and_half_lines_are_passed_over(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert last_runs(home) == []
    home.var.mkdir()
    home.runs.write_text("\n".join([line(1), '{"started_at": "2024-08-0', "[]", "7", line(2, "failed"), line(3), ""]), encoding="utf-8")
    runs = last_runs(home)
    assert [run.status for run in runs] == ["published", "failed", "published"]
    assert runs[0].started_at == datetime(2024, 8, 1, 3, 3, tzinfo=UTC)
    assert (runs[0].total, runs[0].rows_in, runs[0].rows_rejected, runs[0].snapshot) == (3.5, 15, 1, "")
    assert len(last_runs(home, 1)) == 1


def test_sources_go_by_their_titles_where_those_can_be_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name, text in (("a", 'title = "Phần mềm"'), ("b", "title = "), ("c", 'kind = "files"'), ("d", "title = 3")):
        (home.sources / name).mkdir(parents=True)
        (home.sources / name / "source.toml").write_text(text, encoding="utf-8")
    assert source_titles(home) == {"a": "Phần mềm"}

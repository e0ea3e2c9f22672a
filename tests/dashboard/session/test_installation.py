from __future__ import annotations

from datetime import date
from pathlib import Path

from dashboard.ledger.actor import Actor
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.kinds import KINDS, checked
from dashboard.reports.content.inputs import read_inputs
from dashboard.session.installation import events_of, settings_key, source_titles, targets_of
from data.configuration import read_configuration
from data.paths import Home


def test_sources_go_by_their_titles_where_those_can_be_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name, text in (("a", 'title = "Phần mềm"'), ("b", "title = "), ("c", 'kind = "files"'), ("d", "title = 3")):
        (home.sources / name).mkdir(parents=True)
        (home.sources / name / "source.toml").write_text(text, encoding="utf-8")
    assert source_titles(home) == {"a": "Phần mềm"}


def test_what_was_approved_stands_beside_the_files_and_what_waits_does_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config.write_text('title = "x"\n[dashboard]\ntargets = "targets.csv"\n', encoding="utf-8")
    lines = "metric,unit_code,level,from_on,target\nlogin_rate,,,2024-07-01,80%\nlogin_rate,A,,2024-07-01,70%\n"
    (tmp_path / "targets.csv").write_text(lines, encoding="utf-8")
    configuration = read_configuration(home)
    before = settings_key(home, configuration)
    given: dict[str, dict[str, object]] = {
        "target": {"metric": "login_rate", "from_on": "2024-07-01", "target": "90%"},
        "event": {"on": "5/7/2024", "title": "Tập huấn"},
        "explanation": {"unit_code": "A", "from_on": "2024-07-01", "to_on": "2024-07-31", "subject": "Mạng", "text": "Mất mạng hai tuần."},
    }
    with Entries(home, Actor("i", "an")) as one, Entries(home, Actor("i", "chi")) as other:
        for kind, content in given.items():
            one.enter(kind, [checked(KINDS[kind], content, {"A"})], is_submitted=True)
        assert (targets_of(home, configuration)["target"].to_list(), events_of(home, configuration)) == ([0.8, 0.7], ())
        for entry in one.newest():
            other.approve(entry.entry_id, entry.revision)
    assert sorted(targets_of(home, configuration).select("unit_code", "target").iter_rows(), key=str) == [("A", 0.7), (None, 0.9)]
    assert [(event.on, event.title) for event in events_of(home, configuration)] == [(date(2024, 7, 5), "Tập huấn")]
    assert settings_key(home, configuration) != before, "pages are put together anew"
    inputs = read_inputs(home)
    assert [one.text for one in inputs.explanations] == ["Mất mạng hai tuần."]
    assert sorted(row[4] for row in inputs.targets) == [0.7, 0.9]

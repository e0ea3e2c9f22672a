from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.session.events import Event, concerning, read_events
from dashboard.session.installation import events_of
from data.errors import ConfigurationError
from data.paths import Home

HEAD = "on,unit_code,title,title_en\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_events_come_oldest_first_in_either_language(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "2025-07-01,,Sắp xếp,Reorganisation\n2024-07-10,T25, Tập huấn ,\n")
    training, reorganisation = read_events(path)
    assert training == Event(date(2024, 7, 10), "T25", "Tập huấn")
    assert [reorganisation.named("vi"), reorganisation.named("en"), training.named("en")] == ["Sắp xếp", "Reorganisation", "Tập huấn"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("day,title\n", "must name the columns on,unit_code,title,title_en"),
        (HEAD + "2024-13-01,,x,\n", "line 2: on is '2024-13-01'"),
        (HEAD + "2024-07-01,,x,\n2024-07-02,,,y\n", "line 3: give the event a title"),
        (HEAD + f"2024-07-01,,{'x' * 61},\n", "at most 60 letters"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read_events(written(tmp_path, text))


def test_an_event_of_a_unit_concerns_it_and_those_below_it() -> None:
    events = [Event(date(2024, 7, 1), None, "all"), Event(date(2024, 7, 2), "T25", "province"), Event(date(2024, 8, 1), None, "later")]
    july = (date(2024, 7, 1), date(2024, 7, 31))
    assert [event.title for event in concerning(events, ["H279", "T25", "TC"], *july)] == ["all", "province"]
    assert [event.title for event in concerning(events, [""], *july)] == ["all"]


def test_an_installation_without_events_has_none_and_a_missing_file_is_told(tmp_path: Path) -> None:
    assert events_of(Home(tmp_path), {}) == ()
    with pytest.raises(ConfigurationError, match="names no file"):
        events_of(Home(tmp_path), {"dashboard": {"events": "nothing.csv"}})
    written(tmp_path, HEAD + "2024-07-01,,x,\n")
    assert [event.title for event in events_of(Home(tmp_path), {"dashboard": {"events": "events.csv"}})] == ["x"]

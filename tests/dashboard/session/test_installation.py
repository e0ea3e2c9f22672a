from __future__ import annotations

from pathlib import Path

from dashboard.session.installation import source_titles
from data.paths import Home


def test_sources_go_by_their_titles_where_those_can_be_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for name, text in (("a", 'title = "Phần mềm"'), ("b", "title = "), ("c", 'kind = "files"'), ("d", "title = 3")):
        (home.sources / name).mkdir(parents=True)
        (home.sources / name / "source.toml").write_text(text, encoding="utf-8")
    assert source_titles(home) == {"a": "Phần mềm"}

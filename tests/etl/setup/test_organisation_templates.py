"""What a new home begins with for each kind of organisation can be read as it stands."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dashboard.reports.content.settings import report_settings
from data.organisation import LEVELS, levels, words_of
from etl.setup.new_source import TEMPLATES

FOLDERS = sorted((TEMPLATES / "organisation").iterdir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_words_and_levels_of_a_kind_of_organisation(folder: Path) -> None:
    settings = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))
    assert words_of(settings).sector and report_settings(settings).national_head is not None
    if folder.name in ("company", "city"):
        assert len(levels(folder / LEVELS)) == 3

"""Each extension folder's `__init__.py` is its table of contents: a file that it does not name would silently do nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.reports.writers import FORMATS

PROJECT = Path(__file__).resolve().parent.parent

EXTENSION_FOLDERS = [
    "cli",
    "cli/check",
    "cli/etl",
    "cli/people",
    "cli/people/token",
    "cli/source",
    "cli/report",
    "cli/dev",
    "etl/sources",
    "etl/model",
    "etl/checks",
    "metrics/catalog",
    "metrics/rows",
    "dashboard/views",
]


@pytest.mark.parametrize("folder", EXTENSION_FOLDERS)
def test_every_file_stands_in_the_table_of_contents(folder: str) -> None:
    place = PROJECT / folder
    contents = (place / "__init__.py").read_text(encoding="utf-8")
    files = {
        path.stem
        for path in place.iterdir()
        if (path.suffix in {".py", ".sql", ".toml"} or (path / "__init__.py").is_file()) and not path.stem.startswith("__")
    }
    assert files, f"{folder} is empty"
    named = set(re.findall(r"\w+", contents))
    assert files <= named, f"{folder}/__init__.py does not name {sorted(files - named)}"


def test_every_writer_of_reports_is_a_format() -> None:
    files = (PROJECT / "dashboard" / "reports" / "writers").glob("*.py")
    writers = {path.stem for path in files if "\ndef write(report: Report)" in path.read_text(encoding="utf-8")}
    assert writers == {known.module for known in FORMATS}

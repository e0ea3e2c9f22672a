"""Every published figure has its section in docs/methods.md, and every section says how, after whom, of what sample, and what it does not show."""

from __future__ import annotations

import re

import pytest

from data.paths import PROJECT
from metrics.catalog import METRICS

SECTIONS = re.split(r"(?m)^## ", (PROJECT / "docs" / "methods.md").read_text(encoding="utf-8"))[1:]
HEADS = [section.splitlines()[0] for section in SECTIONS]
PARTS = ("- Formula:", "- Source:", "- Example", "- Does not show:", "\nCông thức:", "Ví dụ", "Không ")


def test_every_metric_stands_in_the_head_of_a_section() -> None:
    named = {name for section in SECTIONS for name in re.findall(r"`([a-z0-9_]+)`", section.partition("- Formula:")[0])}
    missing = sorted({one.name for one in METRICS} - named)
    assert not missing, f"docs/methods.md has no section for {', '.join(missing)}"


@pytest.mark.parametrize("section", SECTIONS, ids=HEADS)
def test_every_section_has_its_parts_in_both_languages(section: str) -> None:
    assert [part for part in PARTS if part not in section] == []
    assert " · " in section.splitlines()[0]

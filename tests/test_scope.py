"""One fact on two surfaces: which rows belong to a unit, and on which days."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from metrics.tree.scope import Tree
from tests.conftest import run_vanban
from tests.dashboard.reports.report_homes import tiny_home

JULY = (date(2024, 7, 1), date(2024, 7, 31))
MERGED_ON = date(2024, 7, 15)
UNITS = [
    {"unit_code": "R", "level": "toi_cao"},
    {"unit_code": "OLD", "parent_code": "R", "valid_to": date(2024, 7, 14)},
    {"unit_code": "NEW", "parent_code": "R", "valid_from": date(2024, 7, 1)},
    {"unit_code": "DESK", "parent_code": "NEW", "valid_from": date(2024, 7, 1)},
]
DOCUMENTS = [("OLD", 3), ("OLD", 14), ("NEW", 14), ("NEW", 20), ("DESK", 20), ("R", 9)]


@pytest.mark.parametrize(
    ("unit", "tree", "documents"),
    [
        (None, "as_was", 6),
        ("R", "as_was", 6),
        ("OLD", "as_was", 2),
        ("NEW", "as_was", 3),
        ("DESK", "as_was", 1),
        ("NEW", "as_is", 5),
        ("R", "as_is", 6),
    ],
)
def test_page_and_command_line_count_the_same_rows_of_a_unit(tmp_path: Path, unit: str | None, tree: Tree, documents: int) -> None:
    issued = [{"unit_code": code, "issued_on": date(2024, 7, day), "is_paper": True} for code, day in DOCUMENTS]
    succession = [{"old_code": "OLD", "new_code": "NEW", "effective_on": MERGED_ON}]
    home = tiny_home(tmp_path, {"org_unit": UNITS, "document": issued, "unit_succession": succession})

    reader = pin(home, Viewer("statistics"))
    selection = Selection(unit, *JULY, "all", tree=tree)
    assert reader.values(["outgoing_documents"], selection)["numerator"].to_list() == [documents]
    if tree == "as_was":
        lacking = reader.open_rows("digitally_signed_ratio", selection)
        assert lacking.height == documents, "single rows are narrowed as their counts are"

    asked = ["--from", str(JULY[0]), "--to", str(JULY[1]), "--metric", "outgoing_documents", "--tree", tree, "--format", "json"]
    told = run_vanban("metrics", *asked, *(["--unit", unit] if unit else []), home=home.root)
    assert [row["numerator"] for row in json.loads(told.stdout)] == [documents]

"""Rows of one delivery with one key and different content: units stop the run, all else is warned of, and a later delivery is no conflict."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import DataRefused
from data.snapshot import published_snapshot
from tests.etl.growing_system import GrowingSystem
from tests.etl.tiny_system import TinySystem

CONFLICTS = "SELECT entity, outcome, violations FROM quality_result WHERE check_name LIKE '%key_has_one_content' AND violations > 0 ORDER BY ALL"


def test_one_code_for_two_units_stops_the_run_and_names_both(tiny: TinySystem, without_checks: None) -> None:
    first = tiny.run()
    tiny.add("org_unit", unit_code="B", name="Đơn vị số 2 bis", parent_code="A")
    with pytest.raises(DataRefused) as refused:
        tiny.save_and_run()
    for part in ("source tiny", "the code B stands for several units", "row 3 is ", "row 4 is 'Đơn vị số 2 bis' below A", "code of its own"):
        assert part in str(refused.value)
    assert published_snapshot(tiny.home.pointer).stem == first.snapshot


def test_other_keys_with_two_contents_are_counted_and_warned_of(tiny: TinySystem) -> None:
    tiny.rows["org_unit"].append(dict(tiny.rows["org_unit"][1]))  # alike: a duplicate without a word
    tiny.add("document", document_key="d1", form="paper")
    tiny.add("document", document_key="d2")
    tiny.add("document", document_key="d2")
    tiny.add("account", account_key="u1", unit_code="B")
    result = tiny.save_and_run()
    assert tiny.ask(CONFLICTS) == [("account", "failed", 1), ("document", "failed", 1)]
    assert [tiny.account_of(result, entity)[2] for entity in ("org_unit", "document", "account")] == [1, 2, 1]
    assert tiny.ask("SELECT is_paper FROM document WHERE document_key = 'd1'") == [(True,)]  # parallel > paper > electronic
    assert "document: 1 keys come with different content in one delivery; of each the row is kept" in " ".join(result.warnings)


def test_what_a_later_delivery_says_of_a_key_is_no_conflict(tmp_path: Path) -> None:
    growing = GrowingSystem(tmp_path / "home")
    growing.run()
    growing.rows["document"][0] |= {"form": "paper", "changed_at": "2024-07-12 08:00:00"}
    growing.rows["org_unit"][1]["name"] = "Tên mới"
    growing.save_and_run()
    assert growing.ask(CONFLICTS) == []
    assert growing.ask("SELECT is_paper FROM document") == [(True,)]

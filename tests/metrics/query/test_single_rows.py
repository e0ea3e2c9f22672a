"""What is left to do, row by row: as many rows as the ratio lacks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.errors import ConfigurationError
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.single_rows import remaining_rows
from metrics.tree.scope import Scope
from tests.tiny_snapshot import person, write_snapshot

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))


def test_open_rows_are_the_denominator_without_the_numerator(tmp_path: Path) -> None:
    rows = {
        "org_unit": [{"unit_code": "R", "level": "toi_cao"}, {"unit_code": "A", "parent_code": "R"}, {"unit_code": "B", "parent_code": "R"}],
        "account": [
            {"unit_code": "A", "account_key": "done", "activated_on": date(2024, 7, 2)},
            {"unit_code": "A", "account_key": "open"},
            {"unit_code": "B", "account_key": "other"},
        ],
        "document": [{"unit_code": "A", "is_electronic": True}, {"unit_code": "A", "is_parallel": True}],
    }
    with open_snapshot(write_snapshot(tmp_path, rows)) as snapshot:
        assert remaining_rows(snapshot, "activation_rate", JULY, Scope("A")).rows() == [("A", str(person("open")), None)]
        assert remaining_rows(snapshot, "activation_rate", JULY).height == 2
        assert remaining_rows(snapshot, "fully_electronic_ratio", JULY).rows() == [("A", "D2", "2/CV")]
        for name in ("outgoing_documents", "electronic_issue_ratio"):
            with pytest.raises(ConfigurationError, match="no rows"):
                remaining_rows(snapshot, name, JULY)

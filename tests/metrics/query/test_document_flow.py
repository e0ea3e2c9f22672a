"""Documents told apart by form, signature and type: sums are the catalogue's figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.errors import ConfigurationError
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.document_flow import completion_days, form_by_signature, types_over_time
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.tiny_snapshot import Row, write_snapshot

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
ROWS: dict[str, list[Row]] = {
    "org_unit": [{"unit_code": "R", "level": "toi_cao"}, {"unit_code": "A", "parent_code": "R"}, {"unit_code": "B", "parent_code": "R"}],
    "document": [
        {"unit_code": "A", "is_electronic": True, "is_organ_signed": True, "is_signer_signed": True},
        {"unit_code": "A", "is_electronic": True, "is_signer_signed": True, "issued_on": date(2024, 7, 8)},
        {"unit_code": "A", "is_parallel": True, "issued_on": date(2024, 7, 8), "doc_type": "BC"},
        {"unit_code": "B", "is_parallel": True, "is_organ_signed": True, "doc_type": None},
        {"unit_code": "B", "is_paper": True, "is_recalled": True},
        {"unit_code": "B", "is_parallel": True, "issued_on": date(2024, 8, 1)},
    ],
    "delivery": [
        {"document_key": "D1", "receiver_code": "B", "arrived_on": date(2024, 7, 5), "completed_on": date(2024, 7, 8), "is_internal": True},
        {"document_key": "D2", "receiver_code": "B", "arrived_on": date(2024, 7, 8), "completed_on": date(2024, 7, 9), "is_internal": True},
        {"document_key": "D3", "receiver_code": "B", "arrived_on": date(2024, 7, 8), "completed_on": date(2024, 7, 12), "is_internal": True},
        {"document_key": "D5", "receiver_code": "B", "arrived_on": date(2024, 7, 8), "completed_on": date(2024, 7, 30), "is_recalled": True},
    ],
}


def test_forms_and_signatures_add_up_to_the_catalogues_figures(tmp_path: Path) -> None:
    with open_snapshot(write_snapshot(tmp_path, ROWS)) as snapshot:
        frame = form_by_signature(snapshot, JULY)
        counts = {(form, signature): documents for form, signature, documents in frame.iter_rows()}
        figures = dict(
            metric_values(snapshot, ["outgoing_documents", "outgoing_electronic", "outgoing_signed"], JULY).select("metric", "numerator").iter_rows()
        )
        assert form_by_signature(snapshot, JULY, Scope("B"))["documents"].sum() == 1
        with pytest.raises(ConfigurationError, match="no unit"):
            form_by_signature(snapshot, JULY, Scope("X"))
    assert len(counts) == 12
    assert {pair: count for pair, count in counts.items() if count} == {
        ("electronic", "both"): 1,
        ("electronic", "one"): 1,
        ("parallel", "none"): 1,
        ("parallel", "one"): 1,
    }
    assert sum(counts.values()) == figures["outgoing_documents"] == 4
    assert sum(count for (form, _), count in counts.items() if form == "electronic") == figures["outgoing_electronic"]
    assert sum(count for (_, signature), count in counts.items() if signature != "none") == figures["outgoing_signed"]


def test_types_are_told_apart_by_part_of_the_period(tmp_path: Path) -> None:
    with open_snapshot(write_snapshot(tmp_path, ROWS)) as snapshot:
        weeks = JULY.split("week")
        assert types_over_time(snapshot, JULY, weeks).rows() == [("", 1, 1, 1), ("BC", 1, 1, 1), ("CV", 1, 0, 2)]
        two = [Period(date(2024, 7, 1), date(2024, 7, 9)), Period(date(2024, 7, 10), date(2024, 7, 31))]
        assert types_over_time(snapshot, JULY, two, Scope("A")).rows() == [("BC", 0, 1, 1), ("CV", 0, 0, 1), ("CV", 1, 0, 1)]


def test_days_to_completion_are_working_days_of_deliveries_that_stand(tmp_path: Path) -> None:
    with open_snapshot(write_snapshot(tmp_path, ROWS)) as snapshot:
        assert completion_days(snapshot, JULY).rows() == [(1, 2), (4, 1)]
        (median,) = metric_values(snapshot, ["median_working_days"], JULY).iter_rows(named=True)
    assert (median["value"], median["numerator"]) == (1.0, 3)

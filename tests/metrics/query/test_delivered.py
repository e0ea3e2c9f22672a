"""Unknown is never zero: a figure without what it counts, by column, by word, by source and by period."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.catalog import METRICS, metric
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.delivered import is_known, known_metrics, needs_of
from metrics.query.metric_values import metric_values
from tests.metrics.by_hand import JULY, Rows, on
from tests.tiny_snapshot import EVER, FOREVER, Row, write_snapshot

ALL = {name for one in METRICS for either in needs_of(one, one.population) for name in either}


def delivered(*names: str, source: str = "tiny", from_on: object = EVER, to_on: object = FOREVER) -> list[Row]:
    return [
        {"source": source, "entity": name.partition(".")[0], "column_name": name.partition(".")[2], "from_on": from_on, "to_on": to_on}
        for name in names
    ]


def known(folder: Path, rows: list[Row], period: Period = JULY) -> frozenset[str]:
    with open_snapshot(write_snapshot(folder, {"delivered": rows})) as snapshot:
        return known_metrics(snapshot, period)


def test_every_metric_needs_something_and_has_a_value_where_all_is_delivered(tmp_path: Path) -> None:
    assert all(needs_of(one, one.population) for one in METRICS)
    assert known(tmp_path, delivered(*ALL)) == {one.name for one in METRICS}


@pytest.mark.parametrize("period_of_need", [None, (on("08-01"), FOREVER), (EVER, on("06-30"))], ids=["never", "since August", "until June"])
def test_without_any_of_its_needs_a_metric_is_empty(tmp_path: Path, period_of_need: tuple[object, object] | None) -> None:
    needing: dict[frozenset[str], list[str]] = {}
    for one in METRICS:
        for either in needs_of(one, one.population):
            needing.setdefault(either, []).append(one.name)
    for number, (either, names) in enumerate(needing.items()):
        rows = delivered(*ALL - either)
        if period_of_need:
            rows += delivered(*either, from_on=period_of_need[0], to_on=period_of_need[1])
        world: Rows = {"account": [{"unit_code": "P"}], "document": [{"unit_code": "P"}], "delivered": rows}
        with open_snapshot(write_snapshot(tmp_path, world, str(number))) as snapshot:
            for figure in metric_values(snapshot, names, JULY).iter_rows(named=True):
                assert (figure["numerator"], figure["denominator"], figure["value"]) == (None, None, None), (figure["metric"], sorted(either))


def test_a_period_that_shares_a_day_has_its_figure(tmp_path: Path) -> None:
    assert "outgoing_documents" in known(tmp_path, delivered("document.direction=outgoing", from_on=on("07-31")))


def test_either_signature_is_enough_for_signed_at_all_and_both_need_both(tmp_path: Path) -> None:
    found = known(tmp_path, delivered("document.direction=outgoing", "document.signer_signed_at"))
    assert {"outgoing_signed", "outgoing_not_signed", "digitally_signed_ratio"} <= found
    assert "fully_signed_ratio" not in found


def test_of_two_sources_of_the_same_rows_each_has_to_deliver_the_column(tmp_path: Path) -> None:
    first = delivered("document.direction=outgoing", "document.form", "document.organ_signed_at")
    other = delivered("document.direction=outgoing", "document.is_organ_signed", source="other")
    found = known(tmp_path, first + other)
    assert "outgoing_signed" in found and "outgoing_electronic" not in found
    incoming_alone = delivered("document.direction=incoming", source="other")
    assert "outgoing_electronic" in known(tmp_path, first + incoming_alone)


def test_a_group_of_clerks_needs_what_tells_clerks(tmp_path: Path) -> None:
    rows: Rows = {"delivered": delivered("account.account_key", "account.activated_at")}
    with open_snapshot(write_snapshot(tmp_path, rows)) as snapshot:
        one = metric("activation_rate")
        assert (is_known(snapshot, one, JULY), is_known(snapshot, one, JULY, 1), is_known(snapshot, one, JULY, 2)) == (True, True, False)

"""What a home says of itself: freshness by source, and the snapshots that are kept."""

from __future__ import annotations

import datetime as dt

import pytest

from data.errors import DataRefused
from etl.runs.status import freshness, kept_snapshots
from tests.etl.tiny_system import TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")


def test_an_empty_home_has_nothing_to_say(tiny: TinySystem) -> None:
    assert freshness(tiny.home).is_empty()
    assert kept_snapshots(tiny.home).is_empty()


def test_freshness_is_of_the_last_run_that_succeeded(tiny: TinySystem) -> None:
    tiny.run()
    tiny.rows["document"].clear()
    with pytest.raises(DataRefused):
        tiny.save_and_run()
    found = {row["entity"]: row for row in freshness(tiny.home).iter_rows(named=True)}
    assert found["document"]["newest_at"] == dt.datetime(2024, 7, 10, 2, 0, tzinfo=dt.UTC)
    assert found["document"]["hours"] == pytest.approx(
        (found["document"]["fetched_at"] - found["document"]["newest_at"]) / dt.timedelta(hours=1), abs=0.1
    )
    assert found["document"]["rows_loaded"] == 1
    assert found["org_unit"]["newest_at"] is None


def test_snapshots_are_listed_with_the_one_in_force(tiny: TinySystem) -> None:
    first = tiny.run().snapshot
    tiny.rows["document"][0]["form"] = "paper"
    second = tiny.save_and_run().snapshot
    frame = kept_snapshots(tiny.home)
    assert frame.select("snapshot", "is_in_force").rows() == sorted([(second, True), (first, False)], reverse=True)
    assert frame["bytes"].min() == min(path.stat().st_size for path in tiny.home.snapshots.glob("*.duckdb"))

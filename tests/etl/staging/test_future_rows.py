"""What has happened cannot be dated after it was fetched: such rows are refused and told, and plans may lie ahead."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest

from etl.landing import fetch_source
from etl.run import rebuild_etl
from etl.setup.check_source import check_source
from tests.etl.growing_system import GrowingSystem
from tests.etl.tiny_system import TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")


class Noon(dt.datetime):
    """A clock that stands at noon of 31 July 2024, UTC."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return dt.datetime(2024, 7, 31, 12, tzinfo=dt.UTC).astimezone(tz)


CLOCK = SimpleNamespace(datetime=Noon, UTC=dt.UTC, timedelta=dt.timedelta)


@pytest.fixture
def real(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> TinySystem:
    """A system that is not made up, fetched at noon of 31 July 2024."""
    of_real_source(tiny)
    monkeypatch.setattr(fetch_source, "dt", CLOCK)
    return tiny


def of_real_source(tiny: TinySystem) -> None:
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("is_synthetic = true\n", ""), encoding="utf-8")


def test_what_happens_in_the_future_is_refused_and_what_is_planned_is_not(real: TinySystem) -> None:
    real.add("access_event", occurred_at="2062-07-10 08:00:00")
    real.add("access_event", occurred_at="2024-08-01 18:59:59")  # a clock that is a day ahead
    real.add("access_event", occurred_at="2024-08-01 19:00:01")
    real.add("document", document_key="d2", issued_at="2062-07-10 08:00:00")
    real.add("delivery", receiver_code="A", sent_at="2024-09-10 09:05:00")
    real.rows["delivery"][0]["due_at"] = "2062-07-10 09:05:00"
    real.rows["org_unit"][1]["valid_to"] = "2062-12-31"
    result = real.save_and_run()
    assert [real.account_of(result, entity) for entity in ("access_event", "document", "delivery", "org_unit")] == [
        (4, 2, 0, 0, 2),
        (2, 1, 0, 0, 1),
        (2, 1, 0, 0, 1),
        (3, 3, 0, 0, 0),
    ]
    assert "occurred_at: in the future: 2024-08-01 19:00:01 (1), 2062-07-10 08:00:00 (1), 2" in " ".join(result.warnings)


def test_a_made_up_system_has_a_day_of_its_own(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_source, "dt", CLOCK)
    tiny.add("access_event", occurred_at="2026-10-31 08:00:00")
    assert tiny.save_and_run().rows_rejected == 0


def test_the_first_look_judges_as_the_run_does(tiny: TinySystem) -> None:
    of_real_source(tiny)
    tiny.add("document", document_key="d2", issued_at="2062-07-10 08:00:00")
    tiny.save()
    (looked_at,) = (entity for entity in check_source(tiny.settings, "tiny").entities if entity.entity == "document")
    assert looked_at.refused == (("issued_at", "in the future: 2062-07-10 08:00:00 (1)", 1),)


def test_each_delivery_is_judged_by_its_own_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    growing = GrowingSystem(tmp_path / "home")
    of_real_source(growing)
    with monkeypatch.context() as patch:
        patch.setattr(fetch_source, "dt", CLOCK)
        growing.add("access_event", occurred_at="2024-08-20 08:00:00")
        assert growing.save_and_run().rows_rejected == 1
    growing.add("access_event", occurred_at="2024-08-19 08:00:00")  # by then it has happened
    result = growing.save_and_run()
    assert [account.rows_rejected for account in result.entities if account.entity == "access_event"] == [1, 0]
    assert rebuild_etl(growing.settings).content_hash == result.content_hash

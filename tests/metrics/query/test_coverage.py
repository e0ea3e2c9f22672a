"""A window that reaches beyond the data is of the days that they speak of, or has no value: a longer history changes nothing that was printed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboard.session.quality_line import quality_line
from metrics.catalog import METRICS, metric
from metrics.comparison.targets import SCHEMA as TARGETS
from metrics.comparison.unit_standings import comparison
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period, iso_week, month, reporting_year, year
from metrics.query.coverage import clipped, coverage, is_comparable
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.faults.figures import Campaign
from tests.metrics.by_hand import JULY, on, opened
from tests.tiny_snapshot import EVER, FOREVER, Row, write_snapshot

BEGIN, FIRST, LAST, END = date(2026, 1, 5), date(2026, 2, 2), date(2026, 4, 17), date(2026, 5, 31)
"""All that ever happened lies from BEGIN to END; a shorter history has the days from FIRST to LAST alone."""
NAMES = [one.name for one in METRICS]
EARLIER = ("logins before", "what arrived before")
"""Words of the quality line (English) by which a figure says that what was before the first day is not in it; what comes later changes nothing."""
LATER = ("will still change it",)
COUNTS = ("numerator", "denominator", "value")


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


def history() -> dict[str, list[Row]]:
    """Everything that happened at two units."""
    dice = random.Random(2026)
    every_day = days(BEGIN, END)
    units = [{"unit_code": "R", "level": "toi_cao"}, {"unit_code": "P", "parent_code": "R"}, {"unit_code": "Q", "parent_code": "R"}]
    accounts, logins = [], []
    for number in range(30):
        activated_on = dice.choice([None, BEGIN, *every_day])
        accounts.append({"account_key": f"a{number}", "unit_code": dice.choice("PQ"), "activated_on": activated_on})
        chance = dice.random()
        acted = [day for day in every_day if dice.random() < chance]
        logins += [{"account_key": f"a{number}", "day_on": day, "has_logged_in": True, "has_processed": dice.random() < 0.5} for day in acted]
    documents = [
        {"document_key": f"D{n}", "unit_code": dice.choice("PQ"), "issued_on": dice.choice(every_day), "is_electronic": dice.random() < 0.6}
        for n in range(400)
    ]
    deliveries = []
    for document in documents:
        arrived_on = document["issued_on"]
        after = timedelta(days=dice.randint(0, 30))
        due_on = arrived_on + timedelta(days=dice.randint(0, 20)) if dice.random() < 0.7 else None
        deliveries.append(
            {
                "document_key": document["document_key"],
                "receiver_code": dice.choice("PQ"),
                "arrived_on": arrived_on,
                "due_on": due_on,
                "completed_on": arrived_on + after,
            }
        )
    rows = {"org_unit": units, "account": accounts, "account_day": logins, "document": documents, "delivery": deliveries}
    return rows | unfinished(every_day)


def unfinished(every_day: list[date]) -> dict[str, list[Row]]:
    """What is done, or answered, some days after the day that it counts on (`then`)."""
    dice = random.Random(30)
    registered, sendings = [], []
    for number in range(200):
        on, then = dice.choice(every_day), timedelta(days=dice.randint(0, 20))
        registered.append({"document_key": f"E{number}", "unit_code": dice.choice("PQ"), "registered_on": on, "then": on + then})
        sendings.append({"document_key": f"D{number}", "unit_code": dice.choice("PQ"), "receiver_code": "G12", "sent_on": on, "then": on + then})
    return {"registered_document": registered, "axis_sending": sendings}


def between(rows: dict[str, list[Row]], first: date, last: date) -> dict[str, list[Row]]:
    """What a source tells that keeps these days: of what is still open on the last one, not how it ended."""
    dated = {
        "account_day": "day_on",
        "document": "issued_on",
        "delivery": "arrived_on",
        "registered_document": "registered_on",
        "axis_sending": "sent_on",
    }
    cut: dict[str, list[Row]] = {name: [dict(row) for row in of_table] for name, of_table in rows.items() if name not in dated}
    cut |= {name: [dict(row) for row in rows[name] if first <= row[day] <= last] for name, day in dated.items()}
    for row in cut["delivery"]:
        row["completed_on"] = row["completed_on"] if row["completed_on"] <= last else None
    for name, states in (("registered_document", ("is_processed", "is_on_time")), ("axis_sending", ("is_acknowledged", "is_completed"))):
        for row in cut[name]:
            is_done = row.pop("then") <= last
            row |= dict.fromkeys(states, is_done) | ({"is_assigned": True, "has_due_date": True} if name == "registered_document" else {})
    cut["snapshot_info"] = [{"first_on": first, "cutoff_at": datetime(last.year, last.month, last.day, 16, 59, tzinfo=UTC)}]
    return cut


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Snapshot, Snapshot]]:
    """The same home with all days, without the later part, and without the earlier part."""
    folder, rows = tmp_path_factory.mktemp("histories"), history()
    spans = {"all": (BEGIN, END), "until": (BEGIN, LAST), "since": (FIRST, END)}
    with ExitStack() as stack:
        found = [stack.enter_context(open_snapshot(write_snapshot(folder, between(rows, *span), name))) for name, span in spans.items()]
        yield found[0], found[1], found[2]


def windows(count: int, around: date) -> Iterator[Period]:
    """Random windows around a day, some of them the usual ones."""
    dice = random.Random(13)
    for _ in range(count):
        middle = around + timedelta(days=dice.randint(-45, 45))
        if dice.random() < 0.3:
            yield dice.choice([month, iso_week, year, reporting_year])(middle)
        else:
            first = middle - timedelta(days=dice.randint(0, 50))
            yield Period(first, first + timedelta(days=dice.randint(0, 70)))


def unchanged_by_a_longer_history(count: int, short: Snapshot, whole: Snapshot, around: date, but_for: tuple[str, ...]) -> tuple[int, int]:
    """How many figures had a value, and how many of them a longer history changes: of these the quality line says so, in one of `but_for`.

    Each of the others is the figure of its covered days in the longer history, and tells how many these are.
    """
    valued = changed = 0
    for window in windows(count, around):
        told: dict[Period, list[dict[str, Any]]] = {}
        for row in metric_values(short, NAMES, window).iter_rows(named=True):
            assert row["coverage_days"] <= window.days, row
            assert (row["covered_from"] is None) == (row["coverage_days"] == 0), row
            if row["numerator"] is not None:
                days_told = Period(row["covered_from"], row["covered_to"])
                assert days_told.days == row["coverage_days"], row
                told.setdefault(days_told, []).append(row)
        for days_told, rows in told.items():
            later = metric_values(whole, [row["metric"] for row in rows], days_told).select(COUNTS).rows()
            valued += len(rows)
            for row, found in zip(rows, later, strict=True):
                if tuple(row[side] for side in COUNTS) != found:
                    changed += 1
                    one = metric(row["metric"])
                    line = quality_line(one, coverage(short, one, window), row["denominator"], short.info.first_on, "en")
                    assert any(words in line for words in but_for), (row, found, line)
    return valued, changed


def test_no_value_is_changed_by_days_that_come_later(homes: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    whole, until, _ = homes
    valued, changed = unchanged_by_a_longer_history(15, until, whole, LAST, LATER)
    assert valued > 300 and changed > 5  # what is open at the cut-off


def test_no_value_is_changed_by_days_that_came_before(homes: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    whole, _, since = homes
    valued, changed = unchanged_by_a_longer_history(10, since, whole, FIRST, EARLIER)
    assert valued > 200 and changed > 5


@pytest.mark.long
def test_no_value_is_changed_by_a_longer_history_at_length(homes: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    whole, until, since = homes
    what = "random windows around the first and the last day, every metric, against a history that goes on and one that begins earlier"
    campaign = Campaign("Windows", what, "1,000 windows, 0 values changed but as their quality line says")
    later, changed_later = unchanged_by_a_longer_history(500, until, whole, LAST, LATER)
    before, changed_before = unchanged_by_a_longer_history(500, since, whole, FIRST, EARLIER)
    campaign.record(
        f"1,000 windows, {later + before:,} values: 0 changed in silence; {changed_later:,} by what is done after the cut-off and {changed_before:,}"
        " by what was before the first day, and each says so"
    )


def test_a_window_wholly_outside_has_no_value_and_no_covered_day(homes: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    _, until, _ = homes
    for window in (Period(LAST + timedelta(days=1), END), Period(date(2025, 1, 1), BEGIN - timedelta(days=1))):
        frame = metric_values(until, NAMES, window)
        assert frame["value"].null_count() == frame["numerator"].null_count() == frame["covered_to"].null_count() == frame.height
        assert set(frame["coverage_days"]) == {0}


def test_the_year_is_told_to_the_day_that_the_data_reach(homes: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    _, until, _ = homes
    (row,) = metric_values(until, ["habitual_rate"], year(LAST)).iter_rows(named=True)
    assert (row["covered_from"], row["covered_to"], row["coverage_days"]) == (BEGIN, LAST, (LAST - BEGIN).days + 1)
    assert row["denominator"] and row["numerator"]  # and not the zero of days that have not come
    assert clipped(until.info, year(LAST)) == Period(BEGIN, LAST)


@pytest.mark.parametrize(
    ("name", "window", "gap"),
    [
        ("weekly_active_rate", Period(LAST - timedelta(days=3), END), "looks_back"),  # 4 days are covered
        ("weekly_active_rate", Period(LAST, LAST), "too_short"),
        ("weekly_active_rate", Period(LAST - timedelta(days=6), END), None),
        ("habitual_rate", Period(BEGIN, BEGIN + timedelta(days=26)), "too_short"),
        ("habitual_rate", Period(BEGIN - timedelta(days=60), BEGIN + timedelta(days=26)), "looks_back"),
        ("login_rate", Period(LAST + timedelta(days=1), END), "outside"),
        ("on_time_ratio", Period(LAST, LAST), "unripe"),  # whether they were kept is known tomorrow
        ("on_time_ratio", Period(LAST - timedelta(days=1), LAST), None),
        ("axis_receipt_ratio", Period(LAST, LAST), "unripe"),
    ],
)
def test_why_there_is_no_value(homes: tuple[Snapshot, Snapshot, Snapshot], name: str, window: Period, gap: str | None) -> None:
    assert coverage(homes[1], metric(name), window).gap == gap


def test_a_kind_of_row_that_stops_earlier_is_told_to_its_own_last_day() -> None:
    """Logins end on Friday 19 July, documents go on: the weekend after it is no working day, so nothing is missing there."""
    spans = [("access_event", ("event_kind", "kind", "kind=login"), on("07-01"), on("07-19")), ("document", ("direction=outgoing",), EVER, FOREVER)]
    spans += [("account", ("account_key", "activated_at"), EVER, FOREVER)]
    rows: dict[str, list[dict[str, Any]]] = {
        "account": [{"unit_code": "P", "account_key": "a", "activated_on": on("06-01")}],
        "account_day": [{"account_key": "a", "day_on": on("07-15"), "has_logged_in": True}],
        "document": [{"unit_code": "P"}],
        "delivered": [
            {"entity": entity, "column_name": column, "from_on": first, "to_on": last} for entity, columns, first, last in spans for column in columns
        ],
    }
    with opened(rows) as snapshot:
        frame = metric_values(snapshot, ["login_rate", "weekly_active_rate", "activation_rate", "outgoing_documents"], JULY)
        assert frame["covered_to"].to_list() == [on("07-21"), on("07-21"), on("07-31"), on("07-31")]
        assert frame["coverage_days"].to_list() == [21, 21, 31, 31]
        assert frame["numerator"].to_list() == [1, 1, 1, 1]  # the last week is that of 15 to 21 July
        assert not is_comparable(snapshot, metric("login_rate"), JULY)
        assert is_comparable(snapshot, metric("activation_rate"), JULY)


def test_nothing_is_compared_with_a_part_of_a_window(homes: tuple[Snapshot, Snapshot, Snapshot]) -> None:
    since = homes[2]
    part, whole = Period(FIRST - timedelta(days=10), FIRST + timedelta(days=9)), Period(FIRST + timedelta(days=10), FIRST + timedelta(days=29))
    targets = pl.DataFrame(schema=TARGETS)
    for name, is_told in (("login_rate", False), ("activation_rate", True)):  # a state is of its last day, which is there
        found = comparison(since, name, whole, part, targets, Scope())
        assert found["change"].is_not_null().any() is is_told, name
        assert found["behaviour"].is_not_null().any() is is_told, name


def test_a_holiday_alone_moves_no_rate_that_speaks_of_habit(tmp_path: Path) -> None:
    """Everyone works on every working day; Tết (14 to 22 February 2026) is the only thing that ever happens."""
    off = [date(2026, 2, day) for day in range(16, 21)]
    worked = [day for day in days(date(2025, 12, 1), date(2026, 4, 30)) if day.weekday() < 5 and day not in off]
    rows: dict[str, list[Row]] = {
        "org_unit": [{"unit_code": "R"}],
        "account": [{"unit_code": "R", "account_key": f"a{n}", "activated_on": date(2025, 12, 1)} for n in range(3)],
        "account_day": [{"account_key": f"a{n}", "day_on": day, "has_logged_in": True} for n in range(2) for day in worked],
        "day_off": [{"day_on": day, "is_working": False} for day in off],
        "snapshot_info": [{"first_on": date(2025, 12, 1), "cutoff_at": datetime(2026, 4, 30, 16, 59, tzinfo=UTC)}],
    }
    with open_snapshot(write_snapshot(tmp_path, rows)) as snapshot:
        ends = days(date(2026, 1, 10), date(2026, 4, 30))
        found = [metric_values(snapshot, ["habitual_rate"], Period(end - timedelta(days=27), end)).row(0, named=True) for end in ends]
        months = metric_values(snapshot, ["habitual_rate", "login_rate"], Period(date(2026, 1, 1), date(2026, 4, 30)), by="month")
    assert {(row["numerator"], row["denominator"]) for row in found} == {(2, 3)}
    assert set(months["numerator"]) == {2}

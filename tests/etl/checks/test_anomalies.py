"""Days without rows, units that fall silent, and a source that changes its shape: what is told, and what is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest

from data.organisation import Organisation
from data.run_history import last_runs
from etl.checks import CHECKS
from etl.checks.suite import count_violations
from etl.contract import ENTITIES
from etl.model.describe_run import make_span
from etl.runs.status import accounting
from etl.staging.stage import make_canonical
from tests.etl.landed_and_staged import person, write_source
from tests.etl.tiny_system import TinySystem

MONDAY = dt.date(2024, 7, 1)
FETCHED_AT = "2025-01-01T00:00:00+00:00"


class Canon:
    """The canonical entities as tables that a test fills."""

    def __init__(self, warehouse: duckdb.DuckDBPyConnection) -> None:
        self.warehouse = warehouse
        warehouse.execute("SET TimeZone = 'UTC'")
        make_canonical(warehouse, [], Organisation())
        for entity in ENTITIES:
            warehouse.execute(f"CREATE TABLE filled AS FROM canonical.{entity.name}; DROP VIEW canonical.{entity.name}")
            warehouse.execute(f"CREATE TABLE canonical.{entity.name} AS FROM filled; DROP TABLE filled")

    def add(self, entity: str, **values: object) -> None:
        marks = ", ".join("?" for _ in values)
        self.warehouse.execute(f"INSERT INTO canonical.{entity} ({', '.join(values)}) VALUES ({marks})", list(values.values()))  # noqa: S608

    def unit(self, code: str, people: int, valid_to: dt.date | None = None) -> None:
        self.add("org_unit", unit_code=code, valid_to=valid_to)
        for number in range(people):
            self.add("account", account_key=person(f"{code}{number}"), unit_code=code)

    def log_in(self, code: str, people: int, day: dt.date, kind: str = "login") -> None:
        for number in range(people):
            self.add("access_event", account_key=person(f"{code}{number}"), occurred_at=f"{day} 08:00:00+07", occurred_on=day, kind=kind)

    def issue(self, day: dt.date) -> None:
        self.add("document", document_key=str(day), issued_at=f"{day} 09:00:00+07", issued_on=day)

    def violations(self, name: str) -> int:
        make_span(self.warehouse, "Asia/Ho_Chi_Minh", FETCHED_AT)
        check = next(check for check in CHECKS if check.name == name)
        assert check.severity == "warn"
        return count_violations(self.warehouse, check.entity, [check])[0][name]


@pytest.fixture
def canon() -> Iterator[Canon]:
    with duckdb.connect(":memory:") as warehouse:
        yield Canon(warehouse)


def working_days(weeks: int) -> list[dt.date]:
    return [MONDAY + dt.timedelta(days=7 * week + day) for week in range(weeks) for day in range(5)]


def test_a_working_day_without_events_is_told_where_work_was_done(canon: Canon) -> None:
    canon.unit("A", 4)
    days = working_days(4)
    for day in days:
        if day not in (days[3], days[7]):
            canon.log_in("A", 4, day)
        if day != days[7]:  # a public holiday: nobody came and nothing was issued
            canon.issue(day)
    assert canon.violations("access_event_no_working_day_is_empty") == 1
    assert canon.violations("document_no_working_day_is_empty") == 0


def test_where_there_is_usually_much_a_day_without_events_is_told_in_any_case(canon: Canon) -> None:
    days = working_days(2)
    canon.warehouse.execute(
        "INSERT INTO canonical.access_event (account_key, occurred_at, occurred_on, kind) "
        "SELECT CAST(md5('a' || n) AS UUID), CAST(day AS TIMESTAMPTZ), CAST(day AS DATE), 'login' FROM range(200) r(n), unnest(?) d(day)",
        [[str(day) for day in days if day != days[4]]],
    )
    assert canon.violations("access_event_no_working_day_is_empty") == 1
    canon.warehouse.execute("DELETE FROM canonical.access_event WHERE account_key = CAST(md5('a7') AS UUID)")
    assert canon.violations("access_event_no_working_day_is_empty") == 0


def test_a_working_day_without_documents_is_told_unless_it_was_a_holiday(canon: Canon) -> None:
    canon.unit("A", 6)
    days = working_days(4)
    for day in days:
        canon.log_in("A", 1 if day == days[6] else 6, day)  # few people come on a holiday
        if day not in (days[6], days[9], days[10]):
            canon.issue(day)
    canon.issue(days[1] + dt.timedelta(days=4))  # weekends are no matter
    assert canon.violations("document_no_working_day_is_empty") == 2


def test_an_instant_in_the_future_makes_no_empty_days(canon: Canon) -> None:
    canon.unit("A", 4)
    for day in working_days(2):
        canon.log_in("A", 4, day)
        canon.issue(day)
    canon.issue(dt.date(2099, 1, 1))
    assert canon.violations("access_event_no_working_day_is_empty") == 0
    assert canon.violations("document_no_working_day_is_empty") == 0


def test_a_line_of_totals_and_a_unit_entered_twice_are_told(canon: Canon) -> None:
    for code, above in (("R", None), ("A", "R"), ("a ", "R"), ("B", "R"), ("Tổng cộng", None), ("X", None), ("Y", None)):
        canon.add("org_unit", unit_code=code, parent_code=above)
    canon.add("account", account_key=person("x"), unit_code="X")
    canon.add("document", document_key="y", unit_code="Y")
    assert canon.violations("org_unit_units_belong_somewhere") == 1
    assert canon.violations("org_unit_codes_are_told_apart") == 2
    canon.warehouse.execute("DELETE FROM canonical.org_unit WHERE unit_code IN ('Tổng cộng', 'a ')")
    assert (canon.violations("org_unit_units_belong_somewhere"), canon.violations("org_unit_codes_are_told_apart")) == (0, 0)


LAST_ONLY = "access_event_is_a_history_of_logins"


@pytest.fixture
def last_logins() -> Iterator[Canon]:
    """Twenty people, each of whom came once, over two weeks."""
    with duckdb.connect(":memory:") as warehouse:
        canon = Canon(warehouse)
        for number in range(20):
            key, day = person(f"p{number}"), MONDAY + dt.timedelta(days=number % 14)
            canon.add("access_event", source="s", account_key=key, occurred_at=f"{day} 08:00:00+07", occurred_on=day, kind="login")
        yield canon


def test_a_table_of_last_logins_that_does_not_say_so_is_told(last_logins: Canon) -> None:
    def told() -> int:
        suite = [check for check in CHECKS if check.name == LAST_ONLY]
        return count_violations(last_logins.warehouse, "access_event", suite)[0][LAST_ONLY]

    assert told() == 20
    last_logins.warehouse.execute("INSERT INTO canonical.last_login_only VALUES ('s')")
    assert told() == 0
    last_logins.warehouse.execute("DELETE FROM canonical.last_login_only")
    last_logins.log_in("p", 1, MONDAY)  # somebody of another source says nothing of this one
    assert told() == 20
    last_logins.add(
        "access_event", source="s", account_key=person("p3"), occurred_at="2024-07-20 08:00:00+07", occurred_on="2024-07-20", kind="login"
    )
    assert told() == 0


SILENT = "access_event_no_unit_falls_silent"


@pytest.fixture
def ten_weeks(canon: Canon) -> Canon:
    """A is active throughout; the last day is a Sunday, on which something happened too."""
    canon.unit("A", 4)
    for day in [*working_days(10), MONDAY + dt.timedelta(days=69)]:
        canon.log_in("A", 1, day)
    return canon


def test_a_unit_that_falls_silent_is_told(ten_weeks: Canon) -> None:
    ten_weeks.unit("B", 4)
    for day in working_days(8):
        ten_weeks.log_in("B", 4, day)
    ten_weeks.log_in("B", 4, working_days(10)[-1], kind="login_failed")  # no use of the system
    assert ten_weeks.violations(SILENT) == 1
    ten_weeks.log_in("B", 1, MONDAY + dt.timedelta(days=56))
    assert ten_weeks.violations(SILENT) == 0


@pytest.mark.parametrize(("on_the_last_day", "told"), [(4, 1), (3, 0)])
def test_a_unit_that_was_hardly_active_is_not_told(ten_weeks: Canon, on_the_last_day: int, told: int) -> None:
    """160 account-days in eight weeks are 20 a week; 159 are fewer."""
    ten_weeks.unit("B", 4)
    days = working_days(8)
    for day in days:
        people = on_the_last_day if day == days[-1] else 4
        ten_weeks.log_in("B", people, day)
        ten_weeks.log_in("B", people, day, kind="sign")  # the same people on the same day count once
    assert ten_weeks.violations(SILENT) == told


def test_a_unit_that_ended_and_one_whose_people_moved_are_told_by_their_dates(ten_weeks: Canon) -> None:
    moved_on = MONDAY + dt.timedelta(days=56)
    ten_weeks.unit("B", 4, valid_to=moved_on)
    ten_weeks.unit("C", 0)
    for number in range(4):
        ten_weeks.add(
            "account_assignment", account_key=person(f"B{number}"), unit_code="B", valid_from=MONDAY, valid_to=moved_on - dt.timedelta(days=1)
        )
        ten_weeks.add("account_assignment", account_key=person(f"B{number}"), unit_code="C", valid_from=moved_on)
    for day in working_days(10):
        ten_weeks.log_in("B", 4, day)
    assert ten_weeks.violations(SILENT) == 0
    ten_weeks.warehouse.execute("UPDATE canonical.org_unit SET valid_to = NULL WHERE unit_code = 'B'")
    assert ten_weeks.violations(SILENT) == 1  # the unit goes on, without its people


@pytest.mark.usefixtures("without_checks")
def test_a_column_that_comes_or_goes_is_named_once(tiny: TinySystem) -> None:
    assert tiny.run().warnings == ()
    tiny.write_sql("document", f"SELECT {COLUMNS_WITHOUT_PAGES} FROM document")  # noqa: S608
    (told,) = tiny.run().warnings
    assert told == (
        "source tiny: column page_count of document is no longer delivered since the last run (its SQL was changed). "
        "See whether document.sql still says what it should."
    )
    assert last_runs(tiny.home)[0].warnings == (told,)
    assert tiny.run().warnings == ()


COLUMNS_WITHOUT_PAGES = "document_key, unit_code, direction, number, issued_at, form, signer_signed_at, organ_signed_at, security_level, status"


@pytest.mark.usefixtures("without_checks")
def test_a_type_that_changes_is_named_even_where_the_text_is_the_same(tiny: TinySystem) -> None:
    inbox = tiny.home.root / "inbox"
    inbox.mkdir()
    head = 'kind = "files"\ntitle = "x"\n[entities.declared_total]\nfiles = "inbox/*.csv"\n'
    sql = "SELECT 'A' AS unit_code, 'x' AS metric_base, tu AS from_on, tu AS to_on, so AS value FROM file"
    write_source(tiny.home, "khai", head, declared_total=sql)
    tiny.home.config.write_text('[etl]\nsources = ["tiny", "khai"]\n', encoding="utf-8")
    (inbox / "a.csv").write_text("tu,so\n2024-07-01,7\n", encoding="utf-8")
    assert tiny.run().warnings == ()
    write_source(tiny.home, "khai", head, declared_total=sql.replace("so AS", "CAST(so AS INTEGER) AS"))
    (told,) = tiny.run().warnings
    assert "column value of declared_total is of type INTEGER and was VARCHAR since the last run" in told
    assert tiny.run().warnings == ()


@pytest.mark.usefixtures("without_checks")
def test_freshness_stands_with_each_batch(tiny: TinySystem) -> None:
    tiny.rows["delivery"][0] |= {"received_at": "2024-07-12 08:00:00", "due_at": "2024-08-01 00:00:00"}
    tiny.add("document", document_key="d2", issued_at="2099-01-01 00:00:00")  # a typing error is no news
    tiny.add("account", account_key="u3", disabled_at="2025-01-01 00:00:00")
    result = tiny.save_and_run()
    newest = dict(tiny.ask("SELECT entity, CAST(epoch(newest_at) AS BIGINT) FROM batch_accounting WHERE newest_at IS NOT NULL"))
    zone = dt.timezone(dt.timedelta(hours=7))
    assert {entity: dt.datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M") for entity, at in newest.items()} == {
        "account": "2024-06-20 08:00",
        "access_event": "2024-07-10 08:00",
        "document": "2024-07-10 09:00",
        "delivery": "2024-07-12 08:00",
    }
    assert accounting(result).filter(entity="org_unit")["newest_at"].to_list() == [None]


def test_runs_of_an_older_version_are_still_told(tiny: TinySystem) -> None:
    entity = '{"source": "a", "entity": "b", "batch": "c", "fetched_at": "d", "rows_in": 1, "rows_loaded": 1, "rows_duplicate": 0, "rows_filtered": 0'
    tiny.home.runs.parent.mkdir(parents=True)
    tiny.home.runs.write_text(
        '{"run": "r", "status": "published", "started_at": "2024-08-01T03:00:00+00:00", "seconds": {}, '
        '"entities": [' + entity + ', "rows_rejected": 0}], "warnings": []}\n',
        encoding="utf-8",
    )
    assert last_runs(tiny.home)[0].entities[0].newest_at is None

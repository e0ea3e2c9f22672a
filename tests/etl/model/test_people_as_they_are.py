"""People who are gone from the source, activated without a date, or no people at all, each on rows written here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from data.errors import ConfigurationError
from data.snapshot import published_snapshot
from etl.contract import ENTITY
from etl.publish.retention import prune
from etl.run import rebuild_etl
from etl.staging.stage import staged_columns
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from tests.etl.landed_and_staged import person
from tests.etl.tiny_system import DEFAULTS, TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")
ACCOUNTS = "SELECT count(*)::INT, count(disabled_on)::INT FROM account"


def say(tiny: TinySystem, entity: str, line: str) -> None:
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text().replace(f"[entities.{entity}]", f"[entities.{entity}]\n{line}"))


def delete(tiny: TinySystem, key: str) -> None:
    for entity in ("account", "account_assignment"):
        tiny.rows[entity] = [row for row in tiny.rows[entity] if row["account_key"] != key]


def places(tiny: TinySystem, entity: str) -> dict[str, int]:
    return dict(tiny.ask(f"SELECT place, sum(rows)::INT FROM row_place WHERE entity = '{entity}' GROUP BY place"))  # noqa: S608


def test_an_account_that_is_gone_takes_its_past_along_and_that_is_told(tiny: TinySystem) -> None:
    tiny.add("access_event", account_key="nobody")
    tiny.save_and_run()
    delete(tiny, "u1")
    told = tiny.save_and_run().warnings
    assert any("1 accounts are gone from the source since the last run" in line and 'vanished = "keep"' in line for line in told)
    assert tiny.ask(ACCOUNTS) == [(1, 0)]
    assert places(tiny, "access_event") == {"account_gone": 1, "account_unknown": 1}
    assert not any("are gone" in line for line in tiny.run().warnings)  # told once


def test_an_account_that_is_gone_can_be_kept_with_where_it_stood(tiny: TinySystem) -> None:
    say(tiny, "account", 'vanished = "keep"')
    tiny.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-06-15")
    before = tiny.save_and_run()
    stays = "SELECT unit_code, valid_from::VARCHAR, valid_to < '2100-01-01' FROM account_stay ORDER BY ALL"
    assert tiny.ask(stays) == [("B", "2024-06-01", False), ("B", "2024-06-15", False), (None, "2024-06-01", True)]
    delete(tiny, "u1")
    result = tiny.save_and_run()
    assert tiny.ask(stays) == [("B", "2024-06-01", False), ("B", "2024-06-15", True), (None, "2024-06-01", True)]
    assert tiny.ask("SELECT sum(logins)::INT FROM login_day") == [(1,)]
    assert places(tiny, "account") == {"counted": 1, "counted_until_it_was_gone": 1}
    assert rebuild_etl(tiny.settings).content_hash == result.content_hash
    tiny.add("account", account_key="u1")
    tiny.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-06-15")
    assert tiny.save_and_run().content_hash == before.content_hash  # it came back


def test_what_is_remembered_of_people_names_nobody_and_stays(tiny: TinySystem) -> None:
    say(tiny, "account", 'vanished = "keep"')
    tiny.add("account_assignment", account_key="u1", unit_code="B")
    tiny.save_and_run()
    delete(tiny, "u1")
    tiny.save_and_run()
    prune(tiny.settings, dry_run=False)
    (accounts,), (stays,) = (
        list((tiny.home.landing / "tiny").glob(f"{entity}.remembered-*.parquet")) for entity in ("account", "account_assignment")
    )
    for path, keys in ((accounts, [person("u1"), person("u2")]), (stays, [person("u1")])):
        with duckdb.connect() as reading:
            found = reading.read_parquet(path.as_posix())
            assert {*found.columns} == {*staged_columns(ENTITY[path.name.partition(".")[0]]), "gone_at", "active_at"}
            assert sorted(str(key) for (key,) in found.project("account_key").fetchall()) == sorted(keys)


def test_damage_to_what_is_remembered_is_told_where_people_are_kept(tiny: TinySystem) -> None:
    say(tiny, "account", 'vanished = "keep"')
    tiny.save_and_run()
    delete(tiny, "u1")
    kept = tiny.save_and_run()
    (path,) = (tiny.home.landing / "tiny").glob("account.remembered-*")
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    for again in (tiny.run, lambda: rebuild_etl(tiny.settings)):
        with pytest.raises(ConfigurationError, match=r"is damaged\. Restore it from a backup"):
            again()
    path.write_bytes(whole)
    assert tiny.run().content_hash == kept.content_hash
    path.write_bytes(whole[:50])
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text().replace('vanished = "keep"\n', ""))
    tiny.run()  # nobody is kept: it begins anew
    assert tiny.ask(ACCOUNTS) == [(1, 0)]


def test_a_flag_alone_says_activated_from_the_first_fetch_on(tiny: TinySystem) -> None:
    tiny.add("account", account_key="u3", activated_at=None)
    tiny.write_sql("account", f"SELECT {', '.join(DEFAULTS['account'])}, account_key <> 'u2' AS is_activated FROM account")  # noqa: S608
    tiny.save_and_run()
    since = "SELECT activated_on = '2024-06-20', activated_on = current_date OR activated_on = current_date + 1 FROM account ORDER BY 1, 2"
    assert tiny.ask(since) == [(False, True), (True, False), (True, False)]
    first = tiny.ask("SELECT activated_on FROM account ORDER BY 1")
    assert tiny.run().status == "unchanged"
    assert tiny.ask("SELECT activated_on FROM account ORDER BY 1") == first


def test_a_robot_is_nobody_who_could_use_the_system(tiny: TinySystem) -> None:
    tiny.write_sql("account", f"SELECT {', '.join(DEFAULTS['account'])}, account_key = 'u1' AS is_service FROM account")  # noqa: S608
    tiny.save_and_run()
    assert tiny.ask(ACCOUNTS) == [(1, 0)]
    assert places(tiny, "account") == {"counted": 1, "service_account": 1}
    assert places(tiny, "access_event") == {"service_account": 1}


def test_a_signature_without_a_date_is_one(tiny: TinySystem) -> None:
    columns = ", ".join(DEFAULTS["document"])
    tiny.write_sql("document", f"SELECT {columns}, 1 AS is_signer_signed, 0 AS is_organ_signed FROM document")  # noqa: S608
    tiny.save_and_run()
    assert tiny.ask("SELECT is_signer_signed, is_organ_signed FROM document") == [(True, False)]


def test_of_last_logins_alone_the_last_day_tells_and_no_day_before(tiny: TinySystem) -> None:
    say(tiny, "access_event", "last_login_only = true")
    told = tiny.save_and_run().warnings
    assert any("each account's last login alone" in line for line in told)
    with open_snapshot(published_snapshot(tiny.home.pointer)) as snapshot:
        names = ["login_rate_of_existing", "habitual_rate", "login_events"]
        with_last = metric_values(snapshot, names, Period(date(2024, 7, 1), date(2024, 7, 31)))["numerator"].to_list()
        before = metric_values(snapshot, names, Period(date(2024, 7, 1), date(2024, 7, 9)))["numerator"].to_list()
    assert (with_last, before) == ([1, None, None], [None, None, None])


def test_a_flag_says_nothing_of_the_time_before_it_was_read(tiny: TinySystem) -> None:
    columns = ", ".join(name for name in DEFAULTS["account"] if name != "activated_at")
    tiny.write_sql("account", f"SELECT {columns}, 1 AS is_activated FROM account")  # noqa: S608
    now = datetime.now(UTC) - timedelta(minutes=1)
    tiny.add("access_event", account_key="u2", occurred_at=now.isoformat())
    tiny.save_and_run()
    with open_snapshot(published_snapshot(tiny.home.pointer)) as snapshot:
        july, today = Period(date(2024, 7, 1), date(2024, 7, 31)), Period(now.date(), now.date() + timedelta(days=1))
        values = [metric_values(snapshot, ["activation_rate", "provisioned_accounts"], period)["numerator"].to_list() for period in (july, today)]
    assert values == [[None, 2], [2, 2]]

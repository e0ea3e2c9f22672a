"""Source kind `database`: real SQLite, PostgreSQL and MariaDB; what goes wrong there is told plainly, and the old snapshot stays."""

from __future__ import annotations

import random
import sqlite3
import string
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.configuration import environment_of
from data.errors import ConfigurationError, DataRefused, SourceUnreachable, VanbanError
from data.paths import PROJECT, Home
from data.run_history import last_runs
from data.snapshot import published_snapshot
from etl.contract import ENTITY
from etl.setup.check_source import check_source
from etl.sources.database import source as database
from etl.sources.database.cursor import Since
from etl.sources.database.postgres import EXTENSION_ROWS
from etl.sources.folder import load_source
from tests.etl.landed_and_staged import write_source
from tests.etl.tiny_system import DEFAULTS, TinySystem
from tests.faults.figures import Campaign


def point_at(tiny: TinySystem, url: str) -> None:
    lines = tiny.home.environment.read_text(encoding="utf-8").splitlines()
    tiny.home.environment.write_text("\n".join([f"TINY_URL={url}", *lines[1:]]) + "\n", encoding="utf-8")


def refused(tiny: TinySystem, kind: type[VanbanError], *said: str) -> str:
    """Runs a system that must be refused: a plain message, and what was published before still served."""
    before = published_snapshot(tiny.home.pointer)
    with pytest.raises(kind) as caught:
        tiny.run()
    message = str(caught.value)
    for part in said:
        assert part in message
    assert published_snapshot(tiny.home.pointer) == before
    assert tiny.ask("SELECT count(*) FROM document") == [(1,)]
    assert last_runs(tiny.home)[0].status == "failed"
    assert last_runs(tiny.home)[0].message == message
    return message


def test_a_fetch_loads_no_library_that_it_does_not_need(tiny: TinySystem) -> None:
    program = """
import sys
from pathlib import Path
from data.paths import Home
from etl.landing.fetch_source import fetch_source
from etl.runs.progress import Silent
from etl.landing.pseudonyms import pseudonyms_of
from etl.settings import load_settings
settings = load_settings(Home(Path(sys.argv[1])))
fetched = fetch_source(settings.home, settings.sources[0], pseudonyms_of(settings.home, settings.environment), settings.environment, Silent())
assert len(fetched) > 4
print(sorted({"pandas", "great_expectations", "streamlit"} & set(sys.modules)))
"""
    tiny.save()
    ended = subprocess.run([sys.executable, "-c", program, str(tiny.home.root)], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize("key", ["INTEGER PRIMARY KEY", "INTEGER"])
def test_newer_rows_of_sqlite_are_found_by_the_index_alone_unless_some_have_no_cursor(tmp_path: Path, key: str) -> None:
    file = tmp_path / "so.sqlite"
    with closing(sqlite3.connect(file)) as rows, rows:
        rows.execute(f"CREATE TABLE event (id {key}, account_key TEXT, occurred_at TEXT, kind TEXT)")
        rows.executemany("INSERT INTO event VALUES (?, 'u1', '2024-07-10 08:00:00', 'login')", [(number,) for number in range(1, 10)])
        if key == "INTEGER":
            rows.execute("INSERT INTO event VALUES (NULL, 'u1', '2024-07-10 09:00:00', 'login')")
    home = Home(tmp_path)
    home.environment.write_text("URL=sqlite:///so.sqlite\n", encoding="utf-8")
    home.environment.chmod(0o600)
    head = 'kind = "database"\nurl_env = "URL"\ntitle = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n'
    text = "SELECT id, account_key, occurred_at, kind FROM event"
    write_source(home, "so", f'{head}[entities.access_event]\ncursor = "id"\n', access_event=text)
    source = load_source(home, "so")
    with source.open(environment_of(home)) as connection:
        reading = connection.read_part(ENTITY["access_event"], Since("id", "number", "8"))
        came = [row for chunk in reading.chunks for row in chunk]
    assert reading.rows_in == len(came) == (2 if key == "INTEGER PRIMARY KEY" else 3)


def test_a_wrong_url_is_told_without_the_password(tiny: TinySystem) -> None:
    tiny.run()
    point_at(tiny, "postgresql+psycopg://reader:bimatkhau@127.0.0.1:1/qlvb")
    message = refused(tiny, SourceUnreachable, "source tiny: cannot read the database at 127.0.0.1", "TINY_URL")
    assert "bimatkhau" not in message
    assert "bimatkhau" not in tiny.home.runs.read_text(encoding="utf-8")
    point_at(tiny, "mysql+pymysql://reader:bimatkhau@127.0.0.1:1/qlvb")
    assert "bimatkhau" not in refused(tiny, SourceUnreachable, "source tiny")


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("", ConfigurationError, "TINY_URL is not set"),
        ("bimatkhau", ConfigurationError, "does not hold a database URL"),
        ("sqlite://", ConfigurationError, "names no SQLite file"),
        ("sqlite:///nowhere.sqlite", SourceUnreachable, "no database file"),
        ("nosuch://host/x", ConfigurationError, "no driver for nosuch"),
        ("mssql+pyodbc://host/x", ConfigurationError, "pyodbc is not installed"),
    ],
)
def test_an_unusable_url_names_the_variable_and_the_way_out(tiny: TinySystem, url: str, kind: type[VanbanError], said: str) -> None:
    tiny.run()
    point_at(tiny, url)
    message = refused(tiny, kind, "source tiny", said)
    assert "bimatkhau" not in message


def test_a_relative_sqlite_path_is_of_the_home(tiny: TinySystem) -> None:
    point_at(tiny, "sqlite:///tiny.sqlite")
    assert tiny.run().status == "published"


def test_a_file_that_is_no_database_is_told(tiny: TinySystem) -> None:
    tiny.run()
    tiny.database.write_bytes(b"not a database at all, but long enough to look at" * 30)
    refused(tiny, SourceUnreachable, "source tiny", "damaged")


def test_a_locked_file_is_told(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.run()
    monkeypatch.setattr(database, "SQLITE_BUSY_SECONDS", 0.1)
    writer = sqlite3.connect(tiny.database, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    refused(tiny, SourceUnreachable, "source tiny: the database is locked by another program")
    writer.execute("ROLLBACK")
    writer.close()
    assert tiny.run().status == "unchanged"


def test_the_source_is_never_written_to(tiny: TinySystem) -> None:
    before = tiny.database.read_bytes()
    tiny.database.chmod(0o444)
    tiny.run()
    assert tiny.database.read_bytes() == before
    assert sorted(path.name for path in tiny.home.root.glob("tiny.sqlite*")) == ["tiny.sqlite"]


def test_a_missing_column_is_named_with_file_and_way_out(tiny: TinySystem) -> None:
    tiny.run()
    tiny.write_sql("document", "SELECT document_key, unit_code, direction, security_level FROM document")
    message = refused(tiny, ConfigurationError)
    assert message == (
        "source tiny: column issued_at is missing from document.sql. Add it (contract: instant, required) and run `vanban source check tiny`."
    )


def test_a_misspelt_column_must_not_vanish(tiny: TinySystem) -> None:
    tiny.run()
    tiny.write_sql("document", "SELECT *, 1 AS pagecount FROM document")
    refused(tiny, ConfigurationError, "source tiny: column pagecount in document.sql is not part of the contract", "page_count")


def test_a_column_that_comes_twice_is_told(tiny: TinySystem) -> None:
    tiny.run()
    tiny.write_sql("unit_succession", "SELECT old_code, new_code, effective_on, old_code FROM unit_succession")
    message = refused(tiny, ConfigurationError, "source tiny")
    assert "twice" in message or "not part of the contract" in message


def test_a_renamed_table_of_the_source_is_told(tiny: TinySystem) -> None:
    tiny.run()
    with sqlite3.connect(tiny.database) as connection:
        connection.execute("ALTER TABLE document RENAME TO van_ban")
    connection.close()
    refused(tiny, ConfigurationError, "source tiny: document.sql failed: no such table: document", "vanban source check tiny")


@pytest.mark.parametrize("entity", ["org_unit", "account", "access_event", "document"])
def test_an_empty_table_stops_the_run(tiny: TinySystem, entity: str) -> None:
    tiny.run()
    tiny.rows[entity].clear()
    tiny.save()
    refused(tiny, DataRefused, f"source tiny: {entity} came empty: the query returned no rows")


def test_only_secret_documents_are_as_good_as_none(tiny: TinySystem) -> None:
    tiny.run()
    for row in tiny.rows["document"]:
        row["security_level"] = "mật"
    tiny.save()
    refused(tiny, DataRefused, "source tiny: document came empty: all 1 rows are above the ordinary security level")


def test_an_empty_optional_table_is_fine(tiny: TinySystem) -> None:
    tiny.rows["delivery"].clear()
    assert tiny.account_of(tiny.save_and_run(), "delivery") == (0, 0, 0, 0, 0)


def test_sql_may_hold_comments_percent_signs_and_a_semicolon(tiny: TinySystem) -> None:
    tiny.write_sql("document", "-- of a kind\nSELECT * FROM document WHERE document_key LIKE 'd%' -- not %s or :x;\n;\n")
    assert tiny.account_of(tiny.run(), "document") == (1, 1, 0, 0, 0)


def test_a_source_that_shrinks_while_it_is_read_stops_the_run(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a database without a consistent view may do: the count and the rows that arrive differ."""
    tiny.run()
    real = database.DatabaseConnection._chunks

    def fewer(self: database.DatabaseConnection, entity: object, *others: object) -> object:
        return (rows[:-1] for rows in real(self, entity, *others))  # type: ignore[arg-type]

    monkeypatch.setattr(database.DatabaseConnection, "_chunks", fewer)
    refused(tiny, SourceUnreachable, "rows of org_unit arrived where the source had counted 3")


def test_text_that_is_not_utf8_is_told_without_the_text(tiny: TinySystem) -> None:
    tiny.run()
    with sqlite3.connect(tiny.database) as connection:
        connection.execute("UPDATE document SET number = CAST(x'C3284D4154' AS TEXT)")
    connection.close()
    message = refused(tiny, ConfigurationError, "source tiny: document.sql failed: column number holds text that is not UTF-8")
    assert "MAT" not in message


def test_looking_at_a_source_tells_all_entities_and_writes_nothing(tiny: TinySystem) -> None:
    tiny.add("document", document_key="d2", issued_at="hỏng")
    tiny.add("document", document_key="d3", security_level="mat")
    tiny.save()
    tiny.write_sql("delivery", "SELECT document_key, sent_at, channel, security_level, 1 AS x FROM delivery")
    tiny.write_sql("unit_succession", "SELECT old_code FROM nowhere")
    report = check_source(tiny.settings, "tiny", 10)
    found = {entity.entity: entity for entity in report.entities}
    assert not report.is_passed
    assert (found["document"].rows, found["document"].rows_filtered, found["document"].rows_looked_at) == (3, 1, 2)
    assert found["document"].refused == (("issued_at", "not a point in time", 1),)
    assert found["delivery"].missing == ("receiver_code",)
    assert found["delivery"].unknown == ("x",)
    assert "no such table" in found["unit_succession"].problem
    assert dict(found["org_unit"].first)["unit_code"] == "R"
    assert dict(found["account"].first)["account_key"] != "u1"
    assert report.frame.height == 7
    assert not tiny.home.var.exists()


def test_looking_at_a_sound_source_passes(tiny: TinySystem) -> None:
    assert check_source(tiny.settings, "tiny").is_passed
    tiny.rows["document"].clear()
    tiny.save()
    assert not check_source(tiny.settings, "tiny").is_passed


# ---------------------------------------------------------------- servers

COLUMN_TYPES = {"provisioned_at": "TIMESTAMP", "activated_at": "TIMESTAMPTZ", "valid_from": "DATE", "valid_to": "DATE", "effective_on": "DATE"}
COLUMN_TYPES |= {
    "occurred_at": "TIMESTAMPTZ",
    "issued_at": "TIMESTAMP",
    "page_count": "NUMERIC(6,2)",
    "share": "DOUBLE PRECISION",
    "is_officer": "BOOLEAN",
}


def copy_to(url: str, tiny: TinySystem, types: dict[str, str]) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for name, defaults in DEFAULTS.items():
            columns = ", ".join(f"{column} {types.get(column, 'VARCHAR(200)')}" for column in defaults)
            connection.exec_driver_sql(f"CREATE TABLE {name} ({columns})")
            if tiny.rows[name]:
                marks = ", ".join(f":{column}" for column in defaults)
                connection.execute(sa.text(f"INSERT INTO {name} VALUES ({marks})"), tiny.rows[name])  # noqa: S608
    engine.dispose()


def many_kinds(tiny: TinySystem) -> None:
    """Rows in which every type of a column says something."""
    tiny.add("account", account_key="u3", activated_at="2024-07-01 00:30:00+07:00", is_officer=True)
    tiny.add("document", document_key="d2", page_count=3, issued_at="2024-07-01 00:30:00")
    tiny.add("document", document_key="d3", security_level="mat")
    tiny.add("unit_succession", old_code="A", new_code="B", share=0.25)
    for row in [*tiny.rows["account"], *tiny.rows["access_event"]]:
        for name in ("activated_at", "occurred_at"):
            if row.get(name) and "+" not in row[name]:
                row[name] += "+07:00"
    tiny.save()


def test_postgresql_with_its_own_types_gives_the_same_content(tiny: TinySystem, postgres_url: str) -> None:
    many_kinds(tiny)
    of_sqlite = tiny.run()
    copy_to(postgres_url, tiny, COLUMN_TYPES)
    point_at(tiny, postgres_url)
    of_postgresql = tiny.run()
    assert of_postgresql.content_hash == of_sqlite.content_hash
    assert tiny.account_of(of_postgresql, "document") == (3, 2, 0, 1, 0)
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE document ALTER COLUMN page_count TYPE numeric(9)")
    engine.dispose()
    (told,) = tiny.run().warnings
    assert "column page_count of document is of type numeric(9,0) and was numeric(6,2) since the last run (document.sql is as it was" in told
    assert tiny.ask("SELECT issued_on::VARCHAR FROM document WHERE document_key = 'd2'") == [("2024-07-01",)]


def test_mariadb_with_its_own_types_gives_the_same_content(tiny: TinySystem, mariadb_url: str) -> None:
    many_kinds(tiny)
    of_sqlite = tiny.run()
    copy_to(
        mariadb_url, tiny, {"valid_from": "DATE", "valid_to": "DATE", "issued_at": "DATETIME", "page_count": "DECIMAL(6,2)", "is_officer": "BIT(1)"}
    )
    point_at(tiny, mariadb_url)
    of_mariadb = tiny.run()
    assert of_mariadb.content_hash == of_sqlite.content_hash


def test_all_entities_are_of_one_moment_and_nothing_can_be_written(tiny: TinySystem, postgres_url: str) -> None:
    copy_to(postgres_url, tiny, COLUMN_TYPES)
    point_at(tiny, postgres_url)
    other = sa.create_engine(postgres_url)
    with tiny.settings.source("tiny").open(tiny.settings.environment) as connection:
        documents = connection.read(ENTITY["document"])
        with other.begin() as writer:
            writer.exec_driver_sql("INSERT INTO document SELECT 'd9', unit_code, direction FROM document LIMIT 1")
            writer.exec_driver_sql("INSERT INTO delivery SELECT * FROM delivery")
        assert sum(len(rows) for rows in documents.chunks) == documents.rows_in == 1
        deliveries = connection.read(ENTITY["delivery"])
        assert (deliveries.rows_in, sum(len(rows) for rows in deliveries.chunks)) == (1, 1)
    tiny.write_sql("document", "SELECT * FROM document WHERE set_config('transaction_read_only', 'on', true) IS NOT NULL AND nextval('numbers') > 0")
    with other.begin() as writer:
        writer.exec_driver_sql("CREATE SEQUENCE numbers")
    other.dispose()
    with tiny.settings.source("tiny").open(tiny.settings.environment) as connection, pytest.raises(ConfigurationError, match="read-only transaction"):
        list(connection.read(ENTITY["document"]).chunks)


def test_a_connection_that_is_cut_while_rows_come_is_told(tiny: TinySystem, postgres_url: str) -> None:
    tiny.run()
    copy_to(postgres_url, tiny, COLUMN_TYPES)
    point_at(tiny, postgres_url)
    # The database ends our own session in the middle of a query.
    tiny.write_sql("document", "SELECT * FROM document WHERE pg_terminate_backend(pg_backend_pid())")
    refused(tiny, SourceUnreachable, "source tiny: the database went away while document.sql was read")


def test_a_value_in_an_error_of_the_database_is_not_passed_on(tiny: TinySystem, postgres_url: str) -> None:
    tiny.run()
    copy_to(postgres_url, tiny, COLUMN_TYPES)
    point_at(tiny, postgres_url)
    tiny.write_sql(
        "unit_succession", "SELECT old_code, new_code, effective_on, CAST(name AS INTEGER) AS share FROM unit_succession RIGHT JOIN org_unit ON true"
    )
    message = refused(tiny, ConfigurationError, "source tiny: unit_succession.sql failed: a value cannot be converted (22P02)")
    assert "mô phỏng" not in message


def test_memory_stays_bounded_while_rows_stream(tiny: TinySystem, postgres_url: str) -> None:
    """The server hands over a part at a time: a million rows are never with us at once."""
    copy_to(postgres_url, tiny, COLUMN_TYPES)
    point_at(tiny, postgres_url)
    rows = "SELECT 'u' || n AS account_key, now() AS occurred_at, 'login' AS kind FROM generate_series(1, 1000000) n"
    tiny.write_sql("access_event", rows)
    with tiny.settings.source("tiny").open(tiny.settings.environment) as connection:
        reading = connection.read(ENTITY["access_event"], sample=250_000)
        assert reading.rows_in == 1_000_000
        sizes = [len(chunk) for chunk in reading.chunks]
    assert sum(sizes) == 250_000
    assert max(sizes) <= EXTENSION_ROWS


def test_no_four_signs_of_a_password_are_told(tiny: TinySystem, request: pytest.FixtureRequest) -> None:
    (source,) = tiny.settings.sources
    chance = random.Random(7)
    told: list[str] = []
    is_long = request.config.getoption("long")
    campaign = Campaign("S9", "random passwords with @ # / : % ? & in addresses that cannot be reached", "500 passwords, 0 with four signs told")
    for number in range(500 if is_long else 80):
        password = "".join(chance.choice("@#/:%?&=ộ" + string.ascii_letters + string.digits) for _ in range(chance.randint(6, 20)))
        driver = ("postgresql+psycopg", "mysql+pymysql")[number % 2]
        with pytest.raises(VanbanError) as caught, source.open({"TINY_URL": f"{driver}://reader:{password}@127.0.0.1:1/qlvb"}):
            pass
        told += [str(caught.value) for place in range(len(password) - 3) if password[place : place + 4] in str(caught.value)]
    if is_long:
        campaign.record(f"500 passwords: {len(told)} told in part")
    assert told == []


@pytest.mark.parametrize("password", ["Kho@Thóc2024", "Thoc#Gao@2024", "@Kho/Thoc@", "Kho@Thoc?Gao#2024", "Kho/Thoc:2024@Gao"])
def test_no_part_of_a_password_is_told(tiny: TinySystem, password: str) -> None:
    url = f"postgresql+psycopg://reader:{password}@127.0.0.1:1/qlvb"
    tiny.home.environment.write_text(f"TINY_URL='{url}'\n", encoding="utf-8")
    toml = tiny.folder / "source.toml"
    with pytest.raises(VanbanError) as in_the_address:
        tiny.run()
    toml.write_text(toml.read_text(encoding="utf-8").replace('"TINY_URL"', f'"{url}"'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="url_env is no name of an environment variable") as in_the_name:
        tiny.run()
    told = f"{in_the_address.value} {in_the_name.value} {tiny.home.etl_log.read_text(encoding='utf-8') if tiny.home.etl_log.exists() else ''}"
    assert [password[place : place + 4] for place in range(len(password) - 3) if password[place : place + 4] in told] == []

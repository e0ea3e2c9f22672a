"""PostgreSQL by DuckDB's extension and by its driver: the same rows, as of the same moment, and the driver wherever the extension will not do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pyarrow as pa
import pytest
import sqlalchemy as sa

from data.errors import ConfigurationError
from etl.contract import ENTITY
from etl.landing.masked_table import masked_table
from etl.landing.pseudonyms import Pseudonyms
from etl.setup.check_source import check_source
from etl.sources.database import postgres as database_postgres
from etl.sources.database.postgres import EXTENSION_ROWS, ExtensionBroke, ExtensionRefused, ExtensionSession
from etl.sources.database.source import BY_EXTENSION, DatabaseConnection
from etl.sources.source import Connection, Reading
from tests.etl.landed_and_staged import land_and_stage
from tests.etl.tiny_system import KEY, TinySystem

PSEUDONYMS = Pseudonyms(KEY.encode())
NASTY = """
CREATE TYPE muc_mat AS ENUM ('ordinary', 'mat');
CREATE DOMAIN so_hieu AS varchar(60);
CREATE TABLE van_ban (
    id uuid, don_vi char(12), so so_hieu, ban_hanh timestamptz, ky timestamp, dong_dau timestamptz, trang numeric(12,2), muc muc_mat, huong text
);
INSERT INTO van_ban VALUES
    ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'A', 'Số 1/CV',
        '2024-07-01 00:30:00+07', '2024-07-01 00:30:00', '2024-06-30 17:30:00.12Z', 3, 'ordinary', ''),
    ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12', 'Đơn vị', E'Soo\\u0302\\u0301',
        'infinity', '-infinity', '0044-03-15 BC', 45.50, 'ordinary', E'a\\nb\\t"c", \\\\'),
    ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A13', NULL, NULL, '10000-01-01', '294000-01-01', NULL, 'NaN', 'ordinary', repeat('dài', 300000)),
    ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A14', 'A', 'mật', now(), NULL, NULL, NULL, 'mat', 'canary-secret'),
    (NULL, 'A', '', '0001-01-01 00:00:00Z', '9999-12-31 23:59:59.999999', '1969-12-31 23:59:59.000001Z', -0.00, NULL, '𝔘'),
    ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A15', 'A', '%s :x ''', '2024-07-01 00:30:00+09:30', 'epoch', 'epoch', 1e9, 'ordinary', NULL);
"""
NASTY_SQL = """
SELECT id AS document_key, don_vi AS unit_code, huong AS direction, so AS number, ban_hanh AS issued_at, ky AS signer_signed_at,
    dong_dau AS organ_signed_at, muc AS security_level, trang AS page_count, trang > 3 AS status, 1.0::float8 / 3 AS form -- the last line
"""


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def opened(tiny: TinySystem, url: str, **sql: str) -> Iterator[Connection]:
    lines = tiny.home.environment.read_text(encoding="utf-8").splitlines()
    tiny.home.environment.write_text("\n".join([f"TINY_URL={url}", *lines[1:]]) + "\n", encoding="utf-8")
    for entity, text in sql.items():
        tiny.write_sql(entity, text)
    with tiny.settings.source("tiny").open(tiny.settings.environment) as connection:
        yield connection


def rows_of(tiny: TinySystem, reading: Reading) -> list[dict[str, str | None]]:
    source = tiny.settings.source("tiny")
    return [row for chunk in reading.chunks for row in masked_table(source, reading, chunk, PSEUDONYMS).to_pylist()]


def extension_of(connection: Connection) -> ExtensionSession:
    assert isinstance(connection, DatabaseConnection)
    extension = connection._open_extension()
    assert extension is not None
    return extension


def without_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ExtensionRefused("it is not there")

    monkeypatch.setattr(database_postgres, "_extension", missing)


def test_nasty_values_come_out_the_same_either_way(tiny: TinySystem, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(postgres_url, NASTY)
    sql = NASTY_SQL + "FROM van_ban ORDER BY ky NULLS FIRST"
    with opened(tiny, postgres_url, document=sql) as connection:
        fast = connection.read(ENTITY["document"])
        by_extension = rows_of(tiny, fast)
    without_extension(monkeypatch)
    with opened(tiny, postgres_url) as connection:
        slow = connection.read(ENTITY["document"])
        by_driver = rows_of(tiny, slow)
    assert (fast.way, slow.way) == (BY_EXTENSION, "SQLAlchemy (psycopg), because it is not there")
    assert by_extension == by_driver
    assert (fast.rows_in, fast.rows_ordinary) == (slow.rows_in, slow.rows_ordinary) == (6, 4)
    found = {row["document_key"]: row for row in by_extension}
    first = found["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]
    assert (first["issued_at"], first["organ_signed_at"], first["page_count"]) == ("2024-07-01 00:30:00+07", "2024-07-01 00:30:00.12+07", "3")
    assert (first["status"], first["form"]) == ("false", "0.3333333333333333")
    second = found["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"]
    assert (second["issued_at"], second["signer_signed_at"], second["page_count"]) == ("infinity", "-infinity", "45.50")
    assert (second["number"], second["direction"]) == ("Soo\u0302\u0301", 'a\nb\t"c", \\')
    third = found["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a13"]
    assert (len(third["direction"] or ""), third["page_count"], third["unit_code"]) == (900_000, "NaN", None)


def test_a_value_beyond_every_calendar_costs_its_row_and_not_the_run(tiny: TinySystem, postgres_url: str) -> None:
    copy_tiny(tiny, postgres_url)
    execute(
        postgres_url,
        "ALTER TABLE document ALTER COLUMN issued_at TYPE timestamptz USING issued_at::timestamptz",
        "INSERT INTO document (document_key, unit_code, direction, issued_at, security_level, form, status) VALUES "
        "('d8', 'A', 'outgoing', 'infinity', 'ordinary', 'paper', 'issued'), ('d9', 'A', 'outgoing', '0044-03-15 BC', 'ordinary', 'paper', 'issued')",
    )
    assert {entity.way for entity in check_source(tiny.settings, "tiny").entities} == {BY_EXTENSION}
    account = land_and_stage(tiny.home, "tiny")["document"].account
    assert (account.rows_in, account.rows_loaded, account.rows_rejected) == (3, 1, 2)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("ARRAY[1, 2]", "int4[]", "a list"),
        ("'{\"a\": 1}'::jsonb", "jsonb", "a dict"),
        ("'\\xff'::bytea", "bytea", "bytes that are not UTF-8 text"),
        ("interval '1 day'", "interval", "a timedelta"),
    ],
)
def test_what_is_no_single_text_is_refused_by_name(tiny: TinySystem, postgres_url: str, value: str, kind: str, said: str) -> None:
    sql = f"SELECT 'a' AS old_code, 'b' AS new_code, DATE '2025-07-01' AS effective_on, {value} AS share"
    with opened(tiny, postgres_url, unit_succession=sql) as connection:
        reading = connection.read(ENTITY["unit_succession"])
        assert reading.way == f"SQLAlchemy (psycopg), because a column is of type {kind}"
        with pytest.raises(ConfigurationError, match=f"unit_succession.sql delivers {said} in column share, which cannot be kept as text. Cast or"):
            rows_of(tiny, reading)


def test_secret_rows_stay_in_the_database(tiny: TinySystem, postgres_url: str) -> None:
    """What arrives is looked at before anything of ours has filtered it."""
    execute(postgres_url, NASTY)
    with opened(tiny, postgres_url, document=NASTY_SQL + "FROM van_ban") as connection:
        reading = connection.read(ENTITY["document"])
        arrived = pa.concat_tables(chunk for chunk in reading.chunks if isinstance(chunk, pa.Table))
    assert set(arrived["security_level"].to_pylist()) == {"ordinary"}
    assert "canary" not in str(arrived.to_pylist())


def test_both_sessions_see_one_moment_and_can_write_nothing(tiny: TinySystem, postgres_url: str) -> None:
    copy_tiny(tiny, postgres_url)
    with opened(tiny, postgres_url) as connection:
        events = connection.read(ENTITY["access_event"])
        execute(postgres_url, "INSERT INTO document SELECT * FROM document", "INSERT INTO access_event SELECT * FROM access_event")
        assert sum(len(chunk) for chunk in events.chunks) == events.rows_in == 1
        documents = connection.read(ENTITY["document"])
        assert (documents.way, documents.rows_in, sum(len(chunk) for chunk in documents.chunks)) == (BY_EXTENSION, 1, 1)
    execute(postgres_url, "CREATE SEQUENCE numbers")
    with opened(tiny, postgres_url, document="SELECT * FROM document WHERE nextval('numbers') > 0") as connection:
        extension = extension_of(connection)
        with pytest.raises(ExtensionBroke):
            list(extension.rows("SELECT CAST(nextval('numbers') AS text) AS n"))
        with pytest.raises(ConfigurationError, match="read-only transaction"):
            list(connection.read(ENTITY["document"]).chunks)


def test_an_address_with_odd_characters_and_options_reaches_both(tiny: TinySystem, postgres_url: str) -> None:
    name, role, password = "odd 'na\"me\\ = %", "đọc 'r\\", "p@ss 'w\"o\\rd=/?#%&"
    execute(
        postgres_url,
        f"""CREATE DATABASE "{name.replace('"', '""')}" """,
        f"""DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $${role}$$) THEN
            CREATE ROLE "{role}" LOGIN PASSWORD $${password}$$; END IF; END $do$""",
    )
    server = postgres_url.rpartition("/")[0].replace("postgres@", f"{quote(role, safe='')}:{quote(password, safe='')}@")
    url = f"{server}/{quote(name, safe='')}?options={quote('-c search_path=kho -c statement_timeout=60000')}&application_name={quote('vanban ?&')}"
    as_owner = sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    execute(
        as_owner, "CREATE SCHEMA kho", f'GRANT USAGE ON SCHEMA kho TO "{role}"', "CREATE TABLE kho.s (a text)", f'GRANT SELECT ON kho.s TO "{role}"'
    )
    execute(as_owner, "INSERT INTO kho.s VALUES ('x')")
    sql = "SELECT a AS old_code, current_setting('application_name') AS new_code, current_setting('statement_timeout') AS effective_on FROM s"
    with opened(tiny, url, unit_succession=sql) as connection:
        reading = connection.read(ENTITY["unit_succession"])
        assert rows_of(tiny, reading) == [{"old_code": "x", "new_code": "vanban ?&", "effective_on": "1min"}]
        assert reading.way == BY_EXTENSION


def test_a_server_that_gives_one_connection_alone_is_read_by_the_driver(tiny: TinySystem, postgres_url: str) -> None:
    copy_tiny(tiny, postgres_url)
    role = f"mot_{uuid.uuid4().hex}"
    execute(
        postgres_url, f"CREATE ROLE {role} LOGIN PASSWORD 'bimatkhau' CONNECTION LIMIT 1", f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    )
    with opened(tiny, postgres_url.replace("postgres@", f"{role}:bimatkhau@")) as connection:
        reading = connection.read(ENTITY["document"])
        assert [row["document_key"] for row in rows_of(tiny, reading)] == ["d1"]
        assert "because the server takes no second connection" in reading.way
        assert "bimatkhau" not in reading.way


def test_a_failure_after_many_rows_is_told_as_the_database_tells_it(tiny: TinySystem, postgres_url: str) -> None:
    sql = "SELECT 'a' AS old_code, 'b' AS new_code, 'mã ' || 1 / (250000 - n) AS effective_on FROM generate_series(1, 300000) n"
    with opened(tiny, postgres_url, unit_succession=sql) as connection:
        reading = connection.read(ENTITY["unit_succession"])
        with pytest.raises(ConfigurationError, match=r"unit_succession\.sql failed: a value cannot be converted"):
            rows_of(tiny, reading)


def test_rows_stream_and_a_query_that_nobody_waits_for_is_cancelled(tiny: TinySystem, postgres_url: str) -> None:
    """A thousand million rows would take many minutes; their first ones come at once, and closing does not wait for the last."""
    with opened(tiny, postgres_url) as connection:
        extension = extension_of(connection)
        assert 0 < next(extension.rows("SELECT CAST(generate_series(1, 1000000000) AS text) AS n")).num_rows <= EXTENSION_ROWS


def test_nothing_can_be_spilt_to_disk_or_fetched_from_the_network(tiny: TinySystem, postgres_url: str) -> None:
    with opened(tiny, postgres_url) as connection:
        asked = "SELECT current_setting('temp_directory'), current_setting('autoinstall_known_extensions')"
        assert extension_of(connection)._database.execute(asked).fetchone() == ("", False)


def test_no_key_of_a_person_reaches_the_disk(tiny: TinySystem, postgres_url: str) -> None:
    tiny.add("account", account_key="canary.nguyen")
    tiny.save()
    copy_tiny(tiny, postgres_url)
    tiny.database.unlink()
    land_and_stage(tiny.home, "tiny")
    files = [path for path in tiny.home.root.rglob("*") if path.is_file()]
    assert any(path.suffix == ".parquet" for path in files)
    assert not [path for path in files if b"canary" in path.read_bytes()]


def copy_tiny(tiny: TinySystem, url: str) -> None:
    """The system's rows in PostgreSQL, all of them text."""
    statements = []
    for name, rows in tiny.rows.items():
        columns = list(rows[0]) if rows else ["old_code", "new_code", "effective_on"] if name == "unit_succession" else []
        if not columns:
            columns = ["account_key", "unit_code", "valid_from"]
        statements.append(f"CREATE TABLE {name} ({', '.join(f'{column} text' for column in columns)})")
        for row in rows:
            values = ", ".join("NULL" if value is None else "'" + str(value).replace("'", "''") + "'" for value in row.values())
            statements.append(f"INSERT INTO {name} VALUES ({values})")  # noqa: S608
        tiny.write_sql(name, f"SELECT {', '.join(columns)} FROM {name}")  # noqa: S608
    execute(url, *statements)
    lines = tiny.home.environment.read_text(encoding="utf-8").splitlines()
    tiny.home.environment.write_text("\n".join([f"TINY_URL={url}", *lines[1:]]) + "\n", encoding="utf-8")

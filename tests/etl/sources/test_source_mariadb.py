"""MariaDB as vendors fill it: moments and local times in whatever zone the server lives, and days that no calendar has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from cli.main import main
from data.errors import ConfigurationError
from etl.contract import ENTITY
from tests.etl.landed_and_staged import land_and_stage
from tests.etl.tiny_system import TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")

IN_HA_NOI = ["2024-06-30 23:59:59", "2024-07-01 00:00:00", "2024-07-15 12:00:00", "2024-07-31 23:59:59", "2024-08-01 00:00:00", "2024-08-01 06:59:59"]
"""Both sides of midnight and of a month's end; in UTC the second is still June and the last two are still July."""


@pytest.fixture
def server(mariadb_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(mariadb_url, poolclass=sa.NullPool)
    yield engine
    tell(engine, "SET GLOBAL time_zone = 'SYSTEM'")


def tell(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def read_from(tiny: TinySystem, engine: sa.Engine, time_zone: str = "Asia/Ho_Chi_Minh") -> None:
    """A second source, `maria`, beside that in SQLite; its SELECTs are the test's."""
    tiny.home.environment.write_text(tiny.home.environment.read_text(encoding="utf-8") + f"MARIADB={engine.url}\n", encoding="utf-8")
    folder = tiny.home.sources / "maria"
    folder.mkdir(exist_ok=True)
    head = f'kind = "database"\ntitle = "MariaDB (mô phỏng)"\nurl_env = "MARIADB"\ntime_zone = "{time_zone}"\nis_synthetic = true\n'
    (folder / "source.toml").write_text(head + "[entities.access_event]\n[entities.document]\n", encoding="utf-8")


def figures(tiny: TinySystem, capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], int | None]:
    """What `vanban metrics` says of each month, by metric and month."""
    period = ("--from", "2024-06-01", "--to", "2024-08-31", "--by", "month", "--format", "json")
    names = ("--metric", "login_events", "--metric", "login_rate", "--metric", "outgoing_documents")
    capsys.readouterr()
    assert main(["metrics", *period, *names, "--home", str(tiny.home.root)]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return {
        (row["metric"], row["period_from"]): row["numerator"] for row in rows if row["period_to"] != "2024-08-31" or row["period_from"][5:7] == "08"
    }


def test_figures_by_month_are_the_same_whatever_zone_the_server_lives_in(
    tiny: TinySystem, server: sa.Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """TIMESTAMP follows the session's zone and DATETIME does not: each holds what was written at the same times in Ha Noi."""
    values = ", ".join(f"('{at}', '{at}')" for at in IN_HA_NOI)
    tell(
        server,
        "SET time_zone = '+07:00'",
        "CREATE TABLE moment (id INTEGER AUTO_INCREMENT PRIMARY KEY, at_moment TIMESTAMP NULL, at_local DATETIME)",
        f"INSERT INTO moment (at_moment, at_local) VALUES {values}",  # noqa: S608
    )
    read_from(tiny, server)
    for entity, text in {
        "access_event": "SELECT '{}' AS account_key, {} AS occurred_at, 'login' AS kind FROM moment",
        "document": "SELECT concat('{}', id) AS document_key, 'A' AS unit_code, 'outgoing' AS direction, {} AS issued_at, "
        "'ordinary' AS security_level FROM moment",
    }.items():
        (tiny.home.sources / "maria" / f"{entity}.sql").write_text(
            f"{text.format('u1', 'at_moment')} UNION ALL {text.format('u2', 'at_local')}", encoding="utf-8"
        )
    tiny.home.config.write_text(tiny.home.config.read_text(encoding="utf-8").replace('["tiny"]', '["tiny", "maria"]'), encoding="utf-8")
    tiny.write_toml()
    toml = tiny.folder / "source.toml"
    kept = [part for part in toml.read_text(encoding="utf-8").split("[entities.") if not part.startswith(("access_event]", "document]", "delivery]"))]
    toml.write_text("[entities.".join(kept), encoding="utf-8")
    for entity in ("access_event", "document", "delivery"):
        (tiny.folder / f"{entity}.sql").unlink()
    right = {"2024-06-01": 1, "2024-07-01": 3, "2024-08-01": 2}
    for zone in ("+07:00", "SYSTEM", "+00:00"):
        tell(server, f"SET GLOBAL time_zone = '{zone}'")
        tiny.run()
        told = figures(tiny, capsys)
        for month, rows in right.items():
            assert told["outgoing_documents", month] == 2 * rows, (zone, month)
            assert told["login_events", month] == 2 * rows, (zone, month)
        day = {name: tiny.ask(f"SELECT document_key[1:2], issued_on::VARCHAR FROM document WHERE document_key LIKE '{name}%' ORDER BY ALL")  # noqa: S608
               for name in ("u1", "u2")}  # fmt: skip
        assert [on for _, on in day["u1"]] == [on for _, on in day["u2"]], zone
    assert sum(told["login_rate", month] == 2 for month in right) == 3
    read_from(tiny, server, "America/New_York")
    with pytest.raises(ConfigurationError, match=r"does not take the source's time zone .*America/New_York.*mysql_tzinfo_to_sql"):
        tiny.run()


def test_days_of_zeros_are_empty_and_a_part_of_zeros_is_refused_by_itself(tiny: TinySystem, server: sa.Engine) -> None:
    """What MySQL writes for nothing in a column that must not be empty, with its unsigned keys, bits and text of another encoding."""
    tell(
        server,
        "SET SESSION sql_mode = ''",
        "SET NAMES latin1",
        "CREATE TABLE unit (code varchar(10), name varchar(100) CHARACTER SET latin1, above varchar(10), since date NOT NULL, until date NOT NULL)",
        "INSERT INTO unit VALUES ('R', 'Cơ quan', '', '0000-00-00', '0000-00-00'), ('A', 'Đơn vị', 'R', '1960-07-26', '0000-00-00'), "
        "('B', 'Phòng', 'R', '2024-00-00', '0000-00-00')",
        "SET NAMES utf8mb4",
        "CREATE TABLE person (id BINARY(16), name varchar(20), unit varchar(10), is_officer TINYINT(1), is_leader BIT(1), "
        "given datetime NOT NULL, active datetime NOT NULL DEFAULT '0000-00-00 00:00:00', closed datetime NOT NULL DEFAULT '0000-00-00 00:00:00')",
        "INSERT INTO person VALUES (UNHEX('FF00'), 'u1', 'A', 1, b'1', '2024-06-01', '2024-06-10 08:00:00', '0000-00-00'), "
        "(UNHEX('FF01'), 'u2', 'A', 0, b'0', '2024-06-01', '0000-00-00', '2024-07-20')",
        "CREATE TABLE paper (id bigint unsigned, at datetime, signed datetime NOT NULL DEFAULT '0000-00-00 00:00:00')",
        "INSERT INTO paper VALUES (18446744073709551615, '2024-07-01 09:00:00', '0000-00-00'), (1, '2024-07-02 09:00:00', '2024-07-02 08:59:00')",
    )
    read_from(tiny, server)
    folder = tiny.home.sources / "maria"
    (folder / "source.toml").write_text(
        (folder / "source.toml").read_text(encoding="utf-8").replace("[entities.access_event]", "[entities.org_unit]\n[entities.account]"),
        encoding="utf-8",
    )
    for entity, text in {
        "org_unit": "SELECT code AS unit_code, CONVERT(CAST(CONVERT(name USING latin1) AS BINARY) USING utf8mb4) AS name, above AS parent_code, "
        "'phong' AS level, since AS valid_from, until AS valid_to FROM unit",
        "account": "SELECT name AS account_key, unit AS unit_code, is_officer, is_leader, given AS provisioned_at, active AS activated_at, "
        "closed AS disabled_at FROM person",
        "document": "SELECT id AS document_key, 'A' AS unit_code, 'outgoing' AS direction, at AS issued_at, signed AS signer_signed_at, "
        "'ordinary' AS security_level FROM paper",
    }.items():
        (folder / f"{entity}.sql").write_text(text, encoding="utf-8")
    staged = land_and_stage(tiny.home, "maria")
    assert set(staged) == {"org_unit", "account", "document"} <= set(ENTITY)
    assert [[row[name] for name in ("unit_code", "name", "parent_code", "valid_from", "valid_to")] for row in staged["org_unit"].rows] == [
        ["A", "Đơn vị", "R", "1960-07-26", None],
        ["R", "Cơ quan", None, None, None],
    ]
    assert staged["org_unit"].rejects == [(2, "valid_from", "not a date")]
    people = {(row["is_officer"], row["is_leader"], row["activated_at"], row["disabled_at"]) for row in staged["account"].rows}
    assert people == {("true", "true", "2024-06-10 01:00:00+00", None), ("false", "false", None, "2024-07-19 17:00:00+00")}
    assert {(row["document_key"], row["signer_signed_at"]) for row in staged["document"].rows} == {
        ("18446744073709551615", None),
        ("1", "2024-07-02 01:59:00+00"),
    }

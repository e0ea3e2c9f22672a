"""New rows alone, from servers: PostgreSQL and MariaDB compare instants and numbers in their own ways, and end where a first run does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.paths import Home
from etl.landing.fetch_source import Asked, Landed, fetch_source
from etl.runs.progress import Silent
from etl.sources.folder import load_source
from tests.etl.landed_and_staged import PSEUDONYMS, write_source
from tests.etl.landing.test_new_files import come_to

TOML = """
kind = "database"
title = "Máy chủ mô phỏng"
url_env = "SERVER_URL"
time_zone = "Asia/Ho_Chi_Minh"
[entities.access_event]
cursor = "{event_cursor}"
overlap = "{overlap}"
[entities.document]
cursor = "changed_at"
overlap = "1 day"
"""
EVENT = "SELECT who AS account_key, at_time AS occurred_at, kind{also} FROM event"
DOCUMENT = """
SELECT id AS document_key, 'A' AS unit_code, 'outgoing' AS direction, issued AS issued_at, status, 'ordinary' AS security_level, changed AS changed_at
FROM document
"""


class Server:
    """A database on a server, and the homes that read it."""

    def __init__(self, root: Path, url: str, event_cursor: str, overlap: str) -> None:
        self.root, self.url = root, url
        self.toml = TOML.format(event_cursor=event_cursor, overlap=overlap)
        self.event = EVENT.format(also="" if event_cursor == "occurred_at" else f", {event_cursor}")
        self.home = self.make_home("home")
        instant = "timestamptz" if url.startswith("postgresql") else "datetime(6)"
        self.execute(f"CREATE TABLE event (id integer, who varchar(20), at_time {instant}, kind varchar(20))")
        self.execute(f"CREATE TABLE document (id varchar(20), issued {instant}, status varchar(20), changed {instant})")

    def make_home(self, name: str) -> Home:
        home = Home(self.root / name)
        shutil.rmtree(home.root, ignore_errors=True)
        write_source(home, "s", self.toml, access_event=self.event, document=DOCUMENT)
        return home

    def execute(self, *statements: str) -> None:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if self.url.startswith("postgresql"):
                connection.exec_driver_sql("SET TIME ZONE 'Asia/Ho_Chi_Minh'")
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    def fetch(self, home: Home, asked: Asked | None = None) -> dict[str, Landed]:
        source = load_source(home, "s")
        return {landed.chain.entity: landed for landed in fetch_source(home, source, PSEUDONYMS, {"SERVER_URL": self.url}, Silent(), asked)}

    def is_as_at_first(self, landed: dict[str, Landed]) -> bool:
        other = self.make_home("fresh")
        first = self.fetch(other)
        return all(come_to(self.home, landed[name])[:2] == come_to(other, first[name])[:2] for name in first)


@pytest.fixture(params=["postgres_url", "mariadb_url"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.mark.parametrize(("event_cursor", "overlap"), [("occurred_at", "1 day"), ("id", "0")])
def test_ties_late_changed_and_vanished_rows_are_found(tmp_path: Path, url: str, event_cursor: str, overlap: str) -> None:
    server = Server(tmp_path, url, event_cursor, overlap)
    server.execute(
        "INSERT INTO event VALUES (1, 'u1', '2024-06-01 08:00:00', 'login'), (2, 'u1', '2024-07-10 23:59:59.9', 'login'),"
        " (2, 'u1', '2024-07-10 23:59:59.9', 'sign'), (3, 'u9', '2024-06-02 00:00:00', 'login')",
        "INSERT INTO document VALUES ('d1', '2024-06-01 08:00:00', 'issued', '2024-06-01 08:00:00'),"
        " ('d2', '2024-07-01 08:00:00', 'issued', '2024-07-10 08:00:00')",
    )
    first = server.fetch(server.home)
    assert server.is_as_at_first(first)
    assert [landed.how.split()[0] for landed in server.fetch(server.home).values()] == ["since", "since"]
    server.execute(
        "INSERT INTO event VALUES (3, 'u2', '2024-07-10 23:59:59.9', 'login'), (4, 'u3', '2024-07-10 00:30:00', 'login')",  # of one instant, and late
        "UPDATE document SET status = 'recalled', changed = '2024-07-11 00:10:00' WHERE id = 'd1'",
    )
    landed = server.fetch(server.home)
    assert [each.how.split()[0] for each in landed.values()] == ["since", "since"]
    assert [(each.chain.newest.rows_landed, each.chain.newest.rows_removed) for each in landed.values()] == [(2, 0), (1, 1)]
    assert server.is_as_at_first(landed)
    server.execute(
        "DELETE FROM event WHERE who = 'u1' AND at_time < '2024-06-02'",
        "INSERT INTO event VALUES (0, 'u4', '2024-06-03 08:00:00', 'login')",  # later than any overlap
        "DELETE FROM document WHERE id = 'd2'",
    )
    assert not server.is_as_at_first(server.fetch(server.home))
    landed = server.fetch(server.home, Asked(compares_keys=True))
    assert server.is_as_at_first(landed)
    assert ("all keys compared" in landed["access_event"].how, landed["access_event"].chain.newest.rows_removed) == (True, 1)

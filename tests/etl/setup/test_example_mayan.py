"""A real document system's schema, Mayan EDMS: what the example's home publishes equals counts by plain SQL on the very database."""

from __future__ import annotations

import calendar
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from data.paths import PROJECT, Home
from data.snapshot import published_snapshot
from etl.run import run_etl
from etl.settings import load_settings
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from tests.etl.setup.mayan_rows import DELETED, GROUPS, rows

pytestmark = pytest.mark.usefixtures("without_checks")
EXAMPLE = PROJECT / "docs" / "examples" / "mayan"
MONTHS = tuple(Period(date(2025, month, 1), date(2025, month, calendar.monthrange(2025, month)[1])) for month in (1, 2, 3))
HOURS = {"Asia/Ho_Chi_Minh": 7, "America/Bogota": -5}
DAY = {
    "sqlite": "date({}, '{:+d} hours')",
    "postgresql": "CAST({} AT TIME ZONE 'UTC' + interval '{:d} hours' AS date)",
    "mysql": "DATE({} + INTERVAL {:d} HOUR)",
}
TO_DIALECT = {"sqlite": {}, "postgresql": {}, "mysql": {r"\btimestamptz\b": "datetime(6)", r"\buuid uuid\b": "uuid char(36)"}}
LOGIN = "('authentication.user_logged_in', 'user_management.user_logged_in')"


@dataclass
class Installation:
    """The example's folder as a home, and its database filled with made-up rows."""

    home: Home
    engine: sa.Engine

    def publish(self, zone: str, membership: str = "one") -> None:
        for path, before, after in (
            (self.home.config, 'time_zone = "[^"]*"', f'time_zone = "{zone}"'),
            (self.home.sources / "mayan" / "source.toml", 'membership = "[^"]*"', f'membership = "{membership}"'),
        ):
            path.write_text(re.sub(before, after, path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
        assert run_etl(load_settings(self.home)).status == "published"

    def published(self, period: Period, *names: str, by: Any = None) -> dict[Any, list[int | None]]:
        """Numerators by unit or type, in the order of `names`; None for the whole."""
        found: dict[Any, list[int | None]] = {}
        with open_snapshot(published_snapshot(self.home.pointer)) as snapshot:
            for row in metric_values(snapshot, names, period, by=by).iter_rows(named=True):
                found.setdefault(row["unit_code"], []).append(row["numerator"])
        return found

    def plain(self, statement: str, period: Period, zone: str) -> list[tuple[Any, ...]]:
        """A plain question to the database itself; `day(x)` is the local day of an instant."""
        spelling = DAY[self.engine.dialect.name]
        text = re.sub(r"day\(([\w.]+)\)", lambda found: spelling.format(found[1], HOURS[zone]), statement)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(text), {"first": str(period.from_on), "last": str(period.to_on)})]


def install(folder: Path, url: str) -> Installation:
    root = folder / "home"
    shutil.copytree(EXAMPLE, root)
    (root / "vanban.env").write_text(f"MAYAN_URL={url}\n", encoding="utf-8")
    (root / "vanban.env").chmod(0o600)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    schema = re.sub(r"(?m)^--.*$", "", (EXAMPLE / "schema.sql").read_text(encoding="utf-8"))
    for pattern, replacement in TO_DIALECT[engine.dialect.name].items():
        schema = re.sub(pattern, replacement, schema)
    with engine.begin() as connection:
        for statement in filter(str.strip, schema.split(";\n")):
            connection.exec_driver_sql(statement)
        for table, found in rows().items():
            columns = list(found[0])
            marks = ", ".join(f":{name}" for name in columns)
            connection.execute(sa.text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"), found)  # noqa: S608
    return Installation(Home(root), engine)


@pytest.fixture(scope="module")
def in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("mayan")
    return install(folder, f"sqlite:///{(folder / 'mayan.sqlite').as_posix()}")


PEOPLE = f"""
    WITH login AS (
        SELECT CAST(a.actor_object_id AS integer) AS user_id, day(a.timestamp) AS day_on FROM actstream_action a
        WHERE a.verb IN {LOGIN} AND a.actor_content_type_id = 1
    ),
    edit AS (
        SELECT CAST(a.target_object_id AS integer) AS user_id, max(day(a.timestamp)) AS day_on FROM actstream_action a
        WHERE a.verb = 'user_management.user_edited' GROUP BY a.target_object_id
    ),
    person AS (
        SELECT u.id, day(u.date_joined) AS since, (SELECT min(day_on) FROM login WHERE user_id = u.id) AS used_on,
            CASE WHEN NOT u.is_active THEN coalesce((SELECT day_on FROM edit WHERE user_id = u.id), day(u.date_joined)) END AS closed_on
        FROM auth_user u WHERE u.username <> 'admin'
    ),
    there AS (
        SELECT id, used_on <= :last AS is_activated, EXISTS (SELECT 1 FROM login WHERE user_id = id AND day_on BETWEEN :first AND :last) AS came
        FROM person WHERE since <= :last AND (closed_on IS NULL OR closed_on > :last)
    )
"""  # noqa: S608
FIGURES = "count(*), count(CASE WHEN is_activated THEN 1 END), count(CASE WHEN is_activated AND came THEN 1 END), count(CASE WHEN came THEN 1 END)"
OF_PEOPLE = ("provisioned_accounts", "activated_accounts", "logged_in_accounts", "login_rate_of_existing")
EVENTS = f"""
    SELECT count(*) FROM (
        SELECT DISTINCT a.actor_object_id, a.timestamp FROM actstream_action a JOIN auth_user u ON u.id = CAST(a.actor_object_id AS integer)
        WHERE a.verb IN {LOGIN} AND u.username <> 'admin' AND day(a.timestamp) BETWEEN :first AND :last
    ) logins
"""  # noqa: S608
PAPERS = """
    WITH paper AS (
        SELECT CASE t.label WHEN 'Công văn đến' THEN 'incoming' WHEN 'Tờ trình' THEN 'internal' ELSE 'outgoing' END AS direction,
            CASE t.label WHEN 'Quyết định' THEN 'QĐ' WHEN 'Tờ trình' THEN 'TTr' ELSE 'CV' END AS kind,
            coalesce((SELECT g.id FROM metadata_documentmetadata m JOIN auth_group g ON g.name = m.value
                      WHERE m.document_id = d.id AND m.metadata_type_id = 1), 0) AS unit,
            EXISTS (SELECT 1 FROM documents_documentfile f JOIN document_signatures_signaturebasemodel s ON s.document_file_id = f.id
                    WHERE f.document_id = d.id AND s.date_time IS NOT NULL) AS is_signed
        FROM documents_document d
        JOIN documents_documenttype t ON t.id = d.document_type_id AND t.label <> 'Default'
        JOIN metadata_documentmetadata marking ON marking.document_id = d.id AND marking.metadata_type_id = 2 AND marking.value = 'Thường'
        WHERE NOT d.is_stub AND NOT d.in_trash AND day(d.datetime_created) BETWEEN :first AND :last
    )
"""
OF_PAPERS = ("outgoing_documents", "incoming_documents", "internal_documents", "outgoing_signed")
COUNTED = ", ".join(
    f"count(CASE WHEN {condition} THEN 1 END)"
    for condition in (*(f"direction = '{word}'" for word in ("outgoing", "incoming", "internal")), "direction = 'outgoing' AND is_signed")
)


def differences(mayan: Installation, zone: str, membership: str) -> Iterator[str]:
    """What is published and by plain SQL on the database is otherwise, month by month."""
    unit = "max(group_id)" if membership == "one" else "group_id"
    by_group = f"SELECT {unit} AS unit, user_id FROM auth_user_groups GROUP BY user_id{'' if membership == 'one' else ', group_id'}"  # noqa: S608
    for month in MONTHS:
        expected: list[tuple[str, Any, Any]] = []
        ((*whole,),) = mayan.plain(f"{PEOPLE} SELECT {FIGURES} FROM there", month, zone)  # noqa: S608
        found = mayan.published(month, *OF_PEOPLE, by="unit")
        expected.append(("people", found[None], whole))
        each = mayan.plain(f"{PEOPLE} SELECT unit, {FIGURES} FROM there JOIN ({by_group}) m ON m.user_id = id GROUP BY unit", month, zone)  # noqa: S608
        expected.append(("people of units", {code: found[code] for code in found if code not in (None, "0")}, _by_code(each)))
        in_none = mayan.plain(f"{PEOPLE} SELECT count(*) FROM there WHERE id NOT IN (SELECT user_id FROM auth_user_groups)", month, zone)  # noqa: S608
        units = sum(int(counts[0] or 0) for code, counts in found.items() if code not in (None, "0"))
        if membership == "one":
            expected.append(("people in no unit", whole[0] - units, in_none[0][0]))
        else:
            assert units > whole[0] - in_none[0][0], "some are in two units"
        ((events,),) = mayan.plain(EVENTS, month, zone)
        expected.append(("logins", mayan.published(month, "login_events")[None], [events]))
        papers = mayan.plain(f"{PAPERS} SELECT unit, {COUNTED} FROM paper GROUP BY unit", month, zone)  # noqa: S608
        found = mayan.published(month, *OF_PAPERS, by="unit")
        in_all = [sum(row[place] for row in papers) for place in range(1, 5)]
        expected.append(("documents", (found.pop(None), found.pop("0")), (in_all, in_all)))
        expected.append(("documents of units", found, _by_code([row for row in papers if row[0]])))
        kinds = mayan.plain(f"{PAPERS} SELECT kind, {COUNTED} FROM paper GROUP BY kind", month, zone)  # noqa: S608
        found = mayan.published(month, *OF_PAPERS, by="doc_type")
        expected.append(("documents by type", {code.partition(":")[2]: counts for code, counts in found.items() if code}, {k: v for k, *v in kinds}))
        yield from (f"{zone}, {membership}, {month.from_on}, {name}: {left} is not {right}" for name, left, right in expected if left != right)


def _by_code(found: list[tuple[Any, ...]]) -> dict[str, list[int]]:
    counts = {str(code): list(rest) for code, *rest in found}
    return {str(code): counts.get(str(code), [0] * 4) for code in range(1, GROUPS + 1)}


@pytest.mark.parametrize(("zone", "membership"), [("Asia/Ho_Chi_Minh", "one"), ("America/Bogota", "each")])
def test_every_figure_equals_a_count_by_plain_sql(in_sqlite: Installation, zone: str, membership: str) -> None:
    in_sqlite.publish(zone, membership)
    assert list(differences(in_sqlite, zone, membership)) == []
    # What Mayan does not keep is not shown.
    assert in_sqlite.published(MONTHS[0], "outgoing_electronic", "fully_signed_ratio", "internal_incoming")[None] == [None, None, None]


@pytest.mark.parametrize("server", ["postgres_url", "mariadb_url"])
def test_the_same_files_serve_postgresql_and_mariadb(tmp_path: Path, request: pytest.FixtureRequest, server: str) -> None:
    mayan = install(tmp_path, request.getfixturevalue(server))
    mayan.publish("Asia/Ho_Chi_Minh", "each")
    assert list(differences(mayan, "Asia/Ho_Chi_Minh", "each")) == []


def test_months_that_are_over_stay_when_users_are_deleted(tmp_path: Path) -> None:
    mayan = install(tmp_path, f"sqlite:///{(tmp_path / 'mayan.sqlite').as_posix()}")
    mayan.publish("Asia/Ho_Chi_Minh")
    before = [mayan.published(month, *OF_PEOPLE, "login_events", *OF_PAPERS, by="unit") for month in MONTHS]
    with mayan.engine.begin() as connection:
        gone = connection.execute(sa.text("DELETE FROM auth_user WHERE id % 7 = 3")).rowcount
    assert gone > len(DELETED)
    mayan.publish("Asia/Ho_Chi_Minh")
    assert [mayan.published(month, *OF_PEOPLE, "login_events", *OF_PAPERS, by="unit") for month in MONTHS] == before

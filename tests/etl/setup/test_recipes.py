"""The recipes of docs/connecting.md as they stand there, each on a small made-up system."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from data.errors import ConfigurationError, DataRefused
from data.paths import PROJECT
from data.snapshot import published_snapshot
from etl.sources.folder import load_source
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.etl.landed_and_staged import land_and_stage, person, write_source
from tests.etl.tiny_system import DEFAULTS, TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")
GUIDE = (PROJECT / "docs" / "connecting.md").read_text(encoding="utf-8")
JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
USERS = """
    CREATE TABLE app_user (id, login, dept_id, created_at, active, activated_at, last_login_at);
    INSERT INTO app_user VALUES
        (1, 'u1', 'A', '2024-06-01 08:00:00', 1, '2024-06-02 08:00:00', '2024-07-31 16:00:00'),
        (2, 'u2', 'B', '2024-06-01 08:00:00', 0, NULL, NULL),
        (3, 'u3', 'B', '2024-06-01 08:00:00', 1, '2024-06-02 08:00:00', '2024-07-02 08:00:00');
"""
MEMBERSHIPS = """
    CREATE TABLE membership (login, dept_id, joined_on, left_on);
    INSERT INTO membership VALUES ('u1', 'A', NULL, NULL), ('u1', 'B', '2024-07-01', NULL), ('u3', 'A', '2024-06-01', '2024-06-30'),
        ('u3', 'B', '2024-07-01', NULL);
"""


def recipe(title: str) -> tuple[str, dict[str, str]]:
    """The TOML of a recipe, and its SQL by entity."""
    section = GUIDE.split(f"\n### Recipe: {title}\n")[1].split("\n##")[0]
    (toml,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    return toml, {name: text for text, name in re.findall(r"```sql\n(-- (\w+)\.sql.*?)```", section, re.DOTALL)}


def follow(tiny: TinySystem, title: str, script: str) -> None:
    """The made-up system with the recipe in the place of what it speaks of, and with its tables beside."""
    toml, queries = recipe(title)
    file = tiny.folder / "source.toml"
    head = file.read_text(encoding="utf-8").split("[entities.")[0]
    rest = "".join(f"[entities.{name}]\n" for name in DEFAULTS if name not in queries)
    file.write_text(head + rest + toml, encoding="utf-8")
    for name, text in queries.items():
        tiny.write_sql(name, text)
    change(tiny, script)


def change(tiny: TinySystem, script: str) -> None:
    with sqlite3.connect(tiny.database) as connection:
        connection.executescript(script)
    connection.close()


def counted(tiny: TinySystem, names: list[str], period: Period = JULY, unit: str | None = None) -> list[int | None]:
    with open_snapshot(published_snapshot(tiny.home.pointer)) as snapshot:
        return metric_values(snapshot, names, period, Scope(unit))["numerator"].to_list()


def test_a_flag_counts_from_the_first_fetch_on(tiny: TinySystem) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    today = now.date()
    follow(tiny, "activation is a flag", USERS + f"INSERT INTO access_event VALUES ('u2', '{now.isoformat()}', 'login');")  # noqa: S608
    tiny.run()
    assert counted(tiny, ["activated_accounts", "provisioned_accounts"]) == [None, 3]
    assert counted(tiny, ["activated_accounts", "provisioned_accounts"], Period(today, today + timedelta(days=1))) == [2, 3]


def test_attributes_become_columns_and_no_marking_is_ordinary_by_chance(tiny: TinySystem) -> None:
    values = {
        "plain": {"do_mat": ["Thường"]},
        "both": {"do_mat": ["Thường", "Mật"]},
        "unmarked": {},
        "secret": {"do_mat": ["Mật"]},
        "no_direction": {"do_mat": ["Thường"], "loai": []},
    }
    common = {"don_vi": ["A"], "loai": ["đi"], "so_ky_hieu": ["12/VP"], "ngay_ban_hanh": ["2024-07-10 09:00:00"]}
    rows = [(item, name, value) for item, own in values.items() for name, texts in {**common, **own}.items() for value in texts]
    items = ", ".join(f"('{item}')" for item in values)
    script = f"CREATE TABLE item (id); INSERT INTO item VALUES {items}; CREATE TABLE item_value (item_id, attribute, value);"  # noqa: S608
    follow(tiny, "entity, attribute, value", script + f"INSERT INTO item_value VALUES {', '.join(map(str, rows))};")  # noqa: S608
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[entities.document]", "[entities.document]\nmax_rejected = 1"), encoding="utf-8")
    account = tiny.account_of(tiny.run(), "document")
    assert account == (5, 1, 0, 3, 1)
    assert tiny.ask("SELECT unit_code, issued_on::VARCHAR FROM document") == [("A", "2024-07-10")]


def test_of_last_logins_the_period_with_the_newest_day_has_a_value(tiny: TinySystem) -> None:
    follow(tiny, "last logins alone", USERS)
    tiny.run()
    names = ["login_rate_of_existing", "login_events", "habitual_rate"]
    assert counted(tiny, names) == [1, None, None]
    assert counted(tiny, names, Period(date(2024, 6, 1), date(2024, 6, 30))) == [None, None, None]


def test_somebody_in_two_units_counts_in_both_and_once_in_the_whole(tiny: TinySystem) -> None:
    follow(tiny, "people in several units", USERS + MEMBERSHIPS)
    tiny.run()
    accounts = {unit: counted(tiny, ["provisioned_accounts"], unit=unit) for unit in ("A", "B", None)}
    assert accounts == {"A": [1], "B": [2], None: [3]}  # u1 is in both, u2 in none


def test_documents_stay_with_their_unit_when_their_author_is_deleted(tiny: TinySystem) -> None:
    papers = """
        CREATE TABLE paper (id, dept_id, author, published_at);
        INSERT INTO paper VALUES ('own', 'B', 'u3', '2024-06-10 09:00:00'), ('june', NULL, 'u3', '2024-06-10 09:00:00'),
            ('july', NULL, 'u3', '2024-07-10 09:00:00'), ('draft', NULL, 'u3', NULL);
    """
    documents = "SELECT unit_code, issued_on::VARCHAR FROM document ORDER BY ALL"
    follow(tiny, "documents of deleted authors", USERS + MEMBERSHIPS + papers)
    tiny.run()
    units = tiny.ask(documents)
    assert units == [("A", "2024-06-10"), ("B", "2024-06-10"), ("B", "2024-07-10")]
    change(tiny, "DELETE FROM app_user WHERE login = 'u3'")
    tiny.run()
    assert tiny.ask(documents) == units
    assert tiny.ask("SELECT count(*)::INT, count(disabled_on)::INT FROM account") == [(3, 1)]


def test_behind_a_proxy_the_name_is_the_one_that_the_proxy_wrote(tiny: TinySystem) -> None:
    toml, queries = recipe("a log behind a proxy")
    write_source(tiny.home, "log", f'kind = "access_log"\ntitle = "Nhật ký mô phỏng"\n{toml}', **queries)
    lines = [
        ("203.0.113.9, 10.0.0.7", r"COQUAN\An", "POST /login", 302),
        ("root, 203.0.113.9, 10.0.0.7", "an@coquan.vn", "GET /van-ban/1?user=khac", 200),  # what a browser adds to the list names nobody
        ("203.0.113.9", "binh", "POST /login", 200),
        ("-", "-", "GET /health", 200),
        ("203.0.113.9", "binh", "GET /van-ban/2", 500),
    ]
    text = "".join(
        f'{ip} - {user} [10/Jul/2024:06:30:{at:02d} +0700] "{asked} HTTP/1.1" {status} 5 "-" "x"\n'
        for at, (ip, user, asked, status) in enumerate(lines)
    )
    (tiny.home.root / "logs").mkdir()
    (tiny.home.root / "logs" / "access.log").write_text(text, encoding="utf-8")
    found = land_and_stage(tiny.home, "log")["access_event"]
    assert sorted((row["occurred_at"][17:19], row["account_key"], row["kind"]) for row in found.rows) == [
        ("00", person("an"), "login"),
        ("01", person("an"), "view"),
        ("02", person("binh"), "login_failed"),
    ]
    assert (found.batch.left_out["no account"], found.batch.left_out["ignored by a rule"], found.rejects) == (1, 1, [])


def test_a_log_without_names_is_refused_and_the_table_of_sessions_tells(tiny: TinySystem) -> None:
    toml, queries = recipe("a log behind a proxy")
    head = 'kind = "access_log"\ntitle = "Nhật ký mô phỏng"\n'
    (tiny.home.root / "logs").mkdir()
    (tiny.home.root / "logs" / "access.log").write_text('9.9.9.9 - - [10/Jul/2024:06:30:00 +0700] "GET / HTTP/1.1" 200 5 "-" "x"\n')
    write_source(tiny.home, "log", head + toml, **queries)
    with pytest.raises(DataRefused):
        land_and_stage(tiny.home, "log")
    write_source(tiny.home, "log", head + toml.replace('account = "$http_x_remote_user"', 'account = "$http_x_forwarded_for"'), **queries)
    with pytest.raises(ConfigurationError, match="Nobody is guessed from an address"):
        load_source(tiny.home, "log")
    sessions = """
        CREATE TABLE session (user_id, started_at, ended_at);
        INSERT INTO session VALUES (1, '2024-07-10 08:00:00', '2024-07-10 09:00:00'), (1, '2024-07-31 08:00:00', NULL),
            (NULL, '2024-07-11 08:00:00', NULL);
    """
    follow(tiny, "a log without names", USERS + sessions)
    assert tiny.account_of(tiny.run(), "access_event") == (3, 3, 0, 0, 0)
    assert counted(tiny, ["login_events", "processing_accounts"]) == [2, None]

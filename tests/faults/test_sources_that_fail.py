"""P7: a source that goes away half way, changes its shape or was restored from a backup stops the run in plain words, or is told; never silence."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.errors import SourceUnreachable
from data.paths import Home
from data.run_history import RunResult, last_runs
from etl.landing.fetch_source import fetch_source
from etl.runs.progress import Silent
from etl.sources.database import postgres as database_postgres
from etl.sources.folder import load_source
from tests.etl.landed_and_staged import PSEUDONYMS, write_source
from tests.faults.cutting_proxy import Wire, wire_to
from tests.faults.figures import Campaign
from tests.faults.fork_server import Ended, Forks
from tests.faults.ministry import COLUMNS, Content, Ministry, content_of, night_of, rows


def result_of(ministry: Ministry) -> RunResult:
    return last_runs(ministry.home, 1)[0]


# ---------------------------------------------------------------- a wire that breaks


def fill(url: str, night: int, more_events: int) -> None:
    """The ministry's tables on a server, with events enough for several fetches."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as database:
        for name, columns in COLUMNS.items():
            database.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
            database.exec_driver_sql(f"CREATE TABLE {name} ({', '.join(f'{column} varchar(200)' for column in (*columns, 'updated_at'))})")
        for name, row in rows(night):
            values = {f"v{place}": None if value is None else str(value) for place, value in enumerate(row)}
            database.execute(sa.text(f"INSERT INTO {name} VALUES ({', '.join(f':{key}' for key in values)})"), values)  # noqa: S608
        moments = [f"2024-07-01 1{number % 10}:{number // 10 % 60:02d}:{number // 600 % 60:02d}" for number in range(more_events)]
        events = [{"a": f"u{number % 4}", "b": moment} for number, moment in enumerate(moments)]
        database.execute(sa.text("INSERT INTO access_event VALUES (:a, :b, 'view', '2024-07-01 22:00:00')"), events)
    engine.dispose()


def on_server(root: Path, forks: Forks, url: str, wire: Wire, more_events: int) -> Ministry:
    """A ministry whose database is behind the wire, after its first night."""
    ministry = Ministry(root / "home")
    ministry.found()
    address = sa.make_url(url).set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
    text = ministry.home.environment.read_text(encoding="utf-8")
    ministry.home.environment.write_text(text.replace("sqlite:///{home}/so.sqlite", address), encoding="utf-8")
    fill(url, 0, more_events)
    wire.reset(None)
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    return ministry


def broken_at(ministry: Ministry, forks: Forks, wire: Wire, place: int, before: Content) -> None:
    wire.reset(place)
    ended = forks.vanban("etl", "run", home=ministry.home)
    assert wire.broken, "the wire held"
    assert ended.code == 3, f"broken after {place} bytes: {ended.code} {ended.said[-1000:]}"
    assert "source so: " in ended.said, ended.said[-1000:]
    assert result_of(ministry).status == "failed"
    assert content_of(ministry.home) == before


def break_often(root: Path, forks: Forks, url: str, port: int, times: int, more_events: int) -> int:
    """Breaks the wire at so many places of a run, evenly from the first byte to the last; returns the bytes of a whole one."""
    with wire_to(port) as wire:
        ministry = on_server(root, forks, url, wire, more_events)
        before = content_of(ministry.home)
        fill(url, 1, more_events)
        whole = _bytes_of_a_run(ministry, forks, wire, root)
        for number in range(times):
            broken_at(ministry, forks, wire, whole * number // times, before)
        wire.reset(None)
        ended = forks.vanban("etl", "run", home=ministry.home)
        assert ended.code == 0, ended.said[-1000:]
        assert night_of_name(ministry) == "Đêm 1"
        return whole


def night_of_name(ministry: Ministry) -> str:
    """What the database's own sentinel says; the files of such a ministry stay as they were."""
    (name,) = {row[1] for row in content_of(ministry.home).tables["org_unit"] if row[0] == "R"}
    return str(name)


def _bytes_of_a_run(ministry: Ministry, forks: Forks, wire: Wire, root: Path) -> int:
    twin = ministry.copy(root / "twin")
    wire.reset(None)
    assert forks.vanban("etl", "run", home=twin.home).code == 0
    return int(wire.carried * 0.97)  # what a driver says at parting differs by some bytes


def test_a_wire_that_breaks_is_told(tmp_path: Path, forks: Forks, postgres_server: int, postgres_url: str) -> None:
    assert break_often(tmp_path, forks, postgres_url, postgres_server, times=2, more_events=25_000) > 100_000


def test_a_wire_that_breaks_under_the_driver_is_told_as_plainly(
    tmp_path: Path, postgres_server: int, postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> Path:
        raise database_postgres.ExtensionRefused("it is to be done without")

    monkeypatch.setattr(database_postgres, "_extension", refused)
    fill(postgres_url, 0, 45_000)
    home = Home(tmp_path)
    head = 'kind = "database"\nurl_env = "SO_URL"\ntitle = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n'
    write_source(home, "so", f"{head}[entities.access_event]\n", access_event="SELECT account_key, occurred_at, kind FROM access_event")
    source = load_source(home, "so")
    with wire_to(postgres_server) as wire:
        address = sa.make_url(postgres_url).set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
        (landed,) = fetch_source(home, source, PSEUDONYMS, {"SO_URL": address}, Silent())
        assert "SQLAlchemy" in landed.how
        whole = wire.carried
        for part in range(1, 8):
            wire.reset(whole * part // 8)
            with pytest.raises(SourceUnreachable, match=r"^source so: .*(went away|cannot read)"):
                fetch_source(home, source, PSEUDONYMS, {"SO_URL": address}, Silent())
            assert wire.broken
    assert not caplog.records  # a library's own word and its traceback would stand before ours


@pytest.mark.long
def test_a_wire_that_breaks_at_every_fetch(
    tmp_path: Path, forks: Forks, postgres_server: int, postgres_url: str, mariadb_server: int, mariadb_url: str
) -> None:
    campaign = Campaign("P7", "the wire to PostgreSQL and MariaDB broken at each of 60 places of a run, within every fetch", "0 silent")
    whole = break_often(tmp_path / "postgresql", forks, postgres_url, postgres_server, times=60, more_events=120_000)
    other = break_often(tmp_path / "mariadb", forks, mariadb_url, mariadb_server, times=60, more_events=120_000)
    campaign.record(f"120 breaks in runs of {whole:,} and {other:,} bytes: all told with exit code 3, the old night served, the next run whole")


# ---------------------------------------------------------------- a source that changes its shape


@dataclass(frozen=True)
class Mutation:
    """One change of a vendor's schema."""

    name: str
    make: Callable[[sqlite3.Connection], object]


FREE_TEXT = ("name", "number")
"""What stands in a free text is the source's business: any other text may be right."""


def mutations() -> Iterator[Mutation]:
    """Every column dropped, renamed, emptied, filled otherwise; every table dropped, renamed, emptied, doubled."""

    def run(statement: str) -> Callable[[sqlite3.Connection], object]:
        return lambda database: database.executescript(statement)

    for table, columns in COLUMNS.items():
        yield Mutation(f"{table} dropped", run(f"DROP TABLE {table}"))
        yield Mutation(f"{table} renamed", run(f"ALTER TABLE {table} RENAME TO {table}_cu"))
        yield Mutation(f"{table} emptied", run(f"DELETE FROM {table}"))  # noqa: S608
        yield Mutation(f"{table} split", run(f"CREATE TABLE {table}_2 AS SELECT * FROM {table}; DROP TABLE {table}; CREATE VIEW {table} AS SELECT 1"))  # noqa: S608
        for column in columns:
            yield Mutation(f"{table}.{column} dropped", run(f"ALTER TABLE {table} DROP COLUMN {column}"))
            yield Mutation(f"{table}.{column} renamed", run(f"ALTER TABLE {table} RENAME COLUMN {column} TO {column}_cu"))
            if column in FREE_TEXT:
                continue
            for name, value in (("of bytes", "x'ff00fe'"), ("of another kind", f"'[' || coalesce({column}, '') || ']'")):
                yield Mutation(f"{table}.{column} {name}", run(f"UPDATE {table} SET {column} = {value}"))  # noqa: S608


def is_told(ministry: Ministry, ended: Ended, before: RunResult) -> str:
    """How the run told of a change: it failed in words, refused rows, or warned; "" where it said nothing."""
    if ended.code:
        assert ended.code in (1, 2, 3), ended.said[-1000:]
        assert "Traceback" not in ended.said, ended.said[-2000:]
        return "failed"
    now = result_of(ministry)
    if sum(account.rows_rejected for account in now.entities) != sum(account.rows_rejected for account in before.entities):
        return "refused rows"
    return "warned" if set(now.warnings) - set(before.warnings) else ""


def mutate(forks: Forks, before: Ministry, root: Path, mutation: Mutation) -> str:
    """What became of a run after a mutation; raises AssertionError where figures changed in silence."""
    ministry = before.copy(root / "mutated")
    try:
        first, content = result_of(ministry), content_of(ministry.home)
        with sqlite3.connect(ministry.root / "so.sqlite") as database:
            mutation.make(database)
        database.close()
        ended = forks.vanban("etl", "run", home=ministry.home)
        how = is_told(ministry, ended, first)
        if how in ("", "failed"):
            assert content_of(ministry.home) == content, f"{mutation.name}: the figures changed and nothing was said"
        return how or "no change"
    finally:
        shutil.rmtree(ministry.root)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Ministry:
    ministry = Ministry(tmp_path_factory.mktemp("before") / "home")
    ministry.found(3)
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    return ministry


@pytest.mark.parametrize("name", ["document.form dropped", "delivery.security_level of bytes"])
def test_a_change_of_schema_is_told(tmp_path: Path, forks: Forks, before: Ministry, name: str) -> None:
    (mutation,) = (mutation for mutation in mutations() if mutation.name == name)
    assert mutate(forks, before, tmp_path, mutation) in ("failed", "refused rows", "warned")


@pytest.mark.long
def test_a_hundred_changes_of_schema(tmp_path: Path, forks: Forks, before: Ministry) -> None:
    every = list(mutations())
    campaign = Campaign("P7", "columns and tables dropped, renamed, emptied, of another kind", "100 schema mutations, 0 silent")
    counted: Counter[str] = Counter()
    silent: list[str] = []
    for mutation in every:
        try:
            counted[mutate(forks, before, tmp_path, mutation)] += 1
        except AssertionError as error:
            silent.append(f"{mutation.name}: {str(error)[:400]}")
    told = ", ".join(f"{number} {how}" for how, number in sorted(counted.items()))
    campaign.record(f"{len(every)} mutations: {told}; {len(silent)} silent")
    assert not silent, "\n".join(silent)


# ---------------------------------------------------------------- a source that was restored from a backup


def rewind(forks: Forks, root: Path, late: int, early: int) -> None:
    """The database goes back some nights: the run stops and says so, and is let through when somebody says that it is meant."""
    ministry = Ministry(root / f"rewind-{late}-{early}", is_incremental=True)
    ministry.found(late)
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    expected = content_of(ministry.home)
    ministry.live(early)
    ended = forks.vanban("etl", "run", home=ministry.home)
    assert ended.code in (1, 3), f"{late} to {early}: {ended.code} {ended.said[-1000:]}"
    assert "--full" in ended.said, ended.said[-1000:]
    assert content_of(ministry.home) == expected, "what was served before is served no more"
    assert forks.vanban("etl", "run", "--full", home=ministry.home).code == 0
    assert night_of(ministry.home) == early


def test_a_restored_backup_is_told(tmp_path: Path, forks: Forks) -> None:
    rewind(forks, tmp_path, 2, 1)


def test_a_restored_backup_is_told_where_everything_is_read_whole_too(tmp_path: Path, forks: Forks, before: Ministry) -> None:
    """There it may be meant, as nothing was built on what came after: the run warns."""
    ministry = before.copy(tmp_path / "home")
    ministry.live(1)
    assert forks.vanban("etl", "run", home=ministry.home).code == 0
    warnings = " ".join(result_of(ministry).warnings)
    assert "the newest row of access_event is of 2024-07-02 01:" in warnings
    assert "of document is of" in warnings


@pytest.mark.long
def test_restored_backups(tmp_path: Path, forks: Forks) -> None:
    campaign = Campaign("P7", "a database restored from a backup of an earlier night", "0 silent")
    pairs = [(late, early) for late in range(1, 7) for early in range(late)]
    for late, early in random.Random(3).sample(pairs, len(pairs)):
        rewind(forks, tmp_path, late, early)
    campaign.record(f"{len(pairs)} rewinds of one to six nights: all stopped with the way out, the old night served")

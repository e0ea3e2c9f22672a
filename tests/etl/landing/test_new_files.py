"""A run reads of files what is new alone, and ends where a first run over all that ever was there ends: logs that grow and are rotated, packed and
cut, tables that come and are replaced, messages that come and go."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import ConfigurationError, DataRefused
from data.paths import Home
from data.run_history import EntityAccount
from etl.landing import fetch_source as landing
from etl.landing.fetch_source import Asked, Landed, fetch_source
from etl.run import rebuild_etl, run_etl
from etl.runs.progress import Silent
from etl.sources.access_log import source as access_log
from etl.sources.access_log.events import Events, Reader
from etl.sources.access_log.lines import LogFile
from etl.sources.folder import load_source
from etl.staging.casts import Zones
from etl.staging.stage import stage
from tests.etl.landed_and_staged import PSEUDONYMS, person, write_source
from tests.etl.sources import test_edxml as edxml
from tests.etl.sources.test_access_log import QUERY, line, toml
from tests.etl.tiny_system import TinySystem

CSV = 'kind = "files"\ntitle = "Bảng mô phỏng"\n[entities.access_event]\nfiles = "inbox/*"\n'
CSV_QUERY = "SELECT who AS account_key, time AS occurred_at, kind FROM file"


def fetch(home: Home, asked: Asked | None = None) -> dict[str, Landed]:
    source = load_source(home, "s")
    return {landed.chain.entity: landed for landed in fetch_source(home, source, PSEUDONYMS, {}, Silent(), asked)}


def come_to(home: Home, landed: Landed) -> tuple[list[Any], list[Any], list[EntityAccount]]:
    """The rows that a chain comes to, what was refused of it, and the account of its batches."""
    with duckdb.connect(":memory:") as warehouse:
        warehouse.execute("SET TimeZone = 'UTC'")
        accounts = stage(warehouse, home, landed.chain, Zones("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh"), PSEUDONYMS)
        table = f'"s__{landed.chain.entity}"'
        rows = warehouse.execute(f"SELECT CAST(COLUMNS(* EXCLUDE batch_no) AS VARCHAR) FROM staging.{table} ORDER BY ALL").fetchall()  # noqa: S608
        refused = warehouse.execute(f"SELECT column_name, reason, row_hash FROM reject.{table} ORDER BY ALL").fetchall()  # noqa: S608
    for account in accounts:
        assert account.rows_in == account.rows_loaded + account.rows_duplicate + account.rows_filtered + account.rows_rejected
    return rows, refused, accounts


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "nhà")
    (home.root / "logs").mkdir(parents=True)
    (home.root / "inbox").mkdir()
    (home.root / "axis").mkdir()
    return home


class Server:
    """A web server that writes logs; `written` is what it ever wrote and a run could see, one log each."""

    def __init__(self, home: Home, number: int) -> None:
        self.home, self.draw = home, random.Random(number)
        self.files: dict[str, bytearray] = {"access.log": bytearray()}
        self.written: list[bytearray] = [self.files["access.log"]]
        self.serial = 0
        self.files["access.log"] += line()

    def line(self) -> bytes:
        self.serial += 1
        text = line(
            f"u{self.serial % 5}", second=self.serial % 60, status=self.draw.choice((302, 302, 200, 500)), day=f"{1 + self.serial // 60:02d}/Jul/2024"
        )
        return self.draw.choice((text, text, text, text, f"{self.serial} broken\n".encode(), b"\n", line("-")))

    def append(self) -> None:
        for _ in range(self.draw.randrange(1, 6)):
            self.files["access.log"] += self.line()

    def act(self, step: str) -> None:
        match step:
            case "append":
                self.append()
            case "half a line":
                text = self.line()
                # Far enough that no two halves are alike: nobody could tell two logs of the same content from one that was given another name.
                self.files["access.log"] += text[: self.draw.randrange(len(text) * 3 // 4, len(text)) + 1]
            case "rotate" | "cut":
                names = sorted((name for name in self.files if name != "access.log"), key=lambda name: -int(name.split(".")[2]))
                for name in names:
                    number, *packed = name.split(".")[2:]
                    self.files[".".join(["access.log", str(int(number) + 1), *packed])] = self.files.pop(name)
                self.files["access.log.1"] = self.files["access.log"]
                self.files["access.log"] = bytearray()
                self.written.append(self.files["access.log"])
            case "pack":
                self.files = {f"{name}.gz" if name.endswith(".1") else name: content for name, content in self.files.items()}
            case "lose":
                oldest = max(self.files, key=lambda name: int((name + ".0").split(".")[2] or 0))
                if oldest != "access.log" and bytes(self.files[oldest]) in self.seen:
                    del self.files[oldest]

    seen: tuple[bytes, ...] = ()

    def save(self) -> None:
        """Writes the logs anew, so that neither inodes nor times tell anything; only what did not change is left as it was now and then."""
        folder = self.home.root / "logs"
        for path in list(folder.iterdir()):
            if path.name not in self.files or self.draw.random() < 0.5:
                path.unlink()
        for name, content in self.files.items():
            data = gzip.compress(bytes(content), mtime=0) if name.endswith(".gz") else bytes(content)
            path = folder / name
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)
        self.seen = tuple(bytes(content) for content in self.files.values())


def as_at_first(home: Home, written: list[bytearray], name: str) -> tuple[list[Any], list[Any], list[EntityAccount]]:
    """What a first run makes of all that was written."""
    other = Home(home.root.parent / name)
    shutil.rmtree(other.root, ignore_errors=True)
    (other.root / "logs").mkdir(parents=True)
    shutil.copytree(home.sources, other.sources)
    for number, content in enumerate(written):
        (other.root / "logs" / f"{number}.log").write_bytes(bytes(content))
    return come_to(other, fetch(other)["access_event"])


LOG_STEPS = ("append", "append", "half a line", "half a line", "rotate", "cut", "pack", "lose")


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**32), nights=st.lists(st.lists(st.sampled_from(LOG_STEPS), max_size=4), min_size=1, max_size=6))
def test_logs_that_grow_and_are_rotated_end_where_a_first_run_does(
    tmp_path_factory: pytest.TempPathFactory, number: int, nights: list[list[str]]
) -> None:
    home = Home(tmp_path_factory.mktemp("logs") / "nhà")
    (home.root / "logs").mkdir(parents=True)
    write_source(home, "s", toml(), access_event=QUERY)
    server = Server(home, number)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "LONGEST_CHAIN", 3)
        for night in [[], *nights]:
            for step in night:
                server.act(step)
            server.save()
            landed = fetch(home, Asked(is_whole=server.draw.random() < 0.1))["access_event"]
            rows, refused, accounts = come_to(home, landed)
            first_rows, first_refused, first_accounts = as_at_first(home, server.written, "fresh")
            assert (rows, refused) == (first_rows, first_refused), landed.how
            loaded = [sum(account.rows_loaded for account in each) for each in (accounts, first_accounts)]
            assert loaded[0] == loaded[1]
            before = landed.chain
            assert fetch(home)["access_event"].chain == before  # nothing is new
    shutil.rmtree(home.root.parent)


def test_of_a_log_only_the_new_lines_are_taken_apart(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[str, int, int]] = []
    whole = access_log.events_of

    def noted(file: LogFile, reader: Reader) -> Iterator[Events]:
        taken.append((file.path.name, file.start, file.stop))
        return whole(file, reader)

    monkeypatch.setattr(access_log, "events_of", noted)
    write_source(home, "s", toml(), access_event=QUERY)
    path = home.root / "logs" / "access.log"
    content = line() + line(second=1)
    path.write_bytes(content)
    fetch(home)
    with path.open("ab") as file:
        file.write(line(second=2))
    assert len(fetch(home)["access_event"].chain.batches) == 2
    os.utime(path, (1, 1))
    fetch(home)
    path.rename(path.with_suffix(".log.1"))
    path.write_bytes(line(second=3))
    fetch(home)
    (home.root / "logs" / "access.log.2.gz").write_bytes(gzip.compress(content + line(second=2)))
    (home.root / "logs" / "access.log.1").unlink()
    landed = fetch(home)["access_event"]
    size = len(line())
    assert taken == [("access.log", 0, 2 * size), ("access.log", 2 * size, 3 * size), ("access.log", 0, size)]
    path.write_bytes(b"".join(line("u2", second=second) for second in range(9)))  # as long and longer, and another log
    assert len(come_to(home, fetch(home)["access_event"])[0]) == 13
    assert taken[-1] == ("access.log", 0, 9 * size)
    assert landed.how.startswith("no new files")


def test_a_line_that_is_completed_takes_the_place_of_its_half(home: Home) -> None:
    write_source(home, "s", toml(format_='$time_iso8601 $status "$request" $remote_user'), access_event=QUERY)
    path = home.root / "logs" / "access.log"
    path.write_bytes(b'2024-07-10T06:30:00+07:00 302 "POST /login HTTP/1.1" an\n2024-07-10T06:30:01+07:00 302 "POST /login HTTP/1.1" bi')
    assert len(come_to(home, fetch(home)["access_event"])[0]) == 2
    with path.open("ab") as file:
        file.write(b"nh\nhalf")
    rows, refused, accounts = come_to(home, fetch(home)["access_event"])
    assert {key for key, *_ in rows} == {person("an"), person("binh")}
    assert len(refused) == 1
    assert [(account.rows_in, account.rows_loaded, account.rows_duplicate, account.rows_rejected) for account in accounts] == [
        (2, 1, 1, 0),
        (2, 1, 0, 1),
    ]


def test_an_iis_log_goes_on_with_the_fields_stated_before(home: Home) -> None:
    write_source(home, "s", toml("w3c", "cs-username", '[{ path = "/login", kind = "login" }]'), access_event=QUERY)
    path = home.root / "logs" / "u_ex240710.log"
    path.write_bytes(b"#Fields: date time cs-method cs-uri-stem cs-username sc-status\n2024-07-10 01:00:00 POST /login u1 200\n")
    fetch(home)
    with path.open("ab") as file:
        file.write(b"2024-07-10 01:00:01 POST /login u2 200\n#Fields: date time cs-username sc-status cs-method cs-uri-stem\n")
    fetch(home)
    with path.open("ab") as file:
        file.write(b"2024-07-10 01:00:02 u3 200 POST /login\n")
    rows, refused, _ = come_to(home, fetch(home)["access_event"])
    assert [key for key, at, *_ in sorted(rows, key=lambda row: row[1])] == [person(f"u{number}") for number in (1, 2, 3)]
    assert refused == []


def test_what_is_gone_stays_until_other_files_are_asked_for(home: Home) -> None:
    write_source(home, "s", toml(), access_event=QUERY)
    folder = home.root / "logs"
    (folder / "a.log").write_bytes(line())
    (folder / "b.log").write_bytes(line(second=1) + line(request="GET /nothing HTTP/1.1", status=200))
    fetch(home)
    (folder / "a.log").unlink()
    for asked in (None, Asked(is_whole=True)):
        assert len(come_to(home, fetch(home, asked)["access_event"])[0]) == 2
    write_source(home, "s", toml(rules='[{ path = "/login", kind = "logout" }]'), access_event=QUERY)
    landed = fetch(home)["access_event"]
    assert landed.how.startswith("whole because access_event.sql or its part of source.toml was changed")
    assert sorted(kind for _, _, _, kind in come_to(home, landed)[0]) == ["login", "logout"]
    write_source(home, "s", toml(rules='[{ path = "/login", kind = "logout" }]', files="logs/b*"), access_event=QUERY)
    assert [kind for _, _, _, kind in come_to(home, fetch(home)["access_event"])[0]] == ["logout"]


def test_new_tables_are_read_alone_and_a_changed_one_takes_the_place_of_its_rows(home: Home) -> None:
    write_source(home, "s", CSV, access_event=CSV_QUERY)

    def save(name: str, *rows: str) -> None:
        (home.root / "inbox" / name).write_text("who,time,kind\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")

    save("1.csv", "u1,2024-07-01 08:00:00,login", "u1,2024-07-01 09:00:00,wrong")
    save("2.csv", "u2,2024-07-02 08:00:00,login")
    assert fetch(home)["access_event"].chain.newest.rows_in == 3
    save("3.csv", "u3,2024-07-03 08:00:00,login")
    landed = fetch(home)["access_event"]
    assert (len(landed.chain.batches), landed.chain.newest.rows_in) == (2, 1)
    save("1.csv", "u1,2024-07-01 08:00:00,logout")
    (home.root / "inbox" / "2.csv").rename(home.root / "inbox" / "4.csv")
    landed = fetch(home)["access_event"]
    rows, refused, accounts = come_to(home, landed)
    assert [kind for _, at, _, kind in sorted(rows, key=lambda row: row[1])] == ["logout", "login", "login"]
    assert refused == []
    assert (landed.chain.newest.rows_in, landed.chain.newest.rows_removed) == (1, 2)
    assert [account.rows_duplicate for account in accounts] == [2, 0, 0]
    write_source(home, "s", CSV, access_event=CSV_QUERY + " QUALIFY row_number() OVER (PARTITION BY who ORDER BY time) = 1")
    assert fetch(home)["access_event"].chain.newest.rows_in == 3  # of several files together: whole
    (home.sources / "s" / "source.toml").write_text(CSV + 'mode = "incremental"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"access_event\.sql puts rows of several files together"):
        fetch(home)


def test_a_json_line_without_an_optional_field_is_read_beside_older_ones(home: Home) -> None:
    write_source(home, "s", CSV, access_event="SELECT who AS account_key, time AS occurred_at, coalesce(kind, 'login') AS kind FROM file")
    (home.root / "inbox" / "1.jsonl").write_text('{"who": "u1", "time": "2024-07-01 08:00:00", "kind": "logout"}\n', encoding="utf-8")
    (home.root / "inbox" / "0.jsonl").write_text('{"who": "u0", "time": "2024-07-01 08:00:00"}\n', encoding="utf-8")
    fetch(home)
    (home.root / "inbox" / "2.jsonl").write_text('{"who": "u2", "time": "2024-07-01 08:00:00"}\n', encoding="utf-8")
    rows, _, _ = come_to(home, landed := fetch(home)["access_event"])
    assert ([kind for *_, kind in rows].count("login"), len(rows), landed.chain.newest.rows_in) == (2, 3, 1)


def test_new_messages_are_read_alone_where_each_stands_for_itself(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write_source(home, "s", edxml.TOML + "[entities.axis_message]\n[entities.document]\n", axis_message=edxml.AXIS_MESSAGE, document=edxml.DOCUMENT)
    edxml.save(home, "1", edxml.document("first"))
    edxml.save(home, "2", edxml.document("second")[:200])
    edxml.save(home, "3", edxml.document("third", edxml.element("SecurityLevel", "1")))
    fetch(home)
    edxml.save(home, "2", edxml.document("second"))
    edxml.save(home, "4", edxml.document("first", business="1"))
    (home.root / "axis" / "3.edxml").unlink()
    landed = fetch(home)
    rows, refused, _ = come_to(home, landed["axis_message"])
    assert sorted(row[1] for row in rows) == ["first", "first", "second"]
    assert refused == []
    assert (landed["axis_message"].chain.newest.rows_in, landed["axis_message"].chain.newest.rows_removed) == (2, 1)
    assert landed["document"].how.startswith("whole")  # whether a document is recalled is said by another message
    assert sorted((row[0], "recalled" in row) for row in come_to(home, landed["document"])[0]) == [("first", True), ("second", False)]
    (home.root / "axis" / "1.edxml").unlink()
    (home.sources / "s" / "document.sql").unlink()
    write_source(home, "s", edxml.TOML + "[entities.axis_message]\n")
    numbers: list[str] = []
    monkeypatch.setattr("etl.sources.edxml.source.read_message", numbers.append)
    landed = fetch(home)
    assert (len(come_to(home, landed["axis_message"])[0]), numbers) == (3, [])


def test_runs_over_a_log_end_with_the_content_of_a_first_run_and_of_a_rebuild(tiny: TinySystem, tmp_path: Path, without_checks: None) -> None:
    """In the warehouse that a run kept, and anew where too many batches have gathered."""
    write_source(tiny.home, "s", toml(), access_event=QUERY)
    tiny.home.config.write_text(tiny.home.config.read_text().replace('["tiny"]', '["tiny", "s"]'), encoding="utf-8")
    (tiny.home.root / "logs").mkdir()
    server = Server(tiny.home, 1)
    results = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "LONGEST_CHAIN", 4)
        for night in (
            [],
            ["append", "half a line"],
            ["half a line", "append", "rotate"],
            ["append"],
            ["pack", "append", "rotate", "append"],
            ["lose"],
            ["append"],
        ):
            for step in night:
                server.act(step)
            server.save()
            results.append(tiny.run())
    assert rebuild_etl(tiny.settings).content_hash == results[-1].content_hash
    shutil.rmtree(tiny.home.var)
    shutil.rmtree(tiny.home.root / "logs")
    (tiny.home.root / "logs").mkdir()
    for number, content in enumerate(server.written):
        (tiny.home.root / "logs" / f"{number}.log").write_bytes(bytes(content))
    assert run_etl(tiny.settings).content_hash == results[-1].content_hash


def damage(home: Home, ending: str) -> None:
    (path,) = (home.landing / "s" / "access_event").glob(f"*{ending}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_damaged_batch_is_read_again_where_all_files_are_there(home: Home) -> None:
    server = Server(home, 1)
    server.save()
    write_source(home, "s", toml(), access_event=QUERY)
    rows, *_ = come_to(home, fetch(home)["access_event"])
    damage(home, ".parquet")
    again = fetch(home)["access_event"]
    assert "whole" in again.how
    assert come_to(home, again)[0] == rows


@pytest.mark.parametrize("ending", [".parquet", ".files"])
def test_damage_is_told_where_its_files_have_gone(home: Home, ending: str) -> None:
    (home.root / "logs" / "access.log.1").write_bytes(line("u1"))
    (home.root / "logs" / "access.log").write_bytes(line("u2"))
    write_source(home, "s", toml(files="logs/access.log*"), access_event=QUERY)
    fetch(home)
    (home.root / "logs" / "access.log.1").unlink()
    damage(home, ending)
    with pytest.raises(DataRefused, match=r"Restore .* from a backup.*--full"):
        fetch(home)
    rows, *_ = come_to(home, fetch(home, Asked(is_whole=True))["access_event"])
    assert len(rows) == 1

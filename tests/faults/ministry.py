"""A made-up organisation whose systems change from night to night: what each night holds is a function of its number alone.

Four sources of four kinds (a database, a web server's log, files, messages of the axis) with late rows, updates, removals, duplicates, rows to be
refused, secret rows, a person who moves and a unit that is founded. On every night the number of the night stands in three tables: as the name of
unit R, as the pages of document S and as a declared total. Whoever reads a snapshot can tell whether all of it is of one night.
"""

from __future__ import annotations

import datetime as dt
import gzip
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.paths import Home
from data.snapshot import TABLES, published_snapshot
from metrics.engines.duckdb import open_snapshot

KEY = "0123456789abcdef0123456789abcdef"
FIRST_DAY = dt.date(2024, 7, 1)

COLUMNS: dict[str, tuple[str, ...]] = {
    "org_unit": ("unit_code", "name", "parent_code", "level", "valid_from", "valid_to"),
    "account": ("account_key", "unit_code", "is_officer", "provisioned_at", "activated_at", "disabled_at"),
    "account_assignment": ("account_key", "unit_code", "valid_from", "valid_to"),
    "access_event": ("account_key", "occurred_at", "kind"),
    "document": ("document_key", "unit_code", "direction", "number", "issued_at", "form", "security_level", "status", "page_count"),
    "delivery": ("document_key", "receiver_code", "sent_at", "received_at", "due_at", "completed_at", "channel", "status", "security_level"),
}
INCREMENTAL = ("access_event", "document", "delivery")
"""Entities that an incremental ministry reads by their stamp; every run compares all keys, so that removals are found at once."""

Row = tuple[Any, ...]


def day(number: int) -> str:
    return (FIRST_DAY + dt.timedelta(days=number)).isoformat()


@dataclass(frozen=True)
class Ministry:
    """One home with its sources."""

    root: Path
    is_incremental: bool = False

    @property
    def home(self) -> Home:
        return Home(self.root)

    def found(self, night: int = 0) -> None:
        """Writes settings, mappings and the sources as of a night."""
        home = self.home
        home.sources.mkdir(parents=True)
        home.config.write_text('title = "Mô phỏng"\n[etl]\nsources = ["so", "log", "khai", "truc"]\nkeep_snapshots = 3\n', encoding="utf-8")
        home.environment.write_text(f"SO_URL=sqlite:///{{home}}/so.sqlite\nVANBAN_ACCOUNT_KEY={KEY}\n", encoding="utf-8")
        head = 'kind = "{}"\ntitle = "Mô phỏng"\nis_synthetic = true\n'
        cursor = 'cursor = "updated_at"\noverlap = "3 days"\ncompare_keys = "0 hours"\n'
        entities = "".join(f"[entities.{name}]\nmax_rejected = 1\n" + (cursor if self._has_cursor(name) else "") for name in COLUMNS)
        self._source("so", head.format("database") + 'url_env = "SO_URL"\n' + entities)
        for name, columns in COLUMNS.items():
            stamped = (*columns, "updated_at") if self._has_cursor(name) else columns
            (home.sources / "so" / f"{name}.sql").write_text(f"SELECT {', '.join(stamped)} FROM {name}", encoding="utf-8")  # noqa: S608
        rules = '[{ path = "/doc/.*", status = "200", kind = "view" }, { path = "/static/.*", kind = "ignore" }]'
        log = f'[entities.access_event]\nmax_rejected = 1\nfiles = "logs/*"\nformat = "combined"\naccount = "$remote_user"\nrules = {rules}\n'
        self._source("log", head.format("access_log") + log, access_event="SELECT account_key, occurred_at, kind FROM event")
        declared = "SELECT unit AS unit_code, base AS metric_base, from_on, to_on, value FROM file"
        self._source("khai", head.format("files") + '[entities.declared_total]\nmax_rejected = 1\nfiles = "inbox/*.csv"\n', declared_total=declared)
        message = (
            "SELECT message_key, document_id AS document_key, kind, business_type, from_code, to_code, sent_at AS at, 'ordinary' AS security_level "
            "FROM message JOIN receiver USING (file_number)"
        )
        self._source("truc", head.format("edxml") + 'files = "axis/*.edxml"\n[entities.axis_message]\nmax_rejected = 1\n', axis_message=message)
        self.live(night)

    def live(self, night: int) -> None:
        """Brings all sources to what they hold on a night."""
        with sqlite3.connect(self.root / "so.sqlite") as database:
            database.execute("BEGIN IMMEDIATE")
            for name, columns in COLUMNS.items():
                database.execute(f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(columns)}, updated_at)")
                database.execute(f"DELETE FROM {name}")  # noqa: S608
            for name, row in rows(night):
                database.execute(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in row)})", row)  # noqa: S608
        database.close()
        self._logs(night)
        inbox = self._folder("inbox")
        for number in range(night + 1):
            value = night if number == 0 else 10 * number
            text = f"unit,base,from_on,to_on,value\nR,tong_{number},{day(number)},{day(number)},{value}\n"
            _put(inbox / f"khai-{number:03d}.csv", text.encode())
        axis = self._folder("axis")
        for number in range(night + 1):
            _put(axis / f"m{number:03d}.edxml", _message(number) if number % 4 != 3 else b"<html/>")

    def copy(self, root: Path) -> Ministry:
        """The same home, sources and all, in another place."""
        shutil.copytree(self.root, root)
        return Ministry(root, self.is_incremental)

    def _has_cursor(self, entity: str) -> bool:
        return self.is_incremental and entity in INCREMENTAL

    def _source(self, name: str, toml: str, **queries: str) -> None:
        folder = self.home.sources / name
        folder.mkdir()
        (folder / "source.toml").write_text(toml, encoding="utf-8")
        for entity, text in queries.items():
            (folder / f"{entity}.sql").write_text(text, encoding="utf-8")

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(exist_ok=True)
        return folder

    def _logs(self, night: int) -> None:
        """One log that grows; every fourth night what has gathered is packed away."""
        logs = self._folder("logs")
        lines = [line for number in range(night + 1) for line in _log_lines(number)]
        packed = 0
        for number in range(4, night + 1, 4):
            until = sum(len(_log_lines(earlier)) for earlier in range(number))
            path = logs / f"access.log-{number:03d}.gz"
            if not path.exists():
                _put(path, gzip.compress(b"".join(lines[packed:until]), mtime=0))
            packed = until
        _put(logs / "access.log", b"".join(lines[packed:]))


def _put(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def rows(night: int) -> Iterator[tuple[str, Row]]:
    """All rows of the database on a night: table and values, the last one when the row was changed."""

    def stamp(number: int) -> str:
        return f"{day(number)} 22:00:00"

    yield "org_unit", ("R", f"Đêm {night}", None, "toi_cao", None, None, stamp(night))
    for place, code in enumerate("ABC"):
        if code != "C" or night >= 2:
            yield "org_unit", (code, f"Đơn vị {code}", "R", "cap_tinh", None, None, stamp(2 * (place // 2)))
    people = [f"u{number}" for number in range(4 + night)]
    for number, person in enumerate(people):
        since = f"{day(max(number - 4, 0) - 20)} 08:00:00"
        yield "account", (person, "AB"[number % 2], number % 2, since, since if number % 3 else None, None, stamp(max(number - 4, 0)))
    yield "account_assignment", ("u0", "A", "2024-06-01", day(1) if night >= 2 else None, stamp(2 if night >= 2 else 0))
    if night >= 2:
        yield "account_assignment", ("u0", "B", day(2), None, stamp(2))
    for number in range(night + 1):
        for place in range(min(len(people), 4 + number)):
            if (number * 7 + place) % 3:
                kind = ("login", "process", "sign", "login_failed")[(number + place) % 4]
                yield "access_event", (f"u{place}", f"{day(number)} 08:{place:02d}:00", kind, stamp(number))
        late = max(number - 2, 0)
        yield "access_event", ("u1", f"{day(late)} 07:{number % 60:02d}:00", "login", stamp(number))
        yield "access_event", ("u1", f"{day(late)} 07:{number % 60:02d}:00", "login", stamp(number))
        if number % 2:
            yield "access_event", ("u2", f"{day(number)} 10:00:00", "an unknown kind", stamp(number))
        yield from _documents(number, night, stamp(number))
    yield "document", ("S", "A", "outgoing", "S", f"{day(0)} 09:00:00", "electronic", "ordinary", "issued", night, stamp(night))


def _documents(number: int, night: int, stamp: str) -> Iterator[tuple[str, Row]]:
    for place in range(4):
        key = f"D{number}-{place}"
        if place == 1 and number % 3 == 0 and night >= number + 2:  # removed without a trace
            continue
        is_recalled = place == 0 and night >= number + 1
        level = "mat" if place == 3 and number % 2 else "ordinary"
        changed = f"{day(number + 1)} 22:00:00" if is_recalled else stamp
        status, issued_at = "recalled" if is_recalled else "issued", f"{day(number)} 09:{place:02d}:00"
        form = ("electronic", "parallel", "paper", None)[place]
        yield "document", (key, "AB"[place % 2], "outgoing", f"{place}/VB", issued_at, form, level, status, place, changed)
        is_received = night >= number + 1
        received_at = f"{day(number + 1)} 08:00:00" if is_received else None
        received = f"{day(number + 1)} 22:00:00" if is_received else stamp
        due_at = f"{day(number + 5)} 17:00:00"
        yield "delivery", (key, "BA"[place % 2], issued_at, received_at, due_at, None, "internal", "sent", level, received)


def _log_lines(number: int) -> list[bytes]:
    moment = (FIRST_DAY + dt.timedelta(days=number)).strftime("%d/%b/%Y")
    lines = [
        f'10.9.8.7 - u{place} [{moment}:09:{place:02d}:00 +0700] "GET {path} HTTP/1.1" 200 5 "-" "A"\n'.encode()
        for place, path in enumerate(("/doc/1", "/static/x.css", "/doc/2", "/other"))
    ]
    return [*lines, b"half a line\n"] if number % 2 else lines


def _message(number: int) -> bytes:
    date = day(number).replace("-", "/")
    header = (
        "<MessageHeader><To><OrganId>G98.01</OrganId></To><To><OrganId>G98.02</OrganId></To><From><OrganId>000.00.12.G22</OrganId></From>"
        f"<DocumentId>000.00.12.G22,{date},{number}/CV-MP</DocumentId></MessageHeader>"
        f"<TraceHeaderList><TraceHeader><OrganId>G22</OrganId><Timestamp>{date} 23:30:00</Timestamp></TraceHeader></TraceHeaderList>"
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope>'
        f"<edXMLHeader>{header}</edXMLHeader></edXMLEnvelope></edXML>"
    ).encode()


@dataclass(frozen=True)
class Content:
    """What a published snapshot holds, apart from when and how it was made."""

    digest: str
    cutoff_at: str
    tables: dict[str, Counter[tuple[Any, ...]]]


def content_of(home: Home) -> Content:
    """Reads the published snapshot twice, by scanning and row by row by key; raises AssertionError where the two differ."""
    with open_snapshot(published_snapshot(home.pointer)) as snapshot:
        ((digest, cutoff_at),) = snapshot.query("SELECT content_hash, cutoff_at::VARCHAR FROM snapshot_info").rows()
        tables = {}
        for table in TABLES:
            if not table.is_content:
                continue
            places = [list(table.columns).index(name) for name in table.key]
            found = snapshot.query(f"SELECT COLUMNS(*)::VARCHAR FROM {table.name}").rows()  # noqa: S608
            tables[table.name] = Counter(found)
            condition = " AND ".join(f'"{name}"::VARCHAR = ${name}' for name in table.key)
            for row in found[:: max(len(found) // 12, 1)]:
                key = {name: row[place] for name, place in zip(table.key, places, strict=True)}
                again = snapshot.query(f"SELECT COLUMNS(*)::VARCHAR FROM {table.name} WHERE {condition}", key).rows()  # noqa: S608
                assert again == [row], f"{table.name}: asked by its key, a row is not the one that a scan shows"
        return Content(digest, cutoff_at, tables)


def night_of(home: Home) -> int:
    """The night that the published snapshot is of; raises AssertionError where its tables are of different nights."""
    with open_snapshot(published_snapshot(home.pointer)) as snapshot:
        question = (
            "SELECT (SELECT name FROM org_unit WHERE unit_code = 'R'), (SELECT page_count FROM document WHERE document_key = 'S'), "
            "(SELECT value FROM declared_total WHERE metric_base = 'tong_0')"
        )
        ((name, pages, value),) = snapshot.query(question).rows()
    assert name == f"Đêm {pages}", (name, pages)
    assert pages == value, (pages, value)
    return int(pages)

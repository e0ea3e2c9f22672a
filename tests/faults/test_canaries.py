"""P8: no name, no secret document and no line of a log is left anywhere by any run, also not by one that fails or is killed."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import random
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
import xlsxwriter

from data.paths import Home
from etl.runs.fail_points import FAIL_AT, POINTS
from tests.etl.landed_and_staged import write_source
from tests.faults.canaries import ENCODINGS, WRAPPINGS, Canaries, make_canaries, tcvn3, traces, vni, windows_1258
from tests.faults.figures import Campaign
from tests.faults.fork_server import Forks

KEY = "0123456789abcdef0123456789abcdef"
MARKINGS = ("mật", "MAT", "tối mật", "Ordinary", "ordinary ", "", None, "ordi\u200bnary", "о\u0440dinary", "1")
PROBE = "zqprobe000"


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_search_finds_what_it_looks_for(tmp_path: Path, encoding: str, wrapping: str) -> None:
    canaries = Canaries((PROBE,))
    noise = random.Random(1).randbytes(300)
    (tmp_path / "some.log").write_bytes(noise + b" " + WRAPPINGS[wrapping](ENCODINGS[encoding](canaries.text(0))) + b" " + noise)
    assert any(PROBE in found for found in traces([tmp_path], canaries)), f"{encoding}, {wrapping}"


def test_the_search_finds_digests_and_names_without_their_sign(tmp_path: Path) -> None:
    import hashlib

    canaries = Canaries((PROBE,))
    (tmp_path / "digest").write_text(hashlib.sha256(canaries.key(0).encode()).hexdigest())
    assert traces([tmp_path], canaries) == [f"digest (bytes): digest, sha256 of {PROBE}"]
    (tmp_path / "digest").write_bytes(canaries.text(0)[:18].encode("utf-16-le"))
    assert "stem in utf-16-le" in traces([tmp_path], canaries)[0]


def test_the_search_looks_into_databases_and_parquet_files(tmp_path: Path) -> None:
    import duckdb

    canaries = Canaries((PROBE,))
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute("CREATE SCHEMA s; CREATE TABLE s.t AS SELECT ? || i::VARCHAR AS a FROM range(5000) r(i)", [canaries.text(0)])
    pq.write_table(pa.table({"a": [canaries.text(0)] * 100}), tmp_path / "a.parquet", compression="zstd")
    shutil.copy(tmp_path / "a.parquet", tmp_path / "half.parquet.unfinished")
    (tmp_path / "half.parquet.unfinished").write_bytes((tmp_path / "a.parquet").read_bytes()[:-20])
    named = {found.partition(" ")[0] for found in traces([tmp_path], canaries)}
    assert named == {"a.duckdb", "a.parquet", "half.parquet.unfinished"}


# ---------------------------------------------------------------- a home full of them


class Hiding:
    """Hands out canaries one after the other, from the start again when all are planted."""

    def __init__(self, canaries: Canaries) -> None:
        self.canaries = canaries
        self._numbers = itertools.cycle(range(len(canaries.signs)))
        self.planted: set[int] = set()

    def _next(self) -> int:
        number = next(self._numbers)
        self.planted.add(number)
        return number

    def text(self) -> str:
        return self.canaries.text(self._next())

    def key(self) -> str:
        return self.canaries.key(self._next())


def database_rows(hiding: Hiding, people: int, secrets: int) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Rows of a vendor's tables: names and user names of people, subjects and numbers of documents."""
    yield "don_vi", ("R", "Toàn ngành", None)
    yield "don_vi", ("A", "Đơn vị A", "R")
    for number in range(people):
        user = hiding.key() if number % 2 else hiding.text()
        yield "nguoi_dung", (user, hiding.text(), "A")
        yield "nhat_ky", (user, f"2024-07-{1 + number % 28:02d} 08:00:00", ("login", "sign", "an unknown kind")[number % 3])
    yield "nhat_ky", (hiding.key(), "not a time at all", "login")
    for number in range(secrets):
        marking = MARKINGS[number % len(MARKINGS)]
        yield "van_ban", (f"K-{hiding.key()}", hiding.text(), hiding.text(), "2024-07-10 09:00:00", marking)
    for number in range(12):
        yield "van_ban", (f"D{number}", f"{number}/CV", hiding.text(), "2024-07-10 09:00:00" if number else "no time", "ordinary")


TABLES = {"don_vi": 3, "nguoi_dung": 3, "nhat_ky": 3, "van_ban": 5}
MAPPING = {
    "org_unit": "SELECT c0 AS unit_code, c1 AS name, c2 AS parent_code, 'cap_tinh' AS level FROM don_vi",
    "account": "SELECT c0 AS account_key, c2 AS unit_code, '2024-06-01 08:00:00' AS provisioned_at, '2024-06-02' AS activated_at FROM nguoi_dung",
    "access_event": "SELECT c0 AS account_key, c1 AS occurred_at, c2 AS kind FROM nhat_ky",
    "document": "SELECT c0 AS document_key, 'A' AS unit_code, 'outgoing' AS direction, c1 AS number, c3 AS issued_at, c4 AS security_level "
    "FROM van_ban",
    "delivery": "SELECT c0 AS document_key, 'A' AS receiver_code, c3 AS sent_at, 'internal' AS channel, c4 AS security_level FROM van_ban",
}
DECLARED = (
    "SELECT 'A' AS unit_code, \"Số\" || file_name AS metric_base, '2024-07-01' AS from_on, '2024-07-31' AS to_on, '1' AS value, "
    '"Người" AS declared_by FROM file'
)
TITLES = ["Số", "Người", "Họ tên"]


def plant_database(url: str, hiding: Hiding, people: int, secrets: int) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as database:
        for table, width in TABLES.items():
            database.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
            database.exec_driver_sql(f"CREATE TABLE {table} ({', '.join(f'c{place} varchar(300)' for place in range(width))})")
        for table, row in database_rows(hiding, people, secrets):
            values = {f"v{place}": value for place, value in enumerate(row)}
            database.execute(sa.text(f"INSERT INTO {table} VALUES ({', '.join(f':{key}' for key in values)})"), values)  # noqa: S608
    engine.dispose()


def plant_files(inbox: Path, hiding: Hiding, rows: int) -> None:
    """The same table as a workbook, JSON Lines, Parquet and CSV in five encodings: who declared, and a column with names that no mapping asks for."""

    def table() -> list[list[str]]:
        return [[f"b{number}", hiding.key() if number % 2 else unicodedata.normalize("NFC", hiding.text()), hiding.text()] for number in range(rows)]

    encoders: dict[str, Callable[[str], bytes]] = {"utf-8": str.encode, "utf-16": lambda text: text.encode("utf-16"), "windows-1258": windows_1258}
    encoders |= {"tcvn3": tcvn3, "vni": vni}
    for name, encode in encoders.items():
        folder = inbox / name
        folder.mkdir(parents=True)
        text = "".join(",".join(row) + "\r\n" for row in [TITLES, *table()])
        (folder / "a.csv").write_bytes(encode(unicodedata.normalize("NFC", text)))
    others = inbox / "others"
    others.mkdir()
    (others / "b.csv.gz").write_bytes(gzip.compress("".join(",".join(row) + "\n" for row in [TITLES, *table()]).encode()))
    (others / "c.jsonl").write_text("".join(json.dumps(dict(zip(TITLES, row, strict=True))) + "\n" for row in table()))
    pq.write_table(pa.table([pa.array(column) for column in zip(*table(), strict=True)], names=TITLES), others / "d.parquet")
    book = xlsxwriter.Workbook(str(others / "e.xlsx"))
    page = book.add_worksheet()
    for number, row in enumerate([TITLES, *table()]):
        page.write_row(number, 0, row)
    book.close()


def plant_log(logs: Path, hiding: Hiding, lines: int) -> None:
    """People as users and as parameters, and in every other place of a line something that nobody asked for."""
    logs.mkdir()
    written = []
    for number in range(lines):
        moment = f"{1 + number % 28:02d}/Jul/2024:09:00:{number % 60:02d} +0700"
        user, query = quote(hiding.key()), quote(hiding.text())
        path = ("/doc/1", "/other", f"/{query}")[number % 3]
        line = f'10.0.0.1-{user} - {user} [{moment}] "GET {path}?q={query}&name={quote(hiding.text())} HTTP/1.1" 200 5 "{query}" "{hiding.text()}"\n'
        written.append(line if number % 5 else f"{hiding.text()} half a line {base64.b64encode(hiding.text().encode()).decode()}\n")
        if number % 7 == 0:
            written.append(f'10.0.0.1 - {hiding.key()}\\x1b [{moment}] "GET /doc/1 HTTP/1.1" 200 5 "-" "-"\n')
    (logs / "access.log").write_bytes("".join(written[::2]).encode())
    (logs / "access.log.1.gz").write_bytes(gzip.compress("".join(written[1::2]).encode()))


def plant_messages(axis: Path, hiding: Hiding, messages: int) -> None:
    axis.mkdir()
    for number in range(messages):
        secret = f"<SecurityLevel>{hiding.text()}</SecurityLevel>" if number % 3 == 0 else ""
        own = f"S-{hiding.key()}" if secret else f"D{number}"
        header = (
            f"<MessageHeader><From><OrganId>G22</OrganId><OrganName>{hiding.text()}</OrganName></From><To><OrganId>G98</OrganId></To>"
            f"<DocumentId>{own}</DocumentId><Subject>{hiding.text()}</Subject><SignerInfo><FullName>{hiding.text()}</FullName></SignerInfo>{secret}"
            "</MessageHeader><TraceHeaderList><TraceHeader><OrganId>G22</OrganId><Timestamp>2024/07/03 08:00:00</Timestamp></TraceHeader>"
            "</TraceHeaderList>"
        )
        attachment = base64.b64encode(hiding.text().encode() * 3).decode()
        text = (
            f'<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope><edXMLHeader>{header}</edXMLHeader></edXMLEnvelope>'
            f"<AttachmentEncoded>{attachment}</AttachmentEncoded></edXML>"
        )
        (axis / f"m{number:04d}.edxml").write_text(text if number % 4 else f"<!DOCTYPE x>{text}" if number % 8 else text[:-40], encoding="utf-8")


def full_home(root: Path, hiding: Hiding, size: int, url: str = "") -> Home:
    """A home of which every source is full of canaries; `size` counts rows of each."""
    home = Home(root)
    names = ["so", *(f"khai-{name}" for name in ("utf-8", "utf-16", "windows-1258", "tcvn3", "vni", "others")), "log", "truc"]
    root.mkdir(parents=True)
    home.config.write_text(f'title = "Mô phỏng"\n[etl]\nsources = {json.dumps(names)}\n', encoding="utf-8")
    home.environment.write_text(f"SO_URL={url or 'sqlite:///{home}/so.sqlite'}\nVANBAN_ACCOUNT_KEY={KEY}\n", encoding="utf-8")
    entities = "".join(f"[entities.{name}]\nmax_rejected = 1\n" for name in MAPPING)
    write_source(home, "so", f'kind = "database"\ntitle = "x"\nurl_env = "SO_URL"\n{entities}', **MAPPING)
    plant_database(url or f"sqlite:///{root}/so.sqlite", hiding, size, size)
    plant_files(root / "inbox", hiding, size)
    for name in names[1:7]:
        encoding = name.removeprefix("khai-")
        option = f'encoding = "{encoding}"\n' if encoding != "others" else ""
        toml = f'kind = "files"\ntitle = "x"\n[entities.declared_total]\nmax_rejected = 1\nfiles = "inbox/{encoding}/*"\n{option}'
        write_source(home, name, toml, declared_total=DECLARED.replace('"Số" || file_name', f"\"Số\" || file_name || '{encoding}'"))
    rules = '[{ path = "/doc/.*", kind = "view" }]'
    toml = 'kind = "access_log"\ntitle = "x"\n[entities.access_event]\nmax_rejected = 1\nfiles = "logs/*"\n'
    toml += 'format = "combined"\naccount = "$remote_user"\n'
    toml += f"rules = {rules}\n"
    write_source(home, "log", toml, access_event="SELECT account_key, occurred_at, kind FROM event")
    plant_log(root / "logs", hiding, size)
    message = (
        "SELECT message_key, document_id AS document_key, kind, from_code, to_code, sent_at AS at, "
        "CASE WHEN security_marking IS NULL THEN 'ordinary' ELSE security_marking END AS security_level "
        "FROM message JOIN receiver USING (file_number)"
    )
    write_source(
        home, "truc", 'kind = "edxml"\ntitle = "x"\nfiles = "axis/*.edxml"\n[entities.axis_message]\nmax_rejected = 1\n', axis_message=message
    )
    plant_messages(root / "axis", hiding, size)
    return home


def look(forks: Forks, home: Home, canaries: Canaries, *words: str, **more: object) -> tuple[int, list[str]]:
    """One command, and what it left: in the home's var, in the folder for passing files, and in what it said."""
    passing = home.root / "passing"
    passing.mkdir(exist_ok=True)
    environment = {"TMPDIR": str(passing), **dict(more.pop("environment", {}))}  # type: ignore[call-overload]
    ended = forks.vanban(*words, home=home, environment=environment, **more)
    return ended.code, traces([home.var, passing], canaries, [ended.said])


def spoil(home: Home, how: int, hiding: Hiding) -> None:
    """Makes the next run fail, in ways whose messages might quote what they choke on."""
    sql = {
        0: ("document", MAPPING["document"].replace("c1 AS number", "c1 AS number, c2 AS subject")),
        1: ("document", MAPPING["document"].replace("c3 AS issued_at", "CAST(c2 AS decimal(10, 2)) AS issued_at")),
        2: ("account", MAPPING["account"].replace("FROM nguoi_dung", f"FROM nguoi_dung WHERE c9 = '{hiding.key()}'")),
        3: ("org_unit", MAPPING["org_unit"].replace("c2 AS parent_code", "'A' AS parent_code")),
    }[how]
    (home.sources / "so" / f"{sql[0]}.sql").write_text(sql[1], encoding="utf-8")


def mend(home: Home) -> None:
    for name, text in MAPPING.items():
        (home.sources / "so" / f"{name}.sql").write_text(text, encoding="utf-8")


def test_nothing_of_it_is_left(tmp_path: Path, forks: Forks) -> None:
    canaries = make_canaries(400)
    hiding = Hiding(canaries)
    home = full_home(tmp_path / "home", hiding, 16)
    assert len(hiding.planted) == len(canaries.signs)
    code, found = look(forks, home, canaries, "source", "check", "so")
    assert found == []
    code, found = look(forks, home, canaries, "etl", "run", environment={FAIL_AT: "landing.rows_written:4"})
    assert (code, found) == (-9, [])
    code, found = look(forks, home, canaries, "etl", "run", environment={FAIL_AT: "model.built"})
    assert (code, found) == (-9, [])
    code, found = look(forks, home, canaries, "etl", "run")
    assert (code, found) == (0, [])
    spoil(home, 0, hiding)
    code, found = look(forks, home, canaries, "etl", "run")
    assert (code, found) == (2, [])


@pytest.mark.long
def test_five_thousand_canaries(tmp_path: Path, forks: Forks, postgres_url: str, mariadb_url: str) -> None:
    campaign = Campaign(
        "P8", "names, secret documents, log lines in every source; var, temporary files and output searched", "5,000 canaries, 0 bytes"
    )
    canaries = make_canaries(5_000)
    hiding = Hiding(canaries)
    bytes_searched = commands = 0
    wrong: list[str] = []
    chance = random.Random(8)
    for name, url in (("sqlite", ""), ("postgresql", postgres_url), ("mariadb", mariadb_url)):
        home = full_home(tmp_path / name, hiding, 120, url)
        asked: list[tuple[list[str], dict[str, object]]] = [(["source", "check", source], {}) for source in ("so", "log", "truc", "khai-vni")]
        asked += [(["etl", "run"], {"environment": {FAIL_AT: point}}) for point in POINTS]
        asked += [(["etl", "run"], {"kill_after": chance.uniform(0.1, 4.0)}) for _ in range(12)]
        asked += [(["etl", "run"], {}), (["etl", "rebuild"], {}), (["etl", "status"], {}), (["etl", "prune", "--remove"], {})]
        for how in (0, 1, 2, 3):
            asked.append((["etl", "run"], {"spoil": how}))
        for words, more in asked:
            if "spoil" in more:
                spoil(home, int(str(more.pop("spoil"))), hiding)
            _, found = look(forks, home, canaries, *words, **more)
            mend(home)
            wrong += [f"{name}, {' '.join(words)} {more}: {what}" for what in found[:20]]
            commands += 1
            bytes_searched += sum(path.stat().st_size for path in home.var.rglob("*") if path.is_file())
    campaign.record(
        f"{len(hiding.planted):,} canaries, {commands} commands on SQLite, PostgreSQL and MariaDB (killed, failing, whole), "
        f"{bytes_searched / 1e6:,.0f} MB searched in {len(ENCODINGS)} encodings and {len(WRAPPINGS)} wrappings: {len(wrong)} found"
    )
    assert len(hiding.planted) == 5_000
    assert not wrong, "\n".join(wrong[:60])

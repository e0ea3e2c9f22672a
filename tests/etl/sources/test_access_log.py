"""Source kind access_log on real files: what is loaded, what is left out, what is refused, and that nothing goes uncounted."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest

from data.errors import ConfigurationError, DataRefused, SourceUnreachable
from data.paths import PROJECT, Home
from etl.contract import ENTITY
from etl.setup.check_source import check_source
from etl.sources.access_log.events import DAMAGED_ACCOUNT, NO_FIELDS_LINE, UNFITTED
from etl.sources.access_log.lines import BLOCK_BYTES
from etl.sources.access_log.parser import NOT_THE_FORMAT, OTHER_LINE_ENDS, TOO_LONG
from etl.sources.access_log.source import is_plain
from etl.sources.folder import load_source
from tests.etl.landed_and_staged import Staged, land_and_stage, person, write_source
from tests.etl.tiny_system import TinySystem

QUERY = "SELECT account_key, occurred_at, kind FROM event"
RULES = """[
    { method = "POST", path = "/login", status = "302", kind = "login" },
    { method = "POST", path = "/login", kind = "login_failed" },
    { path = "/static/.*", kind = "ignore" },
    { method = "POST", path = '/doc/\\d+', status = "200-299", kind = "process" },
]"""


def toml(format_: str = "combined", account: str = "$remote_user", rules: str = RULES, files: str = "logs/*") -> str:
    options = f"files = '{files}'\nformat = '{format_}'\naccount = '{account}'\nrules = {rules}\n"
    return f'kind = "access_log"\ntitle = "Nhật ký mô phỏng"\n[entities.access_event]\n{options}'


def line(user: str = "u1", request: str = "POST /login HTTP/1.1", status: int = 302, second: int = 0, day: str = "10/Jul/2024") -> bytes:
    return f'10.9.8.7 - {user} [{day}:06:30:{second:02d} +0700] "{request}" {status} 5 "-" "Agent"\n'.encode()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "nhà")
    (home.root / "logs").mkdir(parents=True)
    write_source(home, "log", toml(), access_event=QUERY)
    return home


def log(home: Home, content: bytes, name: str = "access.log") -> Path:
    path = home.root / "logs" / name
    path.write_bytes(content)
    return path


def staged(home: Home) -> Staged:
    return land_and_stage(home, "log")["access_event"]


def test_rules_name_events_and_the_rest_is_left_out_and_counted(home: Home) -> None:
    log(
        home,
        line()
        + line(status=401, second=1)
        + line(request="POST /doc/12?x=/login HTTP/1.1", status=200, second=2)
        + line(request="POST /doc/12 HTTP/1.1", status=500)
        + line(request="POST /doc/12/more HTTP/1.1", status=200)
        + line(request="GET /login HTTP/1.1")
        + line(request="GET /static/a.js HTTP/1.1", status=200)
        + line(user="-")
        + line(request=r"\x16\x03\x01", status=400)
        + b"\n"
        + line(),
    )
    found = staged(home)
    assert [(row["kind"], row["occurred_at"]) for row in found.rows] == [
        ("login", "2024-07-09 23:30:00+00"),
        ("login_failed", "2024-07-09 23:30:01+00"),
        ("process", "2024-07-09 23:30:02+00"),
    ]
    assert {row["account_key"] for row in found.rows} == {person("u1")}
    assert {row["occurred_on"] for row in found.rows} == {"2024-07-10"}  # the local day, though UTC is a day behind
    assert found.batch.left_out == {"no rule fits": 2, UNFITTED: 2, "ignored by a rule": 1, "no account": 1, "empty line": 1}
    assert (found.account.rows_in, found.account.rows_loaded, found.account.rows_duplicate, found.account.rows_filtered) == (11, 3, 1, 7)


def test_odd_lines_are_refused_by_number_and_the_rest_loaded(home: Home) -> None:
    bomb = b"A" * 10_000_000
    lines = [
        b"\xef\xbb\xbf" + line(),  # 1: a byte order mark is not part of the address
        bomb + b"\n",  # 2
        line(second=1).replace(b"\n", b"\r\n"),  # 3
        b"\x00\x01\x02 nothing\n",  # 4
        line(user="u\xff".encode("latin-1").decode("latin-1"), second=2).replace("uÿ".encode(), b"u\xff"),  # 5: half a character in the account
        line(second=3).replace(b"Agent", b"\xff\xfe \\x22 \x00"),  # 6: and in what nobody needs
        line(second=4, day="31/Feb/2024"),  # 7: shaped like a day that there is none of
        line(user=r"a\x00b", second=5),  # 8
        line(second=6)[:40],  # 9: cut, with the last line feed missing
    ]
    log(home, b"".join(lines))
    found = staged(home)
    assert [row["occurred_at"][-5:-3] for row in found.rows] == ["00", "01", "03"]
    refused = [(2, "record", TOO_LONG), (4, "record", NOT_THE_FORMAT), (5, "record", DAMAGED_ACCOUNT), (8, "record", DAMAGED_ACCOUNT)]
    assert set(refused) | {(9, "record", NOT_THE_FORMAT)} <= set(found.rejects)
    assert [(column, reason) for _, column, reason in found.rejects if column != "record"] == [("occurred_at", "not a point in time")]
    assert (found.account.rows_in, found.account.rows_loaded, found.account.rows_rejected) == (9, 3, 6)


def test_lines_that_end_in_their_own_way_are_refused_and_a_log_in_utf16_named(home: Home) -> None:
    log(home, line() + (line(second=1) + line(second=2)).replace(b"\n", b"\r") + b"\n" + line(second=3).replace(b"\n", b"\r\n"))
    found = staged(home)
    assert found.rejects == [(2, "record", OTHER_LINE_ENDS)]
    assert len(found.rows) == 2
    log(home, line().decode().encode("utf-16"))
    with pytest.raises(SourceUnreachable, match=r"access\.log: it is UTF-16 text.*save it as UTF-8"):
        staged(home)


def test_a_bomb_longer_than_a_block_costs_no_memory(home: Home) -> None:
    path = home.root / "logs" / "access.log.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(line())
        for _ in range(160):
            file.write(b"B" * 1_000_000)
        file.write(b"\n" + line(second=1))
        for _ in range(40):
            file.write(b"C" * 1_000_000)
    found = staged(home)
    program = """
import resource, sys
from data.paths import PROJECT, Home
from pathlib import Path
from etl.contract import ENTITY
from etl.sources.folder import load_source
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with load_source(Home(Path(sys.argv[1])), "log").open({}) as connection:
    list(connection.read(ENTITY["access_event"]).chunks)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    finished = subprocess.run([sys.executable, "-c", program, str(home.root)], capture_output=True, text=True, check=True, cwd=PROJECT)
    grown = int(finished.stdout)
    assert [(ordinal, reason) for ordinal, _, reason in found.rejects] == [(2, TOO_LONG), (4, TOO_LONG)]
    assert (found.account.rows_in, found.account.rows_loaded) == (4, 2)
    assert grown < 8 * (BLOCK_BYTES >> 20), f"{grown} MiB for a line of 160 MB"


@pytest.mark.parametrize("damage", ["truncated", "no end", "flipped", "wrong length", "garbage after", "empty", "not gzip"])
def test_a_damaged_gzip_is_refused_whole_before_anything_is_loaded(home: Home, damage: str) -> None:
    content = gzip.compress(b"".join(line(second=place % 60) for place in range(5_000)), mtime=0)
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 0x10
    wrong = bytearray(content)
    wrong[-1] ^= 1
    log(
        home,
        {
            "truncated": content[: len(content) // 2],
            "no end": content[:-3],
            "flipped": bytes(flipped),
            "wrong length": bytes(wrong),
            "garbage after": content + b"garbage",
            "empty": b"",
            "not gzip": line(),
        }[damage],
        "b.log.gz",
    )
    log(home, line(), "a.log")
    with pytest.raises(SourceUnreachable, match=r"source log: b\.log\.gz: it is a (truncated|damaged) \.gz.*Nothing was loaded") as refusal:
        staged(home)
    assert refusal.value.exit_code == 3
    assert not list(home.landing.rglob("*.parquet"))


def zipped(*contents: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for number, content in enumerate(contents):
            file.writestr(f"{number}.log", content)
    return archive.getvalue()


PACKINGS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zip": zipped}


@pytest.mark.parametrize("name", ["access.log-1.{}", "access.log.1", "access.log-1.gz"])
@pytest.mark.parametrize("packing", PACKINGS)
def test_what_packs_a_log_is_told_by_its_first_bytes(home: Home, packing: str, name: str) -> None:
    content = b"".join(line(user=f"u{place}", second=place % 60) for place in range(3_000))
    log(home, PACKINGS[packing](content), name.format(packing))
    assert (staged(home).account.rows_in, staged(home).account.rows_loaded) == (3_000, 3_000)


def test_streams_of_one_file_are_all_read(home: Home) -> None:
    log(home, bz2.compress(line()) + bz2.compress(line(second=1)), "a.bz2")
    log(home, lzma.compress(line(second=2)) + bytes(8) + lzma.compress(line(second=3)), "b.xz")
    assert staged(home).account.rows_loaded == 4


@pytest.mark.parametrize("packing", ["bz2", "xz", "zip"])
@pytest.mark.parametrize(
    "damage", ["truncated", "no end", "flipped", "garbage after", "second damaged", "empty", "not packed", "packed twice", "bomb"]
)
def test_other_damaged_packings_are_refused_whole(home: Home, packing: str, damage: str) -> None:
    if packing == "zip" and damage == "garbage after":
        return  # a .zip is read from its end, and what follows belongs to nothing
    pack = PACKINGS[packing]
    rng = random.Random(3)
    content = pack(b"".join(line(user=f"u{rng.random()}", second=place % 60) for place in range(5_000)))
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 0x10
    second = bytearray(pack(line()))
    second[2] ^= 0xFF
    log(
        home,
        {
            "truncated": content[: len(content) // 2],
            "no end": content[:-3],
            "flipped": bytes(flipped),
            "garbage after": content + b"garbage",
            "second damaged": bytes(second) if packing == "zip" else content + bytes(second),
            "empty": b"",
            "not packed": line(),
            "packed twice": pack(gzip.compress(line())) if packing != "zip" else zipped(line(), line()),
            "bomb": pack(b"B" * (65 << 20)),
        }[damage],
        f"b.log.{packing}",
    )
    with pytest.raises(SourceUnreachable, match=rf"source log: b\.log\.{packing}: it .*Nothing was loaded"):
        staged(home)
    assert not list(home.landing.rglob("*.parquet"))


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("a.log.zst", "28b52ffd"),
        ("a.log.Z", "1f9d90"),
        ("a.log.lz4", "04224d18"),
        ("a.log.7z", "377abcaf271c"),
        ("a.log.rar", "526172211a07"),
        ("a.log.lzma", "5d000080"),
        ("a.log", "28b52ffd"),
    ],
)
def test_a_packing_that_is_not_unpacked_is_named_with_the_way_out(home: Home, name: str, beginning: str) -> None:
    log(home, bytes.fromhex(beginning) + bytes(200), name)
    with pytest.raises(
        SourceUnreachable, match=rf"{name}: it is a \.[a-z0-9]+, which is not unpacked here: leave it plain, or pack it by itself as \.gz"
    ):
        staged(home)


def test_a_login_is_told_from_a_refused_one_by_size_or_by_the_next_address(home: Home) -> None:
    rules = """[
        { method = "POST", path = "/login", location = '/login.*', kind = "login_failed" },
        { method = "POST", path = "/login", status = "200", size = "0-2000", kind = "login_failed" },
        { method = "POST", path = "/login", size = "2001-", kind = "login" },
        { method = "POST", path = "/login", location = '/home', kind = "login" },
    ]"""
    log_format = '$remote_user [$time_local] "$request" $status $body_bytes_sent "$sent_http_location"'
    write_source(home, "log", toml(format_=log_format, rules=rules), access_event=QUERY)

    def answer(second: int, status: int, size: str, location: str) -> bytes:
        return f'u1 [10/Jul/2024:06:30:{second:02d} +0700] "POST /login HTTP/1.1" {status} {size} "{location}"\n'.encode()

    places = ["/login?error=1", "https://qlvb.test/login?error=1", "/home", "http://qlvb.test/home"]
    redirects = [answer(second, 302, "-", location) for second, location in enumerate(places)]
    log(home, b"".join(redirects) + answer(4, 200, "1500", "-") + answer(5, 200, "2001", "-") + answer(6, 302, "0", "-"))
    assert [row["kind"] for row in staged(home).rows] == ["login_failed", "login_failed", "login", "login", "login_failed", "login"]
    assert staged(home).batch.left_out == {UNFITTED: 1}
    write_source(home, "log", toml(rules=rules), access_event=QUERY)
    with pytest.raises(ConfigurationError, match=r"a rule goes by location, which the format does not have \(\$sent_http_location"):
        staged(home)


@pytest.mark.parametrize(("case", "logins"), [("", 3), (', case = "any"', 3), (', case = "exact"', 1)])
def test_paths_of_iis_know_no_case_unless_a_rule_says_so(home: Home, case: str, logins: int) -> None:
    rules = f'[{{ method = "POST", path = "/QLVB/DangNhap.aspx", kind = "login"{case} }}]'
    write_source(home, "log", toml(format_="w3c", account="cs-username", rules=rules), access_event=QUERY)
    paths = ("/QLVB/DangNhap.aspx", "/qlvb/dangnhap.aspx", "/Qlvb/DANGNHAP.aspx")
    lines = "".join(f"2024-07-09 17:30:0{second} POST {path} u1 302\n" for second, path in enumerate(paths))
    log(home, f"#Fields: date time cs-method cs-uri-stem cs-username sc-status\n{lines}".encode())
    assert staged(home).account.rows_loaded == logins
    write_source(home, "log", toml(rules='[{ path = "/LOGIN", kind = "login", case = "any" }]'), access_event=QUERY)
    log(home, line())
    assert staged(home).account.rows_loaded == 1


@pytest.mark.parametrize(("format_", "people"), [("w3c", {"u1", "u2"}), ("combined", {"u1"})])
def test_the_name_of_a_query_parameter_knows_no_case_in_iis(home: Home, format_: str, people: set[str]) -> None:
    write_source(home, "log", toml(format_, "?user"), access_event=QUERY)
    if format_ == "w3c":
        rows = "".join(f"2024-07-10 06:30:0{at} POST /login {query} 302\n" for at, query in enumerate(("user=u1", "x=1&User=u2")))
        log(home, f"#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status\n{rows}".encode())
    else:
        log(home, line(request="POST /login?user=u1 HTTP/1.1") + line(request="POST /login?x=1&User=u2 HTTP/1.1", second=1))
    assert {row["account_key"] for row in staged(home).rows} == set(map(person, people))


def test_files_are_read_as_one_log_plain_and_packed(home: Home) -> None:
    log(home, gzip.compress(line() + line(second=1)) + gzip.compress(line(second=2)), "access.log.2.gz")  # two members, as logrotate appends them
    log(home, line(second=3) + b"broken\n", "access.log.3")
    found = staged(home)
    assert (found.account.rows_in, found.account.rows_loaded) == (5, 4)
    assert found.rejects == [(5, "record", NOT_THE_FORMAT)]  # numbered through all files in the order of their names


def test_lines_across_blocks_are_neither_lost_nor_doubled(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"".join(line(user=f"u{place}", second=place % 60) for place in range(500))
    log(home, content)
    whole = staged(home)
    for size in (77, 1_000, len(content) - 1):
        monkeypatch.setattr("etl.sources.access_log.lines.BLOCK_BYTES", size)
        found = staged(home)
        assert (found.account.rows_in, found.rows) == (500, whole.rows)


def test_iis_fields_may_change_inside_a_file(home: Home) -> None:
    write_source(home, "log", toml(format_="w3c", account="cs-username"), access_event=QUERY)
    log(
        home,
        b"2024-07-10 01:00:00 too-early\r\n"
        b"#Software: Microsoft Internet Information Services 10.0\r\n"
        b"#Fields: date time cs-method cs-uri-stem cs-username sc-status\r\n"
        b"2024-07-09 17:30:00 POST /login u1 302\r\n"
        b"2024-07-09 17:30:01 POST /login - 302\r\n"
        b"#Fields: cs-username date time s-ip cs-method cs-uri-stem cs-uri-query sc-status time-taken\r\n"
        b"u2 2024-07-09 17:30:02 ::1 POST /login - 302 15\r\n"
        b"2024-07-09 17:30:03 POST /login u1 302\r\n",
    )
    found = staged(home)
    assert [(row["account_key"], row["occurred_at"]) for row in found.rows] == sorted(
        [(person("u1"), "2024-07-09 17:30:00+00"), (person("u2"), "2024-07-09 17:30:02+00")]
    )
    assert {row["occurred_on"] for row in found.rows} == {"2024-07-10"}
    assert found.rejects == [(1, "record", NO_FIELDS_LINE), (8, "record", NOT_THE_FORMAT)]
    assert found.batch.left_out == {"directive": 3, "no account": 1}
    log(home, b"#Fields: date time cs-method cs-uri-stem sc-status\n2024-07-09 17:30:00 POST /login 302\n")
    with pytest.raises(SourceUnreachable, match=r"#Fields line cannot be used: the format has no cs-username"):
        staged(home)


def test_the_mapping_brings_accounts_to_the_spelling_of_the_document_system(home: Home) -> None:
    write_source(
        home,
        "log",
        toml(),
        access_event="SELECT lower(regexp_replace(account_key, '^.*[\\\\]', '')) AS account_key, occurred_at, kind "
        "FROM event WHERE kind <> 'process'",
    )
    log(home, line(user=r"VKS\x5CU1") + line(request="POST /doc/1 HTTP/1.1", status=200))
    found = staged(home)
    assert [row["account_key"] for row in found.rows] == [person("u1")]
    assert found.batch.left_out == {"left out by access_event.sql": 1}
    write_source(home, "log", toml(), access_event="SELECT event.* FROM event, range(2)")
    with pytest.raises(ConfigurationError, match="makes 4 rows of 2 events"):
        staged(home)


@pytest.mark.parametrize("columns", ["account_key, occurred_at, kind", "kind, account_key, occurred_at"])
def test_a_mapping_that_changes_nothing_gives_what_the_database_would(home: Home, columns: str) -> None:
    log(home, b"".join(line(user=f"u{place}", second=place) for place in range(9)))
    plain, asked = f"-- as they are\nselect {columns}\nfrom event", f"SELECT {columns} FROM event WHERE true"  # noqa: S608
    assert (is_plain(plain), is_plain(asked)) == (True, False)
    write_source(home, "log", toml(), access_event=plain)
    found = staged(home)
    write_source(home, "log", toml(), access_event=asked)
    assert staged(home).rows == found.rows
    assert len(found.rows) == 9


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM event",
        "SELECT account_key, occurred_at, kind FROM event LIMIT 1",
        "SELECT account_key AS kind FROM event",
        "SELECT x FROM event",
    ],
)
def test_any_other_mapping_is_asked_of_the_database(text: str) -> None:
    assert not is_plain(text)


def test_the_account_may_stand_in_a_query_parameter(home: Home) -> None:
    write_source(home, "log", toml(account="?tai_khoan"), access_event=QUERY)
    log(home, line(user="-", request="POST /login?tai_khoan=u%31&x=1 HTTP/1.1") + line(user="u9", request="POST /login?x=1 HTTP/1.1"))
    found = staged(home)
    assert [row["account_key"] for row in found.rows] == [person("u1")]
    assert found.batch.left_out == {"no account": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (toml().replace("account = '$remote_user'\n", ""), "Nobody is guessed from an address"),
        (toml(account="$remote_addr"), "Nobody is guessed from an address"),
        (toml(account="%h", format_="common"), "Nobody is guessed from an address"),
        (toml(account="$cookie_session"), "Nobody is guessed from an address"),
        (toml(account="?"), "Nobody is guessed from an address"),
        (toml(account="$http_x_user"), r"the format has no \$http_x_user"),
        (toml(format_="combined2"), "the format has no time"),
        (toml(rules="[]"), "rules is empty"),
        (toml(rules='[{ path = "/(", kind = "login" }]'), "rule 1: path is not a regular expression"),
        (toml(rules='[{ path = "(?=x)", kind = "login" }]'), "rule 1: path is not a regular expression"),
        (toml(rules='[{ path = "/a", kind = "logon" }]'), "rule 1: kind is 'logon'. Allowed are: login"),
        (toml(rules='[{ path = "/a", kind = "login", host = "x" }]'), "rule 1: unknown key host"),
        (toml(rules='[{ kind = "login" }]'), "rule 1 fits every request"),
        (toml(rules='[{ status = "2xx", kind = "login" }]'), "rule 1: status is '2xx'"),
        (toml(rules='[{ status = "400-300", kind = "login" }]'), "rule 1: status is '400-300'"),
        (toml(rules='[{ size = "9-1", kind = "login" }]'), "rule 1: size is '9-1'"),
        (toml(rules='[{ location = "/(", kind = "login" }]'), "rule 1: location is not a regular expression"),
        (toml(rules='[{ path = "/a", case = "no", kind = "login" }]'), "rule 1: case is 'no'. Allowed are: exact, any"),
        (toml(rules='[{ size = "1-", kind = "login" }]', format_='$remote_user [$time_local] "$request" $status'), "a rule goes by size"),
        (toml(rules='["login"]'), "rule 1 is not a table"),
        (toml().replace("files = 'logs/*'\n", ""), "files is missing"),
        (toml(files="../x"), "files must be a pattern below"),
        (toml() + "[entities.document]\n", "an access log delivers access_event alone"),
    ],
)
def test_a_wrong_setting_is_named(home: Home, text: str, message: str) -> None:
    write_source(home, "log", text, access_event=QUERY)
    if "entities.document" in text:
        write_source(home, "log", text, document="SELECT 1")
    log(home, line())
    with pytest.raises(ConfigurationError, match=message):
        staged(home)


def test_a_log_that_is_rotated_or_grows_while_it_is_read(home: Home) -> None:
    path = log(home, line() + line(second=1))
    source = load_source(home, "log")
    with source.open({}) as connection:
        reading = connection.read(ENTITY["access_event"])
        with path.open("ab") as file:
            file.write(line(second=2))
        assert sum(len(chunk) for chunk in reading.chunks) == reading.rows_in == 2  # what came later belongs to the next run
        reading = connection.read(ENTITY["access_event"])
        path.rename(path.with_suffix(".1"))
        path.write_bytes(line())
        with pytest.raises(SourceUnreachable, match="rotated or cut"):
            list(reading.chunks)


def test_a_look_at_the_source_shows_it_and_writes_nothing(tiny: TinySystem) -> None:
    write_source(tiny.home, "log", toml(), access_event=QUERY)
    tiny.home.config.write_text(tiny.home.config.read_text().replace('["tiny"]', '["tiny", "log"]'), encoding="utf-8")
    (tiny.home.root / "logs").mkdir()
    log(tiny.home, line() + b"broken\n" + line(user="-"))
    found = check_source(tiny.settings, "log")
    assert found.is_passed
    entity = found.entities[0]
    assert (entity.rows, entity.rows_filtered, entity.refused) == (3, 1, (("record", NOT_THE_FORMAT, 1),))
    assert dict(entity.first)["kind"] == "login"
    assert "u1" not in str(entity.first)
    assert not tiny.home.landing.exists()


def test_from_a_log_to_a_published_day_and_no_line_at_rest(tiny: TinySystem) -> None:
    tiny.run()
    write_source(tiny.home, "log", toml() + "\nmax_rejected = 0.7\n", access_event=QUERY)
    tiny.home.config.write_text(tiny.home.config.read_text().replace('["tiny"]', '["tiny", "log"]'), encoding="utf-8")
    (tiny.home.root / "logs").mkdir()
    canary = "canary7731"
    log(
        tiny.home,
        line(user="u2", request=f"POST /login?{canary}=1 HTTP/1.1", second=9)
        + f"{canary} 10.9.8.7 broken\n".encode()
        + line(user=canary + r"\xFF")
        + line(user="-", request=f"GET /{canary} HTTP/1.1"),
    )
    result = tiny.run()
    account = next(entity for entity in result.entities if entity.source == "log")
    assert (account.rows_in, account.rows_loaded, account.rows_filtered, account.rows_rejected) == (4, 1, 1, 2)
    assert tiny.ask("SELECT count(*) FROM account_day WHERE day_on = '2024-07-10' AND has_logged_in") == [(2,)]
    for path in tiny.home.var.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert canary.encode() not in content and b"10.9.8.7" not in content, path
    (tiny.home.root / "logs" / "access.log.gz").write_bytes(b"\x1f\x8b broken")
    with pytest.raises(SourceUnreachable, match=r"it is a truncated \.gz"):
        tiny.run()
    assert tiny.ask("SELECT snapshot FROM snapshot_info") == [(result.snapshot,)]  # the old one stays served


def test_landed_columns_are_the_contracts_and_the_reason_of_refusal(home: Home) -> None:
    log(home, line() + b"secret words\n")
    frame = pl.read_parquet(staged(home).batch.path(home))
    assert frame.columns == ["account_key", "occurred_at", "kind", "refused", "refused_at"]
    assert frame.rows()[1] == (None, None, None, NOT_THE_FORMAT, 2)


DAMAGES = 9


def mutated(content: bytes, rng: random.Random, damage: int) -> bytes:
    """The content with one of the damages that files meet, at a random place."""
    place, other = sorted((rng.randrange(len(content)), rng.randrange(len(content))))
    match damage % DAMAGES:
        case 0:
            return content[:place]
        case 1:
            flipped = bytearray(content)
            for _ in range(rng.randrange(1, 40)):
                flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
            return bytes(flipped)
        case 2:
            return content[:place] + rng.choice([b'"', b"\\", b"[", b"]", b" ", b"%", b"?"]) * rng.randrange(1, 5) + content[place:]
        case 3:
            return content[:place] + rng.choice([b"\0", b"\x1b[2J", b"\r", b"\r\n", b"\n\n", b"\x1a", b"\x85", "\u2028".encode()]) + content[place:]
        case 4:
            return content[:place].decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-16-le", "utf-32"])) + content[place:]
        case 5:
            return rng.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]) + content
        case 6:
            return content[:place] + bytes(rng.randrange(256) for _ in range(200)) + content[other:]
        case 7:
            return content[:place] + content[other:] + content[place:other]
        case _:
            return content[:place] + b"x" * rng.choice([65_000, 66_000, 300_000]) + content[place:]


@pytest.mark.parametrize("format_", ["combined", "w3c"])
def test_mutated_files_never_crash_and_every_line_is_accounted_for(home: Home, format_: str, request: pytest.FixtureRequest) -> None:
    """Four files of each damage, some of which have a second one; with `--long` thirty-four."""
    files = (34 if request.config.getoption("--long") else 4) * DAMAGES
    rng = random.Random(41)
    if format_ == "combined":
        content = b"".join(line(user=f"u{place % 7}", second=place % 60, status=rng.choice((302, 401))) for place in range(60))
    else:
        write_source(home, "log", toml(format_="w3c", account="cs-username"), access_event=QUERY)
        head = b"#Fields: date time cs-method cs-uri-stem cs-username sc-status\n"
        content = head + b"".join(f"2024-07-10 01:00:{place:02d} POST /login u{place % 7} 302\n".encode() for place in range(60))
    read = 0
    for number in range(files):
        damaged = mutated(content, rng, number)
        damaged = mutated(damaged, rng, rng.randrange(DAMAGES)) if damaged and number % 4 == 0 else damaged
        log(home, damaged)
        physical = damaged.count(b"\n") + (damaged[-1:] not in (b"\n", b""))
        try:
            rows, left_out = account_of_lines(home)
            if number % 5 == 0:
                found = staged(home)
                assert (found.account.rows_in, found.account.rows_filtered) == (physical, left_out), number
        except SourceUnreachable as error:
            is_of_fields = format_ == "w3c" and "#Fields line cannot be used" in str(error)
            assert is_of_fields or damaged[:2] in (b"\xff\xfe", b"\xfe\xff"), f"mutation {number}: {error}"
            continue
        except DataRefused as error:  # nothing in it could be used
            assert "none of the" in str(error) or "came empty" in str(error), f"mutation {number}: {error}"
        assert rows + left_out == physical, number
        read += 1
    assert read > files * 2 // 3, "most files should still be read"


def account_of_lines(home: Home) -> tuple[int, int]:
    """Rows that the source hands over, refused ones among them, and rows that it leaves out."""
    with load_source(home, "log").open({}) as connection:
        reading = connection.read(ENTITY["access_event"])
        return sum(len(chunk) for chunk in reading.chunks), reading.left_out.total()

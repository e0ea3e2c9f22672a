"""Lines of logs taken apart: every format, and whatever an attacker writes into a line."""

from __future__ import annotations

import random
import re

import polars as pl
import pytest

from etl.sources.access_log.lines import LONGEST_LINE
from etl.sources.access_log.log_format import LogFormat, read_fields_line, read_format
from etl.sources.access_log.parser import NOT_THE_FORMAT, TOO_LONG, parse, with_accounts
from etl.sources.open_file import FileRefused

LINE = '10.1.2.3 - u1 [10/Jul/2024:06:30:00 +0700] "POST /qlvb/login?next=%2F HTTP/1.1" 302 154 "https://x/" "Agent \\x22quoted\\x22 (a b)"'


def one(line: str | bytes, log_format: LogFormat) -> dict[str, object] | str:
    """What became of a single line: its request, or why it was refused."""
    parsed = parse((line.encode() if isinstance(line, str) else line) + b"\n", log_format)
    assert parsed.lines == 1
    assert parsed.requests.height + parsed.refused.height + parsed.empty == 1
    return next(iter(parsed.refused["reason"]), "") or parsed.requests.drop("line").to_dicts()[0]


SHORT = LINE[: LINE.index(" 154")]
COMBINED = read_format("combined", "$remote_user")
REQUEST = {"account": "u1", "occurred_at": "2024-07-10 06:30:00+07:00", "method": "POST", "path": "/qlvb/login", "query": "next=%2F", "status": 302}


def test_a_combined_line() -> None:
    assert one(LINE, COMBINED) == REQUEST


@pytest.mark.parametrize(
    ("format_", "account", "line"),
    [
        ("common", "%u", '10.1.2.3 ident u1 [10/Jul/2024:06:30:00 +0700] "POST /qlvb/login?next=%2F HTTP/1.1" 302 -'),
        (r"%v:%p %h %l %u %t \"%r\" %>s %O", "%u", 'h:443 ::1 - u1 [10/Jul/2024:06:30:00 +0700] "POST /qlvb/login?next=%2F HTTP/2.0" 302 9'),
        (r"%m %u %t \"%r\" %U %q %>s", "%u", 'POST u1 [10/Jul/2024:06:30:00 +0700] "POST /qlvb/login?next=%2F HTTP/1.1" /qlvb/login ?x 302'),
        (r"100%% %h %u %t \"%r\" %>s", "%u", '100% h u1 [10/Jul/2024:06:30:00 +0700] "POST /qlvb/login?next=%2F HTTP/1.1" 302'),
        (r"%h %u %{%z}o %t %m %U %q %s", "%u", "::1 u1 x [10/Jul/2024:06:30:00 +0700] POST /qlvb/login next=%2F 302"),
        ('$time_iso8601|$remote_user|$request_method|$request_uri|$status|$host', "$remote_user", 
         "2024-07-10T06:30:00+07:00|u1|POST|/qlvb/login?next=%2F|302|h"),
        ('[$time_local] ${http_x_user} "$request" $status', "$http_x_user",
         '[10/Jul/2024:06:30:00 +0700] u1 "POST /qlvb/login?next=%2F HTTP/1.1" 302'),
        ('$status "$http_x_user" "$http_user_agent" "$request" [$time_local]', "$http_x_user",
         '302 "u1" "a b c" "POST /qlvb/login?next=%2F HTTP/1.1" [10/Jul/2024:06:30:00 +0700]'),
    ],
)  # fmt: skip
def test_other_formats(format_: str, account: str, line: str) -> None:
    found = one(line, read_format(format_, account))
    assert isinstance(found, dict), found
    assert {**found, "occurred_at": str(found["occurred_at"]).replace("T", " ")} == REQUEST


@pytest.mark.parametrize("user", ['""', r"\"\"", "-", ""])
def test_what_servers_write_for_nobody_is_nobody(user: str) -> None:
    requests = pl.DataFrame({"account": [user, "u1"], "query": [None, None]}, schema={"account": pl.String, "query": pl.String})
    assert with_accounts(requests, None, is_escaped=True)["account"].to_list() == [None, "u1"]


def test_iis_states_its_fields_and_is_in_utc() -> None:
    fields = read_fields_line("date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status", "cs-username")
    found = one(r"2024-07-09 23:30:00 ::1 POST /qlvb/login next=%2F 443 VKS\nam 10.0.0.9 Mozilla/5.0+(X) 302", fields)
    assert found == {**REQUEST, "account": r"VKS\nam", "occurred_at": "2024-07-09 23:30:00+00:00"}
    assert not fields.is_escaped  # or the \n of a domain account would become a line feed


@pytest.mark.parametrize(
    ("line", "account", "path"),
    [
        (LINE.replace("u1", "john smith"), "john smith", "/qlvb/login"),
        (LINE.replace("POST /qlvb/login?next=%2F HTTP/1.1", ""), "u1", None),  # a connection without a request
        (LINE.replace("POST /qlvb/login?next=%2F", " b"), "u1", None),
        (LINE.replace("POST /qlvb/login?next=%2F HTTP/1.1", r"\x16\x03\x01"), "u1", None),  # a TLS greeting on a plain port
        (LINE.replace("/qlvb/login?next=%2F", r"/a\"b"), "u1", r"/a\"b"),
        (LINE.replace("/qlvb/login?next=%2F", "/a b"), "u1", "/a b"),  # a browser that did not spell the blank out
        (LINE.replace("/qlvb/login?next=%2F", "http://qlvb.test:8080/qlvb/login?next=%2F"), "u1", "/qlvb/login"),  # as a proxy is asked
        (LINE.replace("/qlvb/login?next=%2F", "HTTPS://qlvb.test"), "u1", "/"),
        (LINE.replace(" u1 ", "  "), "", "/qlvb/login"),
        (LINE + ' "one more field" 17', "u1", "/qlvb/login"),
    ],
)
def test_odd_lines_are_still_of_the_format(line: str, account: str, path: str | None) -> None:
    found = one(line, COMBINED)
    assert isinstance(found, dict), found
    assert (found["account"], found["path"]) == (account, path)


@pytest.mark.parametrize(
    "line",
    [
        "garbage",
        LINE[: LINE.index(" 302")],
        LINE.replace("302", "3x2"),
        LINE.replace("302", "002"),
        LINE.replace("Jul", "Jux"),
        LINE.replace("10/Jul", "1a/Jul"),
        LINE.replace("+0700", "0700+"),
        LINE.replace("/qlvb", '/q"lvb'),
        LINE.replace(" - ", " ? "),
        '"' + LINE[:60],
    ],
)
def test_lines_of_no_format_are_refused(line: str) -> None:
    assert one(line, COMBINED) == NOT_THE_FORMAT


def test_a_line_that_is_too_long_is_refused_and_one_just_short_enough_is_not() -> None:
    assert one(LINE + "x" * (LONGEST_LINE - len(LINE)), COMBINED) == REQUEST
    assert one(LINE + "x" * (LONGEST_LINE - len(LINE) + 1), COMBINED) == TOO_LONG
    assert TOO_LONG == "line of more than 64 KiB"


def test_a_size_that_no_number_holds_takes_nothing_from_its_line() -> None:
    told_by_size = read_format("combined", "$remote_user", frozenset({"size"}))
    assert one(LINE, told_by_size) == {**REQUEST, "size": 154}
    assert one(LINE.replace(" 154 ", f" {'9' * 30} "), told_by_size) == {**REQUEST, "size": None}


@pytest.mark.parametrize("fields", ["combined", "common", "w3c"])
def test_mutated_lines_are_taken_apart_as_pythons_own_expressions_do(fields: str) -> None:
    if fields == "w3c":
        log_format = read_fields_line("date time cs-method cs-uri-stem cs-uri-query cs-username c-ip sc-status sc-bytes", "cs-username")
        line = b"2024-07-09 23:30:00 POST /qlvb/login next=1 u1 10.0.0.9 302 77"
    else:
        log_format = read_format(fields, "$remote_user" if fields == "combined" else "%u")
        line = LINE.encode()
    rng = random.Random(7)
    pieces = [b" ", b'"', b"\\", b'\\"', b"[", b"]", b"-", b"", b"\0", b"\xff", b"\t", b"\r", "ữ".encode(), b"  ", b'" ', b' "', b"302", b"HTTP/1.1"]
    pieces.append("٣".encode())  # a digit to some, but none of a time
    lines = []
    for _ in range(6_000):
        mutated = bytearray(line)
        for _ in range(rng.randrange(4)):
            place = rng.randrange(len(mutated) + 1)
            mutated[place : place + rng.choice((0, 0, 1, 1, 3))] = rng.choice(pieces)
        lines.append(bytes(mutated))
    parsed = parse(b"\n".join(lines) + b"\n", log_format)
    widest = re.compile(log_format.patterns[-1])
    whole = {number: text.decode("utf-8", "replace") for number, text in enumerate(lines) if b"\r" not in text}
    found = {number: match for number, text in whole.items() if (match := widest.search(text))}
    assert 1_000 < len(found) < 6_000, "the mutations say nothing if all lines or none can be read"
    assert parsed.lines == len(lines)
    assert parsed.requests["line"].to_list() == list(found)
    assert parsed.refused["line"].to_list() == [number for number in range(len(lines)) if number not in found]
    roles = [dict(zip(log_format.roles, match.groups(), strict=True)) for match in found.values()]
    assert parsed.requests["account"].to_list() == [role["account"] for role in roles]
    assert parsed.requests["status"].to_list() == [int(role["status"]) for role in roles]
    if fields != "w3c":
        requests = [re.search("^([^ ]+) +(.*[^ ]) +HTTP/[^ ]*$", role["request"]) for role in roles]
        targets = [request[2].partition("?") if request else (None, "", None) for request in requests]
        assert parsed.requests["path"].to_list() == [path for path, _, _ in targets]
        assert parsed.requests["query"].to_list() == [query if mark or query is None else None for _, mark, query in targets]


@pytest.mark.parametrize(
    "addresses", ["10.0.0.7", "-", "unknown", "203.0.113.9, 10.0.0.7", "10.0.0.7,10.0.0.8 , 10.0.0.9", "2001:db8::1, [2001:db8::2]:443, unknown"]
)
@pytest.mark.parametrize("user", ["u1", "Nguyen An", "-"])
def test_a_proxy_writes_a_list_of_addresses_without_quotes(addresses: str, user: str) -> None:
    log_format = read_format('$http_x_forwarded_for - $remote_user [$time_local] "$request" $status', "$remote_user")
    found = one(SHORT.replace("10.1.2.3", addresses).replace(" u1 ", f" {user} "), log_format)
    assert isinstance(found, dict), found
    assert found["account"] == user
    behind = read_format('$remote_addr $proxy_add_x_forwarded_for $remote_user [$time_local] "$request" $status', "$remote_user")
    assert one(SHORT.replace("10.1.2.3 -", f"10.1.2.3 {addresses}").replace(" u1 ", f" {user} "), behind) == found
    timed = read_format('$upstream_response_time $upstream_addr $remote_user [$time_local] "$request" $status', "$remote_user")
    upstream = f"0.001, 0.002 : 0.1 10.0.0.1:80, unix:/x.sock : 10.0.0.2:80 {user} "
    assert one(SHORT.replace("10.1.2.3 - u1 ", upstream), timed) == found


PASTED = (
    """'$remote_addr - $remote_user [$time_local] "$request" '\n                      '$status $body_bytes_sent "$http_referer"'""",
    """log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '\r\n  # sizes\r\n    '$status $body_bytes_sent';""",
    """\nlog_format main escape=default\n    "$remote_addr - $remote_user [$time_local] "\n    "\\"$request\\" $status";\n""",
    '"%h %l %u %t \\"%r\\" %>s %b"',
    'LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\"" combined',
    '"%h %l %u %t \\"%r\\" %>s %b" common',
    '%h %l %u %t \\"%r\\" %400,501>s',
    """log_format bare $remote_addr ' - ' $remote_user ' [$time_local] "$request" ' $status;""",
)


@pytest.mark.parametrize("format_", PASTED)
def test_a_format_may_be_pasted_as_the_server_s_configuration_has_it(format_: str) -> None:
    assert one(SHORT, read_format(format_, "%u" if "%u" in format_ else "$remote_user")) == REQUEST


def test_a_pasted_format_in_json_or_with_tabs() -> None:
    json = """
log_format json escape=json '{'
    '"time":"$time_iso8601",'
    '"user":"$remote_user",'
    '"request":"$request","status":$status}';
"""
    line = r'{"time":"2024-07-10T06:30:00+07:00","user":"VKS\\u1","request":"POST /qlvb/login?next=%2F HTTP/1.1","status":302}'
    log_format = read_format(json, "$remote_user")
    found = one(line, log_format)
    assert found == {**REQUEST, "account": r"VKS\\u1", "occurred_at": "2024-07-10T06:30:00+07:00"}
    requests = pl.DataFrame({"account": [r"VKS\\u1"], "query": [None]}, schema={"account": pl.String, "query": pl.String})
    assert with_accounts(requests, None, log_format.is_escaped)["account"].to_list() == [r"VKS\u1"]
    assert not read_format(json.replace("escape=json", "escape=none"), "$remote_user").is_escaped
    tabs = read_format(r"'$time_iso8601\t$remote_user\t' '$request\t$status'", "$remote_user")
    assert one("2024-07-10T06:30:00+07:00\tNguyen An\tPOST /qlvb/login?next=%2F HTTP/1.1\t302", tabs) == {
        **REQUEST, "account": "Nguyen An", "occurred_at": "2024-07-10T06:30:00+07:00"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("format_", "account", "message"),
    [
        ('$remote_user [$time_local]\n"$request" $status', "$remote_user", "the format holds a line end"),
        ("'$remote_user [$time_local] \"$request\" ' + '$status'", "$remote_user", "words between its quoted pieces"),
        ("log_format main '$remote_user [$time_local] $status", "$remote_user", "a quote that does not end"),
        ("log_format a '$status'; log_format b '$request';", "$remote_user", "goes on after its semicolon"),
        ("$remote_user $request $status", "$remote_user", "no time"),
        ("$remote_user [$time_local] $request", "$remote_user", "no status"),
        ("$remote_user [$time_local] $status", "$remote_user", "no request"),
        ("[$time_local] $request $status", "$remote_user", r"no \$remote_user"),
        ("[$time_local] $uri $status", "?user", "no query string"),
        ("$remote_user$request [$time_local] $status", "$remote_user", "side by side"),
        ("%u %t %r %>s %s", "%u", "twice"),
    ],
)
def test_a_format_that_lacks_something_is_refused_by_name(format_: str, account: str, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        read_format(format_, account)


@pytest.mark.parametrize(
    ("query", "parameter", "account"),
    [
        ("next=1&user=nguy%E1%BB%85n+a", "user", "nguyễn a"),
        ("xuser=wrong&user=right&user=second", "user", "right"),
        ("user=", "user", None),
        ("user=-", "user", None),
        (None, "user", None),
        ("aXb=wrong&a.b=right", "a.b", "right"),
    ],
)
def test_the_account_in_a_query_parameter(query: str | None, parameter: str, account: str | None) -> None:
    requests = parse((LINE + "\n").encode(), read_format("combined", "?" + parameter)).requests
    found = with_accounts(requests.with_columns(pl.lit(query, pl.String).alias("query")), re.escape(parameter), is_escaped=True)
    assert found["account"].to_list() == [account]
    assert not found["is_account_damaged"][0]


@pytest.mark.parametrize(
    ("written", "account", "is_damaged"),
    [
        (r"nguy\xE1\xBB\x85n", "nguyễn", False),
        (r"VKS\x5Cnam", r"VKS\nam", False),
        (r"VKS\\nam", r"VKS\nam", False),
        (r"a\xFFb", None, True),
        (r"a\x00b", None, True),
        (r"a\nb", None, True),
        ("-", None, False),
    ],
)
def test_escapes_in_an_account_are_undone(written: str, account: str | None, is_damaged: bool) -> None:
    requests = parse((LINE.replace("u1", written) + "\n").encode(), COMBINED).requests
    found = with_accounts(requests, None, is_escaped=True)
    assert (found["account"][0] if not is_damaged else None, found["is_account_damaged"][0]) == (account, is_damaged)

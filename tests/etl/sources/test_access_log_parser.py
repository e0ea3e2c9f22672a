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
        (LINE.replace("/qlvb/login?next=%2F", "/a b"), "u1", None),
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
    found = {number: match for number, text in enumerate(lines) if (match := widest.search(text.decode("utf-8", "replace")))}
    assert 1_000 < len(found) < 6_000, "the mutations say nothing if all lines or none can be read"
    assert parsed.lines == len(lines)
    assert parsed.requests["line"].to_list() == list(found)
    assert parsed.refused["line"].to_list() == [number for number in range(len(lines)) if number not in found]
    roles = [dict(zip(log_format.roles, match.groups(), strict=True)) for match in found.values()]
    assert parsed.requests["account"].to_list() == [role["account"] for role in roles]
    assert parsed.requests["status"].to_list() == [int(role["status"]) for role in roles]
    if fields != "w3c":
        requests = [re.search("^([^ ]+) ([^ ?]*)(?:[?]([^ ]*))? HTTP/[^ ]*$", role["request"]) for role in roles]
        assert parsed.requests["path"].to_list() == [request[2] if request else None for request in requests]
        assert parsed.requests["query"].to_list() == [request[3] if request else None for request in requests]


@pytest.mark.parametrize(
    ("format_", "account", "message"),
    [
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
        ("a.b=right&aXb=wrong", "a.b", "right"),
    ],
)
def test_the_account_in_a_query_parameter(query: str | None, parameter: str, account: str | None) -> None:
    requests = parse((LINE + "\n").encode(), read_format("combined", "?" + parameter)).requests
    found = with_accounts(requests.with_columns(pl.lit(query, pl.String).alias("query")), parameter, is_escaped=True)
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

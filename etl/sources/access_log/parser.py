"""Takes a block of log lines apart, all lines at once, and spells out whose request each of them was."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_plus

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from etl.sources.access_log.lines import LONGEST_LINE
from etl.sources.access_log.log_format import MONTHS, LogFormat
from etl.staging.spellings import WORDS

TOO_LONG = f"line of more than {LONGEST_LINE >> 10} KiB"
NOT_THE_FORMAT = "line is not of the log format"
OTHER_LINE_ENDS = "line ends in a carriage return alone, or holds one"
"""Servers never write one by itself: lines that a program has put together in its own way would count as their first one."""

COLUMNS = {
    "line": pl.Int64,  # place in the block, from 0
    "account": pl.String,  # as the server wrote it, "" where it wrote nothing
    "occurred_at": pl.String,  # ISO 8601 with an offset; whether there is such a day is for staging to say
    "method": pl.String,  # method, path and query are NULL where the request was not HTTP
    "path": pl.String,
    "query": pl.String,
    "status": pl.Int64,
}
FOR_RULES = {"size": pl.Int64, "location": pl.String}
"""Columns beside, where a rule goes by them; the whole next address, its host taken off."""

_REQUEST = r"^([^ ]+) ([^ ]+) HTTP/[^ ]*$"
_ODD_REQUEST = r"^([^ ]+) +(.*[^ ]) +HTTP/[^ ]*$"
"""The method is the first word and the version the last: an address may hold blanks. It is several times as slow."""
_HOST = "^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*/?"
_NOBODY = ("", '""', *WORDS)
"""What servers and programs before them write for no account, in capitals too; Apache quotes an empty one."""
_ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(["\\/bfnrtv]))')
_SIMPLE_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_UNUSUAL = rf"[^!-~]|\\|^(?i:{'|'.join(map(re.escape, _NOBODY))})$"
_UNUSUAL_PARAMETER = rf"[%+]|{_UNUSUAL}"
"""Accounts that have to be looked at one by one; any other is spelt as it is written."""
_NOT_TEXT = re.compile("[\x00-\x1f\x7f\ufffd]")


@dataclass(frozen=True)
class Parsed:
    """What became of a block's lines: requests + refused + empty = lines."""

    requests: pl.DataFrame
    """COLUMNS, in the order of the lines."""
    refused: pl.DataFrame
    """line (place in the block) and reason, in order."""
    empty: int
    lines: int


def parse(block: bytes, log_format: LogFormat) -> Parsed:
    """Takes apart a block of whole lines (each ends in a line feed)."""
    if not block.isascii():
        # A damaged byte becomes U+FFFD: it costs the value that it stands in, not the line.
        block = block.decode("utf-8", "replace").encode()
    text = pl.Series("text", pc.split_pattern(pa.array([block], pa.string()), "\n").flatten()[:-1])
    size = text.str.len_bytes()
    lines = pl.DataFrame({"line": pl.int_range(len(text), dtype=pl.Int64, eager=True), "text": text})
    left = lines.filter(size.is_between(1, LONGEST_LINE))
    no_lines = left.filter(pl.col("text").str.contains("\r", literal=True)) if b"\r" in block else left.clear()
    left = left.filter(~pl.col("line").is_in(no_lines["line"].implode())) if no_lines.height else left
    found: list[pl.DataFrame] = []
    for pattern in log_format.patterns:
        groups = pl.col("text").str.extract_groups(pattern).struct.rename_fields(log_format.roles)
        matched = left.select("line", groups.alias("groups")).unnest("groups")
        is_of_format = matched[log_format.roles[0]].is_not_null()
        found.append(matched.filter(is_of_format))
        left = left.filter(~is_of_format)
        if not left.height:
            break
    too_long = lines.filter(size > LONGEST_LINE).select("line", reason=pl.lit(TOO_LONG))
    of_ends = no_lines.select("line", reason=pl.lit(OTHER_LINE_ENDS))
    refused = pl.concat([too_long, of_ends, left.select("line", reason=pl.lit(NOT_THE_FORMAT))]).sort("line")
    matches = found[0] if len(found) == 1 else pl.concat(found).sort("line")
    return Parsed(_requests(matches), refused, int((size == 0).sum()), len(text))


def with_accounts(requests: pl.DataFrame, parameter: str | None, is_escaped: bool) -> pl.DataFrame:
    """`requests` with `account` spelt out, and `is_account_damaged` where it holds control characters or bytes that are no text.

    NULL where there is no account. With `parameter`, a regular expression of its name, it is that query parameter, the first if there are several.
    """
    requests = requests.with_columns(_raw_account(parameter).alias("account"))
    spelt: dict[str, str | None] = {}
    damaged: list[str] = []
    unusual = _UNUSUAL_PARAMETER if parameter else _UNUSUAL
    for text in requests["account"].filter(requests["account"].str.contains(unusual)).unique().to_list():
        account = _without_escapes(text) if parameter or is_escaped else text
        if parameter:
            account = unquote_plus(account, errors="replace")
        if account.strip().lower() in _NOBODY:
            spelt[text] = None
        elif _NOT_TEXT.search(account):
            spelt[text] = None
            damaged.append(text)
        elif account != text:
            spelt[text] = account
    is_damaged = pl.col("account").is_in(damaged) if damaged else pl.lit(False)
    requests = requests.with_columns(is_damaged.fill_null(False).alias("is_account_damaged"))
    return requests.with_columns(pl.col("account").replace(spelt)) if spelt else requests


def did_something(requests: pl.DataFrame, which: pl.Expr, parameter: str | None) -> int:
    """How many of them have an account and a status that is no error, without a look at how the account is spelt."""
    is_somebody = ~_raw_account(parameter).str.to_lowercase().is_in(_NOBODY)
    return int(requests.select((which & pl.col("status").is_between(200, 399) & is_somebody).sum()).item())


def _raw_account(parameter: str | None) -> pl.Expr:
    return pl.col("query").str.extract(rf"(?:^|&|\?){parameter}=([^&#]*)") if parameter else pl.col("account")


def _requests(found: pl.DataFrame) -> pl.DataFrame:
    """Brings what a format gave to COLUMNS."""
    if "request" in found.columns:
        found = _split(found, pl.col("request").str.extract_groups(_REQUEST), "method", "target")
        if (is_odd := found["method"].is_null()).any():
            odd = _split(found.filter(is_odd).drop("method", "target"), pl.col("request").str.extract_groups(_ODD_REQUEST), "method", "target")
            found = pl.concat([found.filter(~is_odd), odd]).sort("line")
    if "target" in found.columns:
        found = _split(_without_host(found, "target"), pl.col("target").str.splitn("?", 2), "path", "query")
    if "size_with_head" in found.columns:
        found = found.rename({"size_with_head": "size"})
    if "size" in found.columns:
        found = found.with_columns(pl.col("size").replace("-", "0").cast(pl.Int64, strict=False))
    if "location" in found.columns:
        found = _without_host(found, "location")
    found = found.with_columns(_instants(found))
    columns = COLUMNS | {name: dtype for name, dtype in FOR_RULES.items() if name in found.columns}
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in COLUMNS.items() if name not in found.columns]
    return found.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _split(found: pl.DataFrame, parts: pl.Expr, *names: str) -> pl.DataFrame:
    return found.with_columns(parts.struct.rename_fields(names).alias("parts")).unnest("parts")


def _without_host(found: pl.DataFrame, name: str) -> pl.DataFrame:
    """Addresses that name a host, as proxies and redirects write them, become the path that they mean."""
    if not found[name].str.contains("://", literal=True).any():
        return found
    return found.with_columns(pl.col(name).str.replace(_HOST, "/"))


def _instants(found: pl.DataFrame) -> pl.Expr:
    """`occurred_at`, in ISO 8601 with an offset."""
    if "iso_time" in found.columns:
        return pl.col("iso_time").alias("occurred_at")
    if "clf_day" in found.columns:
        day = _spelt(found["clf_day"], lambda day: f"{day[7:]}-{MONTHS[day[3:6]]}-{day[:2]} ")
        zone = _spelt(found["clf_zone"], lambda zone: f"{zone[:3]}:{zone[3:]}")
        return pl.concat_str(day, "clf_clock", zone).alias("occurred_at")
    return pl.concat_str("date", pl.lit(" "), "time", pl.lit("+00:00")).alias("occurred_at")  # W3C logs are in UTC


def _spelt(texts: pl.Series, spelling: Callable[[str], str]) -> pl.Expr:
    """Texts of which many are alike in another spelling, each of them looked at once."""
    return pl.lit(texts.replace_strict({text: spelling(text) for text in texts.unique()}, return_dtype=pl.String))


def _without_escapes(text: str) -> str:
    r"""Undoes \xHH, \uHHHH, \" and the like; bytes that make no UTF-8 become U+FFFD."""
    if "\\" not in text:
        return text

    def replaced(found: re.Match[str]) -> str:
        if found[1]:
            return bytes([int(found[1], 16)]).decode("utf-8", "surrogateescape")
        return chr(int(found[2], 16)) if found[2] else _SIMPLE_ESCAPES.get(found[3], found[3])

    return _ESCAPE.sub(replaced, text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")

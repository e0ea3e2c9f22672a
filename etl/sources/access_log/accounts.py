"""The account of a request, as the server or a query parameter spells it, in the spelling of the document system."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

import polars as pl

_ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(["\\/bfnrtv]))')
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_UNUSUAL = r"[^!-~]|\\|^-?$"
_UNUSUAL_PARAMETER = rf"[%+]|{_UNUSUAL}"
"""What has to be looked at one by one; any other name is spelt as it is written."""
_NOT_TEXT = re.compile("[\x00-\x1f\x7f\ufffd]")


def accounts(requests: pl.DataFrame, parameter: str | None, is_escaped: bool) -> pl.DataFrame:
    """`requests` with `account` spelt out, and `is_account_damaged` where it holds control characters or bytes that are no text.

    NULL where there is no account ("-" or nothing). With `parameter` it is the query parameter of that name, the first if there are several.
    """
    raw = pl.col("query").str.extract(rf"(?:^|&|\?){re.escape(parameter)}=([^&#]*)") if parameter else pl.col("account")
    requests = requests.with_columns(raw.alias("account"))
    spelt: dict[str, str | None] = {}
    damaged: list[str] = []
    unusual = _UNUSUAL_PARAMETER if parameter else _UNUSUAL
    for text in requests["account"].filter(requests["account"].str.contains(unusual)).unique().to_list():
        account = _parameter(text) if parameter else _unescaped(text) if is_escaped else text
        if account.strip() in ("", "-"):
            spelt[text] = None
        elif _NOT_TEXT.search(account):
            spelt[text] = None
            damaged.append(text)
        elif account != text:
            spelt[text] = account
    is_damaged = pl.col("account").is_in(damaged) if damaged else pl.lit(False)
    requests = requests.with_columns(is_damaged.fill_null(False).alias("is_account_damaged"))
    if spelt:
        requests = requests.with_columns(pl.col("account").replace(spelt))
    return requests


def _parameter(text: str) -> str:
    return unquote_plus(_unescaped(text), errors="replace")


def _unescaped(text: str) -> str:
    r"""Undoes \xHH, \uHHHH, \" and the like; bytes that make no UTF-8 become U+FFFD."""
    if "\\" not in text:
        return text

    def replaced(found: re.Match[str]) -> str:
        if found[1]:
            return bytes([int(found[1], 16)]).decode("utf-8", "surrogateescape")
        return chr(int(found[2], 16)) if found[2] else _SIMPLE.get(found[3], found[3])

    return _ESCAPE.sub(replaced, text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")

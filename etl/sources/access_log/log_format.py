"""Log formats as web servers write them down: nginx `log_format`, Apache `LogFormat`, and the fields line of IIS (W3C).

A format becomes a list of literals and variables, and that becomes two ways to take a line apart: cells between blanks, which is fast and fits nearly
every line, and a regular expression for what is left over. Both take the same lines apart in the same way (tests/etl/sources/test_access_log.py).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.sources.files.titles import FileRefused

NAMED = {
    "combined": '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
    "common": '%h %l %u %t "%r" %>s %b',
}
W3C = "w3c"
"""The name of the IIS format, whose variables each file states by itself."""

ROLES = {
    "$time_local": "clf_time",
    "%t": "clf_time",
    "$time_iso8601": "iso_time",
    "date": "date",
    "time": "time",
    "$request": "request",
    "%r": "request",
    "$request_method": "method",
    "%m": "method",
    "cs-method": "method",
    "$request_uri": "target",
    "$uri": "path",
    "%U": "path",
    "cs-uri-stem": "path",
    "$args": "query",
    "$query_string": "query",
    "%q": "query",
    "cs-uri-query": "query",
    "$status": "status",
    "%s": "status",
    "%>s": "status",
    "%<s": "status",
    "sc-status": "status",
}
"""What vanban needs of a line; every other variable is passed over unread, the account's excepted."""

PATTERNS = {
    "clf_time": r"(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})",
    "iso_time": r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2})",
    "date": r"(\d{4}-\d{2}-\d{2})",
    "time": r"(\d{2}:\d{2}:\d{2})",
    "status": r"([1-9]\d{2})",
}
REPEATED = {
    "request": ("method", "target", "path", "query"),
    "target": ("path", "query"),
    "clf_time": ("iso_time", "date", "time"),
    "iso_time": ("date", "time"),
}
"""A role, and the roles that are passed over where it is there."""

_NGINX = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_APACHE = re.compile(r"%[<>]?(?:\{[^}]*\})?[<>]?[a-zA-Z]|%%")


@dataclass(frozen=True)
class Cell:
    """What stands between two blanks: a variable (or a part of one) with what is written around it."""

    role: str
    """A role, "account", "method" and so on for the parts of a request, "" for what is passed over, "literal" for fixed text."""
    prefix: bytes = b""
    suffix: bytes = b""


@dataclass(frozen=True)
class LogFormat:
    """How to take a line apart, up to the last thing that is needed of it; what follows is not looked at."""

    roles: tuple[str, ...]
    """In the order of the groups of `pattern`."""
    pattern: str
    """A regular expression without back-references or look-around, anchored at the start."""
    cells: tuple[Cell, ...]
    """Empty where blanks do not separate the variables."""
    is_escaped: bool = True
    """Whether the server writes quotes and bytes beyond ASCII as \\xHH; IIS does not."""


def read_format(format_: str, account: str) -> LogFormat:
    """The format of a log, by name or as the server's own configuration states it.

    Raises FileRefused, naming what is missing, for a format without a time, a status, a request or the account's variable.
    """
    text = NAMED.get(format_, format_).replace('\\"', '"')
    pieces = _pieces(text, _NGINX if "$" in text else _APACHE)
    return _log_format(pieces, account, is_escaped=True)


def read_fields_line(fields: str, account: str) -> LogFormat:
    """The format that the `#Fields:` line of an IIS log states."""
    names = fields.split()
    pieces = [piece for name in names for piece in ((True, name), (False, " "))][:-1]
    return _log_format(pieces, account, is_escaped=False)


def _pieces(text: str, variable: re.Pattern[str]) -> list[tuple[bool, str]]:
    """(is it a variable, its name or the literal text), in order."""
    pieces: list[tuple[bool, str]] = []
    place = 0
    for found in variable.finditer(text):
        if found.start() > place:
            pieces.append((False, text[place : found.start()]))
        place = found.end()
        if found[0] == "%%":
            pieces.append((False, "%"))
            continue
        name = "$" + (found[1] or found[2]) if found.re is _NGINX else found[0]
        if name == "%t":  # Apache writes the brackets itself
            pieces += [(False, "["), (True, name), (False, "]")]
        else:
            pieces.append((True, name))
    if place < len(text):
        pieces.append((False, text[place:]))
    return _joined(pieces)


def _joined(pieces: Sequence[tuple[bool, str]]) -> list[tuple[bool, str]]:
    joined: list[tuple[bool, str]] = []
    for is_variable, text in pieces:
        if joined and not is_variable and not joined[-1][0]:
            joined[-1] = (False, joined[-1][1] + text)
        else:
            joined.append((is_variable, text))
    return joined


def _log_format(pieces: list[tuple[bool, str]], account: str, is_escaped: bool) -> LogFormat:
    needed = _without_repetition([_role(name, account) if is_variable else "" for is_variable, name in pieces])
    _refuse_incomplete([role for role in needed if role], account)
    last = max(place for place, role in enumerate(needed) if role)
    for before, after in itertools.pairwise(pieces[: last + 1]):
        if before[0] and after[0]:
            raise FileRefused(f"{before[1]} and {after[1]} stand side by side, so that nobody can tell where one ends")
    roles, pattern = _pattern(pieces, needed, last)
    return LogFormat(roles, pattern, _cells(pieces, needed, last), is_escaped)


def _role(name: str, account: str) -> str:
    return "account" if name == account else ROLES.get(name, "")


def _without_repetition(roles: list[str]) -> list[str]:
    """Passes over what another variable of the format says as well, such as the method beside the whole request."""
    for whole, parts in REPEATED.items():
        if whole in roles:
            roles = ["" if role in parts else role for role in roles]
    return roles


def _refuse_incomplete(roles: list[str], account: str) -> None:
    has = set(roles)
    if len(roles) > len(has):
        raise FileRefused("the format names the same thing twice")
    if not has & {"clf_time", "iso_time"} and not {"date", "time"} <= has:
        raise FileRefused("the format has no time ($time_local, $time_iso8601, %t, or date and time)")
    if "status" not in has:
        raise FileRefused("the format has no status ($status, %>s or sc-status)")
    if not has & {"request", "target", "path"}:
        raise FileRefused("the format has no request ($request, $request_uri, %r, %U or cs-uri-stem)")
    if account.startswith("?"):
        if not has & {"request", "target", "query"}:
            raise FileRefused("the format has no query string, where the account should stand ($request, $args, %q or cs-uri-query)")
    elif "account" not in has:
        raise FileRefused(f"the format has no {account}, where the account should stand")


def _pattern(pieces: list[tuple[bool, str]], needed: list[str], last: int) -> tuple[tuple[str, ...], str]:
    """One group for each role, in order."""
    roles: list[str] = []
    parts = ["^"]
    for place, (is_variable, text) in enumerate(pieces[: last + 1]):
        role = needed[place]
        follower = pieces[place + 1][1] if place + 1 < len(pieces) else ""
        is_quoted = place > 0 and pieces[place - 1][1].endswith('"') and follower.startswith('"')
        if not is_variable:
            parts.append(re.escape(text))
            continue
        if role:
            roles.append(role)
        if role in PATTERNS:
            parts.append(PATTERNS[role])
        elif is_quoted:
            value = r'(?:[^"\\]|\\.)*'
            parts.append(f"({value})" if role else value)
        elif role == "account" and follower not in ("", " "):  # a name may hold blanks, as long as it is seen where it ends
            parts.append("(.*?)")
        else:
            value = f"[^{re.escape(follower[0])}]*" if follower else ".*"
            parts.append(f"({value})" if role else value)
    follower = pieces[last + 1][1] if last + 1 < len(pieces) else ""
    parts.append("$" if not follower else f"(?:{re.escape(follower[0])}|$)" if follower[0] == " " else re.escape(follower[0]))
    return tuple(roles), "".join(parts)


def _cells(pieces: list[tuple[bool, str]], needed: list[str], last: int) -> tuple[Cell, ...]:
    """The format cut at its blanks, or nothing where a variable that may hold blanks, or two in one cell, stand before the last one needed."""
    cells: list[Cell] = []
    words: list[list[tuple[bool, str, str]]] = [[]]
    for (is_variable, text), role in zip(pieces, needed, strict=True):
        for number, word in enumerate([text] if is_variable else text.split(" ")):
            if number:
                words.append([])
            if word:
                words[-1].append((is_variable, word, role))
    left = sum(1 for role in needed[: last + 1] if role)
    for word_pieces in words:
        if not left:
            break
        variables = [piece for piece in word_pieces if piece[0]]
        if not variables:
            cells.append(Cell("literal", "".join(text for _, text, _ in word_pieces).encode()))
            continue
        if len(variables) > 1 or not word_pieces:
            return ()
        place = word_pieces.index(variables[0])
        prefix = "".join(text for _, text, _ in word_pieces[:place]).encode()
        suffix = "".join(text for _, text, _ in word_pieces[place + 1 :]).encode()
        role = variables[0][2]
        left -= bool(role)
        if not role and (prefix or suffix):
            return ()  # a quoted text that is passed over may hold blanks
        cells += _split(Cell(role, prefix, suffix))
    return tuple(cells)


def _split(cell: Cell) -> list[Cell]:
    if cell.role == "request":
        return [Cell("method", cell.prefix), Cell("target"), Cell("version", b"HTTP/", cell.suffix)]
    if cell.role == "clf_time":
        return [Cell("clf_day", cell.prefix), Cell("clf_zone", b"", cell.suffix)]
    return [cell]

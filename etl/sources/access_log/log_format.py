"""Log formats as web servers write them down: nginx `log_format`, Apache `LogFormat`, and the fields line of IIS (W3C).

A format becomes a list of literals and variables, and that becomes a regular expression that takes a line apart.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.sources.open_file import FileRefused

W3C = "w3c"
"""The name of the IIS format, whose variables each file states by itself."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: f"{number:02d}" for number, name in enumerate(_MONTHS, start=1)}

_KNOWN = tomllib.loads(Path(__file__).with_name("log_formats.toml").read_text(encoding="utf-8"))
_ROLES = {variable: role for role, variables in _KNOWN["variables"].items() for variable in variables}

_NGINX = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_APACHE = re.compile(r"%[<>]?(?:\{[^}]*\})?[<>]?[a-zA-Z]|%%")


@dataclass(frozen=True)
class LogFormat:
    """How to take a line apart, up to the last thing that is needed of it; what follows is not looked at."""

    roles: tuple[str, ...]
    """In the order of the groups of `pattern`."""
    patterns: tuple[str, ...]
    """Regular expressions without back-references or look-around, anchored at the start; the first that matches a line takes it apart.

    The first allows no account with the character that ends it, which fits nearly every line and is several times as fast.
    """
    is_escaped: bool = True
    """Whether the server writes quotes and bytes beyond ASCII as \\xHH; IIS does not."""


def read_format(format_: str, account: str) -> LogFormat:
    """The format of a log, by name or as the server's own configuration states it.

    Raises FileRefused, naming what is missing, for a format without a time, a status, a request or the account's variable.
    """
    text = _KNOWN["named"].get(format_, format_).replace('\\"', '"')
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
    roles, pattern = _pattern(pieces, needed, last, ends_account=True)
    _, wider = _pattern(pieces, needed, last, ends_account=False)
    return LogFormat(roles, tuple(dict.fromkeys((pattern, wider))), is_escaped)


def _role(name: str, account: str) -> str:
    return "account" if name == account else _ROLES.get(name, "")


def _without_repetition(roles: list[str]) -> list[str]:
    """Passes over what another variable of the format says as well, such as the method beside the whole request."""
    for whole, parts in _KNOWN["repeated"].items():
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


def _pattern(pieces: list[tuple[bool, str]], needed: list[str], last: int, ends_account: bool) -> tuple[tuple[str, ...], str]:
    """The roles of its groups, and the pattern; with `ends_account` the account ends at the first character like the one behind it."""
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
            roles += _KNOWN["groups"].get(role, (role,))
        if role in _KNOWN["patterns"]:
            parts.append(_KNOWN["patterns"][role])
        elif is_quoted:
            value = r'(?:[^"\\]|\\.)*'
            parts.append(f"({value})" if role else value)
        elif role == "account" and follower not in ("", " ") and not ends_account:  # a name may hold blanks, as long as it is seen where it ends
            parts.append("(.*?)")
        else:
            value = f"[^{re.escape(follower[0])}]*" if follower else ".*"
            parts.append(f"({value})" if role else value)
    follower = pieces[last + 1][1] if last + 1 < len(pieces) else ""
    parts.append("$" if not follower else f"(?:{re.escape(follower[0])}|$)" if follower[0] == " " else re.escape(follower[0]))
    return tuple(roles), "".join(parts)

"""Log formats as web servers write them down: nginx `log_format`, Apache `LogFormat`, and the fields line of IIS (W3C).

A format becomes a list of literals and variables, and that becomes a regular expression that takes a line apart.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Collection, Sequence
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
_APACHE = re.compile(r"%[!0-9,]*[<>]?(?:\{[^}]*\})?[<>]?[a-zA-Z]|%%")
_STATEMENT = re.compile(r"\s*(?:log_format|LogFormat)\s+", re.IGNORECASE)
_WORD = re.compile(r"""\s+|\#[^\n]*|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s;'"]+)|(;)""", re.DOTALL)
_SIMPLE_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
LIST = "[^ ,]*(?:(?: ?,| :) ?[^ ,]*)*"
"""What a proxy writes without quotes: several addresses after commas, or several upstreams after colons."""


@dataclass(frozen=True)
class LogFormat:
    """How to take a line apart, up to the last thing that is needed of it; what follows is not looked at."""

    roles: tuple[str, ...]
    """In the order of the groups of `pattern`."""
    patterns: tuple[str, ...]
    """Regular expressions without back-references or look-around, anchored at the start; the first that matches a line takes it apart.

    The first allows no list of addresses, and no account with the character that ends it: it fits nearly every line and is several times as fast.
    """
    is_escaped: bool = True
    """Whether the server writes quotes and bytes beyond ASCII as \\xHH; IIS and `escape=none` do not."""


def read_format(format_: str, account: str, told_by: Collection[str] = ()) -> LogFormat:
    """The format of a log, by name or as the server's own configuration states it; rules go by `told_by` (size, location) too.

    Raises FileRefused, naming what is missing, for a format without a time, a status, a request, the account's variable or what rules go by.
    """
    text, is_escaped = _as_joined(_KNOWN["named"].get(format_.strip(), format_.strip()))
    if "\n" in text:
        raise FileRefused("the format holds a line end. Write it in one line, or each piece in quotes, as nginx.conf has it")
    pieces = _pieces(text, _NGINX if "$" in text else _APACHE)
    return _log_format(pieces, account, told_by, is_escaped)


def read_fields_line(fields: str, account: str, told_by: Collection[str] = ()) -> LogFormat:
    """The format that the `#Fields:` line of an IIS log states."""
    names = fields.split()
    pieces = [piece for name in names for piece in ((True, name), (False, " "))][:-1]
    return _log_format(pieces, account, told_by, is_escaped=False)


def _as_joined(text: str) -> tuple[str, bool]:
    """The format as the server sees it, and whether values are escaped: the quoted pieces of a whole `log_format` or `LogFormat` become one.

    A text that begins with a double quote may be a format in which each value is quoted: it is in pieces if they stand in lines of their own or hold
    escaped quotes.
    """
    statement = _STATEMENT.match(text)
    is_quoted = text.startswith("'") or (text.startswith('"') and ('\\"' in text or re.search(r'"[ \t]*\r?\n', text) is not None))
    if statement is None and not is_quoted and not text.startswith("escape="):
        return text.replace('\\"', '"').replace("\\t", "\t"), True
    words = _words(text[statement.end() :] if statement else text)
    is_nginx = statement is not None and statement[0].strip().islower()
    if is_nginx:
        words = words[1:]  # the format's name; Apache has it at the end
    elif len(words) > 1 and not words[-1][1]:
        words = words[:-1]
    is_escaped = ("escape=none", False) not in words
    words = [word for word in words if word[1] or not word[0].startswith("escape=")]
    if not is_nginx and not all(is_quoted for _, is_quoted in words):
        raise FileRefused("the format has words between its quoted pieces. Copy the whole log_format, or the format alone in 'single quotes'")
    return "".join(word for word, _ in words), is_escaped


def _words(text: str) -> list[tuple[str, bool]]:
    """The words of a statement up to its semicolon, without quotes, and whether each had any."""
    words: list[tuple[str, bool]] = []
    place = 0
    while place < len(text):
        found = _WORD.match(text, place)
        if found is None:
            raise FileRefused("the format has a quote that does not end. Copy the whole log_format, or the format alone in 'single quotes'")
        place = found.end()
        if found[4]:
            if text[place:].strip():
                raise FileRefused("the format goes on after its semicolon. Copy one log_format alone")
            break
        value = next((group for group in found.groups() if group is not None), None)
        if value is not None:
            words.append((re.sub(r"\\(.)", lambda escape: _SIMPLE_ESCAPES.get(escape[1], escape[1]), value), found[3] is None))
    return words


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
        name = "$" + (found[1] or found[2]) if found.re is _NGINX else "%" + found[0].lstrip("%!0123456789,")
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


def _log_format(pieces: list[tuple[bool, str]], account: str, told_by: Collection[str], is_escaped: bool) -> LogFormat:
    needed = _without_repetition([_role(name, account, told_by) if is_variable else "" for is_variable, name in pieces])
    _refuse_incomplete([role for role in needed if role], account, told_by)
    last = max(place for place, role in enumerate(needed) if role)
    for before, after in itertools.pairwise(pieces[: last + 1]):
        if before[0] and after[0]:
            raise FileRefused(f"{before[1]} and {after[1]} stand side by side, so that nobody can tell where one ends")
    patterns = [_pattern(pieces, needed, last, *way) for way in ((True, False), (True, True), (False, True))]
    return LogFormat(patterns[0][0], tuple(dict.fromkeys(pattern for _, pattern in patterns)), is_escaped)


def _role(name: str, account: str, told_by: Collection[str]) -> str:
    role = "account" if name == account else _ROLES.get(name, "")
    return role if role not in _KNOWN["rule_alone"] or _KNOWN["rule_alone"][role] in told_by else ""


def _without_repetition(roles: list[str]) -> list[str]:
    """Passes over what another variable of the format says as well, such as the method beside the whole request."""
    for whole, parts in _KNOWN["repeated"].items():
        if whole in roles:
            roles = ["" if role in parts else role for role in roles]
    return roles


def _refuse_incomplete(roles: list[str], account: str, told_by: Collection[str]) -> None:
    has = set(roles)
    if len(roles) > len(has):
        raise FileRefused("the format names the same thing twice")
    if not has & {"clf_time", "iso_time"} and not {"date", "time"} <= has:
        raise FileRefused("the format has no time ($time_local, $time_iso8601, %t, or date and time)")
    if "status" not in has:
        raise FileRefused("the format has no status ($status, %>s or sc-status)")
    if not has & {"request", "target", "path"}:
        raise FileRefused("the format has no request ($request, $request_uri, %r, %U or cs-uri-stem)")
    for key in told_by:
        if not any(role in has and _KNOWN["rule_alone"].get(role) == key for role in _KNOWN["rule_alone"]):
            raise FileRefused(f"a rule goes by {key}, which the format does not have ({', '.join(_KNOWN['variables'][key])})")
    if account.startswith("?"):
        if not has & {"request", "target", "query"}:
            raise FileRefused("the format has no query string, where the account should stand ($request, $args, %q or cs-uri-query)")
    elif "account" not in has:
        raise FileRefused(f"the format has no {account}, where the account should stand")


def _pattern(pieces: list[tuple[bool, str]], needed: list[str], last: int, ends_account: bool, has_lists: bool) -> tuple[tuple[str, ...], str]:
    """The roles of its groups, and the pattern; with `ends_account` the account ends at the first character like the one behind it.

    With `has_lists` what is not needed and not quoted may be a LIST, where a blank follows.
    """
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
            if has_lists and not role and follower.startswith(" "):
                value = LIST
            parts.append(f"({value})" if role else value)
    follower = pieces[last + 1][1] if last + 1 < len(pieces) else ""
    parts.append("$" if not follower else f"(?:{re.escape(follower[0])}|$)" if follower[0] == " " else re.escape(follower[0]))
    return tuple(roles), "".join(parts)

"""Reads JSON Lines (one object per line, RFC 8259 each) as text."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from etl.sources.files.encodings import text_lines
from etl.sources.files.titles import read_titles
from etl.sources.files.unusable_cells import UnusableCells
from etl.sources.open_file import FileRefused, opened


def read_json_lines(path: Path, options: Mapping[str, Any], unusable: UnusableCells) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Names of all members that any line has, in the order of their appearance, and rows as (line number, text per name).

    A member that a line lacks is NULL. Numbers keep the file's own digits, true and false are spelt so, objects and lists stay JSON for the mapping
    to take apart. Empty lines are left out.
    Raises FileRefused for a line that is not one object, a name that stands twice in it, or a damaged .gz; OSError for an unreadable file.
    """
    names: dict[str, None] = {}
    for _, values in _objects(path):
        names.update(dict.fromkeys(values))
    if not names:
        raise FileRefused("it holds no object with a member")
    titles = read_titles(list(names), 1)
    if "" in titles:
        raise FileRefused("a member's name is empty")
    return titles, ((number, [values.get(name) for name in names]) for number, values in _objects(path))


def _objects(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    number = 0
    with opened(path) as file, contextlib.closing(text_lines(file, "utf-8-sig")) as lines:
        try:
            for line in lines:
                number += 1
                if line.strip():
                    yield number, _members(line, number)
        except UnicodeDecodeError as error:
            raise FileRefused(f"after line {number} it is not UTF-8 text ({error.reason})") from None


def _members(line: str, number: int) -> dict[str, str | None]:
    try:
        found = json.loads(line, object_pairs_hook=_once, parse_int=_Digits, parse_float=_Digits, parse_constant=_no_number)
        if not isinstance(found, dict):
            raise FileRefused(f"line {number} is not a JSON object")
        values = {name: _text(value) for name, value in found.items()}
        "".join([*values, *filter(None, values.values())]).encode()
    except json.JSONDecodeError as error:
        raise FileRefused(f"line {number} is not JSON ({error.msg})") from None
    except RecursionError:
        raise FileRefused(f"line {number} is nested too deeply") from None
    except UnicodeEncodeError:
        raise FileRefused(f"line {number} holds half a character") from None
    except _NotOneObject as error:
        raise FileRefused(f"line {number} {error}") from None
    if any("\0" in value for value in values.values() if value):
        raise FileRefused(f"line {number} holds a NUL character")
    return values


class _Digits(str):
    """A number as it is spelt in the file: a key of twenty digits must not be rounded."""


class _NotOneObject(Exception):
    """What is wrong with a line that would parse."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):  # parsers differ in which of the two they take
        raise _NotOneObject("has a name twice")
    return names


def _no_number(name: str) -> NoReturn:
    raise _NotOneObject(f"holds {name}, which is no JSON number")


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            return unicodedata.normalize("NFC", value) or None  # again: an escape may have hidden a combining mark
        case _:
            return unicodedata.normalize("NFC", _json(value))


def _json(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_json(member)}" for name, member in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_json, value)) + "]"
        case _Digits():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)

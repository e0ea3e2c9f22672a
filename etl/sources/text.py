"""Values of a driver or a workbook as text, in one spelling whatever system they come from."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from etl.sources.source import Row


class NotText(ValueError):
    """A value that cannot be written as text; it says the type alone, never the value."""


def text_of(value: Any) -> str | None:
    """One value as text.

    Whole numbers lose their point ("45", not "45.0"), instants are ISO 8601 with their offset if they carry one, and without one if they do not.
    NaN is what programs write for nothing in a column of numbers: a unit above that is called so would be none.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, Decimal):
        return format(value.to_integral_value() if value.is_finite() and value == value.to_integral_value() else value, "f")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return _text_of_bytes(bytes(value))
    if isinstance(value, dt.timedelta | list | dict | set | tuple):
        raise NotText(f"a {type(value).__name__}")
    return str(value)  # UUIDs and the like


def text_columns(rows: Sequence[Row], names: Sequence[str]) -> list[list[str | None]]:
    """Rows as columns of text, as many as `names`; a column that is text already is passed on as it is, which most are.

    Raises NotText with the name of the column.
    """
    if not rows:
        return [[] for _ in names]
    columns: list[list[str | None]] = []
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        types = set(map(type, values))
        try:
            columns.append(list(values) if types <= {str, type(None)} else list(map(text_of, values)))
        except NotText as error:
            raise NotText(f"{error} in column {name}") from None
    return columns


def _text_of_bytes(value: bytes) -> str:
    if value in (b"\x00", b"\x01"):  # MySQL's BIT(1)
        return str(value[0])
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise NotText("bytes that are not UTF-8 text") from None

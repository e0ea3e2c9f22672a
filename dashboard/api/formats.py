"""The forms in which an answer goes out: JSON, CSV, and Arrow's stream format; chosen by `format`, else by the header Accept."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.api.problems import Problem
from metrics.query.told_rows import json_row


@dataclass(frozen=True)
class Answer:
    """Rows, and what is said of all of them (in JSON beside the rows; each row of figures names its snapshot itself)."""

    about: dict[str, Any]
    rows: pl.DataFrame


@dataclass(frozen=True)
class Format:
    """One form of answers."""

    name: str
    media_type: str
    write: Callable[[Answer], bytes]


def _json(answer: Answer) -> bytes:
    rows = [json_row(row) for row in answer.rows.iter_rows(named=True)]
    return (json.dumps({**answer.about, "rows": rows}, ensure_ascii=False) + "\n").encode()


def _csv(answer: Answer) -> bytes:
    return answer.rows.write_csv().encode()


def _arrow(answer: Answer) -> bytes:
    written = io.BytesIO()
    # With the string type of Arrow's first version, which every reader knows.
    _with_empty_nulls(answer.rows).write_ipc_stream(written, compat_level=pl.CompatLevel.oldest())
    return written.getvalue()


def _with_empty_nulls(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with nothing below the mask of what is null: there the value of a hidden figure still stands, and would go along."""
    return rows.with_columns(pl.Series(column.name, column.to_list(), column.dtype) for column in rows if column.null_count())


FORMATS = (
    Format("json", "application/json", _json),
    Format("csv", "text/csv; charset=utf-8", _csv),
    Format("arrow", "application/vnd.apache.arrow.stream", _arrow),
)


def format_asked_for(named: str | None, accept: str | None) -> Format:
    """The form that a request wants. Raises Problem for one that there is not."""
    names = ", ".join(one.name for one in FORMATS)
    if named is not None:
        found = next((one for one in FORMATS if one.name == named), None)
        if found is None:
            raise Problem(400, f"There is no format {named!r}. Formats are: {names}.")
        return found
    for kind in _by_preference(accept or "*/*"):
        for one in FORMATS:
            own = one.media_type.partition(";")[0]
            if kind in (own, f"{own.partition('/')[0]}/*", "*/*"):
                return one
    raise Problem(406, f"None of the formats in Accept can be written. Add format= with one of: {names}.")


def _by_preference(accept: str) -> list[str]:
    """The media types of a header Accept (RFC 9110), those wanted most first; those with q=0 and those that cannot be read left out."""
    wanted: list[tuple[float, str]] = []
    for part in accept.split(","):
        kind, *parameters = (text.strip().lower() for text in part.split(";"))
        weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        try:
            wanted.append((float(weight), kind))
        except ValueError:
            continue
    return [kind for weight, kind in sorted(wanted, key=lambda one: -one[0]) if weight > 0]

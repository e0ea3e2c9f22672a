"""Takes a block of log lines apart, all lines at once: by the places of their blanks, and what does not fit by a regular expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from etl.sources.access_log.lines import LONGEST_LINE
from etl.sources.access_log.log_format import LogFormat

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TOO_LONG = f"line of more than {LONGEST_LINE >> 10} KiB"
NOT_THE_FORMAT = "line is not of the log format"

COLUMNS = {
    "line": pl.Int64,  # place in the block, from 0
    "account": pl.String,  # as the server wrote it, "" where it wrote nothing
    "occurred_at": pl.String,  # ISO 8601 with an offset
    "method": pl.String,  # method, path and query are NULL where the request was not HTTP
    "path": pl.String,
    "query": pl.String,
    "status": pl.Int64,
}

WIDTHS = {"clf_day": 20, "clf_zone": 5, "iso_time": 25, "date": 10, "time": 8, "status": 3, "version": 3}
_BLANK, _FEED = 32, 10
_REQUEST = r"^([^ ]+) ([^ ]+) HTTP/[^ ]*$"


@dataclass(frozen=True)
class Parsed:
    """What became of a block's lines: len(requests) + the sum of refused + empty = lines."""

    requests: pl.DataFrame
    """COLUMNS, in the order of the lines."""
    refused: Mapping[str, Places]
    """Reason, and the places of the lines that it stands for."""
    empty: int
    lines: int


@dataclass(frozen=True)
class Lines:
    """Where the lines of a block stand."""

    starts: Places
    ends: Places
    """Of their line feeds."""
    marks: Places
    """Blanks and line feeds of the block."""
    first_mark: Places
    """For each line the number of its first blank among the marks, or of its line feed where it has none."""


def parse(block: bytes, log_format: LogFormat) -> Parsed:
    """Takes apart a block of whole lines (each ends in a line feed)."""
    if not block.isascii():
        # A damaged byte becomes U+FFFD: it costs the value that it stands in, not the line.
        block = block.decode("utf-8", "replace").encode()
    text = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero(text <= _BLANK)  # line feeds and blanks, and what else stands below them
    feeds = np.flatnonzero((found := text[marks]) == _FEED)
    if len(feeds) + np.count_nonzero(found == _BLANK) < len(marks):
        marks = marks[(found == _FEED) | (found == _BLANK)]
        feeds = np.flatnonzero(text[marks] == _FEED)
    ends = marks[feeds]
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    lengths = ends - starts
    is_usable = (lengths > 0) & (lengths <= LONGEST_LINE)
    # Zero-copy: every line is a span of the block, its line feed with it.
    offsets = np.concatenate([[0], ends + 1]).astype(np.int64)
    lines = pl.Series(pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(block)]))

    is_parsed = np.zeros(len(ends), np.bool_)
    frames = [pl.DataFrame(schema=COLUMNS)]
    if log_format.cells:
        first_mark = np.concatenate([[0], feeds[:-1] + 1])[: len(feeds)]
        frames.append(_by_cells(text, lines, Lines(starts, ends, marks, first_mark), is_usable, log_format))
        is_parsed[frames[-1]["line"].to_numpy()] = True
    left_over = np.flatnonzero(is_usable & ~is_parsed)
    if len(left_over):
        frames.append(_by_pattern(lines, lengths, left_over, log_format))
        is_parsed[frames[-1]["line"].to_numpy()] = True
    refused = {TOO_LONG: np.flatnonzero(lengths > LONGEST_LINE), NOT_THE_FORMAT: np.flatnonzero(is_usable & ~is_parsed)}
    return Parsed(
        requests=pl.concat(frames).sort("line") if len(frames) > 2 else frames[-1],
        refused={reason: places for reason, places in refused.items() if len(places)},
        empty=int((lengths == 0).sum()),
        lines=len(ends),
    )


def _by_cells(text: Bytes, lines: pl.Series, at: Lines, is_usable: Flags, log_format: LogFormat) -> pl.DataFrame:
    """The lines that fit the format blank by blank."""
    starts, ends = at.starts, at.ends
    marks = np.concatenate([at.marks, np.full(len(log_format.cells), len(text))])
    fits = is_usable.copy()
    spans: dict[str, tuple[Places, Places]] = {}
    is_of_request = any(cell.role == "version" for cell in log_format.cells)
    start = starts
    for number, cell in enumerate(log_format.cells):
        stop = np.minimum(marks[at.first_mark + number], ends)
        fits &= start <= stop
        if cell.role:
            left, right = start + len(cell.prefix), stop - len(cell.suffix)
            shortest = 1 if is_of_request and cell.role in ("method", "target") else 0
            fits &= (left == right) if cell.role == "literal" else (left + shortest <= right)
            for place, byte in enumerate(cell.prefix):
                fits &= text[np.minimum(start + place, len(text) - 1)] == byte
            for place, byte in enumerate(cell.suffix):
                fits &= text[right + place] == byte
            if cell.role in WIDTHS:
                fits &= right - left == WIDTHS[cell.role]
            if cell.role != "literal":
                spans[cell.role] = (left, right)
        start = stop + 1
    places = np.flatnonzero(fits)
    if not len(places):
        return pl.DataFrame(schema=COLUMNS)
    windows = {role: _windows(text, left[places], WIDTHS[role]) for role, (left, _) in spans.items() if role in WIDTHS}
    good = np.ones(len(places), np.bool_)
    columns: dict[str, pl.Series] = {
        "line": pl.Series(places),
        "occurred_at": _instants(windows, good),
        "status": pl.Series(_status(windows["status"], good)),
    }
    if "version" in windows:
        version = windows["version"]
        good &= _are_digits(version[:, [0, 2]]) & (version[:, 1] == ord("."))
    slices = [
        pl.col("text").bin.slice(pl.lit(pl.Series((left - starts)[places])), pl.lit(pl.Series((right - left)[places]))).cast(pl.String).alias(role)
        for role, (left, right) in spans.items()
        if role not in WIDTHS
    ]
    columns |= pl.DataFrame({"text": lines.gather(places) if len(places) < len(lines) else lines}).select(slices).to_dict()
    frame = pl.DataFrame(columns).with_columns(pl.Series("good", good))
    is_good = frame.select(pl.col("good") & ~_holds_quotes(log_format)).to_series()
    if not is_good.all(ignore_nulls=False):
        frame = frame.filter(is_good)
    return _requests(frame)


def _holds_quotes(log_format: LogFormat) -> pl.Expr:
    """Whether a value that stands in quotes holds one, or a backslash before one: such lines are left to the pattern, which knows where they end."""
    found = pl.lit(False)
    is_request = False
    for cell in log_format.cells:
        if cell.role == "method":
            is_request = cell.prefix.endswith(b'"')
        is_inside = is_request and cell.role in ("method", "target")
        if is_inside or (cell.prefix.endswith(b'"') and cell.role in ("account", "path", "query", "target")):
            found |= pl.col(cell.role).str.contains('"', literal=True) | pl.col(cell.role).str.ends_with("\\")
    return found


def _by_pattern(lines: pl.Series, lengths: Places, places: Places, log_format: LogFormat) -> pl.DataFrame:
    """The lines, of those at `places`, that the whole pattern fits."""
    text = pl.DataFrame({"line": places, "text": lines.gather(places), "length": lengths[places]})
    groups = (
        pl.col("text").bin.slice(0, pl.col("length")).cast(pl.String).str.extract_groups(log_format.pattern).struct.rename_fields(log_format.roles)
    )
    frame = text.select("line", groups.alias("groups")).unnest("groups")
    frame = frame.filter(pl.col(log_format.roles[0]).is_not_null())
    if not frame.height:
        return pl.DataFrame(schema=COLUMNS)
    if "clf_time" in frame.columns:
        frame = frame.with_columns(pl.col("clf_time").str.head(20).alias("clf_day"), pl.col("clf_time").str.tail(5).alias("clf_zone"))
    if "request" in frame.columns:
        request = pl.col("request").str.extract_groups(_REQUEST).struct.rename_fields(["method", "target"])
        frame = frame.with_columns(request.alias("parts")).unnest("parts")
    good = np.ones(frame.height, np.bool_)
    windows = {role: _window(frame[role]) for role in frame.columns if role in WIDTHS}
    frame = frame.with_columns(_instants(windows, good).alias("occurred_at"), pl.Series("status", _status(windows["status"], good)))
    return _requests(frame.filter(pl.Series(good)))


def _requests(frame: pl.DataFrame) -> pl.DataFrame:
    """Brings what a format gave to COLUMNS."""
    if "target" in frame.columns:
        split = pl.col("target").str.splitn("?", 2).struct.rename_fields(["path", "query"])
        frame = frame.with_columns(split.alias("split")).unnest("split")
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in COLUMNS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())


def _windows(text: Bytes, starts: Places, width: int) -> Bytes:
    """The stretches of one width that begin at `starts` as a matrix; taken as items of that width, they are copied whole and not byte by byte."""
    items = np.ndarray((len(text) - width + 1,), f"V{width}", text, strides=(1,))
    return items[starts].view(np.uint8).reshape(-1, width)


def _window(values: pl.Series) -> Bytes:
    """Texts of one length as a matrix, one row each."""
    return np.frombuffer("".join(values.to_list()).encode(), np.uint8).reshape(len(values), -1)


def _instants(windows: Mapping[str, Bytes], good: Flags) -> pl.Series:
    """ISO 8601 with an offset; what is not even shaped like a time is marked in `good`. Whether the day exists is for staging to say."""
    if "iso_time" in windows:
        iso = windows["iso_time"]
        _demand(good, iso, "0000-00-00T00:00:00+00:00")
        return _texts(iso, good)
    if "clf_day" in windows:
        day, zone = windows["clf_day"], windows["clf_zone"]
        _demand(good, day, "00/AAA/0000:00:00:00")
        _demand(good, zone, "+0000")
        month = _months(day[:, 3:6], good)
        minus, colon, blank = (np.full((len(day), 1), ord(mark), np.uint8) for mark in "-: ")
        year, clock = day[:, 7:11], day[:, 12:20]
        return _texts(np.hstack([year, minus, month, minus, day[:, :2], blank, clock, zone[:, :3], colon, zone[:, 3:]]), good)
    date, time = windows["date"], windows["time"]
    _demand(good, date, "0000-00-00")
    _demand(good, time, "00:00:00")
    tail = np.broadcast_to(np.frombuffer(b"+00:00", np.uint8), (len(date), 6))  # W3C logs are in UTC
    return _texts(np.hstack([date, np.full((len(date), 1), _BLANK, np.uint8), time, tail]), good)


def _demand(good: Flags, window: Bytes, shape: str) -> None:
    """Marks the rows that have another shape: 0 stands for a digit, A for a letter, + for a sign, anything else for itself."""
    for place, mark in enumerate(shape):
        byte = window[:, place]
        if mark == "0":
            good &= (byte >= 48) & (byte <= 57)
        elif mark == "+":
            good &= (byte == 43) | (byte == 45)
        elif mark != "A":
            good &= byte == ord(mark)


_MONTHS = {
    name: f"{number:02d}" for number, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1)
}


def _months(names: Bytes, good: Flags) -> Bytes:
    numbers = np.zeros((len(names), 2), np.uint8)
    is_known = np.zeros(len(names), np.bool_)
    for name, number in _MONTHS.items():
        first, second, third = name.encode()
        is_it = (names[:, 2] == third) & (names[:, 1] == second) & (names[:, 0] == first)
        if is_it.any():
            numbers[is_it] = np.frombuffer(number.encode(), np.uint8)
            is_known |= is_it
    good &= is_known
    return numbers


def _status(window: Bytes, good: Flags) -> Places:
    good &= _are_digits(window) & (window[:, 0] != 48)
    digits = window.astype(np.int64) - 48
    return 100 * digits[:, 0] + 10 * digits[:, 1] + digits[:, 2]


def _are_digits(window: Bytes) -> Flags:
    return np.asarray(((window >= 48) & (window <= 57)).all(axis=1))


def _texts(matrix: Bytes, good: Flags) -> pl.Series:
    """The rows of a matrix as texts; rows that are not good may hold half a character and become zeros."""
    height, width = matrix.shape
    if not good.all():
        matrix = np.where(good[:, np.newaxis], matrix, np.uint8(48))
    offsets = np.arange(0, (height + 1) * width, width, dtype=np.int64)
    content = pa.py_buffer(np.ascontiguousarray(matrix))
    return pl.Series(pa.LargeBinaryArray.from_buffers(pa.large_binary(), height, [None, pa.py_buffer(offsets), content])).cast(pl.String)

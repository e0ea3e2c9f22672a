"""From blocks of log lines to events, with an account of every line."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl

from etl.sources.access_log.lines import LogFile, blocks
from etl.sources.access_log.log_format import LogFormat, read_fields_line
from etl.sources.access_log.parser import did_something, parse, with_accounts
from etl.sources.access_log.rules import IGNORE, Rule, kind_of_request, told_by
from etl.sources.open_file import FileRefused

DAMAGED_ACCOUNT = "account is not text"
NO_FIELDS_LINE = "line stands before any #Fields line"
UNFITTED = "no rule fits, though somebody did something"
"""A request with an account and a good status: a rule may miss it."""
WORKERS = 4
"""Blocks that are taken apart at a time, on two processors too: numpy and polars let go of the interpreter only for part of their work."""
WAITING = 24
"""Blocks that may be read ahead, so that there is work while a bulk of events is written."""

_W3C_DIRECTIVES = re.compile(rb"(?:^#.*\n)+", re.MULTILINE)
_FIELDS = b"#Fields:"
_NO_EVENTS = pl.DataFrame(schema={"account_key": pl.String, "occurred_at": pl.String, "kind": pl.String})
_NOTHING_REFUSED = pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String})


@dataclass(frozen=True)
class Reader:
    """How the lines of one source are read."""

    rules: tuple[Rule, ...]
    account: str
    log_format: LogFormat | None
    """None for IIS logs, which state theirs by themselves."""

    @property
    def parameter(self) -> str | None:
        """The name of the query parameter that holds the account, as a regular expression; IIS knows no case in it."""
        name = re.escape(self.account[1:])
        return (name if self.log_format else f"(?i:{name})") if self.account.startswith("?") else None


@dataclass(frozen=True)
class Events:
    """What became of consecutive lines of one file: events + refused + left out = lines."""

    lines: int
    events: pl.DataFrame = field(default_factory=_NO_EVENTS.clone)
    """account_key, occurred_at, kind."""
    refused: pl.DataFrame = field(default_factory=_NOTHING_REFUSED.clone)
    """line (its place among these lines, from 0) and reason, in order."""
    left_out: Counter[str] = field(default_factory=Counter)


def events_of(file: LogFile, reader: Reader) -> Iterator[Events]:
    """The events of a stretch of a file, block by block and in the order of its lines.

    Raises FileRefused where its #Fields line cannot be used, and where it is no longer the file that was counted.
    """
    work = _work(file, reader)
    waiting: deque[Future[Events]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for task in work:
                waiting.append(pool.submit(task))
                if len(waiting) > WAITING:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def in_bulk(parts: Iterator[Events], rows: int) -> Iterator[Events]:
    """The same, in parts of at least so many events: what costs something for each part is then done less often."""
    waiting: list[Events] = []
    for part in parts:
        waiting.append(part)
        if sum(each.events.height for each in waiting) >= rows:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def events_of_block(block: bytes, reader: Reader, log_format: LogFormat) -> Events:
    """The events of a block of whole lines, and why the others are none."""
    parsed = parse(block, log_format)
    requests = parsed.requests.with_columns(kind_of_request(reader.rules).alias("kind"))
    no_rule = requests["kind"].null_count()
    unfitted = did_something(requests, pl.col("kind").is_null(), reader.parameter) if no_rule else 0
    left_out = Counter(
        {
            "empty line": parsed.empty,
            "no rule fits": no_rule - unfitted,
            UNFITTED: unfitted,
            "ignored by a rule": int((requests["kind"] == IGNORE).sum()),
        }
    )
    requests = with_accounts(requests.filter(pl.col("kind") != IGNORE), reader.parameter, log_format.is_escaped)
    is_known = requests["account"].is_not_null()
    left_out["no account"] = int((~is_known & ~requests["is_account_damaged"]).sum())
    damaged = requests.filter("is_account_damaged").select("line", reason=pl.lit(DAMAGED_ACCOUNT))
    events = requests.filter(is_known).select(pl.col("account").alias("account_key"), "occurred_at", "kind")
    return Events(parsed.lines, events, pl.concat([parsed.refused, damaged]).sort("line"), left_out)


def _joined(parts: list[Events]) -> Events:
    lines = 0
    refused: list[pl.DataFrame] = []
    for part in parts:
        refused.append(part.refused.with_columns(pl.col("line") + lines) if lines else part.refused)
        lines += part.lines
    left_out = sum((part.left_out for part in parts), Counter[str]())
    return Events(lines, pl.concat([part.events for part in parts]), pl.concat(refused), left_out)


def _work(file: LogFile, reader: Reader) -> Iterator[Callable[[], Events]]:
    """One task for each stretch of lines of one format."""
    log_format = reader.log_format or _format_before(file, reader)
    for block in blocks(file):
        place = 0
        # Only IIS writes directives; elsewhere a line that begins with # is a line.
        for directives in _W3C_DIRECTIVES.finditer(block) if reader.log_format is None else ():
            yield from _stretch(block[place : directives.start()], reader, log_format)
            place = directives.end()
            lines = directives[0].splitlines()
            yield partial(Events, len(lines), left_out=Counter({"directive": len(lines)}))
            for line in lines:
                if line.startswith(_FIELDS):
                    log_format = _read_fields(line, reader)
        yield from _stretch(block[place:] if place else block, reader, log_format)


def _format_before(file: LogFile, reader: Reader) -> LogFormat | None:
    """What an IIS log says of its fields before a stretch of it begins."""
    last = b""
    for block in blocks(replace(file, start=0, stop=file.start)):
        lines = (line for directives in _W3C_DIRECTIVES.finditer(block) for line in directives[0].splitlines())
        last = next(reversed([line for line in lines if line.startswith(_FIELDS)]), last)
    return _read_fields(last, reader) if last else None


def _stretch(block: bytes, reader: Reader, log_format: LogFormat | None) -> Iterator[Callable[[], Events]]:
    if block and log_format is not None:
        yield partial(events_of_block, block, reader, log_format)
    elif block:
        lines = pl.DataFrame({"line": pl.int_range(block.count(b"\n"), dtype=pl.Int64, eager=True)})
        yield partial(Events, lines.height, refused=lines.with_columns(reason=pl.lit(NO_FIELDS_LINE)))


def _read_fields(line: bytes, reader: Reader) -> LogFormat:
    try:
        return read_fields_line(line.removeprefix(_FIELDS).decode("utf-8", "replace"), reader.account, told_by(reader.rules))
    except FileRefused as refusal:
        raise FileRefused(f"a #Fields line cannot be used: {refusal}") from None

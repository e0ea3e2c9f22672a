"""Where a run goes on in an entity that only grows at one end: the column that tells, and how far back a run looks again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from data.errors import ConfigurationError
from etl.contract import Entity

CursorKind = Literal["number", "local", "zoned", "text"]
"""How values compare: whole numbers, instants without and with a zone, or ISO text in the order of its characters (as SQLite keeps instants)."""

CURSOR_KEYS: dict[str, type] = {"cursor": str, "overlap": str, "compare_keys": str, "mode": str}
"""Keys of `[entities.<name>]` for kinds that can be asked for a part."""

DEFAULT_OVERLAP = dt.timedelta(days=7)
DEFAULT_NUMBERS = 10_000
_SPAN = re.compile(r"(\d+) (day|hour)s?")


@dataclass(frozen=True)
class Since:
    """The part of an entity that a run asks for: rows whose cursor is at or after `bound`, and rows that have none."""

    column: str
    kind: CursorKind
    bound: str
    """Digits for numbers, else the first moment of a day: YYYY-MM-DD, in UTC for `zoned`."""


@dataclass(frozen=True)
class Cursor:
    """What `source.toml` says of an entity's cursor."""

    column: str
    """A column of the entity's SELECT; it may stand beside the contract's."""
    overlap: dt.timedelta | int | None
    """How far before the newest row that was read a run looks again; None for the usual span of its kind."""
    compare_every: dt.timedelta | None
    """After how long all keys are compared, so that rows which vanished or came too late are found; None for never by itself."""

    def since(self, kind: CursorKind, watermark: str) -> Since:
        """The part that a run asks for after one that saw `watermark` as the newest. Whole days, so that no spelling of a time matters."""
        if kind == "number":
            back = self.overlap if isinstance(self.overlap, int) else DEFAULT_NUMBERS
            return Since(self.column, kind, str(int(watermark) - back))
        span = self.overlap if isinstance(self.overlap, dt.timedelta) else DEFAULT_OVERLAP
        moment = dt.datetime.fromisoformat(watermark[:10] if kind == "text" else watermark)
        if kind == "zoned":
            moment = moment.astimezone(dt.UTC)
        return Since(self.column, kind, (moment - span).date().isoformat())


def read_cursor(where: str, entity: Entity, options: Mapping[str, Any]) -> Cursor | None:
    """None where the entity is read whole every time. Raises ConfigurationError naming `where`, the key and what is allowed."""
    mode = options.get("mode", "incremental" if "cursor" in options else "full")
    if "cursor" not in options:
        spare = [key for key in ("overlap", "compare_keys") if key in options]
        if mode == "incremental" or spare:
            raise ConfigurationError(
                f'{where}: {(spare or ["mode"])[0]} needs a cursor. Add cursor = "…" with the column that tells new rows, such as "updated_at".'
            )
        return None
    column = str(options["cursor"]).lower()
    if any(known.name == column and known.kind not in ("instant", "date", "integer", "key", "text") for known in entity.columns):
        raise ConfigurationError(f"{where}: {column} cannot be the cursor. Name a column that grows: an instant or a running number.")
    overlap = _overlap(where, options.get("overlap"))
    compare_every = _span(where, "compare_keys", options["compare_keys"]) if "compare_keys" in options else None
    return Cursor(column, overlap, compare_every) if mode == "incremental" else None


def _overlap(where: str, text: str | None) -> dt.timedelta | int | None:
    if text is None:
        return None
    return int(text) if text.isdecimal() else _span(where, "overlap", text)


def _span(where: str, key: str, text: str) -> dt.timedelta:
    found = _SPAN.fullmatch(text.strip())
    if not found:
        also = ' (or "5000" for running numbers)' if key == "overlap" else ""
        raise ConfigurationError(f'{where}: {key} is {text!r}. Write it as "7 days" or "36 hours"{also}.')
    return dt.timedelta(**{f"{found[2]}s": int(found[1])})

"""How a column's text becomes a value: one pair of SQL expressions per kind of the contract, the value and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from etl.contract import Column, Kind

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""No document system is older, and no date of one lies beyond: a year outside is a typing error."""

IN_THE_FUTURE = "in the future"
"""Why a row is refused that dates what has happened after it was fetched."""

FIRST_YEAR_OF_VALIDITY = 1900
"""Units were founded long before there was a document system."""

OPEN_START, OPEN_END = "0001-01-01", "9999-12-31"
"""Days before and after all others: of what has no day of its own."""

# What trim() takes off: blanks, tabs, line ends, blanks of other widths and of none, the byte order mark.
_BLANKS = " || ".join(f"chr({code})" for code in (*range(9, 14), 32, 133, 160, *range(8192, 8204), 8232, 8233, 8239, 8287, 8288, 12288, 65279))

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
"""How a text with the year at its end is read: 3/4/2024 is 3 April, or 4 March."""

_ISO_DAY = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_YES = "('1', '1.0', '-1', 'true', 't', 'yes', 'y', 'on', 'c', 'có', 'co', 'đúng', 'rồi', 'x', '✓', '✔', '☑')"
_NO = "('0', '0.0', 'false', 'f', 'no', 'n', 'off', 'k', 'không', 'khong', 'không có', 'chưa', 'chưa có', 'sai', '☐', '')"

_KINDS: dict[Kind, tuple[str, str]] = {
    "key": ("VARCHAR", "control character"),
    "person": ("UUID", "not a pseudonym"),
    "text": ("VARCHAR", "control character"),
    "choice": ("VARCHAR", "unknown value"),
    "date": ("DATE", "not a date"),
    "instant": ("TIMESTAMPTZ", "not a point in time"),
    "flag": ("BOOLEAN", "neither yes nor no"),
    "integer": ("BIGINT", "not a whole number"),
    "decimal": ("DOUBLE", "not a number"),
}

TYPES: dict[Kind, str] = {kind: name for kind, (name, _) in _KINDS.items()}
"""The SQL type of each kind's values."""

FAULTS: dict[Kind, str] = {kind: reason for kind, (_, reason) in _KINDS.items()}
"""Why a text of each kind is no value."""


@dataclass(frozen=True)
class Zones:
    """How a source's times are meant, with IANA names: its own zone, for instants without one, and the organisation's, whose local days count."""

    source: str
    organisation: str
    date_order: str = ""
    """DAY_FIRST or MONTH_FIRST where the source states it; else days are first, once its data have shown it (date_order.py)."""
    is_synthetic: bool = False
    """A made-up system has a today of its own: none of its rows lies in the future."""


def quick(column: Column, zones: Zones) -> str | None:
    """The value of texts in the shapes that nearly all have, out of the text as it came; NULL for the others, None for kinds that have no such shape.

    It is the value that the long way gives too, or out of range as that is, for a third of its cost.
    """
    raw = quoted(column.name)
    if column.kind == "choice":
        return f"CASE WHEN {raw} IN ({', '.join(literal(choice) for choice in column.choices)}) THEN {raw} END"
    if column.kind == "person":  # the first half of the keyed hash: two people would have to be drawn alike out of 2^128
        return f"TRY_CAST({raw}[1:32] AS UUID)"
    if column.kind != "instant":
        return None
    moment = "[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
    zoned, fractional = f"{raw} GLOB '{moment}+[0-9][0-9]:[0-9][0-9]'", f"{raw} GLOB '{moment}*+[0-9][0-9]'"
    local = _from_local(f"TRY_CAST({raw} AS TIMESTAMP)", zones.source)
    return (  # days such as 1970-01-01 may stand for none (spellings.py): they go the long way
        f"CASE WHEN {raw} < '1971' OR {raw} >= '2101-01-02' THEN NULL WHEN strlen({raw}) = 19 THEN CASE WHEN {raw} GLOB '{moment}' THEN {local} END "
        f"WHEN (strlen({raw}) = 25 AND {zoned}) OR (strlen({raw}) BETWEEN 22 AND 29 AND {fractional}) THEN TRY_CAST({raw} AS TIMESTAMPTZ) END"
    )


def cleaned(column: Column) -> str:
    """The column's text in NFC without blanks around it; empty becomes NULL, but for a flag, where empty means no. Words for it are left."""
    name = quoted(column.name)
    if column.kind == "person":  # a pseudonym already
        return name
    # trim() with a list looks at every character: it is left for texts that have something else than plain ASCII at an end.
    ends_plainly = f"{name}[1] BETWEEN '!' AND '~' AND {name}[-1] BETWEEN '!' AND '~'"
    text = f"CASE WHEN {ends_plainly} THEN nfc_normalize({name}) ELSE trim(nfc_normalize({name}), {_BLANKS}) END"
    return text if column.kind == "flag" else f"nullif({text}, '')"


def value(column: Column, zones: Zones) -> str:
    """The column's value out of its cleaned text, NULL where that cannot be understood."""
    text = quoted(column.name)
    match column.kind:
        case "instant":
            return _instant(text, zones)
        case "date":
            return _day(text, zones)
        case "flag":
            return f"CASE WHEN lower({text}) IN {_YES} THEN true WHEN lower({text}) IN {_NO} THEN false END"
        case "integer":
            return f"CASE WHEN regexp_full_match({text}, '[0-9]+') THEN TRY_CAST({text} AS BIGINT) END"
        case "decimal":
            return f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?') THEN TRY_CAST({text} AS DOUBLE) END"
        case "choice":
            return f"CASE WHEN {text} IN ({', '.join(literal(choice) for choice in column.choices)}) THEN {text} END"
        case "person":
            return f"TRY_CAST({text}[1:32] AS UUID)"
        case "key" | "text":
            return f"CASE WHEN NOT contains({text}, chr(0)) THEN {text} END"


def fault(column: Column, text: str, parsed: str, is_to_come: str = "") -> str:
    """Why a column makes its row unusable, NULL where it does not; `parsed` is the expression of its value, `text` that of its cleaned text.

    The text plays a part only where there is no value. `is_to_come` is the condition on which a value lies in the future.
    """
    missing = literal("missing") if column.required else "NULL"
    cases = []
    if column.kind in ("instant", "date"):
        first = FIRST_YEAR_OF_VALIDITY if _is_validity(column) else FIRST_YEAR
        # The years of UTC, by comparison: taking the year out of each instant would cost more than reading it did.
        earliest, too_late = (
            f"{TYPES[column.kind]} '{year}-01-01{'' if column.kind == 'date' else ' 00:00:00+00'}'" for year in (first, LAST_YEAR + 1)
        )
        cases.append(f"WHEN {parsed} < {earliest} OR {parsed} >= {too_late} THEN 'out of range'")
    if is_to_come:
        cases.append(f"WHEN {is_to_come} THEN '{IN_THE_FUTURE}'")
    cases.append(f"WHEN {parsed} IS NOT NULL THEN NULL WHEN {text} IS NULL THEN {missing}")
    cases.append(f"ELSE {literal(FAULTS[column.kind])}")
    return f"CASE {' '.join(cases)} END"


def local_day(instant: str, zones: Zones) -> str:
    """The organisation's day on which an instant falls: 06:30 in Viet Nam is still the day before in UTC."""
    offset = fixed_offset(zones.organisation)
    if offset is not None:
        return f"CAST(make_timestamp(epoch_us({instant}) + {offset}) AS DATE)"
    return f"CAST(timezone({literal(zones.organisation)}, {instant}) AS DATE)"


@functools.cache
def fixed_offset(zone: str) -> int | None:
    """Microseconds that a zone is before UTC, where that is the same in all years that count: adding it is twenty times as fast as looking it up."""
    first, last = dt.datetime(FIRST_YEAR - 1, 12, 1, tzinfo=dt.UTC), dt.datetime(LAST_YEAR + 1, 2, 1, tzinfo=dt.UTC)
    place = ZoneInfo(zone)
    offsets = {(first + dt.timedelta(days=days)).astimezone(place).utcoffset() for days in range(0, (last - first).days, 3)}
    offset = offsets.pop()
    return None if offsets or offset is None else offset // dt.timedelta(microseconds=1)


def _from_local(timestamp: str, zone: str) -> str:
    """The instant of a local time of the years that count."""
    offset = fixed_offset(zone)
    return f"timezone({literal(zone)}, {timestamp})" if offset is None else f"make_timestamptz(epoch_us({timestamp}) - {offset})"


def _instant(text: str, zones: Zones) -> str:
    """ISO 8601 with an offset, the year first without one, or the year last in the source's order; nothing else, as DuckDB's own cast also takes
    words such as 'epoch'.
    """
    zone = literal(zones.source)
    return (
        f"CASE WHEN {_is_zoned(text)} THEN TRY_CAST({text} AS TIMESTAMPTZ) "
        f"WHEN {_is_iso(text)} THEN timezone({zone}, TRY_CAST({text} AS TIMESTAMP)) "
        f"WHEN {_is_year_last(text)} THEN timezone({zone}, {_year_last(text, zones.date_order)}) "
        f"WHEN {_is_year_first(text)} THEN timezone({zone}, {_year_first(text)}) END"
    )


def _day(text: str, zones: Zones) -> str:
    """The written day; of a text with an offset the organisation's day, by its offset of that time.

    The zone is not asked for more: Viet Nam's clocks were others before 1975, and a day that went there and back would be the one before. Only a
    recent time of day, out of a source that lives by another zone, is carried over: 17:30 in UTC is the next day in Ha Noi; midnight is none.
    """
    written = f"regexp_replace({text}, '([ T])24:', '\\1' || '00:')"  # the end of a day is still that day
    # Databases of zones write an offset with seconds for years before there were zones: it is the place's own.
    is_of_place = f"regexp_full_match({text}, '{_ISO_DAY}[ T].*[+-][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}')"
    return (
        f"CASE WHEN {is_of_place} THEN TRY_CAST(regexp_extract({text}, '^{_ISO_DAY}') AS DATE) "
        f"WHEN {_is_zoned(text)} THEN CAST(timezone({literal(zones.organisation)}, TRY_CAST({text} AS TIMESTAMPTZ)) AS DATE) "
        f"WHEN {_is_iso(text)} THEN {_written_day(f'TRY_CAST({written} AS TIMESTAMP)', zones)} "
        f"WHEN {_is_year_last(text)} THEN {_written_day(_year_last(text, zones.date_order), zones)} "
        f"WHEN {_is_year_first(text)} THEN {_written_day(_year_first(written), zones)} END"
    )


def _written_day(timestamp: str, zones: Zones) -> str:
    if zones.source == zones.organisation:
        return f"CAST({timestamp} AS DATE)"
    there = f"timezone({literal(zones.organisation)}, timezone({literal(zones.source)}, {timestamp}))"
    is_day = f"CAST({timestamp} AS TIME) = TIME '00:00:00' OR {timestamp} < TIMESTAMP '{FIRST_YEAR}-01-01'"
    return f"CAST(CASE WHEN {is_day} THEN {timestamp} ELSE {there} END AS DATE)"


def _is_zoned(text: str) -> str:
    return f"regexp_full_match({text}, '{_ISO_DAY}[ T].*(Z|z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)')"


def _is_iso(text: str) -> str:
    return f"regexp_full_match({text}, '{_ISO_DAY}([ T][0-9:.]+)?')"


def _is_year_first(text: str) -> str:
    return f"regexp_full_match({text}, '[0-9]{{4}}(/[0-9]{{1,2}}/|[.][0-9]{{1,2}}[.])[0-9]{{1,2}}([ T][0-9:.]+)?')"


def _is_year_last(text: str) -> str:
    return f"regexp_full_match({text}, '[0-9]{{1,2}}(/[0-9]{{1,2}}/|[.][0-9]{{1,2}}[.]|-[0-9]{{1,2}}-)[0-9]+( .*)?')"


def _year_first(text: str) -> str:
    """The timestamp of a text such as 2024/07/31 06:30."""
    return f"TRY_CAST(regexp_replace({text}, '^([0-9]+).([0-9]+).', '\\1-\\2-') AS TIMESTAMP)"


def _year_last(text: str, order: str) -> str:
    """The timestamp of a text such as 31.7.2024 06:30; SA and CH are what Vietnamese programs write for AM and PM."""
    day = "%m/%d/%Y" if order == MONTH_FIRST else "%d/%m/%Y"
    clocks = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
    plain = f"regexp_replace({text}, '^([0-9]+).([0-9]+).', '\\1/\\2/')"
    english = f"regexp_replace(regexp_replace({plain}, ' SA$', ' AM'), ' CH$', ' PM')"
    return f"try_strptime({english}, [{', '.join(literal(day + clock) for clock in clocks)}])"


def _is_validity(column: Column) -> bool:
    return column.name in ("valid_from", "valid_to")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"

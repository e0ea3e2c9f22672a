"""What can be entered into the ledger: a kind of entry with its fields, each checked as it is typed, read from a file or sent by a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from dashboard.refusal import Refused
from dashboard.typed_text import checked_text
from data.errors import ConfigurationError
from metrics.catalog import METRICS
from metrics.model import Ratio
from metrics.periods import EARLIEST, LATEST

FieldKind = Literal["unit", "level", "metric", "day", "count", "target", "line", "text", "choice"]
Content = dict[str, str | int]
"""Fields by name: days as YYYY-MM-DD, counts as numbers, all else as text."""
LARGEST = 1_000_000_000
GROUPED = re.compile(r"[0-9]{1,3}([.\u00a0 ][0-9]{3})+")
"""Whole numbers with points or spaces for thousands, as people write them."""
DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class FieldError(ConfigurationError):
    """A field cannot be used; `field` is its name, `key` the words (entries.wrong_<key>) with `given`."""

    def __init__(self, field: str, key: str, given: str = "") -> None:
        super().__init__(f"{field}: {WRONG[key]}{f' (given: {given[:60]!r})' if given else ''}.")
        self.field, self.key, self.given = field, key, given


WRONG = {
    "empty": "must not be empty",
    "unit": "there is no unit of that code that you may enter for",
    "level": "there is no level of that code",
    "metric": "there is no metric of that name",
    "day": "write a day as 31/07/2024 or 2024-07-31",
    "count": "write a whole number from 0 to a thousand million",
    "target": "write a share such as 90% or 0.9, or a number from 0 for what is no share",
    "text": "is too long, or has characters that cannot be printed",
    "order": "the last day lies before the first",
    "both": "give a unit or a level, not both",
    "choice": "is none of the words that are offered",
}


@dataclass(frozen=True)
class Field:
    """One field of a kind of entry; its label is entries.field_<name>."""

    name: str
    kind: FieldKind
    is_required: bool = True
    longest: int = 200
    headings: tuple[str, ...] = ()
    """What it is called in files that people filled in before; the first is what a template is given."""
    choices: tuple[str, ...] = ()
    """Of the kind `choice`: what can be said; the words are entries.choice_<field>_<choice>."""


@dataclass(frozen=True)
class EntryKind:
    """A kind of entry; its words are entries.kind_<name>."""

    name: str
    fields: tuple[Field, ...]
    identity: tuple[str, ...] = ()
    """The fields that say which thing it is of: a second entry of them is a new version. None: every entry is a thing of its own."""
    units_enter: bool = False
    """Whether units enter it for themselves; else the statistics department alone."""
    fixed_subject: str = ""
    subject_field: str = ""
    value_field: str = ""
    first_day: str = "from_on"
    last_day: str = "to_on"

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


FINDINGS = ("low", "fall", "silent", "target_lost", "refused_rows", "late_data")
"""What a follow-up case is opened for: what a page or an alert found; none where somebody opens one for a reason of their own."""

_UNIT = Field("unit_code", "unit", longest=100, headings=("Mã đơn vị",))
_FROM, _TO = Field("from_on", "day", headings=("Từ ngày",)), Field("to_on", "day", headings=("Đến ngày",))

KINDS: dict[str, EntryKind] = {
    kind.name: kind
    for kind in (
        EntryKind(
            "declared_total",
            (
                _UNIT,
                _FROM,
                _TO,
                Field("value", "count", headings=("Tổng số văn bản hành chính (không mật)",)),
                Field("source_note", "text", is_required=False, longest=500, headings=("Ghi chú",)),
            ),
            identity=("unit_code", "from_on", "to_on"),
            units_enter=True,
            fixed_subject="administrative_documents",
            value_field="value",
        ),
        EntryKind(
            "explanation",
            (_UNIT, _FROM, _TO, Field("subject", "line", longest=100), Field("text", "text", longest=600)),
            units_enter=True,
            subject_field="subject",
        ),
        EntryKind(
            "case",
            (
                _UNIT,
                Field("metric", "metric", is_required=False, headings=("Chỉ số",)),
                Field("finding", "choice", is_required=False, headings=("Dấu hiệu",), choices=FINDINGS),
                Field("opened_on", "day", headings=("Ngày mở",)),
                Field("cause", "text", is_required=False, longest=600, headings=("Nguyên nhân",)),
                Field("measure", "text", is_required=False, longest=600, headings=("Biện pháp",)),
                Field("deadline", "day", headings=("Thời hạn",)),
                Field("status", "choice", headings=("Tình trạng",), choices=("open", "settled")),
                Field("result", "text", is_required=False, longest=600, headings=("Kết quả",)),
            ),
            identity=("unit_code", "metric", "opened_on"),
            units_enter=True,
            subject_field="metric",
            first_day="opened_on",
            last_day="deadline",
        ),
        EntryKind(
            "target",
            (
                Field("metric", "metric"),
                Field("unit_code", "unit", is_required=False, longest=100),
                Field("level", "level", is_required=False),
                Field("from_on", "day"),
                Field("target", "target", longest=20),
            ),
            identity=("metric", "unit_code", "level", "from_on"),
            subject_field="metric",
            last_day="from_on",
        ),
        EntryKind(
            "event",
            (
                Field("on", "day"),
                Field("unit_code", "unit", is_required=False, longest=100),
                Field("title", "line", longest=60),
                Field("title_en", "line", is_required=False, longest=60),
            ),
            subject_field="title",
            first_day="on",
            last_day="on",
        ),
    )
}
"""Kinds by name, in the order in which they are offered."""


def kind_of(name: str) -> EntryKind:
    """Raises ConfigurationError, naming the kinds, for another name."""
    if name not in KINDS:
        raise Refused("entry_kind", given=repr(name[:60]), kinds=", ".join(KINDS))
    return KINDS[name]


def checked(kind: EntryKind, given: Mapping[str, object], units: Collection[str], levels: Collection[str] = ()) -> Content:
    """The fields of an entry as they are kept. `units` are the codes that may be entered for. Raises FieldError for the first that cannot be used."""
    content: Content = {}
    for field in kind.fields:
        text = _text(given.get(field.name))
        if not text:
            if field.is_required:
                raise FieldError(field.name, "empty")
            content[field.name] = ""
            continue
        content[field.name] = _READ[field.kind](field, text, units if field.kind == "unit" else levels)
    if str(content[kind.first_day]) > str(content[kind.last_day]):
        raise FieldError(kind.last_day, "order", str(content[kind.last_day]))
    if kind.name == "target":
        _check_target(content)
    if kind.name == "case" and content["status"] == "settled" and not content["result"]:
        raise FieldError("result", "empty")
    return content


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat()[:10] if isinstance(value, date) else str(value).strip()


def _known(field: Field, text: str, known: Collection[str]) -> str:
    if text not in known:
        raise FieldError(field.name, field.kind, text)
    return text


def _metric(field: Field, text: str, _: Collection[str]) -> str:
    return _known(field, text, {metric.name for metric in METRICS})


def _day(field: Field, text: str, _: Collection[str]) -> str:
    found = DAY.fullmatch(text)
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text[:10])
    except ValueError:
        raise FieldError(field.name, "day", text) from None
    if not EARLIEST <= day <= LATEST:
        raise FieldError(field.name, "day", text)
    return day.isoformat()


def _count(field: Field, text: str, _: Collection[str]) -> int:
    digits = re.sub(r"\D", "", text) if GROUPED.fullmatch(text) else text
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 12 or int(digits) > LARGEST:
        raise FieldError(field.name, "count", text)
    return int(digits)


def _target(field: Field, text: str, _: Collection[str]) -> str:
    written = text.replace(",", ".")
    try:
        number = Decimal(written.rstrip("%"))
    except InvalidOperation:
        raise FieldError(field.name, "target", text) from None
    if not number.is_finite() or number < 0 or len(text) > field.longest:
        raise FieldError(field.name, "target", text)
    return written


def _choice(field: Field, text: str, _: Collection[str]) -> str:
    return _known(field, text, field.choices)


def _line(field: Field, text: str, _: Collection[str]) -> str:
    try:
        return checked_text(field.name, text, field.longest, is_one_line=field.kind == "line")
    except ConfigurationError:
        raise FieldError(field.name, "text", text) from None


def _check_target(content: Content) -> None:
    if content["unit_code"] and content["level"]:
        raise FieldError("level", "both", str(content["level"]))
    is_ratio = any(isinstance(metric, Ratio) for metric in METRICS if metric.name == content["metric"])
    written = str(content["target"])
    share = Decimal(written.rstrip("%")) / (100 if written.endswith("%") else 1)
    if (is_ratio and share > 1) or (not is_ratio and written.endswith("%")):
        raise FieldError("target", "target", written)


_READ: dict[FieldKind, Callable[[Field, str, Collection[str]], str | int]] = {
    "unit": _known,
    "level": _known,
    "metric": _metric,
    "day": _day,
    "count": _count,
    "target": _target,
    "line": _line,
    "text": _line,
    "choice": _choice,
}

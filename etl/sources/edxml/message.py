"""Reads the header of one edXML message (QCVN 102:2016/BTTTT) as a stream; attachments, subjects and names are passed over unread.

Anyone on the axis can send such a file, so it is treated as hostile: no DTD, no entities, nothing fetched, and memory that does not grow with
the file.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

DEEPEST = 32
LONGEST_TEXT = 1_000
"""Characters of any value that is kept; organ codes, numbers and dates are far shorter."""
MOST_VALUES = 20_000
LONGEST_TAG = 1 << 20
"""Bytes of one tag or comment, which the parser has to hold as a whole."""
_CHUNK = 64 << 10

_HEADER = tomllib.loads(Path(__file__).with_name("header.toml").read_text(encoding="utf-8"))
_HEADER_PATH = ["edXML", "edXMLEnvelope", "edXMLHeader"]
_REASONS = {expat.errors.codes[getattr(expat.errors, name)]: reason for name, reason in _HEADER["reasons"].items()}


class MessageRefused(ValueError):
    """Why a file is no message, in words that hold nothing of its content."""


@dataclass(frozen=True)
class Message:
    """What is kept of one message; None where it says nothing."""

    kind: str
    """document, or status: what has a StatusCode (an answer about a document and never one itself)."""
    from_code: str | None
    to_codes: tuple[str, ...]
    document_id: str | None
    number: str | None
    notation: str | None
    promulgated_on: str | None
    due_on: str | None
    document_type: str | None
    priority: str | None
    page_count: str | None
    steering_type: str | None
    business_type: str | None
    """new, recall, update, replace, or the code itself where it is none of these; None for a status."""
    refers_to: tuple[str, ...]
    """Ids of the earlier documents that are recalled, updated or replaced."""
    sent_at: str | None
    status_code: str | None
    security_marking: str | None
    """None where there is no such element, which is the rule; "" where it is empty."""

    @property
    def message_key(self) -> str:
        """The same for two copies of one message: the regulation gives messages no id of their own."""
        parts = (
            self.kind,
            self.from_code,
            self.document_id,
            self.business_type,
            self.sent_at,
            self.status_code,
            *sorted(self.to_codes),
            *self.refers_to,
        )
        return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()[:32]


def read_message(path: Path) -> Message:
    """Raises MessageRefused for a file that is not a whole message of this kind, OSError where it cannot be read."""
    reader = _Reader()
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        _refuse_start(chunk)
        while chunk:
            reader.feed(chunk)
            chunk = file.read(_CHUNK)
    reader.close()
    return _message(reader.values)


def organ_code(text: str) -> str:
    """One spelling for an organ's code: the highest organ first, empty places left out.

    QCVN 102:2016 writes the highest organ last (000.00.12.G22), Decision 20/2020/QĐ-TTg first (G22.12); both, and both without their zeros, are met.
    """
    groups = "".join(text.split()).upper().split(".")
    if _TOP.fullmatch(groups[-1]) and not _TOP.fullmatch(groups[0]):
        groups.reverse()
    while len(groups) > 1 and not groups[-1].strip("0"):
        groups.pop()
    return ".".join(groups)


def document_id(text: str) -> str:
    """One spelling for a DocumentId: a GUID, `OrganId,yyyy/mm/dd,number/notation`, or a text of the sender's own."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if _GUID.fullmatch(text):
        return text.strip("{}").lower()
    parts = [part.strip() for part in text.split(",", 2)]
    if len(parts) == 3 and (day := _DAY.fullmatch(parts[1])):
        return f"{organ_code(parts[0])},{day[1]}/{int(day[2]):02d}/{int(day[3]):02d},{parts[2].replace(' ', '').upper()}"
    return text


_TOP = re.compile(r"[A-Z]+\d+")
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_DAY = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")


def _instant(text: str | None) -> str | None:
    """`YYYY/MM/DD[ HH:MM:SS]` as ISO 8601 without a zone; anything else is left for staging to judge."""
    return _DAY.sub(lambda day: f"{day[1]}-{int(day[2]):02d}-{int(day[3]):02d}", text, count=1) if text else None


def _day(text: str | None) -> str | None:
    instant = _instant(text)
    return instant.partition(" ")[0] if instant else None


def _digits(text: str | None, length: int) -> str | None:
    """A number of the regulation's lists with as many digits as they write: "01" and "1" are one code."""
    return text.lstrip("0").rjust(length, "0") if text and text.isascii() and text.isdigit() else text


def _is_status(first: Callable[[str], str | None]) -> bool:
    """Whether it is a status: what has a StatusCode.

    ResponseFor alone does not make one, as a document that answers a letter has it too, some senders empty. Nor does a code in a whole document
    (with an id and addressees of its own) that answers nothing. What answers something, and has nothing of a document's own, is a status whose
    code is missing.
    """
    is_document = bool(first("document") and first("to"))
    answers = bool(first("answered_document"))
    if first("status_code") is not None:
        return answers or not is_document
    return answers and not any(map(first, ("document", "to", "promulgated", "business")))


def _message(values: dict[str, list[str]]) -> Message:
    first = {name: next((text for text in texts if text), None) for name, texts in values.items()}.get
    is_status = _is_status(first)
    sender, number, notation = first("from"), first("number"), first("notation")
    own_id = first("answered_document" if is_status else "document")
    promulgated_on = _day(first("promulgated"))
    if own_id is None and not is_status and sender and promulgated_on and number:
        own_id = f"{sender},{promulgated_on},{number}/{notation or ''}"
    own_id = document_id(own_id) if own_id else None
    business = _digits(first("business"), 1) or "0"
    earlier = tuple(dict.fromkeys(document_id(text) for text in values.get("earlier", ()) if text))
    if business not in ("1", "2", "3"):
        earlier = ()
    elif not earlier and own_id:  # most senders repeat the id of the document that they recall or update
        earlier = (own_id,)
    return Message(
        kind="status" if is_status else "document",
        from_code=organ_code(sender) if sender else None,
        to_codes=tuple(dict.fromkeys(organ_code(text) for text in values.get("answered" if is_status else "to", ()) if text)),
        document_id=own_id,
        promulgated_on=promulgated_on,
        due_on=_day(first("due")),
        business_type=None if is_status else _HEADER["business_types"].get(business, business),
        refers_to=() if is_status else earlier,
        sent_at=_instant(first("status_at" if is_status else "traced")),
        status_code=_digits(first("status_code"), 2) if is_status else None,
        security_marking=" ".join(values["security"]) if "security" in values else None,
        **{name: first(name) for name in ("number", "notation", "document_type", "priority", "page_count", "steering_type")},
    )


def _refuse_start(chunk: bytes) -> None:
    if not chunk:
        raise MessageRefused("empty file")
    if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(chunk) > 1 and 0 in chunk[:2] and b"<" in chunk[:2]):
        raise MessageRefused("not UTF-8")
    if not chunk.removeprefix(b"\xef\xbb\xbf").startswith(b"<"):
        raise MessageRefused("bytes before the XML declaration")


class _Reader:
    """Collects the wanted texts of one message from the parser's events."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self._has_header = False
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._length = 0
        self._fed = 0
        self._count = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        self._parse(chunk, False)
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise MessageRefused("a tag or comment of more than 1 MiB")

    def close(self) -> None:
        self._parse(b"", True)
        if not self._has_header:
            raise MessageRefused("no MessageHeader")

    def _parse(self, chunk: bytes, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            raise MessageRefused(_REASONS.get(error.code, "not well-formed XML")) from None

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise MessageRefused("not UTF-8")

    def _doctype(self, *declaration: object) -> None:
        raise MessageRefused("has a DTD")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self._path and (namespace, local) != (_HEADER["namespace"], "edXML"):
            raise MessageRefused("root element is not edXML of QCVN 102:2016")
        if len(self._path) == DEEPEST:
            raise MessageRefused(f"elements nested more than {DEEPEST} deep")
        # An element of another namespace is nobody we know, whatever it is called.
        self._path.append(_HEADER["right_spelling"].get(local, local) if namespace in ("", _HEADER["namespace"]) else f"?{local}")
        place = self._place()
        if place is None:
            return
        self._has_header |= place == "MessageHeader"
        if self._wanted(place):
            self._text, self._length = [], 0
            self._parser.CharacterDataHandler = self._characters

    def _end(self, name: str) -> None:
        if self._text is not None:
            wanted = self._wanted(self._place() or "")
            if wanted:
                self._count += 1
                if self._count > MOST_VALUES:
                    raise MessageRefused(f"more than {MOST_VALUES:,} values in its header")
                self.values.setdefault(wanted, []).append(" ".join("".join(self._text).split()))
            self._text = None
            self._parser.CharacterDataHandler = None
        self._path.pop()

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise MessageRefused(f"a value of more than {LONGEST_TEXT:,} characters in its header")
            self._text.append(text)

    def _place(self) -> str | None:
        """Where in the header the open element stands."""
        path = self._path
        return "/".join(path[3:]) if len(path) > 3 and path[:3] == _HEADER_PATH else None

    def _wanted(self, place: str) -> str | None:
        wanted: str | None = _HEADER["elements"].get(place)
        if wanted is None and place.startswith("MessageHeader/"):
            name = place.rpartition("/")[2]
            return "security" if "".join(filter(str.isalpha, name)).lower() in _HEADER["security_names"] else None
        return wanted

"""The folder of messages that came and went over the national document axis in July 2024: edXML as QCVN 102:2016 describes it.

Documents, status messages about documents (which are none), recalls, and a few files as broken as they are met in the field.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import escape

import numpy as np
import polars as pl

from data.demo.draws import random_for
from data.demo.months.deliveries import OUTSIDE_CODES
from data.demo.months.month import PlannedMonth, is_ordinary
from data.demo.organisation.units import Units, axis_code

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
ATTACHMENT = base64.b64encode("Tệp đính kèm mô phỏng, không có nội dung thật.\n".encode()).decode()
Element: TypeAlias = "tuple[str, str | Sequence[Element]]"
"""A tag with its text or its children."""


def write_edxml(folder: Path, planned: PlannedMonth, units: Units, seed: int) -> dict[str, int]:
    """Writes `den/` (received) and `di/` (sent); gives the number of files of each kind for truth.json."""
    rng = random_for(seed, "edxml", planned.month.label)
    codes = dict(units.frame.select("unit_code", axis_code()).iter_rows())
    names = dict(units.frame.select("unit_code", "name").iter_rows())
    received, sent = folder / "den", folder / "di"
    received.mkdir(parents=True)
    sent.mkdir(parents=True)
    incoming = planned.incoming.filter((pl.col("origin") == "TL") & (pl.col("package") == "VB") & is_ordinary() & ~pl.col("is_deleted"))
    outgoing = planned.counted_documents.filter(pl.col("axis") & (pl.col("status") != "05"))
    counts = {"documents_received": 0, "documents_sent": 0, "status_messages": 0}
    for place, row in enumerate(incoming.iter_rows(named=True)):
        own = codes[row["unit_code"]]
        header = _document_header(row["sender"], "Cơ quan mô phỏng", [own], row["axis_id"], row["number"], row["arrived"], rng)
        _write(received, f"{row['document_key']}", header, place, rng)
        counts["documents_received"] += 1
        if place % 3 == 0:
            status = _status_header(
                own, names[row["unit_code"]], row["sender"], row["axis_id"], row["number"], "03" if place % 2 else "06", row["arrived"] + 3600
            )
            _write(sent, f"TT-{row['document_key']}", status, place, rng)
            counts["status_messages"] += 1
    for place, row in enumerate(outgoing.iter_rows(named=True)):
        own = codes[row["unit_code"]]
        receivers = [str(code) for code in rng.choice(np.array(OUTSIDE_CODES), int(rng.integers(1, 4)), replace=False)]
        header = _document_header(own, names[row["unit_code"]], receivers, row["axis_id"], row["number"], row["issued"], rng)
        _write(sent, row["document_key"], header, place, rng)
        counts["documents_sent"] += 1
        for step, code in enumerate(("01", "03") if place % 4 else ("01", "02")):
            answer = _status_header(receivers[0], "Cơ quan mô phỏng", own, row["axis_id"], row["number"], code, row["issued"] + 1800 * (step + 1))
            _write(received, f"TT-{row['document_key']}-{code}", answer, place + step, rng)
            counts["status_messages"] += 1
    return {**counts, **_write_odd_ones(received, sent, incoming, outgoing, codes, names, rng)}


def _document_header(
    sender: str, sender_name: str, receivers: list[str], axis_id: str, number: str, at: int, rng: np.random.Generator, kind: str = "0"
) -> list[Element]:
    """MessageHeader and TraceHeaderList of a document (kind: BussinessDocType 0 new, 1 recall)."""
    day, moment = _day(at), _moment(at)
    serial, _, notation = number.partition("/")
    message: list[Element] = [
        ("From", [("OrganId", sender), ("OrganName", sender_name)]),
        *[("To", [("OrganId", code), ("OrganName", "Cơ quan mô phỏng")]) for code in receivers],
        ("DocumentId", axis_id),
        ("Code", [("CodeNumber", serial), ("CodeNotation", notation)]),
        ("PromulgationInfo", [("Place", "Hà Nội"), ("PromulgationDate", day if rng.random() < 0.7 else moment)]),
        ("DocumentType", [("Type", "2"), ("TypeName", "Công văn")]),
        ("Subject", "Văn bản mô phỏng & thử nghiệm liên thông"),
        ("OtherInfo", [("Priority", str(rng.choice(4, p=[0.85, 0.1, 0.03, 0.02]))), ("PageAmount", str(rng.integers(1, 9)))]),
        ("SteeringType", "1"),
        ("ToPlaces", [("Place", "Như trên"), ("Place", "Lưu")]),
    ]
    if rng.random() < 0.4:
        message.insert(-2, ("DueDate", _day(at + 10 * 86_400)))
    if rng.random() < 0.3:
        # Order is free in practice: some senders put the code and the subject first.
        message = [message[-1], *message[:-1]]
    trace: list[Element] = [
        ("TraceHeader", [("OrganId", sender), ("Timestamp", moment)]),
        ("Bussiness", [("BussinessDocType", kind), ("BussinessDocReason", "Văn bản mới" if kind == "0" else "Thu hồi")]),
    ]
    return [("MessageHeader", message), ("TraceHeaderList", trace), ("Signature", "")]


def _status_header(sender: str, sender_name: str, receiver: str, axis_id: str, number: str, code: str, at: int) -> list[Element]:
    """MessageHeader of a status message: it answers a document and is none."""
    serial, _, notation = number.partition("/")
    about: Element = ("ResponseFor", [("OrganId", receiver), ("Code", [("CodeNumber", serial), ("CodeNotation", notation)]), ("DocumentId", axis_id)])
    message: list[Element] = [
        about,
        ("From", [("OrganId", sender), ("OrganName", sender_name)]),
        ("StaffInfo", [("Department", "Văn thư"), ("Staff", "Cán bộ mô phỏng")]),
        ("StatusCode", code),
        ("Description", "Trạng thái mô phỏng"),
        ("Timestamp", _moment(at)),
    ]
    return [("MessageHeader", message)]


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y/%m/%d")


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y/%m/%d %H:%M:%S")


def _write(folder: Path, name: str, header: list[Element], place: int, rng: np.random.Generator) -> Path:
    """One message; every fifth with a prefix, every seventh with organ codes the other way round."""
    path = folder / f"{name}.edxml"
    text = message_text(header, name, prefix="edXML" if place % 5 == 0 else "")
    if place % 7 == 0:
        text = _highest_first(text)
    path.write_text(text, encoding="utf-8", newline="\r\n" if rng.random() < 0.2 else "\n")
    return path


def _highest_first(text: str) -> str:
    """`<OrganId>000.00.12.G98</OrganId>` as `<OrganId>G98.12</OrganId>`, the newer way to write the same code; the document's id stays."""
    parts = text.split("OrganId>")
    for place in range(1, len(parts), 2):
        code, slash, rest = parts[place].partition("<")
        organs = code.split(".")
        while set(organs[0]) == {"0"}:
            organs = organs[1:]
        parts[place] = ".".join(reversed(organs)) + slash + rest
    return "OrganId>".join(parts)


def message_text(header: list[Element], name: str, prefix: str = "") -> str:
    """The whole message as XML text."""
    content_id = f"cid-{name}"
    tree: Element = (
        "edXML",
        [
            (
                "edXMLEnvelope",
                [
                    ("edXMLHeader", header),
                    ("edXMLBody", [("edXMLManifest", [("Reference", [("ContentId", content_id), ("AttachmentName", "van-ban.pdf")])])]),
                ],
            ),
            ("AttachmentEncoded", [("Attachment", [("ContentId", content_id), ("ContentTransferEncoded", ATTACHMENT)])]),
        ],
    )
    lines = list(_lines(tree, f"{prefix}:" if prefix else "", 0))
    declared = f'xmlns:{prefix}="{NAMESPACE}"' if prefix else f'xmlns="{NAMESPACE}"'
    lines[0] = lines[0].replace(">", f" {declared}>", 1)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(lines) + "\n"


def _lines(element: Element, prefix: str, depth: int) -> Iterator[str]:
    tag, content = element
    indent = "  " * depth
    if isinstance(content, str):
        yield f"{indent}<{prefix}{tag}>{escape(content)}</{prefix}{tag}>"
        return
    yield f"{indent}<{prefix}{tag}>"
    for child in content:
        yield from _lines(child, prefix, depth + 1)
    yield f"{indent}</{prefix}{tag}>"


def _write_odd_ones(
    received: Path, sent: Path, incoming: pl.DataFrame, outgoing: pl.DataFrame, codes: dict[str, str], names: dict[str, str], rng: np.random.Generator
) -> dict[str, int]:
    """A repeated message, two recalls, and files that must be refused: bytes before the declaration, an unbound prefix, a cut one, one with a DTD."""
    first, second = incoming.row(0, named=True), incoming.row(1, named=True)
    (received / "lap-lai.edxml").write_bytes((received / f"{second['document_key']}.edxml").read_bytes())
    for place, row in enumerate(outgoing.head(2).iter_rows(named=True)):
        header = _document_header(
            codes[row["unit_code"]],
            names[row["unit_code"]],
            [OUTSIDE_CODES[place]],
            row["axis_id"],
            row["number"],
            row["issued"] + 7200,
            rng,
            kind="1",
        )
        _write(sent, f"thu-hoi-{place + 1}", header, place, rng)
    header = _document_header(first["sender"], "Cơ quan mô phỏng", [codes["VKSTC-VP"]], "hong-1", "1/HONG", first["arrived"], rng)
    text = message_text(header, "hong")
    (received / "byte-thua.edxml").write_bytes(b"\x00\x1fgarbage" + text.encode())
    (received / "tien-to-la.edxml").write_text(text.replace("<Subject>", "<lạ:Subject>").replace("</Subject>", "</lạ:Subject>"), encoding="utf-8")
    (received / "bi-cat.edxml").write_text(text[: len(text) // 2], encoding="utf-8")
    doctype = '<!DOCTYPE edXML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    (received / "co-dtd.edxml").write_text(text.replace("<edXML ", doctype + "<edXML ", 1).replace("<Subject>", "<Subject>&b;"), encoding="utf-8")
    return {"repeated": 1, "recalls": 2, "refused": 4}

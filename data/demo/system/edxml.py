"""The folder of messages that came and went over the national document axis in July 2024: edXML as QCVN 102:2016 describes it.

Documents, status messages about documents (which are none), recalls, and a few files as broken as they are met in the field.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from jinja2 import Environment, StrictUndefined

from data.demo.calendar import DAY
from data.demo.draws import random_for
from data.demo.months.deliveries import OUTSIDE_CODES
from data.demo.months.month import PlannedMonth
from data.demo.organisation.units import Units

OUTSIDE_NAME = "Cơ quan mô phỏng"
TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(
    Path(__file__).with_name("message.edxml.j2").read_text(encoding="utf-8")
)
Message = dict[str, Any]
"""What message.edxml.j2 fills in."""


def write_edxml(folder: Path, planned: PlannedMonth, units: Units, seed: int) -> dict[str, int]:
    """Writes `den/` (received) and `di/` (sent); gives the number of files of each kind for truth.json."""
    rng = random_for(seed, "edxml", planned.month.label)
    organs = {code: (axis_code, name) for code, axis_code, name in units.frame.select("unit_code", "axis_code", "name").iter_rows()}
    received, sent = folder / "den", folder / "di"
    received.mkdir(parents=True)
    sent.mkdir(parents=True)
    incoming, outgoing = planned.axis_incoming, planned.current_documents.filter("axis")
    counts = Counter(documents_received=0, documents_sent=0, status_messages=0)
    for place, row in enumerate(incoming.iter_rows(named=True)):
        own, own_name = organs[row["unit_code"]]
        _write(received, row["document_key"], _document(row, row["sender"], OUTSIDE_NAME, [own], row["arrived"], rng), place, rng)
        counts["documents_received"] += 1
        if place % 3 == 0:
            status = _status(row, own, own_name, row["sender"], "03" if place % 2 else "06", row["arrived"] + 3600)
            _write(sent, f"TT-{row['document_key']}", status, place, rng)
            counts["status_messages"] += 1
    for place, row in enumerate(outgoing.iter_rows(named=True)):
        own, own_name = organs[row["unit_code"]]
        receivers = [str(code) for code in rng.choice(np.array(OUTSIDE_CODES), int(rng.integers(1, 4)), replace=False)]
        _write(sent, row["document_key"], _document(row, own, own_name, receivers, row["issued"], rng), place, rng)
        counts["documents_sent"] += 1
        for step, code in enumerate(("01", "03") if place % 4 else ("01", "02")):
            answer = _status(row, receivers[0], OUTSIDE_NAME, own, code, row["issued"] + 1800 * (step + 1))
            _write(received, f"TT-{row['document_key']}-{code}", answer, place + step, rng)
            counts["status_messages"] += 1
    for place, row in enumerate(outgoing.head(2).iter_rows(named=True)):
        recall = _document(row, *organs[row["unit_code"]], [OUTSIDE_CODES[place]], row["issued"] + 7200, rng)
        _write(sent, f"thu-hoi-{place + 1}", {**recall, "is_recall": True}, place, rng)
    return {**counts, "repeated": 1, "recalls": 2, "refused": _write_odd_ones(received, incoming, organs["VKSTC-VP"][0], rng)}


def _document(row: Message, sender: str, sender_name: str, receivers: list[str], at: int, rng: np.random.Generator) -> Message:
    """A new document."""
    serial, _, notation = row["number"].partition("/")
    return {
        "answers": None,
        "sender": sender,
        "sender_name": sender_name,
        "receivers": receivers,
        "axis_id": row["axis_id"],
        "serial": serial,
        "notation": notation,
        "moment": _moment(at),
        "promulgated": _day(at) if rng.random() < 0.7 else _moment(at),
        "priority": rng.choice(4, p=[0.85, 0.1, 0.03, 0.02]),
        "pages": rng.integers(1, 9),
        "due": _day(at + 10 * DAY) if rng.random() < 0.4 else None,
        "has_places_first": rng.random() < 0.3,  # order is free in practice
        "is_recall": False,
    }


def _status(row: Message, sender: str, sender_name: str, receiver: str, code: str, at: int) -> Message:
    """A status message: it answers a document and is none."""
    serial, _, notation = row["number"].partition("/")
    about = {"answers": receiver, "axis_id": row["axis_id"], "serial": serial, "notation": notation}
    return {**about, "sender": sender, "sender_name": sender_name, "status": code, "moment": _moment(at)}


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y/%m/%d")


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y/%m/%d %H:%M:%S")


def _write(folder: Path, name: str, message: Message, place: int, rng: np.random.Generator) -> None:
    """One message; every fifth with a prefix, every seventh with organ codes the other way round, every fifth or so with line ends of Windows."""
    text = TEMPLATE.render(message, name=name)
    if place % 5 == 0:
        text = re.sub(r"<(/?)(?=\w)", r"<\1edXML:", text).replace("xmlns=", "xmlns:edXML=")
    if place % 7 == 0:  # <OrganId>000.00.12.G98</OrganId> as <OrganId>G98.12</OrganId>, the newer way to write the same code
        text = re.sub(r"(?<=OrganId>)(?:0+\.)*([\w.]+)(?=<)", lambda found: ".".join(reversed(found[1].split("."))), text)
    (folder / f"{name}.edxml").write_text(text, encoding="utf-8", newline="\r\n" if rng.random() < 0.2 else "\n")


def _write_odd_ones(received: Path, incoming: pl.DataFrame, receiver: str, rng: np.random.Generator) -> int:
    """A repeated message, and files that must be refused: bytes before the declaration, an unbound prefix, a cut one, one with a DTD.

    Gives the number of those to refuse.
    """
    first, second = incoming.row(0, named=True), incoming.row(1, named=True)
    (received / "lap-lai.edxml").write_bytes((received / f"{second['document_key']}.edxml").read_bytes())
    broken = {**first, "axis_id": "hong-1", "number": "1/HONG"}
    text = TEMPLATE.render(_document(broken, first["sender"], OUTSIDE_NAME, [receiver], first["arrived"], rng), name="hong")
    doctype = '<!DOCTYPE edXML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    refused = {
        "byte-thua": b"\x00\x1fgarbage" + text.encode(),
        "tien-to-la": text.replace("<Subject>", "<lạ:Subject>").replace("</Subject>", "</lạ:Subject>").encode(),
        "bi-cat": text[: len(text) // 2].encode(),
        "co-dtd": text.replace("<edXML ", doctype + "<edXML ", 1).replace("<Subject>", "<Subject>&b;").encode(),
    }
    for name, content in refused.items():
        (received / f"{name}.edxml").write_bytes(content)
    return len(refused)

"""The files beside the database: web log, axis messages and workbooks, each readable by an ordinary reader and counted as truth.json says."""

from __future__ import annotations

import gzip
import re
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

COMBINED = re.compile(
    r'^(\S+) - (\S+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "([A-Z]+ \S+ HTTP/1\.1)" (\d{3}) (\d+) "([^"]*)" "([^"]*)"$'
)
NAMESPACE = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"


def test_web_log_mirrors_the_database(sample_home: Path, vendor: sqlite3.Connection, truth: dict[str, Any]) -> None:
    counts = truth["files"]["access_log"]
    text = gzip.decompress((sample_home / "sample" / "nhat_ky_web" / "access.log-2024-07.gz").read_bytes()).decode()
    lines = text.splitlines()
    assert len(lines) == counts["lines"]
    matches = [COMBINED.match(line) for line in lines]
    assert sum(match is None for match in matches) == counts["malformed"] > 0
    requests = Counter((match[4].split()[1].split("?")[0], match[5]) for match in matches if match)
    assert requests["/qlvb/dang-nhap", "302"] == counts["TC"]
    assert requests["/qlvb/dang-nhap", "401"] == counts["TB"]
    assert requests["/qlvb/ky-so", "200"] == counts["KY"]
    logged_in = {match[2] for match in matches if match and match[4].startswith("POST /qlvb/dang-nhap") and match[5] == "302"}
    in_database = vendor.execute(
        "SELECT DISTINCT ten_dang_nhap FROM nhat_ky_dang_nhap WHERE ket_qua = 'TC' AND thoi_diem < '2024-08-01' AND trim(ten_dang_nhap) <> ''"
    )
    assert logged_in == {name for (name,) in in_database}
    assert {match[2] for match in matches if match and "/static/" in match[4]} == {"-"}


def test_axis_messages_are_what_truth_says(sample_home: Path, truth: dict[str, Any]) -> None:
    counts = truth["files"]["edxml"]
    found: Counter[str] = Counter()
    identifiers: dict[str, set[str]] = {"den": set(), "di": set()}
    for path in sorted((sample_home / "sample" / "edxml").rglob("*.edxml")):
        content = path.read_bytes()
        if b"<!DOCTYPE" in content:
            found["refused"] += 1
            continue
        try:
            header = ElementTree.fromstring(content).find(f"{NAMESPACE}edXMLEnvelope/{NAMESPACE}edXMLHeader")
        except ElementTree.ParseError:
            found["refused"] += 1
            continue
        assert header is not None
        message = header.find(f"{NAMESPACE}MessageHeader")
        assert message is not None
        if message.find(f"{NAMESPACE}ResponseFor") is not None:
            found["status_messages"] += 1
            continue
        kind = header.findtext(f"{NAMESPACE}TraceHeaderList/{NAMESPACE}Bussiness/{NAMESPACE}BussinessDocType")
        identifier = message.findtext(f"{NAMESPACE}DocumentId")
        assert identifier
        if kind == "1":
            found["recalls"] += 1
        elif identifier in identifiers[path.parent.name]:
            found["repeated"] += 1
        else:
            identifiers[path.parent.name].add(identifier)
            found["documents_received" if path.parent.name == "den" else "documents_sent"] += 1
        assert re.fullmatch(r"\d{4}/\d\d/\d\d( \d\d:\d\d:\d\d)?", message.findtext(f"{NAMESPACE}PromulgationInfo/{NAMESPACE}PromulgationDate") or "")
    assert dict(found) == counts
    assert (counts["documents_received"], counts["documents_sent"]) == (161, 96)


def test_axis_documents_are_those_of_the_database(sample_home: Path, vendor: sqlite3.Connection) -> None:
    known = {identifier for (identifier,) in vendor.execute("SELECT ma_truc FROM van_ban_den WHERE ma_truc IS NOT NULL")}
    seen = set()
    for path in (sample_home / "sample" / "edxml" / "den").glob("VBN-*.edxml"):
        seen.add(ElementTree.parse(path).findtext(f".//{NAMESPACE}MessageHeader/{NAMESPACE}DocumentId"))
    assert len(seen) == 161
    assert seen <= known


def test_workbooks_are_as_units_send_them(sample_home: Path, truth: dict[str, Any]) -> None:
    books = sorted((sample_home / "sample" / "khai_bao").glob("*.xlsx"))
    assert len(books) == 28
    rows = [row for book in books for row in CalamineWorkbook.from_path(book).get_sheet_by_name("Khai báo").to_python()[4:]]
    declared = [row for row in rows if str(row[1]).strip()]
    assert len(declared) == truth["accounting"]["khai_bao"]["declared_total"]["in"]
    values = [row[5] for row in declared]
    assert "1.234" in values and "chưa tổng hợp" in values
    assert any(isinstance(value, str) and value != value.strip() for value in values)
    assert sum(1 for row in rows if str(row[2]) == "Cộng") == 28

"""Tells files that are not what their names say: a system's "Excel export" is often a web page, a text or an old workbook."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from etl.sources.open_file import FileRefused

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WEB_PAGE = re.compile(rb"<(!doctype\s+html|html|head|meta|table|body)\b", re.IGNORECASE)

_MEMBERS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "content.xml": "an OpenDocument file (such as .ods)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
}
_SIGNATURES = {
    b"%PDF": "a PDF file",
    b"{\\rtf": "an RTF text",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a packed file (gzip)",
    b"7z\xbc\xaf": "a packed file (7-Zip)",
    b"Rar!": "a packed file (RAR)",
    b"SQLite format 3": "an SQLite database",
}


def refuse_disguised(path: Path, wanted: str) -> None:
    """Raises FileRefused for a file of another kind than `wanted`, an ending such as ".xlsx"; OSError for one that cannot be read."""
    found = _kind(path, wanted)
    if found:
        raise FileRefused(f"it is {found}, whatever its name says. Open it where it came from or in a spreadsheet program, and save it as {wanted}")


def _kind(path: Path, wanted: str) -> str | None:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        return None if wanted == ".csv" else "empty"
    if head.startswith(_OLE):
        return "a workbook protected by a password" if "EncryptedPackage".encode("utf-16-le") in path.read_bytes() else "an old Excel workbook (.xls)"
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature) and not (wanted == ".parquet" and signature == b"PAR1"):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path) if wanted == ".xlsx" else _kind_of_archive(path) or "a packed file (zip), such as an Excel workbook"
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if text.startswith(b"<") and b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        return "an XML table of Excel 2003"
    if text.startswith(b"<") and _WEB_PAGE.search(text):
        return "a web page (HTML)"
    is_text = wanted == ".xlsx" and not re.search(rb"[\x00-\x08\x0e-\x1f]", text) and (b"\n" in head or b"\r" in head)
    return "plain text, such as CSV" if is_text else None


def _kind_of_archive(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except zipfile.BadZipFile:
        return None  # damaged: its reader says so
    if any(name.startswith("xl/") and name.endswith(".xml") for name in names) and "xl/workbook.bin" not in names:
        return None
    return next((kind for member, kind in _MEMBERS.items() if member in names), "a packed file (zip) without a workbook in it")

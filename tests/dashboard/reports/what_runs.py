"""What in a finished file would run, be fetched or be computed: looked for in the file itself, without the program that made it."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pdfplumber

TAGS = set(re.findall(r"\w+", "html head meta title body table caption thead tbody tr th td p span div h1 h2 h3 h4 h5 h6 strong em b"))
FORBIDDEN_PARTS = re.compile(r"vbaProject|oleObject|activeX|externalLink|connections|attachedTemplate|customXml|\.bin$", re.IGNORECASE)
CAPTIONS = {r" SEQ Bang \* ARABIC ", r" SEQ Bieu_do \* ARABIC "}
ELEMENTS = {"f", "hlinkClick", "hlinkMouseOver", "instrText", "object", "altChunk", "oleObj", "ddeLink", "subDoc", "attachedTemplate", "control"}
"""Formulas, fields, links out and what is embedded, by local name."""
PDF_ACTIONS = (
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/URI",
    b"/GoToR",
    b"/SubmitForm",
    b"/ImportData",
    b"/EmbeddedFile",
    b"/OpenAction",
    b"/AA",
    b"/RichMedia",
)


def found_in(name: str, file: bytes) -> list[str]:
    """What would run, in words; empty where nothing would."""
    if name == "pdf":
        return _in_pdf(file)
    return _in_html(file) if name == "html" else _in_package(file)


def _in_package(file: bytes, inside: str = "") -> list[str]:
    found = []
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        for part in archive.namelist():
            content = archive.read(part)
            if FORBIDDEN_PARTS.search(part) or part.startswith(("/", "\\")) or ".." in part:
                found.append(f"{inside}{part}")
            if part.endswith(".xlsx"):
                found += _in_package(content, f"{part}!")
            if not part.endswith((".xml", ".rels")):
                continue
            for element in ElementTree.fromstring(content).iter():
                local = element.tag.rpartition("}")[2]
                if local == "Relationship" and element.get("TargetMode") == "External":
                    found.append(f"{inside}{part}: leads to {element.get('Target')}")
                is_chart = "/chart" in part and local == "f"  # a chart names the cells that it is drawn from
                counts_captions = local == "instrText" and element.text in CAPTIONS  # Word's own numbers of tables and charts
                if local in ELEMENTS and not is_chart and not counts_captions:
                    found.append(f"{inside}{part}: {local} {element.text}")
                if local == "fldSimple" and element.get(element.tag.replace("fldSimple", "instr")) != " PAGE ":
                    found.append(f"{inside}{part}: a field")
                if local == "fld" and "Master" not in part and element.get("type") != "slidenum":
                    found.append(f"{inside}{part}: a field")
                if local == "hyperlink" and not (element.get("location") or "").startswith("'"):
                    found.append(f"{inside}{part}: a link")
    return found


def _in_pdf(file: bytes) -> list[str]:
    objects = re.sub(rb"\bstream\r?\n.*?\bendstream\b", b"", file, flags=re.DOTALL)  # packed bytes hold any three letters by chance
    found = [action.decode() for action in PDF_ACTIONS if re.search(re.escape(action) + rb"(?![A-Za-z])", objects)]
    with pdfplumber.open(io.BytesIO(file)) as document:
        return found + [f"page {page.page_number}: {one}" for page in document.pages for one in page.annots]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or (tag == "meta" and dict(attrs).get("http-equiv", "Content-Security-Policy") != "Content-Security-Policy"):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "href", "srcset", "background", "action", "formaction", "srcdoc"):
                self.found.append(f"<{tag} {name}>")
            if name == "style" and re.search(r"url\(|expression|@import", value or ""):
                self.found.append(f"<{tag} style={value}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(data)


def _in_html(file: bytes) -> list[str]:
    page = _Page()
    page.feed(file.decode())
    return page.found

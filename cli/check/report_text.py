"""What stands in a report that anybody made: its sentences and rows, a line each, and what in the file cannot be read."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import ConfigurationError

OLD_KINDS = (".doc", ".xls", ".ppt", ".pptx", ".odt", ".ods", ".rtf", ".html")
"""Files of reports that are read only when saved as another kind."""
_OVER, _UNDER = re.compile(r"tử số|numerator", re.I), re.compile(r"mẫu số|denominator", re.I)
_RATE = re.compile(r"tỷ lệ|tỉ lệ|rate|ratio|giá trị|value|%|kỳ", re.I)
_UNSEEN = re.compile(r"[\u00ad\u200b\u2060\ufeff]")


@dataclass(frozen=True)
class ReportText:
    """The lines of a report, and in words what it holds beside them."""

    lines: tuple[str, ...]
    unread: tuple[str, ...] = ()


def is_report(file: Path) -> bool:
    """Whether the file is a kind of document; all else is text with a statement a line."""
    return file.suffix.lower() in (*_READERS, *OLD_KINDS)


def text_of(file: Path) -> ReportText:
    """The text of a document. Raises ConfigurationError where it is damaged or of a kind that is not read."""
    suffix = file.suffix.lower()
    if suffix in OLD_KINDS:
        raise ConfigurationError(f"{file}: files of the kind {suffix} are not read. Save it as {', '.join(_READERS)}, and check that.")
    try:
        return _READERS[suffix](file)
    except Exception as error:  # the libraries name a dozen kinds of damage
        raise ConfigurationError(f"{file} cannot be read ({error}). Save it anew, or type its figures into a text file.") from None


def _of_word(file: Path) -> ReportText:
    """Paragraphs and rows in order, then text boxes, foot and end notes."""
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(str(file))
    lines = list(_blocks(document))
    boxes = [box for box in document.element.body.iter(qn("w:txbxContent")) if not any("Fallback" in str(one.tag) for one in box.iterancestors())]
    lines += [_joined(paragraph) for box in boxes for paragraph in box.iter(qn("w:p"))]
    notes = [part for part in document.part.package.iter_parts() if re.search(r"/(foot|end)notes\.xml$", str(part.partname))]
    lines += [re.sub(r"<[^>]+>", "", one) for part in notes for one in re.findall(r"<w:p[ >].*?</w:p>", part.blob.decode("utf-8"), re.S)]
    return ReportText(tuple(lines), _counted(file, {"pictures": r"word/media/", "charts": r"word/charts/chart"}))


def _blocks(container: Any) -> Iterator[str]:
    """Paragraphs and rows of a document or of a cell, tables within cells too."""
    from docx.table import Table

    for part in container.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                yield _row(cell.text for cell in row.cells)
                yield from (line for cell in row.cells if cell.tables for line in _blocks(cell))
        else:
            yield part.text.replace("\n", " ")


def _joined(paragraph: Any) -> str:
    return "".join(one.text or "" for one in paragraph.iter() if str(one.tag).endswith("}t"))


def _of_workbook(file: Path) -> ReportText:
    """Rows as they stand, and each rate beside its part and whole, in columns that are named so."""
    import python_calamine

    workbook = python_calamine.CalamineWorkbook.from_path(str(file))
    lines: list[str] = []
    for name in workbook.sheet_names:
        triples: list[tuple[int, int, int]] = []
        for row in workbook.get_sheet_by_name(name).to_python():
            triples = _rate_columns([str(cell) for cell in row]) or triples
            rates = [_rate_statement(row, triple) for triple in triples]
            lines.append(" | ".join([_row(row), *filter(None, rates)]))
    return ReportText(tuple(lines), _counted(file, {"pictures": r"xl/media/", "charts": r"xl/charts/chart"}))


def _rate_columns(heads: Sequence[str]) -> list[tuple[int, int, int]]:
    """Places of part, whole and rate where the row is a head that names them."""
    found = []
    for over, head in enumerate(heads):
        under = next((place for place in (over + 1, over + 2) if place < len(heads) and _UNDER.search(heads[place])), None)
        if not _OVER.search(head) or under is None:
            continue
        beside = [place for place in (over - 1, under + 1) if 0 <= place < len(heads) and heads[place].strip()]
        named = [place for place in beside if head.startswith(heads[place])] or [place for place in beside if _RATE.search(heads[place])]
        found += [(over, under, named[-1])] if named else []
    return found


def _rate_statement(row: Sequence[object], places: tuple[int, int, int]) -> str:
    over, under, rate = (row[place] if place < len(row) else "" for place in places)
    if not (isinstance(over, int | float) and isinstance(under, int | float) and isinstance(rate, int | float)) or under <= 0:
        return ""
    if over % 1 or under % 1 or isinstance(over, bool):
        return ""
    return f"{int(over)} / {int(under)} = {f'{rate * 100:.4f}'.rstrip('0').rstrip('.').replace('.', ',')}%"


def _of_csv(file: Path) -> ReportText:
    """Rows with any of the delimiters that spreadsheets write."""
    text = file.read_text(encoding="utf-8-sig")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    return ReportText(tuple(_row(row) for row in csv.reader(text.splitlines(), delimiter=delimiter)))


def _of_pdf(file: Path) -> ReportText:
    """A line for each page: where its lines end is the typesetter's business."""
    import pypdf

    pages = [_UNSEEN.sub("", page.extract_text()) for page in pypdf.PdfReader(str(file)).pages]
    empty = [str(place) for place, text in enumerate(pages, start=1) if not text.strip()]
    unread = (f"pages without text, perhaps scanned: {', '.join(empty)}",) if empty else ()
    return ReportText(tuple(" ".join(text.split()) for text in pages), unread)


def _counted(file: Path, kinds: dict[str, str]) -> tuple[str, ...]:
    """How many pictures and charts the file holds, whose numbers nobody read."""
    with zipfile.ZipFile(file) as packed:
        names = packed.namelist()
    counts = {kind: sum(bool(re.match(pattern + r"[^/]*$", name)) for name in names) for kind, pattern in kinds.items()}
    return tuple(f"{kind}: {count}" for kind, count in counts.items() if count)


def _row(cells: Iterable[object]) -> str:
    return " | ".join(str(cell).replace("\n", " ") for cell in cells)


_READERS: dict[str, Callable[[Path], ReportText]] = {".docx": _of_word, ".xlsx": _of_workbook, ".pdf": _of_pdf, ".csv": _of_csv}

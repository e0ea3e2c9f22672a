"""The workbook: a front sheet, the body, one sheet per annex, and every figure as a number with what it was counted from."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date

from dashboard.reports.content.blocks import Annex, Block, Chart, Kind, Language, Report, Table
from dashboard.reports.content.text import official_day
from dashboard.reports.layout.printable_text import clipped, printable
from dashboard.reports.writers.excel_sheet import FONT, SIZE, SheetWriter, Styles, Value
from dashboard.ui import format as written
from dashboard.ui.translations import catalogue
from data.language import in_words

FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_NAME = 31
RESERVED_NAME = "history"
LANDSCAPE_FROM_COLUMNS = 7

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

FIGURE_COLUMNS = ("label", "metric", "unit", "group", "tree", "from", "to", "numerator", "denominator", "value", "text", "version", "checks", "key")
FIGURE_WIDTHS = (46, 26, 14, 7, 9, 11, 11, 9, 9, 10, 34, 10, 18, 60)


def write(report: Report) -> bytes:
    """The report as XLSX; equal reports give equal bytes."""
    import xlsxwriter

    words = file_words(report.language)
    file = io.BytesIO()
    plain = {"font_name": FONT, "font_size": SIZE}  # widths of columns are measured in digits of this font; XlsxWriter writes into this dict
    book = xlsxwriter.Workbook(file, {**OPTIONS, "default_format_properties": plain})
    made = report.provenance.published_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": clipped(report.title, 200), "author": "", "created": made, "comments": _foot(report, words)})
    styles = Styles(book, report.language)
    names = sheet_names(report)
    report = replace(report, annexes=one_table_each(report.annexes))

    front = SheetWriter(book, names[0], styles, report, words, _foot(report, words), is_landscape=False)
    rest = iter(names[1:])
    if report.blocks:
        body = SheetWriter(book, next(rest), styles, report, words, _foot(report, words), is_landscape=_is_wide(report.blocks))
        body.title(report.title)
        body.blocks(report.blocks)
        body.close()
    for annex in report.annexes:
        sheet = SheetWriter(book, next(rest), styles, report, words, _foot(report, words), is_landscape=annex.is_landscape or _is_wide(annex.blocks))
        sheet.title(f"{words['annex']} {annex.number}. {annex.title}")
        sheet.blocks(annex.blocks, is_listed=True)
        sheet.close()
    _figures(SheetWriter(book, next(rest), styles, report, words, _foot(report, words), is_landscape=True), report, words)
    _front(front, report, words, names)
    book.close()
    return file.getvalue()


def one_table_each(annexes: Sequence[Annex]) -> tuple[Annex, ...]:
    """The annexes with a sheet for each of their tables: what stands before a table goes with it, what follows the last one too."""
    found: list[Annex] = []
    for annex in annexes:
        parts: list[list[Block]] = [[]]
        for block in annex.blocks:
            if isinstance(block, Table) and any(isinstance(one, Table) for one in parts[-1]):
                # Sentences and headings right above the table are its own.
                last = max(place for place, one in enumerate(parts[-1]) if isinstance(one, Table | Chart))
                parts.append(parts[-1][last + 1 :])
                del parts[-2][last + 1 :]
            parts[-1].append(block)
        found += [replace(annex, blocks=tuple(part)) for part in parts]
    return tuple(found)


def file_words(language: Language) -> dict[str, str]:
    """What the files themselves say, beside the report's own text: heads, names of sheets, marks."""
    return {key.partition(".")[2]: in_words(text, language) for key, text in catalogue(language).items() if key.startswith("report_file.")}


def sheet_names(report: Report) -> list[str]:
    """Names of the sheets in order: front, body if there is one, annexes, figures; each allowed by Excel and unlike the others."""
    words = catalogue(report.language)
    wanted = [words["report_file.front"]]
    wanted += [words["report_file.body"]] if report.blocks else []
    wanted += [annex.sheet or annex.number for annex in one_table_each(report.annexes)]
    wanted.append(words["report_file.figures"])
    names: list[str] = []
    for name in wanted:
        plain = " ".join(printable(name).translate(FORBIDDEN_IN_NAMES).split()).strip("' ")[:LONGEST_NAME].strip("' ")
        plain = plain if plain and plain.casefold() != RESERVED_NAME else f"{plain}_"
        number, free = 1, plain
        while free.casefold() in {taken.casefold() for taken in names}:
            number += 1
            free = f"{plain[: LONGEST_NAME - len(str(number)) - 1]} {number}"
        names.append(free)
    return names


def provenance_rows(report: Report, words: dict[str, str]) -> list[tuple[str, str]]:
    """What a reader must know of where the figures come from, as label and text."""
    source, form = report.provenance, report.form
    rows = [(words["organ"], form.issuing_organ)] if form is not None else []
    rows += [(words.get(f"parameter_{name}", name), _in_words(name, text, report.language, words)) for name, text in source.parameters]
    if source.cutoff_at is not None:
        rows.append((words["cutoff"], f"{written.day(source.cutoff_at.date(), report.language)} {source.cutoff_at:%H:%M}"))
    rows += [(words["snapshot"], source.snapshot), (words["content_hash"], source.content_hash), (words["template"], source.template_version)]
    if source.is_synthetic:
        rows.append((words["data"], words["synthetic"]))
    return [(printable(label), printable(text)) for label, text in rows]


def _in_words(name: str, text: str, language: Language, words: dict[str, str]) -> str:
    """A parameter as people write it: days instead of ISO text, names instead of codes."""
    if name in ("period", "flow", "dated"):
        return " – ".join(official_day(date.fromisoformat(day), language) for day in text.split("/"))
    return words.get(f"{name}_{text}", text)


def _is_wide(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, Table) and len(block.columns) >= LANDSCAPE_FROM_COLUMNS for block in blocks)


def _foot(report: Report, words: dict[str, str]) -> str:
    parts = [f"{words['snapshot']} {printable(report.provenance.snapshot)}"]
    return " · ".join([*parts, words["synthetic"]] if report.provenance.is_synthetic else parts)


def _front(sheet: SheetWriter, report: Report, words: dict[str, str], names: Sequence[str]) -> None:
    sheet.title(report.title)
    sheet.facts(provenance_rows(report, words))
    about = [words["about_body"]] if report.blocks else []
    about += [annex.title for annex in report.annexes]
    sheet.contents(words["contents"], list(zip(names[1:], [*about, words["about_figures"]], strict=True)))
    sheet.close()


def _figures(sheet: SheetWriter, report: Report, words: dict[str, str]) -> None:
    sheet.title(words["figures"])
    heads = [words[f"figure_{name}"] for name in FIGURE_COLUMNS]
    sheet.raw(words["figures_about"].format(count=written.number(len(report.figures), report.language)), heads, FIGURE_WIDTHS, _rows(report, words))
    sheet.close()


def _rows(report: Report, words: dict[str, str]) -> Iterator[tuple[tuple[Value, Kind], ...]]:
    """One row per figure, a value and its kind for each of FIGURE_COLUMNS."""
    for one in report.figures:
        yield (
            (one.label, "text"),
            (one.metric, "text"),
            (one.unit_code or words["whole"], "text"),
            (None if one.group is None else str(one.group), "text"),
            (one.tree, "text"),
            (one.period_from, "date"),
            (one.period_to, "date"),
            (one.numerator, "count"),
            (one.denominator, "count"),
            (one.value, one.kind),
            (one.text, "text"),
            (one.definition_version, "text"),
            (", ".join(one.failed_checks) or None, "text"),
            (one.key, "text"),
        )

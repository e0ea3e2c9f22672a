"""The workbook: cover, contents, notes, the text, a sheet for each table and chart, and every figure with what it was counted from."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date

from dashboard.reports.content.blocks import Kind, Language, Report, Table
from dashboard.reports.content.text import official_day
from dashboard.reports.layout.printable_text import clipped, printable
from dashboard.reports.writers.excel_plan import Sheet, named_apart, numbers_apart, sheets_of
from dashboard.reports.writers.excel_sheet import FONT, SIZE, SheetWriter, Styles, Value
from dashboard.ui import format as written
from dashboard.ui.translations import catalogue
from data.language import in_words

LANDSCAPE_FROM_COLUMNS = 7

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

FIGURE_COLUMNS = ("label", "metric", "unit", "group", "tree", "from", "to", "numerator", "denominator", "value", "text", "version", "checks", "key")
FIGURE_WIDTHS = (46, 26, 14, 7, 9, 11, 11, 9, 9, 10, 34, 10, 18, 60)
NOTES = ("doubtful", "dash", "no_data", "nothing", "rate", "tables", "figures")
"""What the notes explain, in this order: `note_<name>_sign` and `note_<name>`."""


def write(report: Report) -> bytes:
    """The report as XLSX; equal reports give equal bytes."""
    import xlsxwriter

    words = file_words(report.language)
    file = io.BytesIO()
    plain = {"font_name": FONT, "font_size": SIZE}  # widths of columns are measured in digits of this font; XlsxWriter writes into this dict
    book = xlsxwriter.Workbook(file, {**OPTIONS, "default_format_properties": plain})
    made = report.provenance.published_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": clipped(report.title, 200), "author": "", "created": made, "comments": _foot(report, words)})
    styles, foot = Styles(book, report.language), _foot(report, words)
    planned = [_with_numbers_apart(report, sheet, words) for sheet in sheets_of(report, words)]
    front, contents, notes, *names, figures = sheet_names(report)

    def sheet(name: str, is_landscape: bool = False) -> SheetWriter:
        return SheetWriter(book, name, styles, report, words, foot, is_landscape)

    _front(sheet(front), report, words)
    listed = [
        (notes, words["about_notes"]),
        *((name, one.about) for name, one in zip(names, planned, strict=True)),
        (figures, words["about_figures"]),
    ]
    _contents(sheet(contents), words, listed)
    _notes(sheet(notes), words)
    for name, one in zip(names, planned, strict=True):
        _block_sheet(sheet(name, one.is_landscape or _is_wide(one)), one)
    _figures(sheet(figures, is_landscape=True), report, words)
    book.close()
    return file.getvalue()


def file_words(language: Language) -> dict[str, str]:
    """What the files themselves say, beside the report's own text: heads, names of sheets, marks."""
    return {key.partition(".")[2]: in_words(text, language) for key, text in catalogue(language).items() if key.startswith("report_file.")}


def sheet_names(report: Report) -> list[str]:
    """Names of the sheets in order: cover, contents, notes, text, tables and charts, annexes, figures; each as Excel allows, unlike the others."""
    words = file_words(report.language)
    first = (words["front"], words["contents"], words["notes"])
    return named_apart([*first, *(sheet.name for sheet in sheets_of(report, words)), words["figures"]])


def about_rows(report: Report, words: dict[str, str]) -> list[tuple[str, str]]:
    """What a reader must know of where the figures come from, as label and text."""
    source, form = report.provenance, report.form
    rows = [(words["organ"], form.issuing_organ)] if form is not None and form.issuing_organ else []
    rows += [(words.get(f"parameter_{name}", name), _in_words(name, text, report.language, words)) for name, text in source.parameters]
    if source.cutoff_at is not None:
        rows.append((words["cutoff"], f"{written.day(source.cutoff_at.date(), report.language)} {source.cutoff_at:%H:%M}"))
    if source.is_synthetic:
        rows.append((words["data"], words["synthetic"]))
    return [(printable(label), printable(text)) for label, text in rows]


def origin_rows(report: Report, words: dict[str, str]) -> list[tuple[str, str]]:
    """What a machine must know to make the figures again, as label and text."""
    source = report.provenance
    rows = [(words["snapshot"], source.snapshot), (words["content_hash"], source.content_hash), (words["template"], source.template_version)]
    return [(printable(label), printable(text)) for label, text in rows]


def _in_words(name: str, text: str, language: Language, words: dict[str, str]) -> str:
    """A parameter as people write it: days instead of ISO text, names instead of codes."""
    if name in ("period", "flow", "dated"):
        return " – ".join(official_day(date.fromisoformat(day), language) for day in text.split("/"))
    return words.get(f"{name}_{text}", text)


def _with_numbers_apart(report: Report, sheet: Sheet, words: dict[str, str]) -> Sheet:
    if not isinstance(sheet.shown, Table):
        return sheet
    figures = {figure.key: figure for figure in report.figures}
    return replace(sheet, shown=numbers_apart(sheet.shown, figures, words, report.language))


def _is_wide(sheet: Sheet) -> bool:
    return isinstance(sheet.shown, Table) and len(sheet.shown.columns) >= LANDSCAPE_FROM_COLUMNS


def _foot(report: Report, words: dict[str, str]) -> str:
    """What stands at the foot of each printed page: when the data end, and that they are made up."""
    cutoff = report.provenance.cutoff_at
    parts = [f"{words['cutoff']} {written.day(cutoff.date(), report.language)}"] if cutoff is not None else []
    return " · ".join([*parts, words["synthetic"]] if report.provenance.is_synthetic else parts)


def _front(sheet: SheetWriter, report: Report, words: dict[str, str]) -> None:
    sheet.title(report.title)
    sheet.listed("cover", (words["about_label"], words["about_text"]), about_rows(report, words), (26, 66))
    sheet.close()


def _contents(sheet: SheetWriter, words: dict[str, str], sheets: Sequence[tuple[str, str]]) -> None:
    sheet.title(words["contents"])
    sheet.listed("contents", (words["sheet"], words["about"]), sheets, (30, 62), are_sheets=True)
    sheet.close()


def _notes(sheet: SheetWriter, words: dict[str, str]) -> None:
    sheet.title(words["notes"])
    rows = [(words[f"note_{name}_sign"], words[f"note_{name}"]) for name in NOTES]
    sheet.listed("notes", (words["sign"], words["meaning"]), rows, (26, 66))
    sheet.close()


def _block_sheet(sheet: SheetWriter, planned: Sheet) -> None:
    sheet.title(planned.title)
    if planned.shown is None:
        sheet.text(planned.text)
    elif isinstance(planned.shown, Table):
        sheet.table(planned.shown, planned.text)
    else:
        sheet.chart(planned.shown, planned.text)
    sheet.close()


def _figures(sheet: SheetWriter, report: Report, words: dict[str, str]) -> None:
    sheet.title(words["figures"])
    heads = [words[f"figure_{name}"] for name in FIGURE_COLUMNS]
    about = [words["figures_about"].format(count=written.number(len(report.figures), report.language))]
    about += [f"{label}: {text}" for label, text in origin_rows(report, words)]
    sheet.raw(about, heads, FIGURE_WIDTHS, list(_rows(report, words)))
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

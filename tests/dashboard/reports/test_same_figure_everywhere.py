"""The same figure in Word, PDF, Excel, PowerPoint, the mail page, the figures file and by the command line is the same figure."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path

import pdfplumber
import pytest
from docx import Document
from pptx import Presentation
from python_calamine import CalamineWorkbook

from dashboard.reports.archive.pinning import make_files
from dashboard.reports.content.blocks import Figure, Report
from tests.conftest import run_vanban

PUBLISHED = ("activation_rate", "login_rate", "login_rate_of_provisioned", "electronic_issue_ratio")
"""Rates of the whole period that every format prints."""
IN_TWO_WINDOWS = ("outgoing_documents", "outgoing_electronic", "outgoing_parallel", "outgoing_signed", "internal_incoming", "internal_outgoing")


@pytest.fixture(scope="module")
def files(pilot_report: Report) -> dict[str, bytes]:
    return make_files(pilot_report, ("docx", "pdf", "xlsx", "pptx", "html"))


@pytest.fixture(scope="module")
def texts(files: dict[str, bytes]) -> dict[str, str]:
    """What a reader of each file reads, without line breaks."""
    return {
        "docx": _flat(_of_word(files["docx"])),
        "pdf": _flat(_of_pdf(files["pdf"])),
        "pptx": _flat(_of_slides(files["pptx"])),
        "html": _flat(html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<style.*?</style>", "", files["html"].decode("utf-8"), flags=re.DOTALL)))),
    }


@pytest.fixture(scope="module")
def raw_figures(files: dict[str, bytes]) -> list[list[object]]:
    """The rows of the workbook's sheet of raw figures."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"]))
    (name,) = [one for one in book.sheet_names if one.startswith("Số liệu gốc")]
    return [list(row) for row in book.get_sheet_by_name(name).to_python()]


def whole(report: Report, name: str, last_day: int = 31) -> Figure:
    (found,) = [one for one in report.figures if one.metric == name and one.unit_code is None and one.period_to.day == last_day]
    return found


@pytest.mark.parametrize("name", PUBLISHED)
def test_rates_are_the_same_in_every_text(pilot_report: Report, texts: dict[str, str], name: str) -> None:
    figure = whole(pilot_report, name)
    rate = figure.text.partition(" (")[0]
    for file in ("docx", "pdf", "html"):
        assert figure.text in texts[file], f"{name} in {file}"
    if name != "login_rate_of_provisioned":  # the slides leave it to the report
        assert rate in texts["pptx"], name


@pytest.mark.parametrize("name", IN_TWO_WINDOWS)
@pytest.mark.parametrize("last_day", [25, 31])
def test_counts_of_both_windows_are_the_same_in_every_text(pilot_report: Report, texts: dict[str, str], name: str, last_day: int) -> None:
    figure = whole(pilot_report, name, last_day)
    for file in ("docx", "pdf", "html"):
        assert re.search(rf"(?<![\d.,]){re.escape(figure.text)}(?![\d%]|[.,]\d)", texts[file]), f"{name} in {file}"


def test_every_figure_stands_in_the_workbook_with_its_exact_numbers(pilot_report: Report, raw_figures: list[list[object]]) -> None:
    by_metric: dict[str, list[set[float]]] = {}
    for row in raw_figures:
        numbers = {round(float(cell), 12) for cell in row if isinstance(cell, int | float)}
        for cell in row:
            if isinstance(cell, str):
                by_metric.setdefault(cell, []).append(numbers)
    for figure in pilot_report.figures:
        own = {round(float(number), 12) for number in (figure.numerator, figure.denominator, figure.value) if number is not None}
        assert any(own <= numbers for numbers in by_metric[figure.metric]), figure.key


def test_the_command_line_gives_the_same_numbers(pilot_report: Report, demo_home: Path) -> None:
    compared = 0
    for group, to in (("1", "2024-07-31"), (None, "2024-07-31"), (None, "2024-07-25")):
        arguments = ["metrics", "--from", "2024-07-01", "--to", to, "--format", "json", *(("--group", group) if group else ())]
        finished = run_vanban(*arguments, home=demo_home)
        assert finished.returncode == 0, finished.stderr
        told = {row["metric"]: row for row in json.loads(finished.stdout)}
        for figure in pilot_report.figures:
            if figure.unit_code is None and str(figure.group or "") == (group or "") and figure.period_to.isoformat() == to:
                if figure.period_from.isoformat() != "2024-07-01":
                    continue
                row = told[figure.metric]
                assert (row["numerator"], row["denominator"], row["value"]) == (figure.numerator, figure.denominator, figure.value), figure.key
                compared += 1
    assert compared > 40


def test_the_figures_file_lists_every_figure_with_what_is_needed_to_compute_it_again(pilot_report: Report, files: dict[str, bytes]) -> None:
    told = json.loads(files["json"])
    assert told["snapshot"] == pilot_report.provenance.snapshot
    assert [one["key"] for one in told["figures"]] == [figure.key for figure in pilot_report.figures]
    first = told["figures"][0]
    assert {"metric", "unit_code", "group", "tree", "period_from", "period_to", "numerator", "denominator", "value", "definition_version"} <= set(
        first
    )


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def _of_word(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(texts)


def _of_pdf(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages[:10])


def _of_slides(content: bytes) -> str:
    texts = []
    for slide in Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(texts)

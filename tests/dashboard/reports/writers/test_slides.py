"""The deck read back: native charts, nothing over the edge of a slide or of its box, and every slide says its source."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

from dashboard.reports.content.blocks import Cell, Chart, Paragraph, Report, Run, Slide, Table
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.layout.slide_fit import LINE, fitting, height_of, lines_of, pieces, width_of
from dashboard.reports.layout.slide_plan import sheets
from dashboard.reports.writers.slides import FONT, write
from tests.dashboard.reports.office import converted
from tests.dashboard.reports.sample_report import ANNEXES, BARS, HOSTILE, SLIDES, SMALL_TABLE, SOURCE, sample_report
from tests.dashboard.reports.sheets import plain
from tests.dashboard.reports.sheets import sheets as pages_of

EMU = 12_700
TABLE = ANNEXES[0].blocks[1]
assert isinstance(TABLE, Table)


@pytest.fixture(scope="module")
def deck() -> Any:
    return Presentation(io.BytesIO(write(sample_report())))


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return write(sample_report(hostile=True))


def deck_of(report: Report) -> Any:
    return Presentation(io.BytesIO(write(report)))


def test_one_wide_slide_for_each_of_the_report_with_its_sentence_as_title(deck: Any) -> None:
    assert (deck.slide_width, deck.slide_height) == (12_192_000, 6_858_000)
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == [slide.title for slide in SLIDES]


def test_every_slide_says_source_number_and_that_data_are_made_up(deck: Any) -> None:
    for slide in deck.slides:
        by_name = {shape.name: shape for shape in slide.shapes}
        assert by_name["Footer"].text_frame.text == SOURCE
        assert b'type="slidenum"' in ElementTree.tostring(by_name["Slide Number"]._element)
        assert by_name["Synthetic"].text_frame.text == "Dữ liệu mô phỏng"
    report = sample_report()
    real = deck_of(replace(report, provenance=replace(report.provenance, is_synthetic=False)))
    assert not [shape for slide in real.slides for shape in slide.shapes if shape.name == "Synthetic"]


def test_charts_are_native_with_their_data_behind_them_and_say_what_they_show(deck: Any) -> None:
    wanted = [block for slide in SLIDES for block in slide.blocks if isinstance(block, Chart)]
    frames = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(frames) == len(wanted) == 5
    for frame, chart in zip(frames, wanted, strict=True):
        series = {one.name: tuple(one.values) for plot in frame.chart.plots for one in plot.series}
        assert {one.name: one.values for one in chart.series}.items() <= series.items()
        assert frame._element.nvGraphicFramePr.cNvPr.get("descr") == chart.alt
        book = CalamineWorkbook.from_filelike(io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob))
        rows = book.get_sheet_by_index(0).to_python()
        assert [row[0] for row in rows[1:]] == list(chart.categories)
        assert [row[1] for row in rows[1:]] == list(chart.series[0].values)


def test_a_table_is_a_table_with_all_its_cells(deck: Any) -> None:
    table = next(shape.table for shape in deck.slides[6].shapes if shape.has_table)
    read = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
    assert read == [[column.title for column in SMALL_TABLE.columns], *([cell.text for cell in row] for row in SMALL_TABLE.rows)]


def test_a_figure_that_is_set_off_is_the_largest_text_of_its_slide(deck: Any) -> None:
    figures = [shape for shape in deck.slides[1].shapes if shape.name == "Figure"]
    assert [shape.text_frame.paragraphs[0].text for shape in figures] == ["61,68%", "70,29%", "59,37%"]
    assert [shape.text_frame.paragraphs[1].text for shape in figures] == ["1.848/2.996", "1.299/1.848", "2.322/3.911"]
    sizes = [run.font.size.pt for run in (one.runs[0] for one in figures[0].text_frame.paragraphs)]
    assert sizes[0] > 2 * max(sizes[1:])


def overflowing(book: bytes) -> list[str]:
    """Shapes beyond the slide's edge, over the foot, or with more text than their box holds."""
    found, deck = [], Presentation(io.BytesIO(book))
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            right, bottom = shape.left + shape.width, shape.top + shape.height
            if shape.left < 0 or shape.top < 0 or right > deck.slide_width or bottom > deck.slide_height:
                found.append(f"{number}: {shape.name} leaves the slide")
            if shape.name not in ("Footer", "Slide Number") and not shape.name.startswith("Line") and bottom > 500 * EMU:
                found.append(f"{number}: {shape.name} reaches into the foot")
            if shape.has_text_frame and (frame := shape.text_frame).text:
                width = shape.width / EMU
                needed = sum(
                    height_of(one.text, one.runs[0].font.size.pt, width, bool(one.runs[0].font.bold))
                    + (one.space_before.pt if one.space_before else 0)
                    for one in frame.paragraphs
                    if one.runs
                )
                if needed > shape.height / EMU + 0.5:
                    found.append(f"{number}: {shape.name} holds {needed:.0f} of {shape.height / EMU:.0f} points")
    return found


def test_nothing_overflows(hostile: bytes) -> None:
    assert overflowing(write(sample_report())) == []
    assert overflowing(hostile) == []


def test_a_long_table_goes_on_on_further_slides_with_its_head() -> None:
    report = replace(sample_report(), slides=(Slide("Mọi đơn vị", (TABLE,), SOURCE),))
    book = write(report)
    slides = list(Presentation(io.BytesIO(book)).slides)
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    assert len(tables) == len(slides) > 3
    heads = {tuple(cell.text_frame.text for cell in table.rows[0].cells) for table in tables}
    assert heads == {tuple(column.title for column in TABLE.columns)}
    read = [[cell.text_frame.text for cell in row.cells] for table in tables for row in list(table.rows)[1:]]
    assert read == [[cell.text for cell in row] for row in TABLE.rows]
    assert overflowing(book) == []
    assert slides[1].shapes.title.text_frame.text == "Mọi đơn vị (2)"


def test_a_long_text_goes_on_on_further_slides_and_no_word_is_lost() -> None:
    words = " ".join(f"từ{number}" for number in range(1500))
    book = write(replace(sample_report(), slides=(Slide("a", (BARS,)), Slide("Dài", (Paragraph("p", (Run(words),)),)))))
    slides = list(Presentation(io.BytesIO(book)).slides)[1:]
    read = " ".join(shape.text_frame.text for slide in slides for shape in slide.shapes if shape.name == "Text")
    assert len(slides) > 1
    assert read.split() == words.split()
    assert overflowing(book) == []


def test_a_text_too_long_to_stand_beside_a_chart_has_a_slide_of_its_own() -> None:
    texts = tuple(Paragraph(f"p{number}", (Run("Một câu khá dài về một điều cần nói cho đủ. " * 4),)) for number in range(12))
    placed = sheets(Slide("Tên", (*texts, BARS)))
    assert [[type(one).__name__ for one in sheet.placed] for sheet in placed] == [["TextBox"], ["TextBox"], ["ChartBox"]]


def test_a_report_without_slides_is_shown_block_by_block() -> None:
    deck = deck_of(replace(sample_report(), slides=None))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[0] == "Báo cáo sơ kết thí điểm"
    assert sum(shape.has_chart for slide in deck.slides for shape in slide.shapes) == 4


def test_hostile_texts_print_as_they_are(hostile: bytes) -> None:
    deck = Presentation(io.BytesIO(hostile))
    said = {paragraph.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame for paragraph in shape.text_frame.paragraphs}
    for text in HOSTILE[:-1]:
        assert any(printable(text) in one for one in said), text
    with zipfile.ZipFile(io.BytesIO(hostile)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
            assert b'TargetMode="External"' not in archive.read(name)
            assert b"hlinkClick" not in archive.read(name)


def test_one_typeface_and_nobodys_name(deck: Any) -> None:
    book = write(sample_report())
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        themes = [archive.read(name) for name in archive.namelist() if name.startswith("ppt/theme/theme1")]
        assert all(f'<a:latin typeface="{FONT}"/>'.encode() in theme and b"Calibri" not in theme for theme in themes)
        assert not [name for name in archive.namelist() if "thumbnail" in name or "printer" in name]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = deck.core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")
    assert properties.created.isoformat().startswith("2024-07-31T11:30:00")


def test_speakers_find_in_the_notes_what_a_chart_says(deck: Any) -> None:
    notes = deck.slides[2].notes_slide.notes_text_frame.text
    assert BARS.alt in notes and SOURCE in notes


def test_widths_are_those_of_the_typeface() -> None:
    assert width_of("Aa", 1000) == 667 + 556
    assert width_of("Ặậ", 1000) == 667 + 556  # marks above and below take no width
    assert width_of("ỡữ", 1000) == 2 * 667  # the horn does
    assert lines_of("aaaa aaaa", 10, width_of("aaaa aaaa", 10)) == 1
    assert lines_of("aaaa aaaa", 10, width_of("aaaa aaaa", 10) - 1) == 2
    assert lines_of("a" * 100, 10, 100) == 6


def test_a_text_takes_the_largest_size_that_fits_and_is_cut_only_at_the_smallest() -> None:
    assert fitting("ngắn", (20, 10), 100, 30) == ("ngắn", 20)
    text, size = fitting("chữ " * 20, (20, 10), 100, 10 * LINE * 3)
    assert size == 10 and text.endswith("…") and height_of(text, size, 100) <= 10 * LINE * 3
    assert " ".join(pieces("một hai ba bốn năm", 10, 40, 12)).split() == ["một", "hai", "ba", "bốn", "năm"]
    assert "".join(pieces("x" * 500, 10, 40, 24)) == "x" * 500


def test_a_cell_that_would_fill_a_slide_is_clipped() -> None:
    table = replace(SMALL_TABLE, rows=((Cell("x" * 10_000), *SMALL_TABLE.rows[1][1:]),))
    assert overflowing(write(replace(sample_report(), slides=(Slide("t", (table,)),)))) == []


def test_libreoffice_shows_every_slide_within_its_margins(tmp_path: Path) -> None:
    """An independent measure of the same promise: where the words of the printed deck stand."""
    pages = pages_of(converted(write(sample_report()), ".pptx", tmp_path / "office"))
    assert len(pages) == len(SLIDES)
    for page, slide in zip(pages, SLIDES, strict=True):
        assert plain(slide.title) in plain(page.text)
        assert plain(SOURCE) in plain(page.text)
        for phrase in page.phrases:
            assert phrase.left > 0 and phrase.right < page.width and phrase.bottom < page.height
        foot = page.starting("Nguồn").top
        assert [phrase.text for phrase in page.phrases if phrase.bottom > foot and phrase.top < foot] == []
    assert "1.848/2.996" in pages[1].text and "82,10%" in pages[2].text and "640" in pages[3].text

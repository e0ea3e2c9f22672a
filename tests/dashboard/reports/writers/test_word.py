"""The Word document as a package: styles against the decree's table, native charts, properties, hostile text, equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from python_calamine import CalamineWorkbook

from dashboard.reports.content.blocks import Annex, Cell, Chart, Column, Heading, Paragraph, Report, Run, Series, Table
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.writers import word
from tests.dashboard.reports.decree import BOTTOM, FAMILY, FIRST_LINE, LEFT, LINES, PARAGRAPH_GAP_PT, RIGHT, TOP, Part, parts_of_the_sample
from tests.dashboard.reports.sample_report import BARS, BLOCKS, HOSTILE, LINE, sample_report

PROJECT = Path(__file__).resolve().parents[4]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def file() -> bytes:
    return word.write(sample_report())


@pytest.fixture(scope="module")
def document(file: bytes) -> Any:
    return docx.Document(io.BytesIO(file))


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def paragraphs(document: Any) -> list[Any]:
    """Every paragraph of the body, those of tables too, in print order."""
    return [docx.text.paragraph.Paragraph(element, document) for element in document.element.body.iter(f"{W}p")]


def texts(file: bytes) -> list[str]:
    """Text of every paragraph of the body."""
    root = ElementTree.fromstring(parts(file)["word/document.xml"])
    return ["".join(text.text or "" for text in paragraph.iter(f"{W}t")) for paragraph in root.iter(f"{W}p")]


def only(blocks: tuple[Any, ...], **changes: Any) -> Report:
    return replace(sample_report(), blocks=blocks, annexes=(), **changes)


@pytest.mark.parametrize("part", parts_of_the_sample(), ids=lambda part: f"{part.article} {part.text[:20]}")
def test_every_part_has_its_style_size_and_cut(document: Any, part: Part) -> None:
    found = next(paragraph for paragraph in paragraphs(document) if paragraph.text.replace("\n", " ").startswith(part.text))
    style = found.style
    assert style.name == part.style
    assert part.sizes[0] <= style.font.size.pt <= part.sizes[1], part.article
    assert (bool(style.font.bold), bool(style.font.italic)) == (part.is_bold, part.is_italic), part.article
    assert not any(run.font.size or run.font.name for run in found.runs), "the style decides"


def test_type_is_black_times_new_roman_in_vietnamese(file: bytes) -> None:
    """I.4."""
    styles = parts(file)["word/styles.xml"].decode()
    defaults = styles[: styles.index("</w:docDefaults>")]
    assert set(re.findall(r'w:(?:ascii|hAnsi|eastAsia|cs)="([^"]+)"', "".join(re.findall(r"<w:rFonts[^>]*>", styles)))) == {FAMILY}
    assert '<w:color w:val="000000"/>' in defaults and 'w:lang w:val="vi-VN"' in defaults
    colours = set(re.findall(r'<w:color w:val="(\w+)"', parts(file)["word/document.xml"].decode()))
    assert colours <= {"000000"}


def test_margins_are_those_of_the_decree_in_every_section(document: Any) -> None:
    """I.1 to I.3."""
    assert [section.orientation for section in document.sections] == [0, 1, 0]
    for section in document.sections:
        assert sorted((round(section.page_width.mm), round(section.page_height.mm))) == [210, 297]
        for margin, (low, high) in zip(
            (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin), (TOP, BOTTOM, LEFT, RIGHT), strict=True
        ):
            assert low - 0.02 <= margin.mm <= high + 0.02


def test_page_numbers_are_hidden_on_first_pages_and_begin_anew(document: Any) -> None:
    """I.7, III.1.đ."""
    for section in document.sections:
        assert section.different_first_page_header_footer
        assert section._sectPr.find(f"{W}pgNumType").get(f"{W}start") == "1"
        (shown,) = section.header.paragraphs
        assert 'instr=" PAGE "' in shown._p.xml and "PAGE" not in section.first_page_header._element.xml
        assert shown.style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert 13 <= shown.style.font.size.pt <= 14
        assert 0 < section.header_distance.mm < TOP[0] - shown.style.font.size.pt * 0.4


def test_running_text_is_set_as_the_decree_wants_it(document: Any) -> None:
    """II.6.e."""
    style = document.styles["Body Text"].paragraph_format
    assert style.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert any(style.first_line_indent.mm == pytest.approx(indent, abs=0.05) for indent in FIRST_LINE)
    assert style.space_before.pt + style.space_after.pt >= PARAGRAPH_GAP_PT
    assert LINES[0] <= style.line_spacing <= LINES[1]


def test_navigation_knows_the_headings(document: Any) -> None:
    levels = {"Heading 1": "0", "Heading 2": "1", "Heading 3": "2", "Phụ lục": "0"}
    for name, level in levels.items():
        properties = document.styles[name].element.find(f"{W}pPr")
        assert properties.find(f"{W}outlineLvl").get(f"{W}val") == level
        assert document.styles[name].paragraph_format.keep_with_next
    used = [paragraph.style.name for paragraph in paragraphs(document)]
    assert used.count("Heading 1") == 2 and used.count("Phụ lục") == 2


def test_tables_repeat_their_head_and_keep_rows_whole(document: Any) -> None:
    ruled = [table for table in document.tables if table.style.name == "Table Grid"]
    assert [len(table.rows) for table in ruled] == [6, 142]
    for table in ruled:
        rows = table._tbl.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}tblHeader") is None for row in rows[1:])
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_a_long_table_begins_with_three_rows(document: Any) -> None:
    long = [table for table in document.tables if table.style.name == "Table Grid"][-1]
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in long.rows]
    assert kept[:5] == [True, True, True, None, None], "head and two rows stay with the next"


def test_charts_are_native_and_open_their_data(file: bytes) -> None:
    package = parts(file)
    charts = sorted(name for name in package if re.fullmatch(r"word/charts/chart\d+\.xml", name))
    assert len(charts) == 6
    drawn = package["word/document.xml"].decode()
    for number in range(1, len(charts) + 1):
        assert f'r:id="rIdChart{number}"' in drawn
        assert f"../embeddings/chart{number}.xlsx" in package[f"word/charts/_rels/chart{number}.xml.rels"].decode()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(package["word/embeddings/chart1.xlsx"])).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == list(BARS.categories)
    assert [row[1] for row in rows[1:]] == list(BARS.series[0].values)
    assert BARS.alt in drawn


def test_the_package_holds_together(file: bytes) -> None:
    """Every part is typed, every relationship leads somewhere, every drawing has a number of its own."""
    package = parts(file)
    types = package["[Content_Types].xml"].decode()
    typed = set(re.findall(r'PartName="/([^"]+)"', types))
    assert next(iter(package)) == "[Content_Types].xml"
    assert typed <= set(package)
    assert {name for name in package if name.endswith(".xml") and name != "[Content_Types].xml"} == typed
    for name, content in package.items():
        if not name.endswith(".xlsx"):
            ElementTree.fromstring(content)
        if name.endswith(".rels"):
            folder = Path(name).parent.parent
            for target in re.findall(r'Target="([^"]+)"', content.decode()):
                assert str((PROJECT / folder / target).resolve().relative_to(PROJECT)) in package
    ids = re.findall(r'<wp:docPr id="(\d+)"', package["word/document.xml"].decode())
    assert len(ids) == len(set(ids)) > 0


def test_nobody_is_the_author_and_times_are_the_snapshots(document: Any, file: bytes) -> None:
    properties = document.core_properties
    published = sample_report().provenance.published_at
    assert not properties.author and not properties.last_modified_by
    assert properties.created == properties.modified == published
    assert properties.title == sample_report().title
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_hostile_text_stands_as_it_is() -> None:
    file = word.write(sample_report(hostile=True))
    document = parts(file)["word/document.xml"].decode()
    whole = "\n".join(texts(file))
    for text in HOSTILE:
        assert official.literal(text) in whole
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", document)
    fields = re.findall(r'w:instr="([^"]*)"', document + parts(file)["word/header2.xml"].decode())
    assert fields == [" PAGE "]
    assert 'TargetMode="External"' not in "".join(
        content.decode("utf-8", "replace") for name, content in parts(file).items() if name.endswith(".rels")
    )
    for name, content in parts(file).items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(2024, 8, 2), "Hà Nội, ngày 02 tháng 8 năm 2024"),
        (date(2024, 1, 31), "Hà Nội, ngày 31 tháng 01 năm 2024"),
        (date(2025, 2, 9), "Hà Nội, ngày 09 tháng 02 năm 2025"),
        (date(2024, 3, 10), "Hà Nội, ngày 10 tháng 3 năm 2024"),
        (date(2024, 12, 1), "Hà Nội, ngày 01 tháng 12 năm 2024"),
    ],
)
def test_days_below_ten_and_the_first_two_months_have_a_leading_zero(day: date, printed: str) -> None:
    """II.4.b."""
    form = sample_report().form
    assert form is not None
    assert printed in texts(word.write(only((), form=replace(form, dated_on=day))))


@pytest.mark.parametrize(
    ("number", "printed"), [(5, "Số: 05/BC-C2"), (10, "Số: 10/BC-C2"), (123, "Số: 123/BC-C2"), (None, f"Số: {official.GAP}/BC-C2")]
)
def test_numbers_below_ten_have_a_leading_zero_and_a_gap_waits_for_the_pen(number: int | None, printed: str) -> None:
    """II.3.c."""
    form = sample_report().form
    assert form is not None
    assert printed in texts(word.write(only((), form=replace(form, number=number))))


def test_one_addressee_stands_on_the_line_and_several_below_it() -> None:
    """II.9.d."""
    form = sample_report().form
    assert form is not None
    several = texts(word.write(only((), form=replace(form, addressees=("Vụ A", "Vụ B;", "Cục C.")))))
    assert several[(start := several.index("Kính gửi:")) : start + 4] == ["Kính gửi:", "- Vụ A;", "- Vụ B;", "- Cục C."]
    assert "Kính gửi: Vụ A" in texts(word.write(only((), form=replace(form, addressees=("Vụ A",)))))
    assert not any("Kính gửi" in text for text in texts(word.write(only((), form=replace(form, addressees=())))))


def test_running_text_ends_with_the_documents_sign_once() -> None:
    ends = [("Hết.", "Hết./."), ("Hết", "Hết./."), ("Hết./.", "Hết./.")]
    for given, printed in ends:
        assert printed in texts(word.write(only((Paragraph("p", (Run(given),)),))))
    assert "Hết." in texts(word.write(only((Paragraph("p", (Run("Hết."),)),), form=None)))
    assert not any("./." in text for text in texts(word.write(only((BLOCKS[0],)))))


def test_the_last_two_paragraphs_stay_with_the_signature() -> None:
    file = word.write(only(tuple(Paragraph(name, (Run(name),)) for name in ("Trước", "Áp chót", "Cuối"))))
    kept = {
        paragraph.text: paragraph._p.pPr.find(f"{W}keepNext") is not None
        for paragraph in paragraphs(docx.Document(io.BytesIO(file)))
        if paragraph.style.name == "Body Text"
    }
    assert kept == {"Trước": False, "Áp chót": True, "Cuối./.": True}


def test_without_a_form_there_is_a_title_and_no_signature() -> None:
    plain = texts(word.write(replace(sample_report(), form=None)))
    assert "Báo cáo sơ kết thí điểm" in plain
    assert not any(word_of_form in text for text in plain for word_of_form in ("CỘNG HÒA", "Nơi nhận", "Kèm theo"))
    assert "Phụ lục I" in plain


def test_a_deck_alone_is_printed_slide_after_slide() -> None:
    deck = texts(word.write(replace(sample_report(), blocks=(), form=None, annexes=())))
    assert "1. Sơ kết thí điểm Phần mềm Quản lý văn bản" in deck and "10. Ba việc cần làm trước ngày 30/8/2024" in deck


def test_the_mark_of_synthetic_data_stands_in_the_footers_only_where_it_is_due() -> None:
    for is_synthetic in (True, False):
        report = sample_report()
        package = parts(word.write(replace(report, provenance=replace(report.provenance, is_synthetic=is_synthetic))))
        marked = {name for name, content in package.items() if "MÔ PHỎNG" in content.decode("utf-8", "replace")}
        assert marked == ({"word/footer1.xml", "word/footer2.xml"} if is_synthetic else set())


def test_english_reports_speak_english() -> None:
    file = word.write(replace(sample_report(), language="en"))
    assert 'w:lang w:val="en-GB"' in parts(file)["word/styles.xml"].decode()
    found = texts(file)
    assert "No.: 05/BC-C2" in found and "Hà Nội, 2 August 2024" in found and "Recipients:" in found


def test_columns_hold_their_longest_word_and_fill_the_page() -> None:
    from dashboard.reports.layout.table_fit import PADDING_PT, fitted
    from dashboard.reports.layout.text_width import width_pt

    columns = (Column("Đơn vị", weight=8.0), *(Column("Tỷ lệ", "rate", 0.1) for _ in range(6)))
    rows = tuple((Cell("Viện kiểm sát nhân dân tỉnh"), *(Cell("61,68% (1.848/2.996)") for _ in range(6))) for _ in range(3))
    width = official.area(is_landscape=True).width
    fit = fitted(Table("t", "", columns, rows), width)
    assert sum(fit.widths) == pytest.approx(width)
    assert all(column - 2 * PADDING_PT >= width_pt("61,68% (1.848/2.996)", fit.size) for column in fit.widths[1:]), "numbers stay on one line"
    tall = fitted(Table("t", "", (Column("A"), Column("B")), ((Cell("x " * 3000), Cell("1")), (Cell("y"), Cell("2")))), width)
    assert tall.tall_rows == {0}, "a row higher than a page may break"


def test_many_bars_are_several_charts_of_one_scale() -> None:
    names = tuple(f"Viện kiểm sát nhân dân huyện số {number}" for number in range(149))
    chart = Chart(
        "many", "bars", "Mọi đơn vị", "Các đơn vị", names, (Series("Tỷ lệ", tuple(number / 149 for number in range(149))),), "rate", note="Ghi chú."
    )
    package = parts(word.write(only((chart,))))
    charts = [content.decode() for name, content in sorted(package.items()) if name.startswith("word/charts/chart")]
    assert len(charts) > 3
    assert len({re.search(r'<c:max val="([^"]+)"', one).group(1) for one in charts}) == 1  # type: ignore[union-attr]
    sizes = [int(re.search(r'ptCount val="(\d+)"/><c:pt idx="0"><c:v>Vi', one).group(1)) for one in charts]  # type: ignore[union-attr]
    assert sum(sizes) == 149 and max(sizes) - min(sizes) <= 2, "split evenly"
    printed = texts(word.write(only((chart,))))
    assert printed.count("Mọi đơn vị") == 1 and printed.count("Ghi chú.") == 1


def test_a_document_of_two_hundred_pages_is_written() -> None:
    paragraph = Paragraph("p", (Run("Câu văn dài. " * 40),))
    body = tuple(block for place in range(150) for block in (Heading(1, f"{place}.", "Mục"), *(paragraph,) * 5))
    annex = replace(sample_report().annexes[0], blocks=sample_report().annexes[0].blocks * 5)
    file = word.write(replace(sample_report(), blocks=body, annexes=(annex, Annex("II", "Trống", ()))))
    assert len(texts(file)) > 900 + 5 * 142 * 8


def test_a_chart_without_values_is_no_error() -> None:
    empty = (replace(LINE, series=(Series("Không có", (None,) * 31),)), replace(BARS, categories=(), series=(Series("Không có", ()),)))
    assert len([name for name in parts(word.write(only(empty))) if name.startswith("word/charts/chart")]) == 2


def test_printable_and_literal_agree_on_what_steers() -> None:
    for text in HOSTILE:
        assert official.literal(text) == official.literal(printable(text))

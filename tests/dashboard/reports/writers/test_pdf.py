"""The PDF: archival and readable aloud, one family of embedded type, hostile text as text, charts as marks, equal bytes."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.reports.content.blocks import Cell, Chart, Column, Heading, Paragraph, Report, Run, Series, Table
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout import text_width as typeface
from dashboard.reports.layout.chart_values import ticks
from dashboard.reports.writers import pdf
from tests.dashboard.reports.sample_report import BARS, COLUMNS, HOSTILE, LINE, STACKED, sample_report
from tests.dashboard.reports.sheets import plain, sheets

PROJECT = Path(__file__).resolve().parents[4]
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


@pytest.fixture(scope="module")
def file() -> bytes:
    return pdf.write(sample_report())


def only(*blocks: Any, **changes: Any) -> Report:
    return replace(sample_report(), blocks=blocks, annexes=(), **changes)


def opened(file: bytes) -> Any:
    return pdfplumber.open(io.BytesIO(file))


def text_of(file: bytes) -> str:
    return plain(" ".join(sheet.text for sheet in sheets(file)))


def objects(file: bytes, key: str) -> list[Any]:
    """Every dictionary of the file that has a key."""
    from pdfminer.pdftypes import PDFStream

    with opened(file) as document:
        found = []
        for number in document.doc.xrefs[0].get_objids():
            one = document.doc.getobj(number)
            attributes = one.attrs if isinstance(one, PDFStream) else one
            if isinstance(attributes, dict) and key in attributes:
                found.append(attributes)
        return found


def test_the_file_says_that_it_is_pdf_a_and_pdf_ua(file: bytes) -> None:
    metadata = file[file.index(b"<x:xmpmeta") : file.index(b"</x:xmpmeta>")].decode()
    assert re.search(r"pdfaid:part>2<|pdfaid:part=\"2\"", metadata) and re.search(r"pdfaid:conformance>B<|pdfaid:conformance=\"B\"", metadata)
    assert re.search(r"pdfuaid:part>1<|pdfuaid:part=\"1\"", metadata)
    assert sample_report().title in metadata


def test_what_pdf_a_forbids_is_not_there(file: bytes) -> None:
    """ISO 19005-2, 6.1.3, 6.2.3, 6.2.11.4, 6.5.1, 6.6.1: what can be seen without a validator of its own."""
    assert b"/Encrypt" not in file and b"/JavaScript" not in file and b"/Launch" not in file and b"/EmbeddedFile" not in file
    with opened(file) as document:
        catalogue = document.doc.catalog
        assert {"Metadata", "OutputIntents", "MarkInfo", "StructTreeRoot", "Lang"} <= set(catalogue)
        assert "OpenAction" not in catalogue and "AA" not in catalogue
        trailer = document.doc.xrefs[0].get_trailer()
        assert len(trailer["ID"]) == 2
    assert not objects(file, "SMask") or all(str(one.get("SMask")) == "/'None'" for one in objects(file, "SMask"))


def test_colours_are_those_of_a_profile_that_lies_in_the_file(file: bytes) -> None:
    """ISO 19005-2, 6.2.2 and 6.2.3: one output intent with its ICC profile."""
    from pdfminer.pdftypes import resolve1

    with opened(file) as document:
        (intent,) = (resolve1(one) for one in resolve1(document.doc.catalog["OutputIntents"]))
        profile = resolve1(intent["DestOutputProfile"]).get_data()
    assert intent["S"].name == "GTS_PDFA1"
    assert profile[36:40] == b"acsp" and profile[16:20] == b"RGB " and int.from_bytes(profile[:4], "big") == len(profile)


def test_the_file_is_whole_tagged_and_says_the_same_of_itself_twice(file: bytes) -> None:
    """ISO 19005-2, 6.1.2, 6.1.7, 6.6.2 and 6.7; ISO 14289-1, 7.1: header, streams, metadata in the clear, marked content in a tree of tags."""
    from pdfminer.pdftypes import resolve1

    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", file) and file.rstrip().endswith(b"%%EOF")
    assert not [one for one in objects(file, "F") if "Length" in one], "no stream lies elsewhere"
    assert b"/LZWDecode" not in file and b"/Crypt" not in file
    with opened(file) as document:
        catalogue, information = document.doc.catalog, document.metadata
        assert resolve1(catalogue["MarkInfo"])["Marked"] is True
        assert resolve1(catalogue["ViewerPreferences"])["DisplayDocTitle"] is True
        assert all(page.page_obj.attrs.get("StructParents") is not None for page in document.pages)
        metadata = resolve1(catalogue["Metadata"])
    assert "Filter" not in metadata.attrs, "a reader finds what the file is without unpacking it"
    xmp = metadata.get_data().decode()
    assert information["Title"] in xmp and information["CreationDate"][2:6] in xmp
    roles = {str(one["S"].name) for one in objects(file, "K") if "S" in one}
    assert {"H1", "P", "Table", "TR", "TH", "TD", "Figure"} <= roles


def test_what_breaks_the_standard_is_refused_by_the_typesetter(tmp_path: Path) -> None:
    """The standards are asked of the writer that checks them: a picture that says nothing, and a sign that no font has, make no file."""
    import typst

    for source, why in (("#figure(rect())", "alt"), ('#set text(font: "Libertinus Serif", fallback: false)\n\\u{E000}', "could not be displayed")):
        with pytest.raises(typst.TypstError, match=why):
            typst.compile(f'#set document(title: "x")\n{source}'.encode(), pdf_standards=pdf.STANDARDS)  # type: ignore[arg-type]


def test_all_type_is_embedded_and_of_one_family(file: bytes) -> None:
    fonts = objects(file, "FontDescriptor")
    assert fonts
    for font in fonts:
        assert re.fullmatch(r"[A-Z]{6}\+LiberationSerif(-Bold|-Italic|-BoldItalic)?", font["BaseFont"].name)
    descriptors = objects(file, "FontFamily") + objects(file, "Ascent")
    assert descriptors and all({"FontFile2", "FontFile3"} & set(one) for one in descriptors)


def test_every_vietnamese_letter_comes_back_out() -> None:
    import unicodedata

    letters = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
    both = [*letters, *(letter.upper() for letter in letters)]
    assert len(both) == 146
    cuts = (Run(" ".join(both)), Run(" ".join(both), None, True), Run(" ".join(both), None, False, True), Run(" ".join(both), None, True, True))
    text = text_of(pdf.write(only(*(Paragraph(f"p{place}", (run,)) for place, run in enumerate(cuts)), form=None)))
    assert text.count("".join(both)) == 4
    decomposed = Paragraph("d", (Run(unicodedata.normalize("NFD", "Trường Đại học Kiểm sát Hà Nội")),))
    assert plain("Trường Đại học Kiểm sát Hà Nội") in text_of(pdf.write(only(decomposed)))


@pytest.mark.parametrize("sign", ["😀", "漢", "\U0001f1fb", "ऄ", "✓", "\ufffd", "שלום"])
def test_signs_that_the_typeface_lacks_are_seen_as_missing(sign: str) -> None:
    """S3, PDF/A 6.2.11.8: neither an error nor a gap that nobody notices."""
    block = Table("t", sign, (Column(sign),), ((Cell(f"a{sign}b"),),), sign)
    text = text_of(pdf.write(only(Paragraph("p", (Run(f"trước {sign} sau"),)), block, Heading(1, "I.", sign), replace(BARS, caption=sign, alt=sign))))
    missing = typeface.MISSING * len(sign)
    assert plain(f"trước{missing}sau") in text and f"a{missing}b" in text


def hostile_report() -> Report:
    """Every hostile text of ordinary length, wherever text from data can stand."""
    texts = tuple(text for text in HOSTILE if len(text) < 500)
    report = sample_report()
    assert report.form is not None
    blocks: list[Any] = [Heading(2, "1.", text) for text in texts]
    blocks += [Paragraph(f"p{place}", (Run(text, None, True),), is_item=place % 2 == 0) for place, text in enumerate(texts)]
    blocks.append(Table("t", texts[0], tuple(Column(text) for text in texts[:4]), tuple((Cell(text),) * 4 for text in texts), texts[1]))
    blocks.append(Chart("c", "bars", texts[2], texts[3], texts, (Series(texts[4], (1.0,) * len(texts)),), note=texts[5]))
    form = replace(report.form, issuing_organ=texts[6], abstract=texts[7], recipients=texts[:6], addressees=texts[6:8], place=texts[5])
    annexes = tuple(replace(annex, title=text, blocks=tuple(blocks[:3])) for annex, text in zip(report.annexes, texts[7:], strict=False))
    return replace(report, title=texts[6], blocks=tuple(blocks), form=form, annexes=annexes)


def test_hostile_text_stands_as_it_is_and_on_its_page() -> None:
    pages = sheets(pdf.write(hostile_report()))
    text = plain(" ".join(sheet.text for sheet in pages))
    for one in HOSTILE:
        if len(one) < 500:
            assert text.count(plain(typeface.showable(official.literal(one)))) >= 2
    assert "root:" not in text
    for sheet in pages:
        for phrase in sheet.phrases:
            assert phrase.left >= 29 and phrase.right <= sheet.width - 12 and phrase.bottom <= sheet.height


def test_a_word_of_ten_thousand_letters_is_broken_and_whole() -> None:
    word = "x" * 10_000
    pages = sheets(pdf.write(only(Paragraph("p", (Run(word),)), form=None)))
    assert "".join(plain(sheet.text) for sheet in pages).count("x") == 10_000
    assert all(phrase.right <= sheet.width - 14 for sheet in pages for phrase in sheet.phrases)
    assert pdf.write(sample_report(hostile=True)).startswith(b"%PDF-")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_any_text_is_set(texts: list[str]) -> None:
    blocks = [Paragraph(f"p{place}", (Run(text), Run(text, None, True))) for place, text in enumerate(texts)]
    table = Table("t", texts[0], (Column(texts[0]), Column(texts[-1], "rate")), tuple((Cell(text), Cell(text)) for text in texts), texts[-1])
    chart = Chart("c", "bars", texts[0], texts[-1], tuple(texts), (Series(texts[0], (1.0,) * len(texts)),))
    assert pdf.write(only(Heading(3, texts[0], texts[-1]), *blocks, table, chart, title=texts[0])).startswith(b"%PDF-")


def test_headings_are_bookmarks_and_skip_no_level() -> None:
    blocks = (Heading(3, "a)", "Sâu"), Heading(1, "I.", "Đầu"), Heading(3, "b)", "Lại sâu"), Heading(2, "1.", "Vừa"))
    file = pdf.write(replace(only(*blocks), annexes=sample_report().annexes))
    with opened(file) as document:
        outline = [(level, title) for level, title, *_ in document.doc.get_outlines()]
    title = "BÁO CÁO Sơ kết thí điểm Phần mềm Quản lý văn bản"
    assert [found for _, found in outline] == [title, "a) Sâu", "I. ĐẦU", "b) Lại sâu", "1. Vừa", "Phụ lục I", "Phụ lục II", "1. Định nghĩa"]
    assert [level for level, _ in outline] == [1, 2, 2, 3, 3, 1, 1, 2]


def test_charts_speak_to_those_who_cannot_see_them(file: bytes) -> None:
    alts = [one["Alt"].decode("utf-16" if one["Alt"][:2] == b"\xfe\xff" else "utf-8") for one in objects(file, "Alt")]
    for chart in (BARS, COLUMNS, STACKED, LINE):
        assert chart.alt in alts


def test_times_are_the_snapshots_and_nobody_is_the_author(file: bytes) -> None:
    with opened(file) as document:
        information = document.metadata
    assert "Author" not in information
    assert information["CreationDate"].startswith("D:20240731113000")
    report = sample_report()
    to_the_microsecond = replace(report, provenance=replace(report.provenance, published_at=datetime(2024, 7, 31, 11, 30, 0, 123456, UTC)))
    assert pdf.write(to_the_microsecond) == file


def test_a_second_report_does_not_change_the_first(file: bytes) -> None:
    pdf.write(sample_report(hostile=True))
    assert pdf.write(sample_report()) == file


def test_a_document_of_two_hundred_pages_is_written() -> None:
    paragraph = Paragraph("p", (Run("Câu văn dài. " * 40),))
    body = tuple(block for place in range(200) for block in (Heading(1, f"{place}.", "Mục"), *(paragraph,) * 5))
    with opened(pdf.write(only(*body))) as document:
        count = len(document.pages)
        assert count >= 200
        assert re.search(rf"^{count}\n", document.pages[-1].extract_text())


def test_a_row_higher_than_a_page_breaks_and_loses_nothing() -> None:
    words = " ".join(f"từ{number}" for number in range(1500))
    table = Table("t", "Bảng", (Column("Tên"), Column("Lời", weight=3)), ((Cell("một"), Cell(words)), (Cell("hai"), Cell("ngắn"))))
    written = sheets(pdf.write(only(table)))
    assert len(written) > 2
    cells = plain(" ".join(phrase.text for sheet in written for phrase in sheet.phrases))
    for number in (0, 700, 1499):
        assert f"từ{number}" in cells


def test_no_signature_stands_without_the_last_two_paragraphs() -> None:
    pages_seen = set()
    for count in range(14, 28):
        lines = (Paragraph(f"p{place}", (Run(f"Dòng {place}."),)) for place in range(count))
        pages = sheets(pdf.write(only(*lines, Paragraph("x", (Run("Áp chót."),)), Paragraph("y", (Run("Cuối cùng."),)))))
        pages_seen.add(len(pages))
        (signed,) = [sheet for sheet in pages if "Nơi nhận" in sheet.text]
        assert "Áp chót." in signed.text and "Cuối cùng./." in signed.text, count
    assert len(pages_seen) > 1, "the end has crossed from one page to the next"


def test_a_table_begins_with_three_rows_and_keeps_its_note() -> None:
    """Wherever on a page it begins: no head with a row alone, no note on a page of its own."""
    columns = (Column("TT", "count", 0.2), Column("Lời"))
    short = Table("s", "Ngắn", columns, tuple((Cell(f"{place}"), Cell("dòng")) for place in range(4)), "Ghi chú ngắn.")
    long = Table("l", "Dài", columns, tuple((Cell(f"{place}"), Cell(f"hàng {place}.")) for place in range(30)))
    seen = set()
    for count in range(26, 38):
        lines = tuple(Paragraph(f"p{place}", (Run(f"Dòng {place}."),)) for place in range(count))
        pages = [plain(sheet.text) for sheet in sheets(pdf.write(only(*lines, long, form=None)))]
        (begins,) = [page for page in pages if "hàng0." in page]
        assert "Dài" in begins and "hàng2." in begins, count
        seen.add(pages.index(begins))
        (kept,) = [page for page in map(plain, (sheet.text for sheet in sheets(pdf.write(only(*lines, short, form=None))))) if "Ghichúngắn." in page]
        assert "Ngắn" in kept and kept.count("dòng") == 4, count
    assert seen == {0, 1}, "its beginning has crossed from one page to the next"


def test_rows_are_not_torn_between_pages() -> None:
    rows = tuple((Cell(f"{place}"), Cell(f"đầu{place} " + "giữa " * 90 + f"cuối{place}")) for place in range(30))
    pages = sheets(pdf.write(only(Table("t", "Bảng", (Column("TT", weight=0.1), Column("Lời")), rows))))
    assert len(pages) > 3
    for place in range(30):
        assert any(re.search(rf"đầu{place}\b", sheet.text) and re.search(rf"cuối{place}\b", sheet.text) for sheet in pages)


def drawn(chart: Chart) -> Any:
    """The page that a chart is printed on, with nothing else but a title."""
    page = opened(pdf.write(only(replace(chart, caption="", note=""), form=None, title="x"))).pages[0]
    return page.filter(lambda one: one.get("top", 0) > 80)


def bars_of(page: Any, colour: str) -> list[Any]:
    """Filled rectangles of a colour that are no keys of the legend, which are nine points wide and high."""
    wanted = tuple(int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
    filled = [one for one in page.rects if one["fill"] and one["non_stroking_color"] == pytest.approx(wanted, abs=0.01)]
    return [one for one in filled if (round(one["width"]), round(one["height"])) != (9, 9)]


CLOSE = Chart("n", "line", "", "x", ("a", "b"), tuple(Series(f"Nhóm {place}", (0.1, 0.7 + place / 100)) for place in range(4)), "rate", 0.71)


@pytest.mark.parametrize("chart", [BARS, COLUMNS, STACKED, LINE, CLOSE], ids=lambda chart: str(chart.key))
def test_every_mark_stays_between_the_margins_and_no_label_covers_another(chart: Chart) -> None:
    page = drawn(chart)
    left, right = official.MARGINS_MM["left"] * official.POINTS_PER_MM, page.width - official.MARGINS_MM["right"] * official.POINTS_PER_MM
    words = page.extract_words(use_text_flow=False)
    for one in [*words, *page.rects, *page.lines, *page.curves]:
        assert one["x0"] >= left - 1 and one["x1"] <= right + 1
    boxes = [(one["x0"], one["bottom"] - 9.5, one["x1"], one["bottom"] - 2.5) for one in words]
    for place, (left, top, right, bottom) in enumerate(boxes):
        for other_left, other_top, other_right, other_bottom in boxes[place + 1 :]:
            assert right <= other_left + 0.5 or other_right <= left + 0.5 or bottom <= other_top + 0.5 or other_bottom <= top + 0.5


def test_bars_are_as_long_as_their_values_and_the_target_stands_among_them() -> None:
    page = drawn(BARS)
    bars = bars_of(page, "1B3E73")
    values = BARS.series[0].values
    assert len(bars) == len(values)
    scale = [bar["width"] / value for bar, value in zip(bars, values, strict=True) if value]
    assert max(scale) - min(scale) < 0.1
    target = max((one for one in (*page.lines, *page.curves) if one["height"] > 50), key=lambda one: one["x0"])
    assert target["x0"] - bars[0]["x0"] == pytest.approx(0.9 * scale[0], abs=0.5)
    assert {"82,10%", "93,12%"} <= {one["text"] for one in page.extract_words()}


def test_stacks_stand_on_one_another() -> None:
    page = drawn(STACKED)
    lower, upper = bars_of(page, "1B3E73"), bars_of(page, "98B0D2")
    assert len(lower) == len(upper) == 4
    for below, above in zip(lower, upper, strict=True):
        assert above["bottom"] == pytest.approx(below["top"], abs=0.1) and above["x0"] == pytest.approx(below["x0"], abs=0.1)


def test_a_gap_in_a_line_is_a_gap() -> None:
    values = (1.0, 2.0, None, 4.0, None, 5.0, 6.0)
    page = drawn(Chart("l", "line", "", "x", tuple("abcdefg"), (Series("s", values),)))
    pieces = [one for one in (*page.lines, *page.curves) if one["linewidth"] == pytest.approx(1.8)]
    assert [len(one["pts"]) for one in pieces] == [2, 2]
    assert len(bars_of(page, "1B3E73")) == 1, "a value between gaps is a dot"


@pytest.mark.parametrize("top", [0.0004, 0.07, 0.93, 1.15, 3, 9.9, 47, 640, 12345, 9e6])
def test_axes_have_round_steps(top: float) -> None:
    steps = [value for value, _ in ticks(replace(LINE, axis_top=top), "vi")]
    assert 3 <= len(steps) <= 8 and steps[0] == 0 and steps[-1] <= top * 1.0001
    step = steps[1]
    assert f"{step:.0e}"[0] in "125" and float(f"{step:.1e}") == pytest.approx(step)


def test_a_chart_without_values_is_no_error() -> None:
    empty = (
        replace(LINE, series=(Series("Không có", (None,) * 31),)),
        replace(BARS, categories=(), series=(Series("Không có", ()),)),
        replace(COLUMNS, series=(Series("Số không", (0.0,) * 4),)),
        replace(BARS, series=(Series("Không có", (None,) * 5),), target=None),
    )
    assert pdf.write(only(*empty)).startswith(b"%PDF-")


def test_widths_are_those_of_the_page() -> None:
    """What the typeface's tables say is what the printed page measures: without it rules and columns would be guesses."""
    phrase = sheets(pdf.write(sample_report()))[0].starting("CỘNG HÒA")
    assert typeface.width_pt(phrase.text, 12, is_bold=True) * 25.4 / 72 == pytest.approx(phrase.right - phrase.left, abs=0.1)


def test_the_typefaces_licence_lies_beside_it() -> None:
    names = {path.name for path in typeface.FONTS.iterdir()}
    assert names == {"OFL.txt", *(f"LiberationSerif-{cut}.ttf" for cut in ("Regular", "Bold", "Italic", "BoldItalic"))}
    assert "SIL OPEN FONT LICENSE Version 1.1" in (typeface.FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_figures_lead_to_the_dashboard_and_a_square_code_to_the_whole(file: bytes) -> None:
    """Only where the home says an address; the code's dark squares are those of the address, on the last page."""
    import segno

    report = replace(
        sample_report(), address="https://vanban.example", blocks=(Paragraph("p", (Run("61,68%", "activation_rate:1"),)), BARS), annexes=()
    )
    with opened(pdf.write(report)) as document:
        pages = document.pages
        targets = [one["uri"] for page in pages for one in page.hyperlinks]
        squares = [rect for rect in pages[-1].rects if rect["width"] < pdf.CODE_PT and rect["x0"] < 85.1 + pdf.CODE_PT]
    whole = "https://vanban.example/?from=2024-07-01&to=2024-07-31&population=all&lang=vi"
    assert targets == [f"{whole}&metric=activation_rate", whole]
    matrix = segno.make(whole, error="m", micro=False).matrix
    module = pdf.CODE_PT / len(matrix)
    left, top = min(rect["x0"] for rect in squares), min(rect["top"] for rect in squares)
    dark = {
        (round((rect["top"] - top) / module), round((rect["x0"] - left) / module) + place)
        for rect in squares
        for place in range(round(rect["width"] / module))
    }
    assert dark == {(row, column) for row, modules in enumerate(matrix) for column, is_dark in enumerate(modules) if is_dark}
    assert not objects(file, "URI"), "without an address nothing refers to one"

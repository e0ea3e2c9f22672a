"""Reports that anybody made: what is read of each kind of file, and what is said not to be."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
import typst
import xlsxwriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from cli.check.report_text import text_of
from data.errors import ConfigurationError
from metrics.coherence.typed_numbers import check_report


def statements(file: Path) -> dict[str, bool]:
    return {one.text: one.is_right for one in check_report("\n".join(text_of(file).lines))}


def test_word_is_read_with_tables_within_tables_text_boxes_and_pictures_told(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Kích hoạt 61,68% (1.848/2.996).")
    cell = document.add_table(1, 2).rows[0].cells[0]
    cell.text = "629 = 156 + 613"
    cell.add_table(1, 1).rows[0].cells[0].text = "3/4 (75%)"
    box = f"<w:txbxContent {nsdecls('w')}><w:p><w:r><w:t>Ký số 1/2 (50%)</w:t></w:r></w:p></w:txbxContent>"
    document.paragraphs[0]._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:pict>{box}</w:pict></w:r>"))
    picture = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (2, 2)).save(picture, "PNG")
    document.add_picture(picture)
    document.save(str(tmp_path / "a.docx"))
    assert statements(tmp_path / "a.docx") == {
        "1.848 / 2.996 = 61,68%": True,
        "629 = 156 + 613": False,
        "3 / 4 = 75%": True,
        "1 / 2 = 50%": True,
    }
    assert text_of(tmp_path / "a.docx").unread == ("pictures: 1",)


def test_a_workbook_is_read_with_rates_in_columns_of_their_own(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        heads = ("Đơn vị", "Tỷ lệ", "Tỷ lệ – tử số", "Tỷ lệ – mẫu số", "Numerator", "Denominator", "Rate")
        for place, row in enumerate(((), heads, ("A", 0.75, 3, 4, 1, 3, 1 / 3), ("B", 0.5, 3, 4, "–", 0, "–"), ("Nguồn: 1/2 (50%)",))):
            sheet.write_row(place, 0, row)
    assert statements(tmp_path / "a.xlsx") == {"3 / 4 = 75%": True, "1 / 3 = 33,3333%": True, "3 / 4 = 50%": False, "1 / 2 = 50%": True}


def test_a_pdf_is_read_page_by_page_and_pages_without_text_are_told(tmp_path: Path) -> None:
    source = "#set page(width: 6cm)\n"
    source += "Đến hết kỳ, tỷ lệ kích hoạt tài khoản của các đơn vị là 61,68% (1.848/2.996)\n#pagebreak()\n#pagebreak()\n4/4 (90%)"
    (tmp_path / "a.pdf").write_bytes(typst.compile(source.encode()))  # type: ignore[arg-type]
    read = text_of(tmp_path / "a.pdf")
    assert statements(tmp_path / "a.pdf") == {"1.848 / 2.996 = 61,68%": True, "4 / 4 = 90%": False}
    assert len(read.lines) == 3 and read.unread == ("pages without text, perhaps scanned: 2",)


def test_csv_is_read_with_the_delimiter_that_it_has(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeffĐơn vị;Tỷ lệ\nA;75% (3/4)\n", encoding="utf-8")
    assert text_of(tmp_path / "a.csv").lines == ("Đơn vị | Tỷ lệ", "A | 75% (3/4)")


@pytest.mark.parametrize("name", ["a.doc", "a.odt", "b.pdf", "b.docx"])
def test_what_cannot_be_read_is_told_with_the_way_out(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"%PDF-1.4 half")
    with pytest.raises(ConfigurationError, match="Save it"):
        text_of(tmp_path / name)

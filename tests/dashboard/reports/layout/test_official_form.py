"""The official form, measured on paper: the PDF as it is, and the Word document as LibreOffice prints it, against the decree's table."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.reports.content.blocks import Paragraph, Run, Table
from dashboard.reports.layout import official_form
from dashboard.reports.writers import pdf, word
from tests.dashboard.reports.decree import (
    BOTTOM,
    FIRST_LINE,
    LEFT,
    LINES,
    MM,
    PAGE,
    PARAGRAPH_GAP_PT,
    RIGHT,
    RULE_SHARE,
    TOP,
    Part,
    parts_of_the_sample,
)
from tests.dashboard.reports.office import converted
from tests.dashboard.reports.sample_report import sample_report
from tests.dashboard.reports.sheets import Phrase, Rule, Sheet, plain, sheets

MARK = "DỮ LIỆU MÔ PHỎNG"
SLACK = 0.6
"""Millimetres that a printing program may round away."""

SENTENCE = "Kết quả thí điểm được tổng hợp từ số liệu của phần mềm, mỗi tỷ lệ ghi rõ tử số và mẫu số, kỳ tính và thời điểm chốt. "
LONG = Paragraph("long", (Run(SENTENCE * 2 + "Sau đó so với chỉ tiêu."),))
SAMPLE = sample_report()
assert SAMPLE.form is not None
SIGNED = replace(SAMPLE.form, signature=replace(SAMPLE.form.signature, name="Người Ký Mẫu"))
REPORT = replace(SAMPLE, form=SIGNED, blocks=(*SAMPLE.blocks, LONG, replace(LONG, key="last")))


@pytest.fixture(scope="module", params=["pdf", "word"])
def paper(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    """The sample as pages."""
    if request.param == "pdf":
        return sheets(pdf.write(REPORT))
    return sheets(converted(word.write(REPORT), ".docx", tmp_path_factory.mktemp("word")))


def found(paper: list[Sheet], start: str) -> Phrase:
    """The first phrase on paper that begins so, white space aside: a justified line may stretch its spaces."""
    for sheet in paper:
        for phrase in sheet.phrases:
            if plain(phrase.text).startswith(plain(start)) or (len(phrase.text) > 30 and plain(start).startswith(plain(phrase.text))):
                return phrase
    raise AssertionError(f"nowhere on paper: {start}")


@pytest.mark.parametrize("part", parts_of_the_sample(), ids=lambda part: f"{part.article} {part.text[:20]}")
def test_every_part_has_the_size_and_cut_of_the_decree(paper: list[Sheet], part: Part) -> None:
    phrase = found(paper, part.text)
    low, high = part.sizes
    assert low <= phrase.size <= high, part.article
    assert (phrase.is_bold, phrase.is_italic) == (part.is_bold, part.is_italic), part.article
    assert set(phrase.colour) == {0.0}, "I.4: black"


def test_pages_are_a4_and_wide_annexes_lie_on_their_side(paper: list[Sheet]) -> None:
    for sheet in paper:
        assert sorted((sheet.width, sheet.height)) == pytest.approx(sorted(PAGE), abs=0.1)
    sides = [sheet.is_landscape for sheet in paper]
    assert sides[0] is False and sides[-1] is False and True in sides


def test_everything_stands_between_the_margins(paper: list[Sheet]) -> None:
    for sheet in paper:
        inner = [phrase for phrase in sheet.phrases if not phrase.text.startswith(MARK) and not is_page_number(phrase, sheet)]
        assert min(phrase.left for phrase in inner) >= LEFT[0] - SLACK
        assert max(phrase.right for phrase in inner) <= sheet.width - RIGHT[0] + 2, "a trailing space may overhang"
        assert min(phrase.top for phrase in inner) >= TOP[0] - SLACK
        assert max(phrase.bottom for phrase in inner) <= sheet.height - BOTTOM[0] + SLACK


def test_text_begins_at_the_margins(paper: list[Sheet]) -> None:
    """I.3: the margins are what the decree allows, not more."""
    first = [phrase for phrase in paper[0].phrases if not phrase.text.startswith(MARK)]
    assert TOP[0] - SLACK <= min(phrase.top for phrase in first) <= TOP[1] + SLACK
    lines = [phrase for sheet in paper for phrase in sheet.phrases if phrase.text.startswith("phần mềm, mỗi") or phrase.left < LEFT[1] + 1]
    assert LEFT[0] - SLACK <= min(phrase.left for phrase in lines) <= LEFT[1] + SLACK


def is_page_number(phrase: Phrase, sheet: Sheet) -> bool:
    return phrase.bottom < TOP[0] and phrase.text.isdigit()


def test_page_numbers_stand_in_the_top_margin_and_begin_anew_in_each_annex(paper: list[Sheet]) -> None:
    """I.7: Arabic, 13 to 14 points, upright, centred, not on the first page; III.1.đ: each annex counts its own pages."""
    count = 0
    for sheet in paper:
        begins = any(re.fullmatch(r"Phụ lục [IVX]+", phrase.text) or phrase.text.startswith("CỘNG HÒA") for phrase in sheet.phrases)
        count = 1 if begins else count + 1
        numbers = [phrase for phrase in sheet.phrases if is_page_number(phrase, sheet)]
        if begins:
            assert not numbers
            continue
        (number,) = numbers
        assert int(number.text) == count
        assert 13 <= number.size <= 14 and not number.is_italic and not number.is_bold
        assert number.middle == pytest.approx((LEFT[0] + sheet.width - RIGHT[0]) / 2, abs=1)
        assert number.top > 0 and number.bottom < TOP[0]


def test_the_head_stands_as_the_decree_draws_it(paper: list[Sheet]) -> None:
    """IV: organ to the left, nation to the right, number and date on one line below them, each centred under its own."""
    first = paper[0]
    organ, nation, motto = first.starting("CỤC THỐNG KÊ"), first.starting("CỘNG HÒA"), first.starting("Độc lập")
    number, date = first.starting("Số:"), first.starting("Hà Nội,")
    parent, middle = first.starting("VIỆN KIỂM SÁT"), first.width / 2
    assert parent.top == pytest.approx(nation.top, abs=SLACK)
    assert organ.right < nation.left and number.right < date.left and nation.right > middle
    assert organ.middle == pytest.approx(number.middle, abs=SLACK) == pytest.approx(parent.middle, abs=SLACK)
    assert nation.middle == pytest.approx(motto.middle, abs=SLACK) == pytest.approx(date.middle, abs=SLACK)
    assert number.bottom == pytest.approx(date.bottom, abs=0.2)
    assert motto.top - nation.top == pytest.approx(13 * 1.15 * MM, abs=0.8), "II.1.c: single spacing"
    assert number.top > organ.bottom and first.starting("BÁO CÁO").top > number.bottom


def test_a_name_that_no_line_holds_breaks_between_its_words() -> None:
    name = "\u00a0".join(["Phần mềm Quản lý văn bản và điều hành"] * 3).replace(" ", "\u00a0")
    lines = official_form.balanced(f"Sơ kết {name} (thí điểm)", 14.0, 390.0, is_bold=True)
    assert len(lines) > 1 and plain("".join(lines)) == plain(f"Sơ kết {name} (thí điểm)")
    assert {line.replace("\u00a0", " ").split()[0] for line in lines} <= {"Sơ", *name.split("\u00a0")}, lines


def test_type_and_abstract_are_centred(paper: list[Sheet]) -> None:
    """II.5.b."""
    first = paper[0]
    centre = (LEFT[0] + first.width - RIGHT[0]) / 2
    name, abstract = first.starting("BÁO CÁO"), first.starting("Sơ kết")
    assert name.middle == pytest.approx(centre, abs=SLACK) and abstract.middle == pytest.approx(centre, abs=SLACK)
    assert 0 <= abstract.top - name.bottom < 3, "directly below"


def rule_below(sheet: Sheet, phrase: Phrase) -> Rule:
    below = [rule for rule in sheet.rules if 0 <= rule.top - phrase.bottom + 1.2 < 4 and abs(rule.middle - phrase.middle) < 2]
    assert below, f"no rule below {phrase.text!r}: {sheet.rules}"
    return below[0]


def test_rules_have_their_lengths_and_cross_no_letter(paper: list[Sheet]) -> None:
    first = paper[0]
    motto = first.starting("Độc lập")
    rule = rule_below(first, motto)
    assert rule.length == pytest.approx(motto.right - motto.left, abs=1), "II.1.b: as long as the line"
    for start, article in (("VÀ CÔNG NGHỆ THÔNG TIN", "II.2.b"), ("Sơ kết", "II.5.b")):
        line = first.starting(start)
        rule = rule_below(first, line)
        assert RULE_SHARE[0] <= rule.length / (line.right - line.left) <= RULE_SHARE[1], article
        assert rule.middle == pytest.approx(line.middle, abs=SLACK), article
        assert rule.top > line.bottom - 0.1 * line.size * MM, "clear of the dots below letters"


def test_running_text_is_set_as_the_decree_wants_it(paper: list[Sheet]) -> None:
    """II.6.e: both edges even, first line in by 1 or 1.27 cm, at least 6 points between paragraphs, one line to 1.5 of spacing."""
    sheet = next(sheet for sheet in paper if any(phrase.text.startswith(SENTENCE[:20]) for phrase in sheet.phrases))
    start = sheet.starting(SENTENCE[:20])
    tops = sorted({round(phrase.top, 1) for phrase in sheet.phrases if phrase.size == start.size and phrase.top >= start.top})
    lines = [[phrase for phrase in sheet.phrases if phrase.size == start.size and abs(phrase.top - top) < 0.2] for top in tops]
    lefts, rights = ([pick(getattr(phrase, side) for phrase in line) for line in lines] for pick, side in ((min, "left"), (max, "right")))
    assert any(lefts[0] - LEFT[0] == pytest.approx(indent, abs=SLACK) for indent in FIRST_LINE)
    assert lefts[1:3] == pytest.approx([LEFT[0]] * 2, abs=SLACK)
    assert max(rights[:3]) - min(rights[:3]) < 1.5, "both edges even"
    next_start = next(place for place in range(1, len(lines)) if lefts[place] > LEFT[0] + 5)
    pitch = tops[1] - tops[0]
    assert LINES[0] - 0.02 <= pitch / (start.size * MM * 1.15) <= LINES[1]
    assert tops[next_start] - tops[next_start - 1] - pitch >= (PARAGRAPH_GAP_PT - 0.3) * MM


def test_signature_and_recipients_share_a_page_and_a_line(paper: list[Sheet]) -> None:
    """II.7, II.9.d: `Nơi nhận` flush left and level with the authority, the signature in the right half."""
    sheet = next(sheet for sheet in paper if any(phrase.text.startswith("Nơi nhận") for phrase in sheet.phrases))
    title, authority, second = sheet.starting("Nơi nhận"), sheet.starting("KT."), sheet.starting("PHÓ")
    assert title.left == pytest.approx(LEFT[0], abs=SLACK)
    assert abs(title.top - authority.top) < 1.5
    assert authority.left > sheet.width / 2 - 5 and authority.middle == pytest.approx(second.middle, abs=SLACK)
    lines = [phrase for phrase in sheet.phrases if phrase.size == 11 and phrase.top > title.top]
    assert [phrase.text for phrase in lines] == ["- Như trên;", "- Các đơn vị thí điểm;", "- Lưu: VT, C2."]
    assert all(phrase.left == pytest.approx(LEFT[0], abs=SLACK) for phrase in lines)
    assert any("chỉ tiêu./." in phrase.text for phrase in sheet.phrases), "the last paragraph stays with the signature"


def test_several_addressees_stand_in_line_under_the_colon() -> None:
    """II.9.d: each on a line with a dash below the colon, semicolons, a full stop after the last."""
    form = replace(SIGNED, addressees=("Lãnh đạo Viện kiểm sát nhân dân tối cao", "Văn phòng Viện kiểm sát nhân dân tối cao"))
    (page, *_) = sheets(pdf.write(replace(REPORT, form=form, blocks=(LONG,), annexes=())))
    to, first, second = page.starting("Kính gửi:"), page.starting("- Lãnh đạo"), page.starting("- Văn phòng")
    assert first.text.endswith(";") and second.text.endswith(".")
    assert first.left == pytest.approx(second.left, abs=0.1) and first.left == pytest.approx(to.right, abs=1.5)
    assert to.top < first.top < second.top and 13 <= first.size <= 14 and not first.is_bold


def test_the_symbol_is_that_of_the_decrees_list_of_types() -> None:
    """Annex III, part I: the abbreviation of a report in the number is the one of its type."""
    import csv

    from data.paths import PROJECT

    with (PROJECT / "data" / "reference" / "doc_types.csv").open(encoding="utf-8", newline="") as file:
        types = [list(row.values()) for row in csv.DictReader(file)]
    assert any("BC" in row and any(cell.lower() == "báo cáo" for cell in row) for row in types)
    assert SIGNED.type_abbreviation == "BC" and SIGNED.type_name == "Báo cáo"


def test_headings_begin_where_paragraphs_do(paper: list[Sheet]) -> None:
    """V.6.b: in by the first line's indent, upright, in their own cut (sizes: the table of parts)."""
    for start in ("I. TÌNH HÌNH", "1. Tài khoản", "a) Văn bản đi"):
        left = found(paper, start).left - LEFT[0]
        assert any(left == pytest.approx(indent, abs=SLACK) for indent in FIRST_LINE), start


def test_the_signers_name_stands_below_room_for_signature_and_seal(paper: list[Sheet]) -> None:
    """II.7.đ: in small letters, 13 to 14 points, bold, centred below the authority."""
    sheet = next(sheet for sheet in paper if any(phrase.text.startswith("Nơi nhận") for phrase in sheet.phrases))
    name, authority = sheet.starting("Người Ký Mẫu"), sheet.starting("PHÓ")
    assert 13 <= name.size <= 14 and name.is_bold and not name.is_italic
    assert name.middle == pytest.approx(authority.middle, abs=SLACK)
    assert 20 <= name.top - authority.bottom <= 40


def test_the_document_ends_with_its_sign(paper: list[Sheet]) -> None:
    """Annex III, form 1.4: running text ends with `./.` before the signature."""
    text = plain(" ".join(sheet.text for sheet in paper))
    assert text.count("chỉtiêu./.") == 1


def test_every_page_of_a_table_repeats_its_head(paper: list[Sheet]) -> None:
    row = "Viện kiểm sát nhân dân huyện"
    wide = [sheet for sheet in paper if sheet.is_landscape and any(phrase.text.startswith(row) for phrase in sheet.phrases)]
    assert len(wide) > 3
    for sheet in wide:
        head = sheet.starting("Đơn vị")
        assert head.is_bold and head.top < min(phrase.top for phrase in sheet.phrases if phrase.text.startswith(row))


def test_no_heading_or_caption_ends_a_page(paper: list[Sheet]) -> None:
    for sheet in paper:
        inner = [phrase for phrase in sheet.phrases if not phrase.text.startswith(MARK)]
        last = max(inner, key=lambda phrase: (round(phrase.bottom), phrase.right))
        assert not (last.is_bold and last.size > 12 and last.text != "Người Ký Mẫu"), last


def test_all_text_is_there_and_none_is_cut(paper: list[Sheet]) -> None:
    text = plain(" ".join(sheet.text for sheet in paper))
    for paragraph in REPORT.paragraphs():
        for run in paragraph.runs:
            assert plain(run.text)[:60] in text
    tables = [block for annex in REPORT.annexes for block in annex.blocks if isinstance(block, Table)]
    rows = [" ".join(cell.text for cell in row) for table in tables for row in table.rows]
    assert len(rows) > 100
    for row in rows:
        assert plain(row) in text


def test_one_family_of_type(paper: list[Sheet]) -> None:
    fonts = {phrase.font for sheet in paper for phrase in sheet.phrases}
    assert fonts and all(font.startswith(("LiberationSerif", "TimesNewRoman", "Tinos")) for font in fonts), fonts


def test_synthetic_data_are_marked_on_every_page_outside_the_form(paper: list[Sheet]) -> None:
    for sheet in paper:
        (mark,) = [phrase for phrase in sheet.phrases if phrase.text.startswith(MARK)]
        assert mark.top > sheet.height - BOTTOM[0]


def test_word_and_pdf_print_the_same_words_in_the_same_order(tmp_path_factory: pytest.TempPathFactory) -> None:
    without_charts = replace(REPORT, blocks=tuple(block for block in REPORT.blocks if not hasattr(block, "categories")), annexes=())
    from_word = sheets(converted(word.write(without_charts), ".docx", tmp_path_factory.mktemp("same")))
    from_pdf = sheets(pdf.write(without_charts))
    assert plain("".join(sheet.text for sheet in from_word)) == plain("".join(sheet.text for sheet in from_pdf))

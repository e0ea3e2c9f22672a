from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.session.figures import whole
from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.table_files import as_csv
from dashboard.ui.translations import catalogue, use_language
from dashboard.ui.unit_names import unit_tree
from dashboard.views.dictionary.entries import KINDS, PAIRS, SUBJECTS, dictionary_sheet, found_metrics, found_pairs, grouped_entries, in_words
from data.language import in_words as with_words
from data.language import source_in_language
from data.paths import Home
from metrics.catalog import METRICS, POPULATIONS, metric
from metrics.rows import EVERY_ROW, ROWS, account, document, paper
from tests.tiny_snapshot import write_snapshot


@pytest.fixture
def page(tmp_path: Path) -> Page:
    home = Home(tmp_path)
    accounts = [{"unit_code": "R", "activated_on": date(2024, 7, 3)}, {"unit_code": "R"}]
    write_snapshot(home.snapshots, {"org_unit": [{"unit_code": "R", "level": "toi_cao"}], "account": accounts}, name="tiny")
    reader = pin(home, DEMO_VIEWER)
    return Page(reader, Selection(None, date(2024, 7, 1), date(2024, 7, 31), "all"), unit_tree(reader.units(), ""), "")


def test_every_metric_has_one_entry_with_its_present_figure(page: Page) -> None:
    figures = whole(page.reader.values([one.name for one in METRICS], page.selection), None)
    groups = grouped_entries(page, METRICS, figures)
    listed = [entry.name for _, group in groups for entry in group]
    assert sorted(listed) == sorted(one.name for one in METRICS)
    by_name = {entry.name: entry for _, group in groups for entry in group}
    activation = by_name["activation_rate"]
    assert (activation.figure, activation.figure_label) == ("50%", "1/2 · 1/7 – 31/7/2024")
    assert by_name["activated_accounts"].figure == "1"
    assert by_name["axis_success_ratio"].figure == "chưa có số liệu"
    duration = replace(figures["median_working_days"], numerator=1200, value=4.0)
    of_days = grouped_entries(page, [metric("median_working_days")], {"median_working_days": duration})[0][1][0]
    assert (of_days.figure, of_days.figure_label) == ("4 ngày", "1.200 lượt nhận đã xử lý xong · 1/7 – 31/7/2024")
    for one in METRICS:
        said = " ".join(text for _, text, _ in by_name[one.name].lines)
        assert by_name[one.name].definition == with_words(one.definition, "vi")
        for part in (with_words(one.exclusions, "vi"), source_in_language(one, "vi"), one.owner, f"phiên bản {one.version}"):
            assert part in said, one.name
    assert by_name["habitual_rate"].lines[3][1].startswith("28 ngày")
    assert by_name["login_rate"].compare.startswith("compare?")
    assert by_name["overdue"].compare == ""


def test_every_boolean_and_kind_of_row_has_words_in_both_languages() -> None:
    needed = {f"boolean.{name}" for rows in ROWS.values() for name in (*rows.booleans, *rows.measures)} | {f"rows.{kind}" for kind in ROWS}
    needed |= {f"words.{name}.{part}" for name in PAIRS for part in ("title", "text")} | {f"dictionary.{subject}" for subject in SUBJECTS}
    needed |= {f"dictionary.kind_{kind}" for kind in (*KINDS.values(), "duration")} | {
        f"dictionary.good_{good}" for good in ("up", "down", "neither")
    }
    for language in ("vi", "en"):
        assert sorted(needed - set(catalogue(language))) == []  # type: ignore[arg-type]
    assert sorted(kind for kinds in SUBJECTS.values() for kind in kinds) == sorted(ROWS)


def test_conditions_are_said_in_words() -> None:
    assert in_words(account.is_activated & account.has_logged_in, "account") == "tài khoản đã kích hoạt và có đăng nhập trong kỳ"
    said = in_words(~(document.is_organ_signed | document.is_signer_signed), "document")
    assert said == "văn bản đi không (có chữ ký số của cơ quan hoặc có chữ ký số của người ký)"
    assert in_words(EVERY_ROW, "account") == "mọi tài khoản thuộc nhóm được tính"
    assert in_words(paper.pages, "paper") == "tổng số trang nhân số nơi nhận"
    use_language("en")
    try:
        assert in_words(account.is_activated & ~account.has_logged_in, "account") == "accounts activated and not logged in during the period"
    finally:
        use_language("vi")
    for one in POPULATIONS:
        assert in_words(one.where, one.of)


def test_the_search_finds_names_first_and_then_definitions() -> None:
    assert {one.name for one in found_metrics("ky so")} == {
        "digitally_signed_ratio",
        "fully_signed_ratio",
        "signing_accounts",
        "personal_signing_rate",
        "leader_signing_rate",
        "exchanged_signed_ratio",
        "outgoing_signed",
        "outgoing_not_signed",
    }
    assert metric("on_time_ratio") in found_metrics("on time")
    assert metric("on_time_ratio") in found_metrics("on_time_ratio")
    assert found_metrics("dang nhap it nhat")[0].name == "login_rate"
    assert [one.name for one in found_metrics("giả định")] == ["paper_pages_saved"]
    assert found_metrics("xyz") == []
    assert found_pairs("luot gui nhan") == ["document_delivery"]
    assert len(found_metrics("")) == len(METRICS)


def test_the_table_to_take_away_has_every_declaration(page: Page) -> None:
    lines = as_csv(dictionary_sheet(page, METRICS)).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(METRICS)
    assert any(line.startswith("login_rate;") and "is_activated & has_logged_in;is_activated;" in line for line in lines)


def test_the_markup_escapes_everything(page: Page) -> None:
    evil = '"><script>x</script>'
    entry = grouped_entries(page, [metric("login_rate")], {})[0][1][0]
    worst = replace(entry, name=evil, label=evil, other_label=evil, kind=evil, figure=evil, figure_label=evil, compare=evil, definition=evil)
    worst = replace(worst, lines=((evil, evil, evil),) * 3)
    text = markup("dictionary/entries.html", groups=[(evil, [worst])], pairs=[(evil, evil, evil)])
    assert "<script" not in text
    assert text.count("&lt;script&gt;") > 15


def test_an_english_page_says_what_a_metric_means_in_english(page: Page) -> None:
    use_language("en")
    try:
        entry = grouped_entries(replace(page, selection=replace(page.selection, language="en")), [metric("login_rate")], {})[0][1][0]
    finally:
        use_language("vi")
    login_rate = metric("login_rate")
    assert (entry.label, entry.other_label, entry.definition) == (login_rate.label_en, login_rate.label, login_rate.definition_en)
    assert login_rate.source_en in {text for _, text, _ in entry.lines}

"""Figures typed from a report: which agree, which cannot."""

from __future__ import annotations

import pytest

from data.errors import ConfigurationError
from metrics.coherence.typed_numbers import check_figures, check_report


@pytest.mark.parametrize(
    ("line", "is_right"),
    [
        ("2.016 = 1.271 + 745", True),
        ("2016 = 1440 + 576", True),
        ("2,016 = 1 440 + 576", True),
        ("1.271 + 745 = 1.440 + 576", True),
        ("629 = 156 + 613", False),
        ("1.848 / 2.996 = 61,68%", True),
        ("1848/2996 = 61.7%", True),
        ("1848/2996 = 61.69%", False),
        ("2.322 / 3.911 = 100%", False),
        ("2.322 / 3.911 = 59,37%", True),
        ("1/8 = 12,5%", True),
        ("1/8 = 13%", True),  # rounds half up
        ("1/8 = 12%", True),  # or half to even
        ("1/8 = 14%", False),
        ("70,29% <= 61,68%", False),
        ("61,68% ≥ 43,36%", True),
        ("61,68% <= 61,68%", True),
        ("1.299 <= 1.848 <= 2.996", True),
        ("1.299 <= 2.996 <= 1.848", False),
        ("4.107 >= 1.397", True),
        ("3/4 = 6/8", True),
        ("5 < 5", False),
    ],
)
def test_each_statement(line: str, is_right: bool) -> None:
    (result,) = check_figures(f"# from a report\nNhãn: {line}  # page 2\n")
    assert result.is_right is is_right, result
    assert result.line == 2
    assert result.detail.startswith("Nhãn: ")


def test_what_is_wrong_is_said_in_figures() -> None:
    results = check_figures("629 = 156 + 613\n2.322/3.911 = 100%\n70,29% <= 61,68%\n\nVăn bản đi: 2.016 = 1.271 + 745")
    assert [result.detail for result in results] == [
        "các phần cộng lại là 769, không phải 629 (lệch 140).",
        "59,37% chứ không phải 100%.",
        "70,29% không thể là một phần của 61,68%: hai tỷ lệ không cùng một mẫu số.",
        "Văn bản đi: khớp.",
    ]


@pytest.mark.parametrize(
    "line", ["629", "6.29 = 629", "a = 1", "1 = ", "1/0 = 5%", "12.34.5% = 1/2", "1..000 = 1000", "1.000,000 = 1", "", "# only a comment"]
)
def test_what_cannot_be_read_is_told_with_its_line(line: str) -> None:
    with pytest.raises(ConfigurationError, match="figures"):
        check_figures(line)


@pytest.mark.parametrize(
    ("paragraph", "found"),
    [
        (
            "Đến 31/7/2024, 61,68% (1.848/2.996) tài khoản đã kích hoạt; 1.299/1.848 tài khoản có đăng nhập, đạt 70,29%.",
            {"1.848 / 2.996 = 61,68%": True, "1.299 / 1.848 = 70,29%": True},
        ),
        ("Phát hành điện tử 2.322/3.911 văn bản (100%).", {"2.322 / 3.911 = 100%": False}),
        ("Văn bản đi 1.271 + 745 = 2.016; đã ký số 2.016 = 1.440 + 576", {"1.271 + 745 = 2.016": True, "2.016 = 1.440 + 576": True}),
        ("Cột | 629 = 156 + 613 | 3/4 (75%) | 4/4 (100%)", {"629 = 156 + 613": False, "3 / 4 = 75%": True, "4 / 4 = 100%": True}),
    ],
)
def test_what_a_report_writes_out_is_found_in_its_sentences(paragraph: str, found: dict[str, bool]) -> None:
    results = check_report(f"Báo cáo\n{paragraph}")
    assert {result.text: result.is_right for result in results} == found
    assert {result.line for result in results} == {2}


@pytest.mark.parametrize(
    "paragraph",
    ["Từ ngày 5/12, đạt 70%", "từ 1/7 đến 25/7 tăng 12%", "Nghị định 30/2020/NĐ-CP: 30%", "2.322/3.911. Đạt 100%", "0/0 (0%)", "12,5 + 3 = 15", ""],
)
def test_dates_numbers_of_documents_and_other_sentences_are_no_statements(paragraph: str) -> None:
    with pytest.raises(ConfigurationError, match="no sum with its total"):
        check_report(paragraph)

"""III. Difficulties and their causes: what the units themselves explained, counted; and what the figures leave open. Nothing is supposed."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.request import Explanation
from dashboard.reports.content.text import Shown, how_many, in_a_row, item, say, sentence_case
from dashboard.reports.layout.printable_text import printable
from dashboard.ui.format import number

MOST_QUOTED = 3
WIDESPREAD = 1 / 3
"""From this share of the documents on, parallel paper is called common."""


def write(material: Material) -> list[Block]:
    """Explanations by subject, most often named first, then what the figures show and nobody explained."""
    return [*_explained(material), *_open(material)]


def _explained(material: Material) -> list[Block]:
    given = material.explanations()
    if not given:
        text = (
            "Trong kỳ, chưa có đơn vị nào gửi giải trình về số liệu; báo cáo này vì vậy không nêu nguyên nhân mà chỉ nêu những nội dung số liệu cho"
            " thấy cần tiếp"
            " tục làm rõ."
        )
        return [say("difficulties.none", text)]
    by_subject: dict[str, list[Explanation]] = {}
    for one in given:
        by_subject.setdefault(printable(one.subject), []).append(one)
    units = {one.unit_code for one in given}
    text = "Trong kỳ, có {units} đơn vị gửi {count} giải trình, tập trung vào các nội dung sau:"
    blocks: list[Block] = [say("difficulties.count", text, units=how_many(len(units)), count=how_many(len(given)))]
    for place, (subject, ones) in enumerate(sorted(by_subject.items(), key=lambda item: (-len(item[1]), item[0])), start=1):
        names = in_a_row([material.called(code) for code in dict.fromkeys(one.unit_code for one in ones)])
        quoted = "; ".join(f"{material.called(one.unit_code)}: “{printable(one.text)}”" for one in ones[:MOST_QUOTED])
        text = "{subject}: {count} giải trình của {names}. Cụ thể, {quoted}."
        blocks.append(item(f"difficulties.subject.{place}", text, subject=subject, count=how_many(len(ones)), names=names, quoted=quoted))
    return blocks


def _open(material: Material) -> list[Block]:
    """What is not done yet, in figures."""
    figures = material.figures(
        ["activation_rate", "login_rate", "digitally_signed_ratio", "parallel_ratio", "on_time_ratio", "electronic_issue_ratio"]
    )
    said: list[tuple[str, str, str]] = [
        ("activation", "activation_rate", "còn {left} tài khoản được cấp nhưng chưa kích hoạt, tỷ lệ kích hoạt mới đạt {figure}"),
        ("login", "login_rate", "còn {left} tài khoản đã kích hoạt nhưng không đăng nhập trong kỳ, tỷ lệ đăng nhập là {figure}"),
        ("declared", "electronic_issue_ratio", "còn {left} văn bản hành chính theo khai báo chưa phát hành điện tử trên phần mềm, tỷ lệ là {figure}"),
        ("signed", "digitally_signed_ratio", "còn {left} văn bản đi chưa được ký số, tỷ lệ ký số là {figure}"),
        ("on_time", "on_time_ratio", "còn {left} lượt nhận xử lý quá hạn hoặc chưa xong khi đã quá hạn, tỷ lệ đúng hạn là {figure}"),
    ]
    blocks: list[Block] = []
    for key, name, template in said:
        figure = figures[name]
        left = (figure.denominator or 0) - (figure.numerator or 0)
        if figure.value is not None and left > 0:
            blocks.append(item(f"difficulties.{key}", sentence_case(template) + ".", left=number(left, "vi"), figure=figure))
    parallel = figures["parallel_ratio"]
    if parallel.numerator:
        text = "Việc gửi song song bản giấy vẫn còn phổ biến: {count} văn bản đi có gửi kèm bản giấy, bằng {figure}."
        if (parallel.value or 0) < WIDESPREAD:
            text = "Vẫn còn {count} văn bản đi có gửi kèm bản giấy, bằng {figure}."
        blocks.append(item("difficulties.parallel", text, count=Shown(parallel, number(parallel.numerator, "vi")), figure=parallel))
    failed = [check for check in material.checks() if not check.is_passed]
    for check in failed:
        blocks.append(item(f"difficulties.check.{check.name}", "{doubt}; cần rà soát số liệu.", doubt=sentence_case(material.doubt(check))))
    if blocks:
        return [say("difficulties.open", "Qua số liệu trong kỳ, các nội dung còn tồn tại gồm:"), *blocks]
    return [say("difficulties.open", "Số liệu trong kỳ không cho thấy tồn tại nào trong các nội dung được theo dõi.")]

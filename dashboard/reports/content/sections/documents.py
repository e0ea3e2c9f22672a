"""II.2. Outgoing documents: issued electronically against what was declared, beside paper, and signed; for the period and for its second window."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Chart, Column, Figure, Paragraph, Series, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.accounts import changes
from dashboard.reports.content.tables import count_cell, rate_cell, text_cell
from dashboard.reports.content.text import Shown, how_many, in_sentence, official_day, say, window
from dashboard.ui.format import number
from metrics.periods import Period

COUNTS = ("outgoing_documents", "outgoing_electronic", "outgoing_parallel", "outgoing_paper", "outgoing_signed", "outgoing_not_signed")
RATIOS = ("fully_electronic_ratio", "parallel_ratio", "digitally_signed_ratio", "fully_signed_ratio")
DAYS_BY_WEEK = 120
"""Longer periods are drawn by month."""


def write(material: Material) -> list[Block]:
    """What was declared, what was issued in which form, what was signed; the table of both windows and the chart over time."""
    figures = material.figures(["electronic_issue_ratio", *COUNTS, *RATIOS, "recalled_documents"])
    blocks: list[Block] = _declared(material, figures["electronic_issue_ratio"])
    if figures["outgoing_documents"].numerator is None:
        return [*blocks, say("documents.no_data", "Trong kỳ này chưa có số liệu về văn bản đi.")]
    if not figures["outgoing_documents"].numerator:
        return [*blocks, say("documents.none", "Trong kỳ không phát sinh văn bản đi trên phần mềm.")]
    blocks += [_forms(figures, material.period, "documents.forms"), _signatures(figures)]
    if material.flow is not None:
        inner = material.figures([*COUNTS, *RATIOS], material.flow)
        if inner["outgoing_documents"].numerator:
            blocks += [_second_window(inner, material.flow)]
    blocks += changes(material, figures, ("fully_electronic_ratio", "digitally_signed_ratio"), "documents.change")
    return [*blocks, _table(material, figures), over_time_chart(material)]


def _declared(material: Material, ratio: Figure) -> list[Block]:
    """The ratio of which the denominator was declared, and what may not be concluded from it."""
    if ratio.numerator is None or ratio.denominator is None:
        text = "Chưa có đơn vị nào khai báo tổng số văn bản hành chính không mật phủ kín kỳ, nên chưa tính được tỷ lệ văn bản điện tử phát hành."
        return [say("documents.declared", text)]
    if ratio.value is None:
        return [say("documents.declared", "Theo khai báo của các đơn vị, trong kỳ không phát sinh văn bản hành chính không mật.")]
    issued, declared = ratio.numerator, ratio.denominator
    first = say(
        "documents.declared",
        "Theo khai báo của các đơn vị, {window} có {declared} văn bản hành chính không mật được ban hành; số văn bản phát hành điện tử trên phần mềm"
        " (hoàn toàn điện tử hoặc song song bản giấy) là {issued} văn bản, đạt tỷ lệ {ratio}.{units}",
        window=window(material.period),
        declared=Shown(ratio, number(declared, "vi")),
        issued=Shown(ratio, number(issued, "vi")),
        ratio=ratio,
        units=_who_declared(material),
    )
    if issued > declared:
        text = (
            "Số văn bản phát hành điện tử đo được lớn hơn tổng số khai báo ({issued} so với {declared}); số khai báo còn thiếu, cần rà soát lại"
            " trước khi sử dụng"
            " tỷ lệ này."
        )
    elif issued < declared:
        text = (
            "Tổng số {declared} văn bản là số do đơn vị khai báo, gồm cả văn bản không qua phần mềm; {issued} văn bản là số đo được từ phần mềm. Còn"
            " {left} văn"
            " bản hành chính chưa phát hành điện tử trên phần mềm, nên không thể kết luận 100% văn bản được xử lý trên phần mềm; kết luận như vậy"
            " chỉ đúng"
            " với những văn bản đã đưa lên phần mềm."
        )
    else:
        return [first]
    return [
        first,
        say(
            "documents.declared_reading",
            text,
            issued=Shown(ratio, number(issued, "vi")),
            declared=Shown(ratio, number(declared, "vi")),
            left=number(declared - issued, "vi"),
        ),
    ]


def _who_declared(material: Material) -> str:
    """How many units the ratio speaks of: only those that declared the whole period."""
    figures = [one["electronic_issue_ratio"] for one in material.by_unit(["electronic_issue_ratio"]).values()]
    declaring = sum(1 for figure in figures if figure.denominator is not None and figure.unit_code != material.top)
    return f" Tỷ lệ này tính trên {how_many(declaring)} đơn vị có khai báo phủ kín kỳ." if declaring else ""


def _forms(figures: dict[str, Figure], period: Period, key: str) -> Paragraph:
    recalled = figures.get("recalled_documents")
    text = "Đo trên phần mềm, {window} các đơn vị phát hành {all} văn bản đi"
    if recalled is not None and recalled.numerator:
        text += " (không kể {recalled} văn bản đã thu hồi)"
    text += (
        ", gồm: {electronic} văn bản hoàn toàn điện tử, bằng {electronic_ratio}; {parallel} văn bản điện tử có gửi song song bản giấy, bằng"
        " {parallel_ratio}; {paper} văn bản chỉ phát hành bản giấy."
    )
    return say(
        key,
        text,
        window=window(period),
        all=figures["outgoing_documents"],
        recalled=recalled if recalled is not None else "",
        electronic=figures["outgoing_electronic"],
        electronic_ratio=figures["fully_electronic_ratio"],
        parallel=figures["outgoing_parallel"],
        parallel_ratio=figures["parallel_ratio"],
        paper=figures["outgoing_paper"],
    )


def _signatures(figures: dict[str, Figure]) -> Paragraph:
    if not figures["outgoing_signed"].numerator:
        return say("documents.signed", "Trong số văn bản đi nêu trên, chưa có văn bản nào được ký số.")
    text = (
        "Về ký số, có {signed} văn bản có ít nhất một chữ ký số, bằng {ratio}; {not_signed} văn bản chưa ký số. Có {both} văn bản mang đủ chữ ký số"
        " của người có thẩm quyền và của cơ quan, tức là có giá trị pháp lý như bản gốc văn bản giấy theo khoản 1 Điều 5 Nghị định số"
        " 30/2020/NĐ-CP, bằng {full}."
    )
    return say(
        "documents.signed",
        text,
        signed=figures["outgoing_signed"],
        ratio=figures["digitally_signed_ratio"],
        not_signed=figures["outgoing_not_signed"],
        both=Shown(figures["fully_signed_ratio"], number(figures["fully_signed_ratio"].numerator or 0, "vi")),
        full=figures["fully_signed_ratio"],
    )


def _second_window(inner: dict[str, Figure], flow: Period) -> Paragraph:
    """The figures of the second window in one paragraph, with the sums that must hold."""
    forms = [inner[name] for name in ("outgoing_electronic", "outgoing_parallel", "outgoing_paper") if inner[name].numerator]
    text = (
        "Riêng {window}, các đơn vị phát hành {all} văn bản đi, trong đó {electronic} văn bản hoàn toàn điện tử, bằng {electronic_ratio}, và"
        " {parallel} văn bản"
        " song song bản giấy, bằng {parallel_ratio}; {signed} văn bản có ký số, bằng {signed_ratio}, và {not_signed} văn bản chưa ký số. Đối chiếu:"
        " {forms} ="
        " {signatures} = {all}, các số liệu thành phần khớp với tổng số."
    )
    parts_agree = (
        sum(figure.numerator or 0 for figure in forms)
        == (inner["outgoing_signed"].numerator or 0) + (inner["outgoing_not_signed"].numerator or 0)
        == inner["outgoing_documents"].numerator
    )
    if not parts_agree:
        text = (
            text.partition(" Đối chiếu:")[0]
            + " Các số liệu thành phần chưa khớp với tổng số ({forms} và {signatures} so với {all}), cần rà soát lại."
        )
    return say(
        "documents.second_window",
        text,
        window=window(flow),
        all=inner["outgoing_documents"],
        electronic=inner["outgoing_electronic"],
        electronic_ratio=inner["fully_electronic_ratio"],
        parallel=inner["outgoing_parallel"],
        parallel_ratio=inner["parallel_ratio"],
        signed=inner["outgoing_signed"],
        signed_ratio=inner["digitally_signed_ratio"],
        not_signed=inner["outgoing_not_signed"],
        forms=" + ".join(figure.text for figure in forms),
        signatures=f"{inner['outgoing_signed'].text} + {inner['outgoing_not_signed'].text}",
    )


ROWS = (
    ("outgoing_documents", None),
    ("outgoing_electronic", "fully_electronic_ratio"),
    ("outgoing_parallel", "parallel_ratio"),
    ("outgoing_paper", None),
    ("outgoing_signed", "digitally_signed_ratio"),
    ("outgoing_not_signed", None),
    ("fully_signed_ratio", "fully_signed_ratio"),
)


def _table(material: Material, figures: dict[str, Figure]) -> Table:
    """Each form and signature with its share, in a pair of columns for each window."""
    windows = [(material.period, figures)]
    if material.flow is not None:
        windows.append((material.flow, material.figures([*COUNTS, *RATIOS], material.flow)))
    columns = [Column("Nội dung", weight=2.6)]
    for period, _ in windows:
        span = f"{official_day(period.from_on)} – {official_day(period.to_on)}"
        columns += [Column(f"Số văn bản, {span}", "count", 1.3), Column(f"Tỷ lệ, {span}", "rate", 1.3)]
    rows = []
    for count, ratio in ROWS:
        label = "Văn bản đi ký số đủ (người ký và cơ quan)" if count == ratio else figures[count].label
        cells = [text_cell(label)]
        for _, told in windows:
            cells += [count_cell(told[count]), rate_cell(told[ratio]) if ratio else text_cell("")]
        rows.append(tuple(cells))
    note = "Tỷ lệ tính trên tổng số văn bản đi của cùng khoảng thời gian; văn bản đã thu hồi và văn bản mang bí mật nhà nước không tính."
    return Table("documents", "Văn bản đi theo hình thức phát hành và ký số", tuple(columns), tuple(rows), note, frozenset({0}))


def over_time_chart(material: Material) -> Chart:
    by = "week" if material.period.days <= DAYS_BY_WEEK else "month"
    names = ("outgoing_electronic", "outgoing_parallel", "outgoing_paper")
    parts = material.over_time(names, by)
    firsts = [part[names[0]].period_from for part in parts]
    categories = tuple(official_day(on) if by == "week" else f"{on.month}/{on.year}" for on in firsts)
    series = tuple(
        Series(label, tuple(None if (count := part[name].numerator) is None else float(count) for part in parts))
        for name, label in zip(names, ("Hoàn toàn điện tử", "Song song bản giấy", "Chỉ bản giấy"), strict=True)
    )
    step = "tuần (ghi ngày đầu tuần)" if by == "week" else "tháng"
    most = max(parts, key=lambda part: part["outgoing_electronic"].numerator or 0)["outgoing_electronic"]
    return Chart(
        "documents.over_time",
        "stacked",
        f"Văn bản đi theo hình thức phát hành, theo {step}",
        f"Số văn bản đi theo {step}; nhiều văn bản {in_sentence('Hoàn toàn điện tử')} nhất là {most.text}, từ ngày {official_day(most.period_from)}.",
        categories,
        series,
        note=f"Số liệu {window(material.period)}.",
    )

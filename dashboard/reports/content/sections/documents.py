"""II.2. Outgoing documents: issued electronically against what was declared, beside paper, and signed; for the period and for its second window."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.reports.content.blocks import Block, Cell, Chart, Column, Figure, Paragraph, Series, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.accounts import changes
from dashboard.reports.content.tables import count_cell, rate_cell, table, text_cell
from dashboard.reports.content.text import in_sentence, official_day, span, window
from metrics.periods import Period, TimeStep

TITLE = "Văn bản điện tử phát hành, song song bản giấy, ký số"
COUNTS = (
    "outgoing_documents",
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_paper",
    "outgoing_form_unknown",
    "outgoing_signed",
    "outgoing_not_signed",
)
RATIOS = ("fully_electronic_ratio", "parallel_ratio", "digitally_signed_ratio", "fully_signed_ratio")
FORMS = {"outgoing_electronic": "Hoàn toàn điện tử", "outgoing_parallel": "Song song bản giấy", "outgoing_paper": "Chỉ bản giấy"}
ROWS = (
    ("outgoing_documents", None),
    ("outgoing_electronic", "fully_electronic_ratio"),
    ("outgoing_parallel", "parallel_ratio"),
    ("outgoing_paper", None),
    ("outgoing_form_unknown", None),
    ("outgoing_signed", "digitally_signed_ratio"),
    ("outgoing_not_signed", None),
    ("fully_signed_ratio", "fully_signed_ratio"),
)
"""Each row of the table: its count, and its share of all documents."""
SPEAKS_OF = ("outgoing_documents", "electronic_issue_ratio")
DAYS_BY_WEEK = 120
"""Longer periods are drawn by month."""


def write(data: ReportData) -> list[Block]:
    """What was declared, what was issued in which form, what was signed; the table of both windows and the chart over time."""
    figures = data.figures(["electronic_issue_ratio", *COUNTS, *RATIOS, "recalled_documents"])
    blocks: list[Block] = _declared(data, figures["electronic_issue_ratio"]) if data.shown(["electronic_issue_ratio"]) else []
    if figures["outgoing_documents"].numerator is None:
        return [*blocks, data.say("documents.no_data")]
    if not figures["outgoing_documents"].numerator:
        return [*blocks, data.say("documents.none")]
    blocks.append(data.say("documents.forms", **figures))
    if figures["outgoing_signed"].numerator is not None:
        blocks.append(data.say("documents.signed", **figures))
    if data.flow is not None:
        inner = data.figures([*COUNTS, *RATIOS], data.flow)
        if inner["outgoing_documents"].numerator:
            blocks.append(_second_window(data, inner))
    blocks += changes(data, figures, ("fully_electronic_ratio", "digitally_signed_ratio"), "documents.change")
    return [*blocks, _table(data), *over_time_chart(data)]


def _declared(data: ReportData, ratio: Figure) -> list[Block]:
    """The ratio of which the denominator was declared, and what may not be concluded from it."""
    if ratio.numerator is None or ratio.denominator is None:
        return [data.say("documents.declared", "documents.declared_missing")]
    if ratio.value is None:
        return [data.say("documents.declared", "documents.declared_nothing")]
    # It speaks only of the units that declared the whole period.
    figures = [one["electronic_issue_ratio"] for one in data.by_unit(["electronic_issue_ratio"]).values()]
    declaring = sum(1 for figure in figures if figure.denominator is not None and figure.unit_code != data.whole_code)
    first = data.say("documents.declared", electronic_issue_ratio=ratio, declaring=declaring)
    return [first] if ratio.numerator == ratio.denominator else [first, data.say("documents.declared_reading", electronic_issue_ratio=ratio)]


def _second_window(data: ReportData, inner: dict[str, Figure]) -> Paragraph:
    """The figures of the second window in one paragraph, with the sums that must hold."""
    forms = [inner[name] for name in (*FORMS, "outgoing_form_unknown") if inner[name].numerator]
    signatures = [inner["outgoing_signed"], inner["outgoing_not_signed"]]
    known = [parts for parts in (forms, signatures) if parts and parts[0].numerator is not None]
    sums = {sum(figure.numerator or 0 for figure in parts) for parts in (*known, [inner["outgoing_documents"]])}
    parts = [" + ".join(figure.text for figure in parts) for parts in known]
    return data.say("documents.second_window", **inner, parts=parts, parts_agree=len(sums) == 1)


def _table(data: ReportData) -> Table:
    """Each form and signature with its share, in a pair of columns for each window."""

    def label(row: tuple[str, str | None]) -> Cell:
        count, ratio = row
        return text_cell("Văn bản đi ký số đủ (người ký và cơ quan)" if count == ratio else data.figure(count).label)

    unknown = [figures["outgoing_form_unknown"] for _, figures in data.by_window(["outgoing_form_unknown"])]
    rows = [row for row in ROWS if row[0] in data.known and (row[0] != "outgoing_form_unknown" or any(figure.numerator for figure in unknown))]
    columns: list[tuple[Column, Callable[[tuple[str, str | None]], Cell]]] = [(Column("Nội dung", weight=2.6), label)]
    for period, figures in data.by_window([*COUNTS, *RATIOS]):
        columns += [
            (Column(f"Số văn bản, {span(period)}", "count", 1.3), lambda row, figures=figures: count_cell(figures[row[0]])),  # type: ignore[misc]
            (Column(f"Tỷ lệ, {span(period)}", "rate", 1.3), lambda row, figures=figures: rate_cell(figures[row[1]]) if row[1] else text_cell("")),  # type: ignore[misc]
        ]
    note = "Tỷ lệ tính trên tổng số văn bản đi của cùng khoảng thời gian; văn bản đã thu hồi và văn bản {secret} không tính."
    return table("documents", "Văn bản đi theo hình thức phát hành và ký số", rows, columns, note, frozenset({0}))


def over_time_chart(data: ReportData) -> list[Block]:
    """Forms over time; nothing where no source delivers them."""
    if not data.shown(FORMS):
        return []
    by: TimeStep = "week" if data.period.days <= DAYS_BY_WEEK else "month"
    parts = data.over_time(tuple(FORMS), by)
    windows = [Period(part["outgoing_electronic"].period_from, part["outgoing_electronic"].period_to) for part in parts]
    name = "tuần" if by == "week" else "tháng"
    marks = ["" if part.is_whole(by) else "*" for part in windows]
    cut = f" * {name.capitalize()} không trọn: kỳ bắt đầu hoặc kết thúc giữa {name}." if any(marks) else ""
    series = tuple(
        Series(label, tuple(None if (count := part[name].numerator) is None else float(count) for part in parts)) for name, label in FORMS.items()
    )
    step = "tuần (ghi ngày đầu tuần)" if by == "week" else "tháng"
    most = max(parts, key=lambda part: part["outgoing_electronic"].numerator or 0)["outgoing_electronic"]
    chart = Chart(
        "documents.over_time",
        "stacked",
        f"Văn bản đi theo hình thức phát hành, theo {step}",
        f"Số văn bản đi theo {step}; nhiều văn bản {in_sentence('Hoàn toàn điện tử')} nhất là {most.text}, "
        f"từ ngày {official_day(most.period_from, data.language)}.",
        tuple(
            (official_day(part.from_on, data.language) if by == "week" else f"{part.from_on.month}/{part.from_on.year}") + mark
            for part, mark in zip(windows, marks, strict=True)
        ),
        series,
        note=f"Số liệu {window(data.period, data.language)}.{cut}",
    )
    return [chart]

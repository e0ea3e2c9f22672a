"""The brief for leaders: one page, in Vietnamese or English, each rate with its counts, what is out of the ordinary, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.reports.content.blocks import Block, Column, Figure, Paragraph, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.accounts import last_logins_only
from dashboard.reports.content.sections.comparison import at_hundred_percent
from dashboard.reports.content.tables import count_cell, rate_cell, table, target_cell, text_cell, under_cell

TITLE = "Tóm tắt"
RATES = (
    "activation_rate",
    "login_rate",
    "login_rate_of_provisioned",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "on_time_ratio",
    "axis_success_ratio",
)
COUNTS = (
    "outgoing_documents",
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_signed",
    "outgoing_not_signed",
    "axis_outgoing",
    "axis_incoming",
    "internal_outgoing",
    "internal_incoming",
)
TABLE = {
    "vi": ("Các tỷ lệ chính", "Chỉ số", "Tử số", "Mẫu số", "Tỷ lệ", "Chỉ tiêu"),
    "en": ("Main rates", "Metric", "Numerator", "Denominator", "Rate", "Target"),
}
SENTENCES = {
    "what": (),
    "accounts": ("activation_rate",),
    "declared": ("electronic_issue_ratio",),
    "documents": ("outgoing_documents",),
    "channels": ("axis_outgoing", "axis_incoming", "internal_outgoing", "internal_incoming"),
}
"""Each with the metrics without any of which it is left out."""
MOST_HELPED = 5


def write(data: ReportData) -> list[Block]:
    """What and when, the figures in five sentences, the units at either end, the table."""
    figures = data.figures([*RATES, *COUNTS])
    if all(figure.numerator is None for figure in figures.values()):
        return [data.say("brief.what"), data.say("brief.no_data")]
    blocks: list[Block] = [data.say(f"brief.{name}", **figures) for name, needed in SENTENCES.items() if not needed or data.shown(needed)]
    if data.flow is not None and data.shown(["outgoing_documents"]):
        blocks.append(data.say("brief.flow", **data.figures(COUNTS, data.flow)))
    return [*blocks, *last_logins_only(data), *_units(data), rates_table(data, figures, RATES)]


def _units(data: ReportData) -> list[Paragraph]:
    """The units at 100%, those in need of help, and what does not cohere."""
    full = [data.name_of(figure.unit_code) for figure in at_hundred_percent(data)]
    sentences = [data.say("brief.full", full=full)] if data.figure("login_rate").numerator is not None else []
    helped = data.low_units()
    if helped:
        names = [f"{data.name_of(one.unit)}: {one.figure.text}" for one in helped[:MOST_HELPED]]
        sentences.append(data.say("brief.helped", names=names))
    failed = data.failed_checks()
    if failed:
        sentences.append(data.say("brief.doubts", doubts="; ".join(map(data.failed_check_text, failed))))
    return sentences


def rates_table(data: ReportData, figures: Mapping[str, Figure], names: Sequence[str]) -> Table:
    """Rates with their counts and targets, those that are known."""
    language = data.language
    caption, what, over, under, ratio, target = TABLE[language]
    columns = [
        (Column(what, weight=3.4), lambda figure: text_cell(figure.label)),
        (Column(over, "count"), lambda figure: count_cell(figure, language)),
        (Column(under, "count"), lambda figure: under_cell(figure, language)),
        (Column(ratio, "rate"), lambda figure: rate_cell(figure, language)),
        (Column(target, "rate"), lambda figure: target_cell(figure, data.target(figure), language)),
    ]
    return table("brief.rates", caption, [figures[name] for name in data.shown(names)], columns)

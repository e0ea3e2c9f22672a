"""The brief for leaders: one page, in Vietnamese or English, each rate with its counts, what is out of the ordinary, and what to do."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Column, Figure, Paragraph, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.comparison import at_hundred_percent, in_need
from dashboard.reports.content.tables import count_cell, rate_cell, share_cell, table, text_cell, under_cell
from dashboard.reports.content.text import rate

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
MOST_HELPED = 5


def write(material: Material) -> list[Block]:
    """What and when, the figures in five sentences, the units at either end, the table."""
    figures = material.figures([*RATES, *COUNTS])
    names = ("what", "accounts", "declared", "documents", "channels")
    blocks: list[Block] = [material.say(f"brief.{name}", **figures) for name in names]
    if material.flow is not None:
        blocks.append(material.say("brief.flow", **material.figures(COUNTS, material.flow)))
    return [*blocks, *_units(material), _table(material, figures)]


def _units(material: Material) -> list[Paragraph]:
    """The units at 100%, those in need of help, and what does not cohere."""
    sentences = [material.say("brief.full", full=[material.called(figure.unit_code) for figure in at_hundred_percent(material)])]
    helped = in_need([one for one in material.standings("activation_rate") if one.figure.denominator])
    if helped:
        names = [f"{material.called(one.unit)} ({rate(one.figure, material.language).text})" for one in helped[:MOST_HELPED]]
        sentences.append(material.say("brief.helped", names=names))
    failed = [check for check in material.checks() if not check.is_passed]
    if failed:
        sentences.append(material.say("brief.doubts", doubts="; ".join(map(material.doubt, failed))))
    return sentences


def _table(material: Material, figures: dict[str, Figure]) -> Table:
    language = material.language
    caption, what, over, under, ratio, target = TABLE[language]
    columns = [
        (Column(what, weight=3.4), lambda figure: text_cell(figure.label)),
        (Column(over, "count"), lambda figure: count_cell(figure, language)),
        (Column(under, "count"), lambda figure: under_cell(figure, language)),
        (Column(ratio, "rate"), lambda figure: rate_cell(figure, language)),
        (Column(target, "rate"), lambda figure: share_cell(material.target(figure), language)),
    ]
    return table("brief.rates", caption, [figures[name] for name in RATES], columns)

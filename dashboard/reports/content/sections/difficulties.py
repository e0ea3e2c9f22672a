"""III. Difficulties and their causes: what the units themselves explained, counted; and what the figures leave open. Nothing is supposed."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Figure
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Explanation
from dashboard.reports.content.text import in_sentence
from dashboard.reports.layout.printable_text import printable

TITLE = "Khó khăn, vướng mắc, nguyên nhân"
MOST_QUOTED = 3
WIDESPREAD = 1 / 3
"""From this share of the documents on, parallel paper is called common."""
LEFT_OPEN = {
    "activation": "activation_rate",
    "login": "login_rate",
    "declared": "electronic_issue_ratio",
    "signed": "digitally_signed_ratio",
    "on_time": "on_time_ratio",
}


def write(data: ReportData) -> list[Block]:
    """Explanations by subject, most often named first, then what the figures show and nobody explained."""
    return [*_explained(data), *_open(data)]


def _explained(data: ReportData) -> list[Block]:
    given = data.explanations()
    if not given:
        return [data.say("difficulties.none")]
    by_subject: dict[str, list[Explanation]] = {}
    for one in given:
        by_subject.setdefault(printable(one.subject), []).append(one)
    blocks: list[Block] = [data.say("difficulties.count", units=len({one.unit_code for one in given}), count=len(given))]
    for place, (subject, ones) in enumerate(sorted(by_subject.items(), key=lambda item: (-len(item[1]), item[0])), start=1):
        names = [data.name_of(code) for code in dict.fromkeys(one.unit_code for one in ones)]
        quoted = "; ".join(f"{data.name_of(one.unit_code)}: “{printable(one.text)}”" for one in ones[:MOST_QUOTED])
        blocks.append(data.item(f"difficulties.subject.{place}", subject=subject, count=len(ones), names=names, quoted=quoted))
    return blocks


def _open(data: ReportData) -> list[Block]:
    """What is not done yet, in figures."""
    figures = data.figures([*LEFT_OPEN.values(), "parallel_ratio"])
    blocks: list[Block] = []
    for key, name in LEFT_OPEN.items():
        figure = figures[name]
        if figure.value is not None and (figure.denominator or 0) > (figure.numerator or 0):
            blocks.append(data.item(f"difficulties.{key}", figure=figure))
    parallel = figures["parallel_ratio"]
    if parallel.numerator:
        blocks.append(data.item("difficulties.parallel", figure=parallel, is_common=(parallel.value or 0) >= WIDESPREAD))
    for check in data.failed_checks():
        blocks.append(data.item(f"difficulties.check.{check.name}", doubt=data.failed_check_text(check)))
    return [data.say("difficulties.open", is_open=bool(blocks), **looked_at(data, figures)), *blocks]


def looked_at(data: ReportData, figures: dict[str, Figure]) -> dict[str, object]:
    """Which ratios a judgement rests on, and which of those that the sources deliver have no value here: of these nothing is said."""
    labels = [(in_sentence(figures[name].label), figures[name].value is not None) for name in data.shown(figures)]
    seen = [label for label, is_known in labels if is_known]
    return {"is_known": bool(seen), "looked_at": seen, "unknown": [label for label, is_known in labels if not is_known]}

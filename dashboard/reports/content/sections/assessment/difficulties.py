"""III.2. What the figures leave open; their causes stand in a section of their own."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Figure
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.text import in_sentence

TITLE = "Hạn chế, khó khăn, vướng mắc"
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
    """What is not done yet, in figures, and which of them are doubtful."""
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
    followed = [case for case in data.cases() if not case.is_settled]
    if followed:
        names = [data.name_of(code) for code in dict.fromkeys(case.unit_code for case in followed)]
        blocks.append(data.item("difficulties.cases", count=len(followed), names=names))
    return [data.say("difficulties.open", is_open=bool(blocks), **looked_at(data, figures)), *blocks]


def looked_at(data: ReportData, figures: dict[str, Figure]) -> dict[str, object]:
    """Which ratios a judgement rests on, and which of those that the sources deliver have no value here: of these nothing is said."""
    labels = [(in_sentence(figures[name].label), figures[name].value is not None) for name in data.shown(figures)]
    seen = [label for label, is_known in labels if is_known]
    return {"is_known": bool(seen), "looked_at": seen, "unknown": [label for label, is_known in labels if not is_known]}

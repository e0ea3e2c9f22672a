"""III.3. Causes: objective and subjective ones as the department writes them, and what units explained, counted. Nothing is supposed."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Explanation
from dashboard.reports.layout.printable_text import printable

TITLE = "Nguyên nhân"
MOST_QUOTED = 3


def write(data: ReportData) -> list[Block]:
    """What was written, then explanations by subject, most often named first."""
    written: list[Block] = []
    for name in ("objective", "subjective"):
        passages = data.own(f"causes_{name}")
        written += [data.say(f"causes.{name}"), *passages] if passages else []
    return [*written, *_explained(data)]


def _explained(data: ReportData) -> list[Block]:
    given = data.explanations()
    if not given:
        return [data.say("causes.none")]
    by_subject: dict[str, list[Explanation]] = {}
    for one in given:
        by_subject.setdefault(printable(one.subject), []).append(one)
    blocks: list[Block] = [data.say("causes.count", units=len({one.unit_code for one in given}), count=len(given))]
    for place, (subject, ones) in enumerate(sorted(by_subject.items(), key=lambda item: (-len(item[1]), item[0])), start=1):
        names = [data.name_of(code) for code in dict.fromkeys(one.unit_code for one in ones)]
        quoted = "; ".join(f"{data.name_of(one.unit_code)}: “{printable(one.text)}”" for one in ones[:MOST_QUOTED])
        blocks.append(data.item(f"causes.subject.{place}", subject=subject, count=len(ones), names=names, quoted=quoted))
    return blocks

"""III.3. Causes: as the department writes them, what units explained, counted, and what follow-up cases found. Nothing is supposed."""

from __future__ import annotations

from dashboard.follow_up.cases import Case
from dashboard.reports.content.blocks import Block, Column
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Explanation
from dashboard.reports.content.tables import day_cell, number_cell, table, text_cell
from dashboard.reports.layout.printable_text import printable
from dashboard.ui.translations import catalogue

TITLE = "Nguyên nhân"
MOST_QUOTED = 3
NOT_TOLD = "chưa nêu"


def write(data: ReportData) -> list[Block]:
    """What was written, then explanations by subject, most often named first, then the cases with cause, measure and day."""
    written: list[Block] = []
    for name in ("objective", "subjective"):
        passages = data.own(f"causes_{name}")
        written += [data.say(f"causes.{name}"), *passages] if passages else []
    told = [*written, *_explained(data), *_followed(data)]
    return told or [data.say("causes.none")]


def _followed(data: ReportData) -> list[Block]:
    cases = data.cases()
    if not cases:
        return []
    settled = sum(case.is_settled for case in cases)
    said = data.say("causes.cases", count=len(cases), units=len({case.unit_code for case in cases}), settled=settled)
    words = catalogue(data.language)

    def state(case: Case) -> str:
        known = words["entries.choice_status_settled" if case.is_settled else "entries.choice_status_open"]
        return ": ".join(filter(None, (known, printable(case.result))))

    columns = [
        (Column("TT", "count", 0.5), lambda row: number_cell(row[0])),
        (Column("Đơn vị", weight=2.0), lambda row: text_cell(data.name_of(row[1].unit_code))),
        (Column("Nội dung", weight=2.2), lambda row: text_cell(data.case_about(row[1]))),
        (Column("Nguyên nhân", weight=2.4), lambda row: text_cell(printable(row[1].cause) or NOT_TOLD)),
        (Column("Biện pháp", weight=2.4), lambda row: text_cell(printable(row[1].measure) or NOT_TOLD)),
        (Column("Thời hạn", "date", 1.2), lambda row: day_cell(row[1].deadline)),
        (Column("Tình trạng", weight=1.6), lambda row: text_cell(state(row[1]))),
    ]
    return [said, table("causes.cases", "Việc theo dõi: nguyên nhân, biện pháp, thời hạn và kết quả", list(enumerate(cases, start=1)), columns)]


def _explained(data: ReportData) -> list[Block]:
    given = data.explanations()
    if not given:
        return []
    by_subject: dict[str, list[Explanation]] = {}
    for one in given:
        by_subject.setdefault(printable(one.subject), []).append(one)
    blocks: list[Block] = [data.say("causes.count", units=len({one.unit_code for one in given}), count=len(given))]
    for place, (subject, ones) in enumerate(sorted(by_subject.items(), key=lambda item: (-len(item[1]), item[0])), start=1):
        names = [data.name_of(code) for code in dict.fromkeys(one.unit_code for one in ones)]
        quoted = "; ".join(f"{data.name_of(one.unit_code)}: “{printable(one.text)}”" for one in ones[:MOST_QUOTED])
        blocks.append(data.item(f"causes.subject.{place}", subject=subject, count=len(ones), names=names, quoted=quoted))
    return blocks

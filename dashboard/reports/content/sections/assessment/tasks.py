"""IV. What is to be done, by whom, by when, and how far the target is: each row rests on a figure or on the department's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.follow_up.cases import Case
from dashboard.reports.content.blocks import Block, Cell, Column, Figure, Table
from dashboard.reports.content.by_hand.own_words import Task, tasks_of
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import counted_cell, day_cell, number_cell, table, text_cell
from dashboard.reports.content.text import in_sentence
from dashboard.reports.layout.printable_text import printable

TITLE = "Phương hướng, nhiệm vụ"
GOALS = {
    "activation_rate": "Kích hoạt tài khoản",
    "login_rate": "Đưa tài khoản đã kích hoạt vào sử dụng",
    "electronic_issue_ratio": "Phát hành điện tử văn bản hành chính",
    "fully_electronic_ratio": "Phát hành văn bản hoàn toàn điện tử",
    "parallel_ratio": "Giảm gửi song song bản giấy",
    "digitally_signed_ratio": "Ký số văn bản đi",
    "on_time_ratio": "Xử lý văn bản đúng hạn",
}
"""What is done to reach the target of each metric."""
MOST_UNITS = 5
NOT_SET = "chưa ấn định"


@dataclass(frozen=True)
class Row:
    """One task: of a figure with its distance from the target, or of the department's own."""

    text: str
    owner: str
    due_on: date | None
    figure: Figure | None = None
    missing: int | None = None


def write(data: ReportData) -> list[Block]:
    """The department's direction, then the table; that there is nothing to go by is said."""
    rows = task_rows(data)
    if not rows:
        figures = data.figures(list(GOALS)).values()
        known, aimed = ([one for one in figures if holds(one) is not None] for holds in (lambda one: one.value, data.target))
        return [*data.own("directions"), data.say("tasks.none", is_known=bool(known), has_targets=any(one in aimed for one in known))]
    return [*data.own("directions"), tasks_table(rows)]


def task_rows(data: ReportData) -> list[Row]:
    """Targets that are not reached, the units that are far from one first; then failed checks; open cases; the department's own tasks."""
    given = tasks_of(data.own_words.get("tasks", ""))
    by_metric = {task.metric: task for task in given if task.metric}
    figures, rows = data.figures(list(GOALS)), []
    everyone = "Các đơn vị" if data.request.unit_code is None else data.name_of(data.request.unit_code)
    for name, words in GOALS.items():
        if not (missing := data.missing(figures[name])):
            continue
        task = by_metric.pop(name, Task(""))
        text = task.text or f"{words} đạt chỉ tiêu {data.aim_text(figures[name])}"
        rows.append(Row(text, task.owner or everyone, task.due_on, figures[name], missing))
        if name == "activation_rate":
            helped = data.low_units()[:MOST_UNITS]
            rows += [Row("Trong đó, đơn vị cần tập trung", data.name_of(one.unit), task.due_on, one.figure, one.missing) for one in helped]
    doubtful = dict.fromkeys(code for check in data.failed_checks() for code in check.unit_codes if code in data.units)
    rows += [Row("Rà soát số liệu chưa nhất quán", data.name_of(code), None) for code in list(doubtful)[:MOST_UNITS]]
    rows += [_of_case(data, case) for case in data.cases() if not case.is_settled]
    own = [task for task in given if not task.metric or task.metric in by_metric]
    return [*rows, *(Row(task.text, task.owner, task.due_on) for task in own)]


def _of_case(data: ReportData, case: Case) -> Row:
    """What the unit does about a case that is open, by when, and how far its figure is from the target."""
    figure = data.by_unit([case.metric]).get(case.unit_code, {}).get(case.metric) if case.metric in data.known else None
    text = case.measure or f"Giải quyết việc theo dõi ({in_sentence(data.case_about(case))})"
    return Row(text, data.name_of(case.unit_code), case.deadline, figure, data.missing(figure) if figure else None)


def tasks_table(rows: list[Row]) -> Table:
    """Number, task, who, how it stands with its counts, how much is missing, and by when."""

    def due(row: Row) -> Cell:
        return day_cell(row.due_on) if row.due_on else text_cell(NOT_SET)

    columns = [
        (Column("TT", "count", 0.5), lambda row: number_cell(row[0])),
        (Column("Nhiệm vụ", weight=2.8), lambda row: text_cell(printable(row[1].text))),
        (Column("Đơn vị thực hiện", weight=2.2), lambda row: text_cell(printable(row[1].owner) or NOT_SET)),
        (Column("Hiện đạt", "count", 1.9), lambda row: counted_cell(row[1].figure)),
        (Column("Số còn lại", "count", 0.9), lambda row: number_cell(row[1].missing)),
        (Column("Thời hạn", "date", 1.2), lambda row: due(row[1])),
    ]
    return table("tasks", "Nhiệm vụ, đơn vị thực hiện, thời hạn và số còn thiếu so với chỉ tiêu", list(enumerate(rows, start=1)), columns)

"""The sheet of one unit, as its own people may see it: rates against target and peers, what is left to do, the units below it, its explanations."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Column, Figure, Heading
from dashboard.reports.content.report_data import PeerPlace, ReportData
from dashboard.reports.content.sections.accounts import changes
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, table, target_cell, text_cell, under_cell
from dashboard.reports.content.text import sentence_case
from dashboard.reports.layout.printable_text import printable
from dashboard.ui.format import points

TITLE = "Số liệu của đơn vị"
RATES = (
    "activation_rate",
    "login_rate",
    "habitual_rate",
    "processing_rate",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "fully_signed_ratio",
    "on_time_ratio",
)
COUNTS = ("outgoing_documents", "internal_incoming", "axis_incoming", "overdue")
QUARTERS = {1: "thuộc 25% tốt nhất", 2: "trên trung vị", 3: "dưới trung vị", 4: "thuộc 25% thấp nhất"}
TO_DO = (
    "activation_rate",
    "login_rate",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "on_time_ratio",
)


def write(data: ReportData) -> list[Block]:
    """Figures, actions, units below, explanations; a part without content is left out."""
    figures = data.figures([*RATES, *COUNTS])
    parts = {
        "Kết quả của đơn vị": _results(data, figures),
        "Việc cần làm": _to_do(data, figures),
        "Các đơn vị trực thuộc": _below(data),
        "Giải trình của đơn vị": _explained(data),
    }
    blocks: list[Block] = [data.say("unit.about")]
    for place, (title, part) in enumerate(((title, part) for title, part in parts.items() if part), start=1):
        blocks += [Heading(2, f"{place}.", title), *part]
    return blocks


def _results(data: ReportData, figures: dict[str, Figure]) -> list[Block]:
    """Every rate with its counts, target and place among peers, none of whom is named."""
    if all(figure.numerator is None for figure in figures.values()):
        return [data.say("unit.no_data")]
    places = {name: place for name, place in data.peer_places(RATES).items() if place.low is not None}
    columns = [
        (Column("Chỉ số", weight=2.8), lambda figure: text_cell(figure.label)),
        (Column("Tử số", "count", 0.8), count_cell),
        (Column("Mẫu số", "count", 0.8), under_cell),
        (Column("Tỷ lệ", "rate", 0.9), rate_cell),
        (Column("Chỉ tiêu", "rate", 0.9), lambda figure: target_cell(figure, data.target(figure))),
        (Column("So với đơn vị tương đương", weight=1.7), lambda figure: text_cell(_place(places.get(figure.metric), figure))),
    ]
    note = "Đơn vị tương đương: cùng cấp, quy mô tài khoản từ một nửa đến gấp đôi; xếp theo bốn nhóm bằng nhau, chỉ khi chắc chắn." if places else ""
    rates = table("unit.rates", "Các tỷ lệ của đơn vị", [figures[name] for name in data.shown(RATES)], columns if places else columns[:-1], note)
    known = [figures[name] for name in COUNTS if figures[name].numerator is not None]
    counts = [data.say("unit.counts", counts=known)] if known else []
    return [*counts, *changes(data, figures), rates]


def _place(place: PeerPlace | None, figure: Figure) -> str:
    if place is None or place.low is None or place.high is None or figure.value is None:
        return "–"
    quarter = QUARTERS[place.quarter] if place.quarter is not None else "chưa xếp được"
    low, high = (points(bound, "vi") for bound in (place.low, place.high))
    return f"{quarter}; 50% đơn vị ở giữa đạt {low}–{high}%"


def _to_do(data: ReportData, figures: dict[str, Figure]) -> list[Block]:
    """What separates the unit from each target, in whole accounts and documents; nothing where there is no target."""
    goals = [(name, data.aim(figures[name]), data.missing(figures[name])) for name in TO_DO]
    known = [(name, target, missing) for name, target, missing in goals if target is not None and missing is not None]
    items: list[Block] = [
        data.item(f"unit.to_do.{name}", target=target, missing=missing, figure=figures[name]) for name, target, missing in known if missing
    ]
    return items or ([data.say("unit.to_do.none")] if known else [])


def _below(data: ReportData) -> list[Block]:
    if len(data.units) < 2:  # nothing is counted for the many units that have none below them
        return []
    by_unit = data.by_unit(["activation_rate", "login_rate", "outgoing_documents", "digitally_signed_ratio"])
    listed = [
        (code, figures)
        for code, figures in by_unit.items()
        if code != data.request.unit_code and any(figure.numerator is not None for figure in figures.values())
    ]
    columns = [
        (Column("TT", "count", 0.4), lambda row: number_cell(row[0])),
        (Column("Đơn vị", weight=2.6), lambda row: text_cell(sentence_case(data.name_of(row[1])))),
        (Column("Đã kích hoạt", "count", 0.9), lambda row: count_cell(row[2].get("activation_rate"))),
        (Column("Được cấp", "count", 0.9), lambda row: under_cell(row[2].get("activation_rate"))),
        (Column("Tỷ lệ", "rate", 0.9), lambda row: rate_cell(row[2].get("activation_rate"))),
        (Column("Đăng nhập", "rate", 0.9), lambda row: rate_cell(row[2].get("login_rate"))),
        (Column("Văn bản đi", "count", 0.9), lambda row: count_cell(row[2].get("outgoing_documents"))),
        (Column("Có ký số", "rate", 0.9), lambda row: rate_cell(row[2].get("digitally_signed_ratio"))),
    ]
    rows = [(place, code, figures) for place, (code, figures) in enumerate(listed, start=1)]
    return [table("unit.below", "Số liệu của các đơn vị trực thuộc", rows, columns)] if rows else []


def _explained(data: ReportData) -> list[Block]:
    explanations: list[Block] = []
    for place, one in enumerate(data.explanations(), start=1):
        said = {"subject": printable(one.subject), "text": printable(one.text), "unit": data.name_of(one.unit_code)}
        explanations.append(data.item(f"unit.explained.{place}", **said, first=one.from_on, last=one.to_on))
    return explanations

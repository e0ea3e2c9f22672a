"""The sheet of one unit, as its own people may see it: rates against target and peers, what is left to do, the units below it, its explanations."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.reports.content.blocks import Block, Column, Figure, Heading, Table
from dashboard.reports.content.report_data import Material, PeerPlace
from dashboard.reports.content.sections.accounts import changes
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, share_cell, text_cell, under_cell
from dashboard.reports.content.text import aim, clauses, clock, how_many, in_sentence, item, official_day, say, sentence_case, window
from dashboard.reports.layout.printable_text import printable
from dashboard.ui.format import points

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
QUARTERS = {1: "nhóm tốt nhất", 2: "nửa trên", 3: "nửa dưới", 4: "nhóm thấp nhất"}
TO_DO = {
    "activation_rate": "Kích hoạt thêm {missing} tài khoản để đạt chỉ tiêu {aim}; hiện đạt {figure}.",
    "login_rate": "Có thêm {missing} tài khoản đã kích hoạt đăng nhập trong kỳ để đạt chỉ tiêu {aim}; hiện đạt {figure}.",
    "electronic_issue_ratio": "Phát hành điện tử thêm {missing} văn bản trên tổng số đã khai báo để đạt chỉ tiêu {aim}; hiện đạt {figure}.",
    "fully_electronic_ratio": "Chuyển thêm {missing} văn bản sang hoàn toàn điện tử để đạt chỉ tiêu {aim}; hiện đạt {figure}.",
    "parallel_ratio": "Giảm {missing} văn bản gửi song song bản giấy để không vượt chỉ tiêu {aim}; hiện là {figure}.",
    "digitally_signed_ratio": "Ký số thêm {missing} văn bản đi để đạt chỉ tiêu {aim}; hiện đạt {figure}.",
    "on_time_ratio": "Xử lý đúng hạn thêm {missing} lượt nhận để đạt chỉ tiêu {aim}; hiện đạt {figure}.",
}


def write(material: Material) -> list[Block]:
    """Figures, actions, units below, explanations; a part without content is left out."""
    figures = material.figures([*RATES, *COUNTS])
    parts: list[tuple[str, Callable[[Material, dict[str, Figure]], list[Block]]]] = [
        ("Kết quả của đơn vị", _results),
        ("Việc cần làm", _to_do),
        ("Các đơn vị trực thuộc", _below),
        ("Giải trình của đơn vị", _explained),
    ]
    blocks: list[Block] = [_about(material)]
    place = 0
    for title, part in parts:
        if written := part(material, figures):
            place += 1
            blocks += [Heading(2, f"{place}.", title), *written]
    return blocks


def _about(material: Material) -> Block:
    info = material.info
    text = "Phiếu phản ánh số liệu của {unit}, {window}; dữ liệu nguồn cập nhật đến {cutoff}.{synthetic}"
    return say(
        "unit.about",
        text,
        unit=material.called(material.request.unit_code),
        window=window(material.period),
        cutoff=clock(info.cutoff_at, info.time_zone),
        synthetic=" Toàn bộ là dữ liệu mô phỏng." if info.is_synthetic else "",
    )


def _results(material: Material, figures: dict[str, Figure]) -> list[Block]:
    """Every rate with its counts, target and place among peers, none of whom is named."""
    if all(figure.numerator is None for figure in figures.values()):
        return [say("unit.no_data", "Chưa có số liệu của đơn vị trong kỳ này.")]
    places = {name: place for name, place in material.peer_places(RATES).items() if place.quarter is not None}
    columns = [
        Column("Chỉ số", weight=2.8),
        Column("Tử số", "count", 0.8),
        Column("Mẫu số", "count", 0.8),
        Column("Tỷ lệ", "rate", 0.9),
        Column("Chỉ tiêu", "rate", 0.9),
    ]
    if places:
        columns.append(Column("So với đơn vị tương đương", weight=1.7))
    rows = []
    for name in RATES:
        figure = figures[name]
        cells = [text_cell(figure.label), count_cell(figure), under_cell(figure), rate_cell(figure), share_cell(material.target(figure))]
        rows.append((*cells, text_cell(_place(places.get(name), figure))) if places else tuple(cells))
    note = "Đơn vị tương đương: cùng cấp, quy mô tài khoản từ một nửa đến gấp đôi; xếp theo bốn nhóm bằng nhau." if places else ""
    known = [name for name in COUNTS if figures[name].numerator is not None]
    parts = [say("", "{label} {count}", label=in_sentence(figures[name].label), count=figures[name]) for name in known]
    told = [clauses("unit.counts", say("", "Trong kỳ: "), parts)] if parts else []
    return [*told, *changes(material, figures), Table("unit.rates", "Các tỷ lệ của đơn vị", tuple(columns), tuple(rows), note)]


def _place(place: PeerPlace | None, figure: Figure) -> str:
    if place is None or place.quarter is None or figure.value is None:
        return "–"
    if place.low is None or place.high is None:
        return QUARTERS[place.quarter]
    low, high = (points(bound, "vi") for bound in (place.low, place.high))
    return f"{QUARTERS[place.quarter]} (phần giữa {low}–{high}%)"


def _to_do(material: Material, figures: dict[str, Figure]) -> list[Block]:
    """What separates the unit from each target, in whole accounts and documents."""
    items: list[Block] = []
    has_target = False
    for name, text in TO_DO.items():
        target, missing = material.target(figures[name]), material.missing(figures[name])
        if target is None or missing is None:
            continue
        has_target = True
        if missing:
            items.append(item(f"unit.to_do.{name}", text, missing=how_many(missing), aim=aim(target), figure=figures[name]))
    if not has_target:
        return []
    return items or [say("unit.to_do.none", "Đơn vị đã đạt mọi chỉ tiêu có số liệu trong kỳ.")]


def _below(material: Material, figures: dict[str, Figure]) -> list[Block]:
    by_unit = material.by_unit(["activation_rate", "login_rate", "outgoing_documents", "digitally_signed_ratio"])
    listed = {code: own for code, own in by_unit.items() if code != material.request.unit_code}
    if not listed:
        return []
    columns = (
        Column("TT", "count", 0.4),
        Column("Đơn vị", weight=2.6),
        Column("Đã kích hoạt", "count", 0.9),
        Column("Được cấp", "count", 0.9),
        Column("Tỷ lệ", "rate", 0.9),
        Column("Đăng nhập", "rate", 0.9),
        Column("Văn bản đi", "count", 0.9),
        Column("Có ký số", "rate", 0.9),
    )
    rows = tuple(
        (
            number_cell(place),
            text_cell(sentence_case(material.called(code))),
            count_cell(own.get("activation_rate")),
            under_cell(own.get("activation_rate")),
            rate_cell(own.get("activation_rate")),
            rate_cell(own.get("login_rate")),
            count_cell(own.get("outgoing_documents")),
            rate_cell(own.get("digitally_signed_ratio")),
        )
        for place, (code, own) in enumerate(listed.items(), start=1)
    )
    return [Table("unit.below", "Số liệu của các đơn vị trực thuộc", columns, rows)]


def _explained(material: Material, figures: dict[str, Figure]) -> list[Block]:
    return [
        item(
            f"unit.explained.{place}",
            "{subject} ({unit}, từ ngày {first} đến ngày {last}): “{text}”.",
            subject=printable(one.subject),
            unit=material.called(one.unit_code),
            first=official_day(one.from_on),
            last=official_day(one.to_on),
            text=printable(one.text),
        )
        for place, one in enumerate(material.explanations(), start=1)
    ]

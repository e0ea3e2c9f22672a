"""II.5. Units beside each other: all of it done, target reached, in need of help; and those that chance alone may set apart are not ranked."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Chart, Column, Figure, Series, Table
from dashboard.reports.content.report_data import ComparedUnit, ReportData
from dashboard.reports.content.tables import count_cell, kind_of_rate, number_cell, rate_cell, table, target_cell, text_cell, under_cell
from dashboard.reports.content.text import official_count, window
from dashboard.ui.format import number

TITLE = "So sánh giữa các đơn vị"
SPEAKS_OF = ("activation_rate",)
LEAST_BARS, MOST_BARS = 2, 15
"""One bar says no more than the sentence before it."""
MOST_HELPED = 10


def write(data: ReportData) -> list[Block]:
    """Who logged in to the last account, who has reached the target, who needs help; the table of those and the bars of all."""
    placed = data.compared_units()
    if not placed:
        return [data.say("comparison.none", is_known=data.figure("activation_rate").numerator is not None)]
    helped = data.low_units()
    logged_in = [_everyone_logged_in(data)] if data.figure("login_rate").numerator is not None else []
    blocks: list[Block] = [*logged_in, *_on_target(data, placed), *_apart(data, placed, helped)]
    if helped:
        blocks.append(helped_table(data, helped))
    return [*blocks, *apart_chart(data, placed)]


def at_hundred_percent(data: ReportData, name: str = "login_rate") -> list[Figure]:
    """The units that reach 100% with all that is below them; a unit below one that is listed is not listed again."""
    full = {
        code: figures[name]
        for code, figures in data.by_unit([name]).items()
        if code != data.whole_code and figures[name].numerator == figures[name].denominator and figures[name].denominator
    }
    return [figure for code, figure in full.items() if data.tree.units[code].parent_code not in full]


def called_whole(data: ReportData, code: str, counts: str = "") -> str:
    """A unit with what stands below it: `VKSND tỉnh Quảng Ninh (gồm cả 13 đơn vị trực thuộc)`; `counts` come first in the parentheses."""
    below = sum(1 for unit in data.units.values() if unit.parent_code == code)
    remarks = ", ".join(filter(None, (counts, f"gồm cả {official_count(below, data.language)} đơn vị trực thuộc" if below else "")))
    return data.name_of(code) + (f" ({remarks})" if remarks else "")


def _everyone_logged_in(data: ReportData) -> Block:
    """The units in which every activated account logged in, by name, with their counts."""
    full = at_hundred_percent(data)
    counts = [f"{number(figure.numerator or 0, 'vi')}/{number(figure.denominator or 0, 'vi')}" if len(full) > 1 else "" for figure in full]
    names = [called_whole(data, figure.unit_code or "", own) for figure, own in zip(full, counts, strict=True)]
    is_deep = any(data.tree.units[figure.unit_code or ""].parent_code != data.whole_code for figure in full)
    return data.say("comparison.full", full=names, figure=full[0] if full else None, is_deep=is_deep)


def _on_target(data: ReportData, placed: list[ComparedUnit]) -> list[Block]:
    aimed = [one for one in placed if one.target is not None]
    if not aimed:
        return []
    reached = [data.name_of(one.unit) for one in aimed if one.missing == 0]
    targets = {one.target for one in aimed}
    return [data.say("comparison.target", reached=reached, aimed=len(aimed), target=targets.pop() if len(targets) == 1 else None)]


def _apart(data: ReportData, placed: list[ComparedUnit], helped: list[ComparedUnit]) -> list[Block]:
    """Which units differ from the whole by more than chance; the others are not ranked."""
    if len(placed) == 1:
        return []
    above = [data.name_of(one.unit) for one in placed if one.side == "above"]
    within = sum(1 for one in placed if one.side == "within")
    blocks: list[Block] = [data.say("comparison.apart", whole=data.figure("activation_rate"), above=above, within=within)]
    if helped:
        blocks.append(data.say("comparison.helped", helped=[data.name_of(one.unit) for one in helped]))
    return blocks


def helped_table(data: ReportData, helped: list[ComparedUnit], most: int = MOST_HELPED) -> Table:
    columns = [
        (Column("TT", "count", 0.4), lambda row: number_cell(row[0])),
        (Column("Đơn vị", weight=3.0), lambda row: text_cell(data.name_of(row[1].unit))),
        (Column("Đã kích hoạt", "count"), lambda row: count_cell(row[1].figure)),
        (Column("Được cấp", "count"), lambda row: under_cell(row[1].figure)),
        (Column("Tỷ lệ", "rate"), lambda row: rate_cell(row[1].figure)),
        (Column("Chỉ tiêu", "rate"), lambda row: target_cell(row[1].figure, row[1].target)),
        (Column("Còn thiếu", "count"), lambda row: number_cell(row[1].missing)),
    ]
    if all(one.target is None for one in helped):
        columns = columns[:5]
    columns.append((Column("Ngoài mức ngẫu nhiên", "count", 1.3), lambda row: number_cell(row[1].excess)))
    rest = (
        f" Danh sách gồm {official_count(most, data.language)} đơn vị có nhiều tài khoản nằm dưới mức ngẫu nhiên cho phép nhất."
        if len(helped) > most
        else ""
    )
    counted = "có tính đến số tài khoản của đơn vị và mức phân tán thường thấy giữa các đơn vị cùng cấp"
    note = f"Thấp hơn rõ rệt: ngoài giới hạn 95% quanh mức chung, {counted}.{rest}"
    rows = list(enumerate(helped[:most], start=1))
    return table("comparison.helped", "Đơn vị cần tập trung hỗ trợ kích hoạt tài khoản", rows, columns, note)


def apart_chart(data: ReportData, placed: list[ComparedUnit], most: int = MOST_BARS) -> list[Chart]:
    """The units that lie above or below the whole beyond chance, in the order of the organisation; the others are not to be ranked, and not drawn."""
    shown = [one for one in placed if one.side in ("above", "below")][:most]
    if len(shown) < LEAST_BARS:
        return []
    targets = {one.target for one in placed}
    told = "; ".join(f"{data.name_of(one.unit)} {one.figure.text}" for one in shown)
    return [
        Chart(
            "comparison.activation",
            "bars",
            "Tỷ lệ kích hoạt của các đơn vị khác biệt rõ rệt so với mức chung",
            f"{told}.",
            tuple(data.name_of(one.unit) for one in shown),
            (Series("Tỷ lệ kích hoạt", tuple(one.figure.value for one in shown)),),
            values_are=kind_of_rate(min(one.figure.denominator or 0 for one in shown)),
            target=targets.pop() if len(targets) == 1 else None,
            note=f"Số liệu {window(data.period, data.language)}; mẫu số là tài khoản được cấp của từng đơn vị, xem Phụ lục I.",
        )
    ]

"""II.5. Units beside each other: all of it done, target reached, in need of help; and those that chance alone may set apart are not ranked."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Chart, Column, Figure, Series, Table
from dashboard.reports.content.report_data import Material, Standing
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, share_cell, table, text_cell, under_cell
from dashboard.reports.content.text import how_many, window
from dashboard.ui.format import number

TITLE = "So sánh giữa các đơn vị"
MOST_BARS = 15
MOST_HELPED = 10


def write(material: Material) -> list[Block]:
    """Who logged in to the last account, who has reached the target, who needs help; the table of those and the bars of all."""
    placed = [one for one in material.standings("activation_rate") if one.figure.denominator]
    if not placed:
        return [material.say("comparison.none")]
    helped = in_need(placed)
    blocks: list[Block] = [_everyone_logged_in(material), *_on_target(material, placed), *_apart(material, placed, helped)]
    if helped:
        blocks.append(helped_table(material, helped))
    return [*blocks, bars_chart(material, placed)]


def at_hundred_percent(material: Material, name: str = "login_rate") -> list[Figure]:
    """The units that reach 100% with all that is below them; a unit below one that is listed is not listed again."""
    full = {
        code: figures[name]
        for code, figures in material.by_unit([name]).items()
        if code != material.top and figures[name].numerator == figures[name].denominator and figures[name].denominator
    }
    return [figure for code, figure in full.items() if material.tree.units[code].parent_code not in full]


def called_whole(material: Material, code: str, counts: str = "") -> str:
    """A unit with what stands below it: `VKSND tỉnh Quảng Ninh (gồm cả 13 đơn vị trực thuộc)`; `counts` come first in the parentheses."""
    below = sum(1 for unit in material.units.values() if unit.parent_code == code)
    remarks = ", ".join(filter(None, (counts, f"gồm cả {how_many(below)} đơn vị trực thuộc" if below else "")))
    return material.called(code) + (f" ({remarks})" if remarks else "")


def _everyone_logged_in(material: Material) -> Block:
    """The units in which every activated account logged in, by name, with their counts."""
    full = at_hundred_percent(material)
    counts = [f"{number(figure.numerator or 0, 'vi')}/{number(figure.denominator or 0, 'vi')}" if len(full) > 1 else "" for figure in full]
    names = [called_whole(material, figure.unit_code or "", own) for figure, own in zip(full, counts, strict=True)]
    return material.say("comparison.full", full=names, figure=full[0] if full else None)


def _on_target(material: Material, placed: list[Standing]) -> list[Block]:
    aimed = [one for one in placed if one.target is not None]
    if not aimed:
        return []
    reached = [material.called(one.unit) for one in aimed if one.missing == 0]
    targets = {one.target for one in aimed}
    return [material.say("comparison.target", reached=reached, aimed=len(aimed), target=targets.pop() if len(targets) == 1 else None)]


def in_need(placed: list[Standing]) -> list[Standing]:
    """Units below the whole beyond chance, those with most accounts missing first."""
    below = [one for one in placed if one.side == "below" and one.missing != 0]
    return sorted(below, key=lambda one: -(one.missing or 0))


def _apart(material: Material, placed: list[Standing], helped: list[Standing]) -> list[Block]:
    """Which units differ from the whole by more than chance; the others are not ranked."""
    if len(placed) == 1:
        return []
    above = [material.called(one.unit) for one in placed if one.side == "above"]
    within = sum(1 for one in placed if one.side == "within")
    blocks: list[Block] = [material.say("comparison.apart", whole=material.figure("activation_rate"), above=above, within=within)]
    if helped:
        blocks.append(material.say("comparison.helped", helped=[material.called(one.unit) for one in helped]))
    return blocks


def helped_table(material: Material, helped: list[Standing], most: int = MOST_HELPED) -> Table:
    columns = [
        (Column("TT", "count", 0.4), lambda row: number_cell(row[0])),
        (Column("Đơn vị", weight=3.0), lambda row: text_cell(material.called(row[1].unit))),
        (Column("Đã kích hoạt", "count"), lambda row: count_cell(row[1].figure)),
        (Column("Được cấp", "count"), lambda row: under_cell(row[1].figure)),
        (Column("Tỷ lệ", "rate"), lambda row: rate_cell(row[1].figure)),
        (Column("Chỉ tiêu", "rate"), lambda row: share_cell(row[1].target)),
        (Column("Còn thiếu", "count"), lambda row: number_cell(row[1].missing)),
    ]
    if all(one.target is None for one in helped):
        columns = columns[:5]
    rest = f" Danh sách gồm {how_many(most)} đơn vị còn thiếu nhiều nhất." if len(helped) > most else ""
    note = f"Thấp hơn rõ rệt: ngoài giới hạn 95% của biến động ngẫu nhiên quanh mức chung, có tính đến số tài khoản của đơn vị.{rest}"
    rows = list(enumerate(helped[:most], start=1))
    return table("comparison.helped", "Đơn vị cần tập trung hỗ trợ kích hoạt tài khoản", rows, columns, note)


def bars_chart(material: Material, placed: list[Standing], most: int = MOST_BARS) -> Chart:
    ordered = sorted(placed, key=lambda one: (-(one.figure.value or 0.0), -(one.figure.denominator or 0)))
    shown = ordered if len(ordered) <= most else ordered[-most:]
    targets = {one.target for one in placed}
    first, last = shown[0], shown[-1]
    which = f"{how_many(len(shown))} đơn vị có tỷ lệ thấp nhất" if len(shown) < len(ordered) else "các đơn vị"
    return Chart(
        "comparison.activation",
        "bars",
        f"Tỷ lệ kích hoạt tài khoản của {which}",
        f"Cao nhất là {material.called(first.unit)} {first.figure.text}, thấp nhất là {material.called(last.unit)} {last.figure.text}.",
        tuple(material.called(one.unit) for one in shown),
        (Series("Tỷ lệ kích hoạt", tuple(one.figure.value for one in shown)),),
        values_are="rate",
        target=targets.pop() if len(targets) == 1 else None,
        note=f"Số liệu {window(material.period)}; mẫu số là tài khoản được cấp của từng đơn vị, xem Phụ lục I.",
    )

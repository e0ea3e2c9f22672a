"""II.5. Units beside each other: all of it done, target reached, in need of help; and those that chance alone may set apart are not ranked."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Chart, Column, Figure, Series, Table
from dashboard.reports.content.report_data import Material, Standing
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, share_cell, text_cell, under_cell
from dashboard.reports.content.text import aim, how_many, in_a_row, rate, say, window
from dashboard.ui.format import number

MOST_BARS = 15
MOST_HELPED = 10


def write(material: Material) -> list[Block]:
    """Who logged in to the last account, who has reached the target, who needs help; the table of those and the bars of all."""
    placed = [one for one in material.standings("activation_rate") if one.figure.denominator]
    if not placed:
        return [say("comparison.none", "Trong phạm vi báo cáo không có đơn vị nào có tài khoản để so sánh.")]
    helped = in_need(placed)
    blocks: list[Block] = [*everyone_logged_in(material), *_on_target(material, placed), *_apart(material, placed, helped)]
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


def called_whole(material: Material, code: str, told: str = "") -> str:
    """A unit with what stands below it: `VKSND tỉnh Quảng Ninh (gồm cả 13 đơn vị trực thuộc)`; `told` is said first in the parentheses."""
    below = sum(1 for unit in material.units.values() if unit.parent_code == code)
    said = ", ".join(filter(None, (told, f"gồm cả {how_many(below)} đơn vị trực thuộc" if below else "")))
    return material.called(code) + (f" ({said})" if said else "")


def everyone_logged_in(material: Material) -> list[Block]:
    """The units in which every activated account logged in, by name, with their counts."""
    full = at_hundred_percent(material)
    if not full:
        return [say("comparison.full", "Trong kỳ, chưa có đơn vị nào có toàn bộ tài khoản đã kích hoạt đăng nhập (đạt 100%).")]
    codes = [figure.unit_code for figure in full if figure.unit_code is not None]
    if len(full) == 1:
        text = "Có 01 đơn vị đạt 100% tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ: {unit}, {figure}."
        return [say("comparison.full", text, unit=called_whole(material, codes[0]), figure=full[0])]
    names = [
        called_whole(material, code, told=f"{number(figure.numerator or 0, 'vi')}/{number(figure.denominator or 0, 'vi')}")
        for code, figure in zip(codes, full, strict=True)
    ]
    text = (
        "Có {count} đơn vị đạt 100% tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ, gồm (kèm số tài khoản đăng nhập/đã kích hoạt):"
        " {names}."
    )
    return [say("comparison.full", text, count=how_many(len(full)), names=in_a_row(names, most=20, rest=" (Phụ lục I)"))]


def _on_target(material: Material, placed: list[Standing]) -> list[Block]:
    aimed = [one for one in placed if one.target is not None]
    if not aimed:
        return []
    reached = [one for one in aimed if one.missing == 0]
    targets = {one.target for one in aimed}
    what = f"chỉ tiêu kích hoạt {aim(next(iter(targets)) or 0)}" if len(targets) == 1 else "chỉ tiêu kích hoạt tài khoản được giao"
    if not reached:
        return [say("comparison.target", "Đến cuối kỳ, chưa có đơn vị nào đạt {what}.", what=what)]
    if len(reached) == len(aimed):
        return [say("comparison.target", "Đến cuối kỳ, toàn bộ {count} đơn vị được so sánh đã đạt {what}.", count=how_many(len(aimed)), what=what)]
    return [
        say(
            "comparison.target",
            "Đến cuối kỳ, {reached} trong số {all} đơn vị được so sánh đã đạt {what}: {names}.",
            reached=how_many(len(reached)),
            all=how_many(len(aimed)),
            what=what,
            names=in_a_row([material.called(one.unit) for one in reached], rest=" (Phụ lục I)"),
        )
    ]


def in_need(placed: list[Standing]) -> list[Standing]:
    """Units below the whole beyond chance, those with most accounts missing first."""
    below = [one for one in placed if one.side == "below" and one.missing != 0]
    return sorted(below, key=lambda one: -(one.missing or 0))


def _apart(material: Material, placed: list[Standing], helped: list[Standing]) -> list[Block]:
    """Which units differ from the whole by more than chance; the others are not ranked."""
    whole = material.figure("activation_rate")
    above = [one for one in placed if one.side == "above"]
    within = sum(1 for one in placed if one.side == "within")
    blocks: list[Block] = []
    if len(placed) == 1:
        return blocks
    text = "So với mức chung {whole}, "
    text += "{above} đơn vị có tỷ lệ kích hoạt cao hơn rõ rệt: {names}; " if above else "không có đơn vị nào có tỷ lệ kích hoạt cao hơn rõ rệt; "
    text += (
        "{within} đơn vị không khác biệt rõ rệt với mức chung nên báo cáo này không xếp thứ tự các đơn vị đó."
        if within
        else "không có đơn vị nào ở mức chung."
    )
    blocks.append(
        say(
            "comparison.apart",
            text,
            whole=rate(whole),
            above=how_many(len(above)),
            names=in_a_row([material.called(one.unit) for one in above], rest=" (Phụ lục I)") if above else "",
            within=how_many(within),
        )
    )
    if helped:
        text = "Cần tập trung hỗ trợ {count} đơn vị có tỷ lệ kích hoạt thấp hơn rõ rệt so với mức chung: {names}."
        names = in_a_row([material.called(one.unit) for one in helped], rest=" (Phụ lục I)")
        blocks.append(say("comparison.helped", text, count=how_many(len(helped)), names=names))
    return blocks


def helped_table(material: Material, helped: list[Standing], most: int = MOST_HELPED) -> Table:
    has_aims = any(one.target is not None for one in helped)
    columns = (
        Column("TT", "count", 0.4),
        Column("Đơn vị", weight=3.0),
        Column("Đã kích hoạt", "count"),
        Column("Được cấp", "count"),
        Column("Tỷ lệ", "rate"),
        *((Column("Chỉ tiêu", "rate"), Column("Còn thiếu", "count")) if has_aims else ()),
    )
    rows = tuple(
        (
            number_cell(place),
            text_cell(material.called(one.unit)),
            count_cell(one.figure),
            under_cell(one.figure),
            rate_cell(one.figure),
            *((share_cell(one.target), number_cell(one.missing)) if has_aims else ()),
        )
        for place, one in enumerate(helped[:most], start=1)
    )
    rest = f" Danh sách gồm {how_many(most)} đơn vị còn thiếu nhiều nhất." if len(helped) > most else ""
    note = f"Thấp hơn rõ rệt: ngoài giới hạn 95% của biến động ngẫu nhiên quanh mức chung, có tính đến số tài khoản của đơn vị.{rest}"
    return Table("comparison.helped", "Đơn vị cần tập trung hỗ trợ kích hoạt tài khoản", columns, rows, note)


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

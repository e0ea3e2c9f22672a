"""II.1. Accounts: given, activated, used, and how often; each rate on a denominator that is named."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Chart, Column, Figure, Paragraph, Series, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.tables import count_cell, rate_cell, share_cell, text_cell, under_cell
from dashboard.reports.content.text import aim, clauses, in_a_row, in_sentence, moved, official_day, rate, say, window
from dashboard.ui.format import number

RATES = ("activation_rate", "login_rate", "login_rate_of_provisioned", "weekly_active_rate", "habitual_rate", "processing_rate")
FUNNEL = {
    "provisioned_accounts": "Được cấp",
    "activated_accounts": "Đã kích hoạt",
    "logged_in_accounts": "Có đăng nhập",
    "processing_accounts": "Có xử lý văn bản",
    "signing_accounts": "Có ký số",
}
HEADLINE_CHANGE = "accounts.change"
HEADLINES = ("activation_rate", "login_rate")
"""What is compared with the period before and with the targets."""


def write(material: Material) -> list[Block]:
    """Activation, login, regular use, change, distance to the targets; then the table and the adoption funnel."""
    figures = material.figures([*RATES, *FUNNEL])
    if figures["activation_rate"].numerator is None:
        return [say("accounts.no_data", "Trong kỳ này chưa có số liệu về tài khoản.")]
    if not figures["activation_rate"].denominator:
        return [say("accounts.none", "Vào ngày cuối kỳ, không có tài khoản nào được cấp trong phạm vi báo cáo.")]
    blocks: list[Block] = [_activated(material, figures)]
    if figures["activated_accounts"].numerator:
        blocks += [_logged_in(figures), *_denominators(figures), *_regular(figures)]
    return [*blocks, *changes(material, figures), *targets(material, figures), _table(material, figures), funnel_chart(material, figures)]


def whose(material: Material) -> str:
    """Whose accounts count, in words."""
    if material.request.unit_code is not None:
        return material.called(material.request.unit_code)
    group = material.group_of("activation_rate")
    return "toàn ngành" if group is None else f"các đơn vị nhóm {group}"


def _activated(material: Material, figures: dict[str, Figure]) -> Paragraph:
    given, activated = figures["provisioned_accounts"], figures["activated_accounts"]
    left = (given.numerator or 0) - (activated.numerator or 0)
    text = "Đến hết ngày {day}, {whose} được cấp {given} tài khoản; "
    if not activated.numerator:
        text += "chưa có tài khoản nào được kích hoạt."
    else:
        text += "đã kích hoạt {activated} tài khoản, đạt tỷ lệ {ratio}; " + (
            "còn {left} tài khoản chưa kích hoạt." if left else "không còn tài khoản nào chưa kích hoạt."
        )
    return say(
        "accounts.activated",
        text,
        day=official_day(material.period.to_on),
        whose=whose(material),
        given=given,
        activated=activated,
        ratio=figures["activation_rate"],
        left=number(left, "vi"),
    )


def _logged_in(figures: dict[str, Figure]) -> Paragraph:
    logged_in, of_activated = figures["logged_in_accounts"], figures["login_rate"]
    if not logged_in.numerator:
        text = "Trong kỳ, chưa có tài khoản đã kích hoạt nào đăng nhập."
    elif of_activated.numerator == of_activated.denominator:
        text = (
            "Trong kỳ, toàn bộ tài khoản đã kích hoạt đều đăng nhập ít nhất một lần, đạt {of_activated}; so với tổng số tài khoản được cấp là"
            " {of_given}."
        )
    else:
        text = (
            "Trong kỳ, có {count} tài khoản đăng nhập ít nhất một lần, bằng {of_activated} số tài khoản đã kích hoạt và bằng {of_given}"
            " tổng số tài khoản được cấp."
        )
    return say("accounts.login", text, count=logged_in, of_activated=of_activated, of_given=figures["login_rate_of_provisioned"])


def _denominators(figures: dict[str, Figure]) -> list[Block]:
    """Published side by side, 61,68% activated and 70,29% logged in read like a contradiction; they have different denominators."""
    activation, login = figures["activation_rate"], figures["login_rate"]
    if activation.denominator == login.denominator or activation.value is None or login.value is None:
        return []
    text = (
        "Khi sử dụng các tỷ lệ trên cần lưu ý: tỷ lệ kích hoạt ({activation}) tính trên số tài khoản được cấp, còn tỷ lệ đăng nhập ({login}) tính"
        " trên số tài"
        " khoản đã kích hoạt. Hai tỷ lệ không cùng mẫu số nên không so sánh trực tiếp với nhau"
    )
    if login.value > activation.value:
        text += "; tỷ lệ đăng nhập cao hơn tỷ lệ kích hoạt không có nghĩa là số tài khoản đăng nhập nhiều hơn số tài khoản kích hoạt"
    text += ". Tính trên cùng mẫu số là số tài khoản được cấp thì tỷ lệ đăng nhập là {of_given}."
    return [say("accounts.denominators", text, activation=rate(activation), login=rate(login), of_given=rate(figures["login_rate_of_provisioned"]))]


def _regular(figures: dict[str, Figure]) -> list[Block]:
    """How often: only what the window is long enough for."""
    words = {
        "weekly_active_rate": "{figure} có đăng nhập trong 7 ngày cuối kỳ",
        "habitual_rate": "{figure} sử dụng thường xuyên (đăng nhập trong ít nhất 3 của 4 tuần cuối kỳ)",
        "processing_rate": "{figure} có ít nhất một thao tác xử lý văn bản trong kỳ",
    }
    parts = [say("", template, figure=figures[name]) for name, template in words.items() if figures[name].value is not None]
    return [clauses("accounts.regular", say("", "Về mức độ sử dụng, trong số tài khoản đã kích hoạt có: "), parts)] if parts else []


def changes(material: Material, figures: dict[str, Figure], names: tuple[str, ...] = HEADLINES, key: str = HEADLINE_CHANGE) -> list[Block]:
    """Against the period of equal length before; a sentence says so where the data do not reach back."""
    earlier = material.earlier
    if earlier is None:
        return []
    before, parts = material.figures(names, earlier), []
    for name in names:
        change = moved(figures[name], before[name])
        if change is None:
            continue
        text = "{label} {change} (từ {before} lên {now})" if change.startswith("tăng") else "{label} {change} (từ {before} xuống {now})"
        if change == "không thay đổi":
            text = "{label} {change} ({now})"
        parts.append(say("", text, label=in_sentence(figures[name].label), change=change, before=rate(before[name]), now=rate(figures[name])))
    if not parts and key != HEADLINE_CHANGE:
        return []  # said once, with the accounts
    if not parts:
        return [say(key, "Chưa có số liệu của khoảng thời gian liền trước ({window}) để so sánh.", window=window(earlier))]
    return [clauses(key, say("", "So với khoảng thời gian liền trước ({window}): ", window=window(earlier)), parts)]


def targets(material: Material, figures: dict[str, Figure], names: tuple[str, ...] = HEADLINES, key: str = "accounts.targets") -> list[Block]:
    """How far from the targets, in whole accounts; nothing where there is none."""
    parts = []
    for name in names:
        target, missing = material.target(figures[name]), material.missing(figures[name])
        if target is None or missing is None:
            continue
        text = "để {label} đạt {aim} cần thêm {missing} tài khoản" if missing else "{label} đã đạt chỉ tiêu {aim}"
        parts.append(say("", text, label=in_sentence(figures[name].label), missing=number(missing, "vi"), aim=aim(target)))
    return [clauses(key, say("", "So với chỉ tiêu: "), parts)] if parts else []


def _table(material: Material, figures: dict[str, Figure]) -> Table:
    """Every rate with both its counts, and the target where there is one."""
    aims = {name: material.target(figures[name]) for name in RATES}
    has_aims = any(target is not None for target in aims.values())
    columns = (Column("Chỉ số", weight=3.2), Column("Tử số", "count"), Column("Mẫu số", "count"), Column("Tỷ lệ", "rate"))
    rows = tuple(
        (
            text_cell(figures[name].label),
            count_cell(figures[name]),
            under_cell(figures[name]),
            rate_cell(figures[name]),
            *((share_cell(aims[name]),) if has_aims else ()),
        )
        for name in RATES
    )
    note = f"Tài khoản của {whose(material)}; số liệu {window(material.period)}, tài khoản được cấp và đã kích hoạt tính vào ngày cuối kỳ."
    return Table("accounts", "Tài khoản và mức độ sử dụng", (*columns, Column("Chỉ tiêu", "rate")) if has_aims else columns, rows, note)


def funnel_chart(material: Material, figures: dict[str, Figure]) -> Chart:
    told = in_a_row([f"{label.lower()} {figures[name].text}" for name, label in FUNNEL.items()])
    return Chart(
        "accounts.funnel",
        "bars",
        "Từ tài khoản được cấp đến sử dụng thực tế",
        f"Số tài khoản qua từng bước: {told}.",
        tuple(FUNNEL.values()),
        (Series("Tài khoản", tuple(None if (count := figures[name].numerator) is None else float(count) for name in FUNNEL)),),
        note=f"Tài khoản của {whose(material)}; số liệu {window(material.period)}.",
    )

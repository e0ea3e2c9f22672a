"""II.1. Accounts: given, activated, used, and how often; each rate on a denominator that is named."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Chart, Column, Figure, Series, Table
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.tables import count_cell, rate_cell, table, target_cell, text_cell, under_cell
from dashboard.reports.content.text import in_sentence, names_in_a_row, window

TITLE = "Tài khoản và đăng nhập"
RATES = ("activation_rate", "login_rate", "login_rate_of_provisioned", "weekly_active_rate", "habitual_rate", "processing_rate")
REGULAR = ("weekly_active_rate", "habitual_rate", "processing_rate")
FUNNEL = {
    "provisioned_accounts": "Được cấp",
    "activated_accounts": "Đã kích hoạt",
    "logged_in_accounts": "Có đăng nhập",
    "processing_accounts": "Có xử lý văn bản",
    "signing_accounts": "Có ký số",
}
HEADLINES = ("activation_rate", "login_rate")
"""What is compared with the period before and with the targets."""


def write(data: ReportData) -> list[Block]:
    """Activation, login, regular use, change, distance to the targets; then the table and the adoption funnel."""
    figures = data.figures([*RATES, *FUNNEL])
    activation, login = figures["activation_rate"], figures["login_rate"]
    if figures["provisioned_accounts"].numerator is None:
        return [data.say("accounts.no_data")]
    if not figures["provisioned_accounts"].numerator:
        return [data.say("accounts.none")]
    blocks: list[Block] = [data.say("accounts.activated", **figures), *last_logins_only(data)]
    if figures["activated_accounts"].numerator:
        if login.numerator is not None:
            blocks.append(data.say("accounts.login", **figures))
        # Published side by side, a higher rate of logins than of activations reads like a contradiction; they have different denominators.
        if activation.denominator != login.denominator and activation.value is not None and login.value is not None:
            blocks.append(data.say("accounts.denominators", **figures))
        # How often: only what the window is long enough for.
        if regular := [figures[name] for name in REGULAR if figures[name].value is not None]:
            blocks.append(data.say("accounts.regular", regular=regular))
    return [*blocks, *changes(data, figures), *targets(data, figures), _table(data, figures), funnel_chart(data, figures)]


def last_logins_only(data: ReportData) -> list[Block]:
    """How figures of logins are to be read where the sources know each account's last one alone; else nothing."""
    return [data.say("accounts.last_logins_only")] if data.shown(["login_rate"]) and data.reader.tells_last_logins_only() else []


def changes(data: ReportData, figures: dict[str, Figure], names: tuple[str, ...] = HEADLINES, key: str = "accounts.change") -> list[Block]:
    """Against the period before; that the data do not reach back is said once, with the accounts."""
    if data.earlier is None:
        return []
    earlier, before = window(data.earlier, data.language), data.figures(names, data.earlier)
    found = [(in_sentence(figures[name].label), data.change(figures[name], before[name]), before[name], figures[name]) for name in names]
    known = [change for change in found if change[1] is not None]
    if known:
        return [data.say(key, "change", earlier=earlier, changes=known)]
    return [data.say(key, "change.none", earlier=earlier)] if key == "accounts.change" else []


def targets(data: ReportData, figures: dict[str, Figure]) -> list[Block]:
    """How far from the targets, in whole accounts; nothing where there is none."""
    stays = {"login_rate": " (với số tài khoản đã kích hoạt như hiện nay)"}
    aims = [(in_sentence(figures[name].label), data.aim(figures[name]), data.missing(figures[name]), stays.get(name, "")) for name in HEADLINES]
    known = [aim for aim in aims if None not in aim]
    return [data.say("accounts.targets", "targets", targets=known)] if known else []


def _table(data: ReportData, figures: dict[str, Figure]) -> Table:
    """Every rate with both its counts, and the target where there is one."""
    columns = [
        (Column("Chỉ số", weight=3.2), lambda figure: text_cell(figure.label)),
        (Column("Tử số", "count"), count_cell),
        (Column("Mẫu số", "count"), under_cell),
        (Column("Tỷ lệ", "rate"), rate_cell),
        (Column("Chỉ tiêu", "rate"), lambda figure: target_cell(figure, data.target(figure))),
    ]
    shown = data.shown(RATES)
    if all(data.target(figures[name]) is None for name in shown):
        columns.pop()
    note = f"{_about(data)}, tài khoản được cấp và đã kích hoạt tính vào ngày cuối kỳ."
    return table("accounts", "Tài khoản và mức độ sử dụng", [figures[name] for name in shown], columns, note)


def _about(data: ReportData) -> str:
    return f"Tài khoản của {data.whose_accounts}; số liệu {window(data.period, data.language)}"


def funnel_chart(data: ReportData, figures: dict[str, Figure]) -> Chart:
    known = {name: FUNNEL[name] for name in data.shown(FUNNEL)}
    steps = names_in_a_row([f"{label.lower()} {figures[name].text}" for name, label in known.items()], data.language)
    return Chart(
        "accounts.funnel",
        "bars",
        "Từ tài khoản được cấp đến sử dụng thực tế",
        f"Số tài khoản qua từng bước: {steps}.",
        tuple(known.values()),
        (Series("Tài khoản", tuple(None if (count := figures[name].numerator) is None else float(count) for name in known)),),
        note=f"{_about(data)}.",
    )

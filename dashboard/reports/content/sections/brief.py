"""The brief for leaders: one page, in Vietnamese or English, each rate with its counts, what is out of the ordinary, and what to do."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Column, Figure, Paragraph, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.comparison import at_hundred_percent, in_need
from dashboard.reports.content.tables import count_cell, rate_cell, share_cell, text_cell, under_cell
from dashboard.reports.content.text import Value, clock, how_many, in_a_row, rate, say, window
from dashboard.reports.layout.printable_text import printable

RATES = (
    "activation_rate",
    "login_rate",
    "login_rate_of_provisioned",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "on_time_ratio",
    "axis_success_ratio",
)
WORDS = {
    "vi": {
        "what": "Kết quả sử dụng {system} {window}; dữ liệu nguồn cập nhật đến {cutoff}.",
        "synthetic": " Toàn bộ là dữ liệu mô phỏng.",
        "accounts": "Tài khoản ({whose}): đã kích hoạt {activation}; đăng nhập ít nhất một lần {login} số tài khoản đã kích hoạt, bằng {of_given} số"
        " được cấp."
        " Hai tỷ lệ đầu không cùng mẫu số nên không so sánh trực tiếp với nhau.",
        "documents": "Văn bản đi: {outgoing} văn bản, gồm {electronic} hoàn toàn điện tử và {parallel} song song bản giấy; có ký số {signed}.",
        "flow": "Riêng {window}: {outgoing} văn bản đi, gồm {electronic} hoàn toàn điện tử và {parallel} song song bản giấy; {signed} có ký số,"
        " {not_signed} chưa ký"
        " số; nội bộ {internal_out} văn bản đi, {internal_in} lượt nhận.",
        "declared": "Văn bản điện tử phát hành trên tổng số văn bản hành chính do đơn vị khai báo: {declared}.",
        "channels": "Gửi, nhận: qua Trục liên thông {axis_out} văn bản đi, {axis_in} lượt nhận; nội bộ {internal_out} văn bản đi, {internal_in} lượt"
        " nhận (một văn bản"
        " gửi nhiều nơi là nhiều lượt nhận).",
        "full": "Đạt 100% tài khoản đã kích hoạt có đăng nhập: {count} đơn vị, gồm {names}.",
        "full_none": "Chưa có đơn vị nào đạt 100% tài khoản đã kích hoạt có đăng nhập.",
        "helped": "Cần tập trung hỗ trợ kích hoạt tài khoản: {names}.",
        "doubts": "Cần rà soát số liệu trước khi sử dụng: {doubts}.",
        "table": "Các tỷ lệ chính",
        "columns": "Chỉ số|Tử số|Mẫu số|Tỷ lệ|Chỉ tiêu",
        "group": "nhóm {group}",
        "everyone": "toàn ngành",
    },
    "en": {
        "what": "Use of {system} {window}; source data up to {cutoff}.",
        "synthetic": " All of it is simulated data.",
        "accounts": "Accounts ({whose}): {activation} activated; {login} of the activated ones logged in at least once, which is {of_given} of those"
        " provisioned."
        " The first two rates have different denominators and are not to be compared with each other.",
        "documents": "Outgoing documents: {outgoing}, of which {electronic} fully electronic and {parallel} with a paper copy beside; digitally"
        " signed {signed}.",
        "flow": "Of these, {window}: {outgoing} outgoing documents, {electronic} fully electronic and {parallel} with a paper copy beside; {signed}"
        " signed,"
        " {not_signed} not signed; internally {internal_out} documents sent and {internal_in} deliveries received.",
        "declared": "Documents issued electronically, of all administrative documents that the units declared: {declared}.",
        "channels": "Exchange: through the national axis {axis_out} documents sent and {axis_in} deliveries received; internally {internal_out}"
        " documents sent and"
        " {internal_in} deliveries received (one document to several receivers is several deliveries).",
        "full": "Every activated account logged in at {count} units: {names}.",
        "full_none": "At no unit did every activated account log in.",
        "helped": "Units in need of help with activation: {names}.",
        "doubts": "To be reviewed before use: {doubts}.",
        "table": "Main rates",
        "columns": "Metric|Numerator|Denominator|Rate|Target",
        "group": "group {group}",
        "everyone": "everyone",
    },
}
COUNTS = (
    "outgoing_documents",
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_signed",
    "outgoing_not_signed",
    "axis_outgoing",
    "axis_incoming",
    "internal_outgoing",
    "internal_incoming",
)


def write(material: Material) -> list[Block]:
    """What and when, the figures in five sentences, the units at either end, the table."""
    figures = material.figures([*RATES, *COUNTS])
    words, settings = WORDS[material.language], material.inputs.settings
    group = material.group_of("activation_rate")
    info = material.info

    def told(key: str, **values: Value) -> Paragraph:
        return say(f"brief.{key}", words[key], **values)

    system = settings.system if material.language == "vi" else settings.system_en
    what = words["what"] + (words["synthetic"] if info.is_synthetic else "")
    cutoff = clock(info.cutoff_at, info.time_zone, material.language)
    blocks: list[Block] = [say("brief.what", what, system=printable(system), window=window(material.period, material.language), cutoff=cutoff)]
    blocks.append(
        told(
            "accounts",
            whose=words["everyone"] if group is None else words["group"].format(group=group),
            activation=figures["activation_rate"],
            login=figures["login_rate"],
            of_given=figures["login_rate_of_provisioned"],
        )
    )
    blocks.append(told("declared", declared=figures["electronic_issue_ratio"]))
    blocks.append(
        told(
            "documents",
            outgoing=figures["outgoing_documents"],
            electronic=figures["fully_electronic_ratio"],
            parallel=figures["parallel_ratio"],
            signed=figures["digitally_signed_ratio"],
        )
    )
    blocks.append(told("channels", **_channels(figures)))
    if material.flow is not None:
        blocks.append(_second_window(material, words["flow"]))
    return [*blocks, *_units(material, words), _table(material, figures, words)]


def _channels(figures: dict[str, Figure]) -> dict[str, Value]:
    return {
        "axis_out": figures["axis_outgoing"],
        "axis_in": figures["axis_incoming"],
        "internal_out": figures["internal_outgoing"],
        "internal_in": figures["internal_incoming"],
    }


def _second_window(material: Material, template: str) -> Paragraph:
    assert material.flow is not None
    inner = material.figures(COUNTS, material.flow)
    return say(
        "brief.flow",
        template,
        window=window(material.flow, material.language),
        outgoing=inner["outgoing_documents"],
        electronic=inner["outgoing_electronic"],
        parallel=inner["outgoing_parallel"],
        signed=inner["outgoing_signed"],
        not_signed=inner["outgoing_not_signed"],
        internal_out=inner["internal_outgoing"],
        internal_in=inner["internal_incoming"],
    )


def _units(material: Material, words: dict[str, str]) -> list[Paragraph]:
    """The units at 100%, those in need of help, and what does not cohere."""
    said = []
    full = at_hundred_percent(material)
    if full:
        names = in_a_row([material.called(figure.unit_code) for figure in full], material.language)
        said.append(say("brief.full", words["full"], count=how_many(len(full), material.language), names=names))
    else:
        said.append(say("brief.full", words["full_none"]))
    helped = in_need([one for one in material.standings("activation_rate") if one.figure.denominator])
    if helped:
        named: list[str] = [f"{material.called(one.unit)} ({rate(one.figure, material.language).text})" for one in helped[:5]]
        said.append(say("brief.helped", words["helped"], names=in_a_row(named, material.language)))
    failed = [check for check in material.checks() if not check.is_passed]
    if failed:
        said.append(say("brief.doubts", words["doubts"], doubts="; ".join(map(material.doubt, failed))))
    return said


def _table(material: Material, figures: dict[str, Figure], words: dict[str, str]) -> Table:
    what, over, under, ratio, target = words["columns"].split("|")
    language = material.language
    columns = (Column(what, weight=3.4), Column(over, "count"), Column(under, "count"), Column(ratio, "rate"), Column(target, "rate"))
    rows = tuple(
        (
            text_cell(figures[name].label),
            count_cell(figures[name], language),
            under_cell(figures[name], language),
            rate_cell(figures[name], language),
            share_cell(material.target(figures[name]), language),
        )
        for name in RATES
    )
    return Table("brief.rates", words["table"], columns, rows)

"""The slides of the review conference: a sentence on each, with its chart or table, and window and cut-off at the foot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from dashboard.reports.content.blocks import Block, Chart, Column, Figure, Paragraph, Run, Series, Slide
from dashboard.reports.content.report_data import ComparedUnit, ReportData
from dashboard.reports.content.sections.accounts import FUNNEL, funnel_chart
from dashboard.reports.content.sections.assessment import causes, difficulties
from dashboard.reports.content.sections.brief import COUNTS, RATES
from dashboard.reports.content.sections.channels import exchange_table, title_where
from dashboard.reports.content.sections.comparison import apart_chart, at_hundred_percent, called_whole, helped_table
from dashboard.reports.content.sections.documents import over_time_chart
from dashboard.reports.content.tables import count_cell, rate_cell, table, text_cell, under_cell
from dashboard.reports.content.text import aim, in_sentence, names_in_a_row, official_count, official_time, rate, span, units_that, window
from dashboard.reports.layout.printable_text import printable
from dashboard.ui.format import number
from data.language import in_words
from metrics.periods import Period

NAMES = (*RATES, *COUNTS, "fully_signed_ratio", "overdue", *FUNNEL)
HEADLINES = {
    "activation_rate": "tài khoản được cấp đã kích hoạt",
    "login_rate": "tài khoản đã kích hoạt có đăng nhập",
    "electronic_issue_ratio": "văn bản hành chính khai báo đã phát hành điện tử",
    "digitally_signed_ratio": "văn bản đi có ký số",
}
CHANNELS = ("axis_outgoing", "axis_incoming", "internal_outgoing", "internal_incoming")
FORMS_AND_SIGNATURES = {
    "outgoing_electronic": "Hoàn toàn điện tử",
    "outgoing_parallel": "Song song bản giấy",
    "outgoing_signed": "Có ký số",
    "outgoing_not_signed": "Chưa ký số",
}
MOST_ROWS = 10
MOST_DIFFICULTIES, MOST_CAUSES = 4, 3


def conference_slides(data: ReportData, subject: str, without: Collection[str] = ()) -> tuple[Slide, ...]:
    """The slides in the order of the report; what has no data is said on one of them, and what the sources never deliver on none.

    Nor have sections of the report that it does `without`.
    """
    figures = data.figures(NAMES)
    placed = data.compared_units()
    made = [
        ("", _cover(data, subject), ()),
        ("accounts", _headlines(data, figures), HEADLINES),
        ("accounts", _funnel(data, figures), ("provisioned_accounts",)),
        ("comparison", _full(data), ("login_rate",)),
        ("comparison", _units(data, figures, placed), ("activation_rate",)),
        ("comparison", _helped(data), ("activation_rate",)),
        ("documents", _documents(data, figures), ("outgoing_documents",)),
        ("documents", _declared(data, figures), ("electronic_issue_ratio", *FORMS_AND_SIGNATURES)),
        ("", _exchange(data, figures, without), ()),
        ("difficulties", _difficulties(data), ()),
        ("tasks", _next(data, figures), ()),
        ("proposals", _requests(data), ()),
    ]
    slides = [slide for section, slide, needed in made if slide and section not in without and (not needed or data.shown(needed))]
    return tuple(replace(slide, note=slide.note or _foot(data)) for slide in _silent_together(slides))


def _silent_together(slides: Sequence[Slide]) -> list[Slide]:
    """The slides, those that have nothing but a title as the lines of one in place of the first of them."""
    silent = [slide for slide in slides if not slide.blocks]
    lines = tuple(_plain(f"silent.{place}", f"{slide.title}.") for place, slide in enumerate(silent))
    together = [Slide("Nội dung chưa có số liệu hoặc không phát sinh", lines)]
    return [one for slide in slides for one in ([slide] if slide.blocks else together if slide is silent[0] else [])]


def _foot(data: ReportData, period: Period | None = None) -> str:
    info = data.info
    synthetic = " Dữ liệu mô phỏng." if info.is_synthetic else ""
    told = window(period or data.period, data.language)
    return f"Số liệu {told}; dữ liệu nguồn cập nhật đến {official_time(info.cutoff_at, info.time_zone, data.language)}.{synthetic}"


def _large(key: str, figure: Figure, text: str, words: str) -> Paragraph:
    """A number to be set large, and what it says."""
    return Paragraph(f"slide.{key}", (Run(text, figure.key, is_strong=True), Run(f" {words}")))


def _plain(key: str, text: str, is_item: bool = True) -> Paragraph:
    return Paragraph(f"slide.{key}", (Run(text),), is_item=is_item)


def _counted(figure: Figure) -> str:
    """`1.848/2.996 tài khoản`: the counts of a ratio as it prints them."""
    return figure.text.partition("(")[2].rstrip(")")


def _aimed(data: ReportData, figure: Figure) -> str:
    target = data.aim(figure)
    return "" if target is None else f"; chỉ tiêu {aim(target, data.language)}"


def _cover(data: ReportData, subject: str) -> Slide:
    settings = data.inputs.settings
    lines = [printable(settings.issuing_organ), f"Số liệu {window(data.period, data.language)}"]
    return Slide(subject.partition(" (từ ngày")[0], tuple(_plain(f"cover.{place}", line, is_item=False) for place, line in enumerate(lines) if line))


def _headlines(data: ReportData, figures: dict[str, Figure]) -> Slide:
    activation, login = figures["activation_rate"], figures["login_rate"]
    if activation.value is None:
        return Slide("Chưa có số liệu về tài khoản trong kỳ")
    title = f"{rate(activation, data.language).text} tài khoản đã kích hoạt"
    if login.numerator is not None:
        title += f"; {rate(login, data.language).text} trong số đó đã đăng nhập"
    known = {name: said for name, said in HEADLINES.items() if figures[name].value is not None}
    blocks = [
        _large(
            f"headline.{name}",
            figures[name],
            rate(figures[name], data.language).text,
            f"{said} ({_counted(figures[name])}){_aimed(data, figures[name])}",
        )
        for name, said in known.items()
    ]
    note = f"Tỷ lệ kích hoạt và tỷ lệ đăng nhập không cùng mẫu số, không so sánh trực tiếp với nhau. {_foot(data)}"
    return Slide(title, tuple(blocks), note)


def _funnel(data: ReportData, figures: dict[str, Figure]) -> Slide:
    given, used = figures["provisioned_accounts"], figures["logged_in_accounts"]
    if not given.numerator:
        is_known = given.numerator is not None
        return Slide("Chưa có tài khoản nào được cấp trong phạm vi báo cáo" if is_known else "Chưa có số liệu về tài khoản được cấp")
    steps = {"đăng nhập": used, "ký số": figures["signing_accounts"]}
    known = {what: one for what, one in steps.items() if one.numerator is not None}
    told = [f"{one.text} tài khoản đã {what}" if one.numerator else f"chưa có tài khoản {what}" for what, one in known.items()]
    title = ", ".join([f"Từ {given.text} tài khoản được cấp", *told])
    return Slide(title, (funnel_chart(data, figures),))


def _full(data: ReportData) -> Slide:
    if data.figure("login_rate").numerator is None:
        return Slide("Chưa có số liệu về đăng nhập trong kỳ")
    full = at_hundred_percent(data)
    if not full:
        return Slide(
            "Chưa có đơn vị nào đạt 100% tài khoản đã kích hoạt có đăng nhập",
            (_plain("full.none", "Mức đăng nhập của từng đơn vị nêu tại Phụ lục I."),),
        )
    columns = [
        (Column("Đơn vị", weight=3.0), lambda figure: text_cell(called_whole(data, figure.unit_code or ""))),
        (Column("Có đăng nhập", "count"), count_cell),
        (Column("Đã kích hoạt", "count"), under_cell),
        (Column("Tỷ lệ", "rate"), rate_cell),
    ]
    rest = f" Còn {official_count(len(full) - MOST_ROWS, data.language)} đơn vị khác, xem Phụ lục I." if len(full) > MOST_ROWS else ""
    listed = table("slide.full", "Đơn vị đạt 100% tài khoản đã kích hoạt có đăng nhập", full[:MOST_ROWS], columns)
    return Slide(
        f"{official_count(len(full), data.language)} đơn vị đạt 100% tài khoản đã kích hoạt có đăng nhập",
        (listed,),
        (_foot(data) + rest) if rest else "",
    )


def _units(data: ReportData, figures: dict[str, Figure], placed: list[ComparedUnit]) -> Slide:
    """Who differs from the whole by more than chance; the others are not ranked here either."""
    if not placed:
        return Slide("Chưa có đơn vị nào để so sánh")
    above, below, within = (sum(one.side == side for one in placed) for side in ("above", "below", "within"))
    words = f"{units_that(above, 'cao hơn rõ rệt')}, {units_that(below, 'thấp hơn rõ rệt')}" if above or below else units_that(0, "khác biệt rõ rệt")
    title = f"Kích hoạt tài khoản: mức chung {figures['activation_rate'].text}; {words}"
    rest = _plain("units.within", f"{official_count(within, data.language)} đơn vị không khác biệt rõ rệt với mức chung, không xếp thứ tự.")
    apart: list[Block] = [*apart_chart(data, placed)]
    if not apart:
        runs = ((Run(f"{data.name_of(one.unit)}: "), Run(one.figure.text, one.figure.key)) for one in placed if one.side in ("above", "below"))
        apart += [Paragraph("slide.units.apart", pair, is_item=True) for pair in runs]
    return Slide(title, (*apart, *([rest] if within else [])))


def _helped(data: ReportData) -> Slide | None:
    """The units whose leaders are to be called; none where the slide before says that there is none."""
    helped = data.low_units()
    if not helped:
        return None
    return Slide(
        f"{official_count(len(helped), data.language)} đơn vị cần tập trung hỗ trợ kích hoạt tài khoản", (helped_table(data, helped, most=8),)
    )


def _documents(data: ReportData, figures: dict[str, Figure]) -> Slide:
    outgoing = figures["outgoing_documents"]
    if not outgoing.numerator:
        return Slide("Trong kỳ không phát sinh văn bản đi trên phần mềm" if outgoing.numerator == 0 else "Chưa có số liệu về văn bản đi trong kỳ")
    if figures["outgoing_electronic"].numerator is None:
        return Slide(f"{outgoing.text} văn bản đi trong kỳ", tuple(over_time_chart(data)))
    electronic, parallel = figures["fully_electronic_ratio"].text, figures["parallel_ratio"].text
    title = f"{outgoing.text} văn bản đi: {electronic} hoàn toàn điện tử, {parallel} còn gửi song song bản giấy"
    return Slide(title, tuple(over_time_chart(data)))


def _declared(data: ReportData, figures: dict[str, Figure]) -> Slide | None:
    """Declared against measured, and signed against not signed, of the same days; none where neither is to be told."""
    ratio, shown, period = figures["electronic_issue_ratio"], figures, data.period
    title = "Chưa có khai báo phủ kín kỳ về tổng số văn bản hành chính" if data.shown([ratio.metric]) else "Hình thức phát hành và ký số"
    blocks: list[Block] = []
    if ratio.value is not None:
        title = f"{rate(ratio, data.language).text} văn bản hành chính khai báo được phát hành điện tử"
        blocks.append(_large("declared", ratio, rate(ratio, data.language).text, f"phát hành điện tử trên tổng số khai báo ({_counted(ratio)})"))
    if shown["outgoing_documents"].numerator:
        names = data.shown(FORMS_AND_SIGNATURES)
        told = ", ".join(f"{shown[name].label.lower()} {shown[name].text}" for name in names)
        values = tuple(None if (count := shown[name].numerator) is None else float(count) for name in names)
        labels = tuple(FORMS_AND_SIGNATURES[name] for name in names)
        caption = f"Văn bản đi theo hình thức và ký số, {span(period)} (tổng số {shown['outgoing_documents'].text})"
        if names:
            blocks.append(Chart("slide.forms", "bars", caption, f"{caption}: {told}.", labels, (Series("Văn bản đi", values),)))
    return Slide(title, tuple(blocks)) if blocks or data.shown([ratio.metric]) else None


def _exchange(data: ReportData, figures: dict[str, Figure], without: Collection[str]) -> Slide | None:
    """Channels of both windows as a table, and how far deadlines are kept; none where neither is told."""
    channels = data.shown(CHANNELS) if "channels" not in without else ()
    on_time, overdue = figures["on_time_ratio"], figures["overdue"]
    is_on_time_told = on_time.metric in data.known and "progress" not in without
    if not channels and not is_on_time_told:
        return None
    if all(figures[name].numerator is None for name in (*channels, *[on_time.metric] * is_on_time_told)):
        return Slide(f"Chưa có số liệu về {' và '.join(['gửi, nhận'] * bool(channels) + ['tiến độ xử lý'] * is_on_time_told)} văn bản")
    sent, received = figures["axis_outgoing"], figures["axis_incoming"]
    title = in_words(title_where(data.known), "vi") if channels else "Tiến độ xử lý văn bản"
    if channels and sent.numerator is not None and received.numerator is not None:
        is_used = sent.numerator or received.numerator
        title = f"Qua Trục liên thông{f': {sent.text} văn bản gửi, {received.text} lượt nhận' if is_used else ' không phát sinh văn bản gửi, nhận'}"
    blocks: list[Block] = []
    if channels:
        blocks.append(exchange_table(data, "slide.exchange", "Gửi, nhận văn bản", CHANNELS, (2.4, 1.2, 1.4), has_flow=False))
    if is_on_time_told and on_time.value is not None:
        late = f"{overdue.text} lượt" if overdue.numerator else "không có lượt nào"
        words = f"lượt nhận có hạn trong kỳ xử lý đúng hạn ({_counted(on_time)}); {late} quá hạn"
        blocks.insert(0, _large("on_time", on_time, rate(on_time, data.language).text, words))
    elif is_on_time_told and not channels:
        blocks.append(_plain("on_time.none", "Trong kỳ chưa có lượt nhận văn bản có hạn xử lý."))
    return Slide(title, tuple(blocks), f"Một văn bản gửi nhiều nơi là nhiều lượt nhận. {_foot(data)}")


def _difficulties(data: ReportData) -> Slide:
    """What the figures leave open, and the causes that are known: the department's own words first, else how many units explained."""
    said = [block for block in difficulties.write(data) if isinstance(block, Paragraph)]
    written = [paragraph for name in ("causes_objective", "causes_subjective") for paragraph in data.own(name)]
    told = written or [block for block in causes.write(data) if isinstance(block, Paragraph)]
    lines = [one for one in said if one.is_item][:MOST_DIFFICULTIES] or said
    both = [*lines, *(replace(one, is_item=True) for one in told[:MOST_CAUSES])]
    return Slide("Hạn chế và nguyên nhân", tuple(replace(one, key=f"slide.{one.key}") for one in both))


def _requests(data: ReportData) -> Slide | None:
    """What is asked of the addressee; none where nothing is."""
    lines = data.own("requests")[:MOST_CAUSES]
    return Slide("Kiến nghị, đề xuất", tuple(replace(one, key=f"slide.{one.key}", is_item=True) for one in lines)) if lines else None


def _next(data: ReportData, figures: dict[str, Figure]) -> Slide:
    """What is to be done, in a few lines."""
    lines = []
    activation, login, signed, parallel = (figures[name] for name in ("activation_rate", "login_rate", "fully_signed_ratio", "parallel_ratio"))
    if activation.value is not None and activation.numerator != activation.denominator:
        helped = data.low_units()
        where = f", trước hết ở {official_count(len(helped), data.language)} đơn vị thấp hơn rõ rệt mức chung" if helped else ""
        lines.append(f"Kích hoạt {_left(activation)} tài khoản còn lại{where}")
    if login.value is not None and login.numerator != login.denominator:
        lines.append(f"Đưa {_left(login)} tài khoản đã kích hoạt nhưng chưa đăng nhập vào sử dụng")
    if signed.value is not None and signed.numerator != signed.denominator:
        lines.append(f"Ký số đủ người ký và cơ quan: hiện {signed.text}")
    if parallel.numerator:
        lines.append(f"Giảm gửi song song bản giấy: hiện {parallel.text}")
    failed = len(data.failed_checks())
    if failed:
        lines.append(f"Rà soát số liệu của {official_count(failed, data.language)} kiểm tra nhất quán chưa đạt (Phụ lục III)")
    if not lines:
        looked_at = [in_sentence(one.label) for one in (activation, login, signed) if one.value is not None]
        if not looked_at:
            return Slide("Chưa có số liệu của kỳ để đề ra nhiệm vụ")
        return Slide("Duy trì kết quả đạt được", (_plain("next.none", f"Đã đạt 100%: {names_in_a_row(looked_at, data.language)}."),))
    return Slide("Nhiệm vụ thời gian tới", tuple(_plain(f"next.{place}", line) for place, line in enumerate(lines)))


def _left(figure: Figure) -> str:
    return number((figure.denominator or 0) - (figure.numerator or 0), "vi")

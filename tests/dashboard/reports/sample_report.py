"""A report with every kind of block, for the tests of the writers; figures of the pilot where it published some, the rest made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from dashboard.reports.content.blocks import (
    Annex,
    Cell,
    Chart,
    Column,
    Figure,
    Heading,
    OfficialForm,
    Paragraph,
    Provenance,
    Report,
    Run,
    Series,
    Signature,
    Slide,
    Table,
)

JULY = (date(2024, 7, 1), date(2024, 7, 31))
FLOW = (date(2024, 7, 1), date(2024, 7, 25))

HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://example.invalid","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "<script>alert(1)</script>",
    '#read("/etc/passwd")',
    "@x $x$ [link](javascript:alert(1)) ![p](http://example.invalid/p.png)",
    "{{7*7}} ${jndi:ldap://example.invalid}",
    "\x1b[31mred\x1b[0m",
    "one\r\ntwo\nthree\tfour",
    "bell\x07null\x00unit\x1f\x7f\x85",
    "half \ud800 pair \udfff",
    "noncharacters \ufffe \uffff",
    "\u202erotcod\u202c \u200fשלום",
    "_x0041_ &amp; &#65; ]]> <![CDATA[x]]>",
    "'quoted' \"twice\" \\back",
    "Nguyễn Hoà hòa Đà Nẵng – ẶẪỮ ﬀ 😀 漢字",
    "x" * 10_000,
)
"""Texts that some program would run, follow, fail on or not show."""


def figure(
    key: str, label: str, numerator: int, denominator: int | None, text: str, window: tuple[date, date] = JULY, checks: tuple[str, ...] = ()
) -> Figure:
    value = float(numerator) if denominator is None else numerator / denominator
    kind = "count" if denominator is None else "rate"
    return Figure(key, key.partition(":")[0], label, None, 1, "as_was", *window, numerator, denominator, value, kind, "1", text, checks)  # type: ignore[arg-type]


FIGURES = (
    figure("activation_rate:1", "Tỷ lệ tài khoản đã kích hoạt", 1848, 2996, "61,68% (1.848/2.996)"),
    figure("login_rate:1", "Tỷ lệ đăng nhập ít nhất một lần", 1299, 1848, "70,29% (1.299/1.848)"),
    figure("electronic_issue_ratio:all", "Văn bản điện tử phát hành", 2322, 3911, "59,37% (2.322/3.911)", checks=("declared_covers_issued",)),
    figure("fully_electronic_ratio:flow", "Hoàn toàn điện tử", 1271, 2016, "63,05% (1.271/2.016)", FLOW),
    figure("digitally_signed_ratio:flow", "Có ký số", 1440, 2016, "71,43% (1.440/2.016)", FLOW),
    figure("internal_incoming:flow", "Lượt nhận nội bộ", 4107, None, "4.107", FLOW),
    figure("internal_outgoing:flow", "Văn bản đi nội bộ", 1397, None, "1.397", FLOW),
)

SOURCE = "Nguồn: hệ thống quản lý văn bản, 1/7 – 31/7/2024, chốt 31/7/2024 17:00"

UNITS = tuple(f"Viện kiểm sát nhân dân huyện số {number}" for number in range(1, 141))
RATE_COLUMNS = (
    Column("Đơn vị", weight=3.2),
    Column("Tài khoản", "count"),
    Column("Đã kích hoạt", "count"),
    Column("Tỷ lệ kích hoạt", "rate", 1.2),
    Column("Đã đăng nhập", "count"),
    Column("Tỷ lệ đăng nhập", "rate", 1.2),
    Column("Số ngày xử lý", "days"),
    Column("Ngày nối", "date"),
)


def number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def percent(value: float) -> str:
    return f"{value * 100:.2f}%".replace(".", ",")


def unit_row(place: int, name: str) -> tuple[Cell, ...]:
    accounts = 8 + place * 7 % 23
    activated = accounts - place % 5
    logged_in = activated - place % 3
    days = 1.5 + place % 4
    return (
        Cell(name, indent=1),
        Cell(number(accounts), accounts),
        Cell(number(activated), activated),
        Cell(percent(activated / accounts), activated / accounts),
        Cell(number(logged_in), logged_in),
        Cell(percent(logged_in / activated), logged_in / activated),
        Cell(f"{days:.1f}".replace(".", ","), days) if place % 7 else Cell("–"),
        Cell("1/7/2024", date(2024, 7, 1)),
    )


TOTAL_ROW = (
    Cell("Toàn ngành", is_strong=True),
    Cell("2.996", 2996),
    Cell("1.848", 1848),
    Cell("61,68%", 1848 / 2996, "activation_rate:1"),
    Cell("1.299", 1299),
    Cell("70,29%", 1299 / 1848, "login_rate:1"),
    Cell("2,4", 2.4),
    Cell("1/7/2024", date(2024, 7, 1)),
)

BARS = Chart(
    "chart.activation",
    "bars",
    "Tỷ lệ kích hoạt theo khối đơn vị",
    "Khối tối cao 82,10%, khối tỉnh 66,40%, khối huyện 55,00%; chỉ tiêu 90%.",
    ("VKSND tối cao", "VKSND cấp cao", "VKSND cấp tỉnh", "VKSND cấp huyện", "VKSND thành phố Hồ Chí Minh và các đơn vị trực thuộc"),
    (Series("Đã kích hoạt", (0.821, 0.7415, 0.664, 0.55, 0.9312)),),
    "rate",
    0.9,
)
COLUMNS = Chart(
    "chart.issued",
    "columns",
    "Văn bản phát hành theo tuần",
    "Từ 310 văn bản tuần đầu lên 640 văn bản tuần thứ tư.",
    ("Tuần 27", "Tuần 28", "Tuần 29", "Tuần 30"),
    (Series("Văn bản điện tử", (310, 455, 590, 640)), Series("Song song bản giấy", (220, 190, 170, 165))),
)
STACKED = Chart(
    "chart.signed",
    "stacked",
    "Văn bản đi theo hình thức",
    "1.271 hoàn toàn điện tử và 745 song song bản giấy.",
    ("1–7/7", "8–14/7", "15–21/7", "22–25/7"),
    (Series("Hoàn toàn điện tử", (210, 330, 421, 310)), Series("Song song bản giấy", (260, 215, 160, 110))),
)
LINE = Chart(
    "chart.logins",
    "line",
    "Tỷ lệ đăng nhập cộng dồn theo ngày",
    "Tăng từ 12% ngày 1/7 lên 70,29% ngày 31/7.",
    tuple(f"{day}/7" for day in range(1, 32)),
    (
        Series("Nhóm 1", tuple(round(0.12 + (0.7029 - 0.12) * (day / 30) ** 0.6, 6) for day in range(31))),
        Series("Nhóm 2", tuple(None if day < 5 else round(0.08 + 0.5 * (day / 30) ** 0.8, 6) for day in range(31))),
    ),
    "rate",
    0.8,
    "Cộng dồn từ ngày 1/7.",
)
SMALL_TABLE = Table(
    "table.units",
    "Kết quả theo đơn vị",
    RATE_COLUMNS[:4],
    (TOTAL_ROW[:4], *(unit_row(place, name)[:4] for place, name in enumerate(UNITS[:4]))),
    "Đơn vị tính: tài khoản.",
    frozenset({0}),
)

BLOCKS = (
    Heading(1, "I.", "Tình hình triển khai"),
    Paragraph(
        "scope",
        (
            Run("Thực hiện thí điểm từ ngày 1/7/2024, đến ngày 31/7/2024 có "),
            Run("61,68% (1.848/2.996)", "activation_rate:1", is_strong=True),
            Run(" tài khoản đã kích hoạt."),
        ),
    ),
    Paragraph("unlike", (Run("Hai tỷ lệ có mẫu số khác nhau, không so trực tiếp được.", is_emphasis=True),), True, "Câu gốc."),
    Heading(1, "II.", "Kết quả"),
    Heading(2, "1.", "Tài khoản và đăng nhập"),
    Paragraph("item.one", (Run("Đăng nhập ít nhất một lần: "), Run("70,29% (1.299/1.848)", "login_rate:1"), Run(".")), is_item=True),
    Paragraph("item.two", (Run("Chưa kích hoạt: 1.148 tài khoản."),), is_item=True),
    BARS,
    SMALL_TABLE,
    Heading(3, "a)", "Văn bản đi"),
    COLUMNS,
    STACKED,
    LINE,
)

ANNEXES = (
    Annex(
        "I",
        "Số liệu theo đơn vị",
        (
            Paragraph("annex.one", (Run("Nhóm 1, từ 1/7 đến 31/7/2024."),)),
            Table("table.all", "Tài khoản theo đơn vị", RATE_COLUMNS, (TOTAL_ROW, *(unit_row(*one) for one in enumerate(UNITS))), "", frozenset({0})),
            BARS,
        ),
        True,
        "Số liệu đơn vị",
    ),
    Annex(
        "II",
        "Định nghĩa, phạm vi loại trừ",
        (
            Heading(2, "1.", "Định nghĩa"),
            Paragraph("annex.two", (Run("Tài khoản đã kích hoạt: tài khoản đã đổi mật khẩu lần đầu vào ngày cuối kỳ."),), is_item=True),
            LINE,
        ),
        False,
        "Định nghĩa",
    ),
)


def statement(key: str, text: str, figure_key: str | None = None, lead: str = "") -> Paragraph:
    runs = (Run(lead, figure_key, is_strong=True), Run(text)) if lead else (Run(text),)
    return Paragraph(key, runs)


SLIDES = (
    Slide(
        "Sơ kết thí điểm Phần mềm Quản lý văn bản",
        (statement("s1a", "Viện kiểm sát nhân dân tối cao"), statement("s1b", "Từ 1/7 đến 31/7/2024")),
        SOURCE,
    ),
    Slide(
        "Ba phần năm tài khoản đã kích hoạt, bảy phần mười trong đó đã đăng nhập",
        (
            statement("s2a", " tài khoản đã kích hoạt", "activation_rate:1", "61,68% (1.848/2.996)"),
            statement("s2b", " tài khoản đã kích hoạt có đăng nhập ít nhất một lần", "login_rate:1", "70,29% (1.299/1.848)"),
            statement("s2c", " văn bản hành chính không mật được phát hành điện tử", "electronic_issue_ratio:all", "59,37% (2.322/3.911)"),
        ),
        SOURCE,
    ),
    Slide("Khối huyện kích hoạt thấp nhất, cách chỉ tiêu 35 điểm phần trăm", (BARS,), SOURCE),
    Slide(
        "Văn bản điện tử tăng gấp đôi sau bốn tuần",
        (statement("s4", "Văn bản song song bản giấy giảm dần nhưng chưa dứt."), COLUMNS),
        SOURCE,
    ),
    Slide(
        "Hơn sáu phần mười văn bản đi không còn bản giấy",
        (
            STACKED,
            statement("s5", "Tuần cuối chỉ có bốn ngày."),
        ),
        SOURCE,
    ),
    Slide("Số người đăng nhập tăng nhanh trong tuần đầu rồi chậm lại", (LINE,), SOURCE),
    Slide("Tám đơn vị đạt 100% tài khoản đăng nhập", (SMALL_TABLE,), SOURCE),
    Slide("Khối huyện cần hỗ trợ: bảng và biểu đồ", (BARS, SMALL_TABLE), SOURCE),
    Slide(
        "Khó khăn đơn vị nêu nhiều nhất là thiếu chứng thư số",
        tuple(
            Paragraph(f"s9{place}", (Run(text),), is_item=True)
            for place, text in enumerate(
                (
                    "Chứng thư số cấp chậm, 41 đơn vị nêu.",
                    "Máy quét không đủ cho văn thư, 27 đơn vị nêu.",
                    "Cán bộ chuyển công tác chưa được khoá tài khoản cũ, 12 đơn vị nêu.",
                    "Văn bản mật không xử lý trên phần mềm, đúng quy định.",
                )
            )
        ),
        SOURCE,
    ),
    Slide(
        "Ba việc cần làm trước ngày 30/8/2024",
        tuple(
            Paragraph(f"s10{place}", (Run(text),), is_item=True)
            for place, text in enumerate(("Kích hoạt 1.148 tài khoản còn lại.", "Cấp đủ chứng thư số.", "Dừng bản giấy song song."))
        ),
        SOURCE,
    ),
)

FORM = OfficialForm(
    "Viện kiểm sát nhân dân tối cao",
    "Cục Thống kê tội phạm và Công nghệ thông tin",
    5,
    "BC",
    "C2",
    "Hà Nội",
    date(2024, 8, 2),
    "Báo cáo",
    "Sơ kết thí điểm Phần mềm Quản lý văn bản",
    ("Lãnh đạo Viện kiểm sát nhân dân tối cao",),
    ("Như trên", "Các đơn vị thí điểm", "Lưu: VT, C2"),
    Signature(("KT. Cục trưởng", "Phó Cục trưởng"), ""),
)

PROVENANCE = Provenance(
    "so-ket",
    "1",
    "20240731T100000Z",
    "b" * 64,
    datetime(2024, 7, 31, 10, tzinfo=UTC),
    datetime(2024, 7, 31, 11, 30, tzinfo=UTC),
    True,
    (("from", "2024-07-01"), ("to", "2024-07-31")),
)


def sample_report(hostile: bool = False) -> Report:
    """The report; with `hostile` every text of it that may come from data is one of HOSTILE in turn."""
    report = Report("vi", "Báo cáo sơ kết thí điểm", PROVENANCE, BLOCKS, FORM, ANNEXES, SLIDES, FIGURES)
    return _with_hostile_texts(report) if hostile else report


def _with_hostile_texts(report: Report) -> Report:
    taken = iter(HOSTILE * 200)

    def text() -> str:
        return next(taken)

    short: Callable[[], str] = lambda: text()[:400]  # noqa: E731
    paragraphs = tuple(Paragraph(f"hostile.{place}", (Run(one, None, place % 2 == 0), Run(one))) for place, one in enumerate(HOSTILE))
    rows = tuple((Cell(one), *unit_row(place, "x")[1:]) for place, one in enumerate(HOSTILE))
    table = Table("hostile", short(), tuple(replace(column, title=short()) for column in RATE_COLUMNS), rows, short())
    chart = Chart(
        "hostile.chart",
        "bars",
        short(),
        short(),
        HOSTILE,
        (Series(short(), tuple(float(place) for place in range(len(HOSTILE)))),),
        "count",
        9,
        short(),
    )
    blocks = (Heading(1, "I.", short()), *paragraphs, table, chart)
    assert report.form is not None
    return replace(
        report,
        title=short(),
        blocks=blocks,
        form=replace(report.form, issuing_organ=short(), abstract=short(), recipients=HOSTILE[:6], addressees=HOSTILE[6:8]),
        annexes=tuple(replace(annex, title=short(), blocks=blocks, sheet=one[:40]) for annex, one in zip(report.annexes, HOSTILE, strict=False)),
        slides=tuple(Slide(one[:300], (paragraphs[place], table if place % 2 else chart), short()) for place, one in enumerate(HOSTILE)),
        figures=tuple(replace(one, label=short(), text=short(), failed_checks=(short(),)) for one in report.figures),
        provenance=replace(report.provenance, parameters=(("unit", short()),)),
    )

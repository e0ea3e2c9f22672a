"""II.3. The national axis and the internal channel: documents and deliveries, which are counted apart."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Column, Figure, Table
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.tables import count_cell, rate_cell, text_cell
from dashboard.reports.content.text import official_day, say, window
from metrics.periods import Period

NAMES = ("axis_outgoing", "axis_success_ratio", "axis_incoming", "internal_outgoing", "internal_incoming")


def write(material: Material) -> list[Block]:
    """What went through the axis, what stayed inside, and why the two sides of the internal channel do not add up."""
    figures = material.figures(NAMES)
    if figures["internal_outgoing"].numerator is None and figures["axis_outgoing"].numerator is None:
        return [say("channels.no_data", "Trong kỳ này chưa có số liệu về gửi, nhận văn bản.")]
    blocks: list[Block] = [_axis(figures, material.period), _internal(figures, material.period, "channels.internal", "Trong nội bộ ngành, {window}")]
    shown = figures
    if material.flow is not None:
        shown = material.figures(NAMES, material.flow)
        blocks.append(_internal(shown, material.flow, "channels.second_window", "Riêng {window}"))
    if (shown["internal_outgoing"].numerator or 0) and shown["internal_outgoing"].numerator != shown["internal_incoming"].numerator:
        blocks.append(
            say(
                "channels.reading",
                "Văn bản và lượt nhận là hai đơn vị đếm khác nhau: một văn bản gửi đến nhiều nơi được tính là một văn bản đi và nhiều lượt nhận, văn"
                " bản gửi cuối kỳ"
                " có thể được nhận ở kỳ sau. Vì vậy số lượt nhận ({incoming}) không bằng và không phải bằng số văn bản đi ({outgoing}); hai số không"
                " cộng,"
                " trừ với nhau.",
                incoming=shown["internal_incoming"],
                outgoing=shown["internal_outgoing"],
            )
        )
    return [*blocks, _table(material, figures)]


def _axis(figures: dict[str, Figure], period: Period) -> Block:
    sent, received = figures["axis_outgoing"], figures["axis_incoming"]
    if not sent.numerator and not received.numerator:
        return say("channels.axis", "Qua Trục liên thông văn bản quốc gia, {window} không phát sinh văn bản gửi, nhận.", window=window(period))
    text = "Qua Trục liên thông văn bản quốc gia, {window} các đơn vị gửi {sent} văn bản và nhận {received} lượt văn bản"
    text += "; số văn bản gửi có phản hồi đã nhận đạt {success}." if sent.numerator else "."
    return say("channels.axis", text, window=window(period), sent=sent, received=received, success=figures["axis_success_ratio"])


def _internal(figures: dict[str, Figure], period: Period, key: str, lead: str) -> Block:
    sent, received = figures["internal_outgoing"], figures["internal_incoming"]
    if not sent.numerator and not received.numerator:
        return say(key, lead + " không phát sinh văn bản gửi, nhận nội bộ.", window=window(period))
    return say(key, lead + " có {sent} văn bản đi nội bộ và {received} lượt nhận nội bộ.", window=window(period), sent=sent, received=received)


def _table(material: Material, figures: dict[str, Figure]) -> Table:
    windows = [(material.period, figures)]
    if material.flow is not None:
        windows.append((material.flow, material.figures(NAMES, material.flow)))
    columns = [Column("Nội dung", weight=2.6), Column("Đơn vị tính", weight=1.1)]
    columns += [Column(f"{official_day(period.from_on)} – {official_day(period.to_on)}", "count", 1.3) for period, _ in windows]
    rows = []
    for name in NAMES:
        is_ratio = figures[name].kind == "rate"
        unit = "tỷ lệ" if is_ratio else "văn bản" if name.endswith("outgoing") else "lượt nhận"
        cells = [(rate_cell if is_ratio else count_cell)(told[name]) for _, told in windows]
        rows.append((text_cell(figures[name].label), text_cell(unit), *cells))
    return Table("channels", "Gửi, nhận văn bản qua Trục liên thông và nội bộ ngành", tuple(columns), tuple(rows))

"""I. Whom the report speaks of, on which days, and up to when the sources speak."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.text import clock, how_many, say, sentence_case, window
from dashboard.reports.layout.printable_text import printable

GROUP_WORDS = {1: "toàn bộ công chức của đơn vị tham gia", 2: "chỉ công chức làm công tác văn thư tham gia"}


def write(material: Material) -> list[Block]:
    """Scope, days and cut-off, and how figures are to be read."""
    return [*_scope(material), *_days(material), *_cut_off(material)]


def _scope(material: Material) -> list[Block]:
    system = printable(material.inputs.settings.system)
    if material.request.unit_code is not None:
        below = len(material.units) - 1
        told = f" và {how_many(below)} đơn vị trực thuộc" if below else ""
        text = "Báo cáo này phản ánh việc sử dụng {system} tại {unit}{told}."
        return [say("scope.unit", text, system=system, unit=material.called(material.request.unit_code), told=told)]
    groups = {code: material.pilot_groups.get(code) for code in material.units}
    counted = {group: sum(1 for one in groups.values() if one == group) for group in (1, 2)}
    if material.request.population == "all" or not counted[1]:
        return [say("scope.whole", "Báo cáo này phản ánh việc sử dụng {system} trong toàn ngành.", system=system)]
    if material.request.population == "pilot":
        first = say(
            "scope.pilot",
            "{system} được triển khai thí điểm tại {first} đơn vị nhóm 1 ({whole}) và {second} đơn vị nhóm 2 ({clerks}). Số liệu về tài khoản trong"
            " báo cáo"
            " này tính trên nhóm 1; số liệu về văn bản tính trên cả hai nhóm. Đây là hai tập hợp khác nhau, vì vậy không cộng gộp số liệu tài khoản"
            " của"
            " nhóm này với nhóm kia.",
            system=sentence_case(system),
            first=how_many(counted[1]),
            second=how_many(counted[2]),
            whole=GROUP_WORDS[1],
            clerks=GROUP_WORDS[2],
        )
        return [first]
    group = int(material.request.population)
    text = "Báo cáo này phản ánh việc sử dụng {system} tại {units} đơn vị nhóm {group} ({who})."
    return [say("scope.group", text, system=system, units=how_many(counted[group]), group=group, who=GROUP_WORDS[group])]


def _days(material: Material) -> list[Block]:
    text = "Thời gian tính số liệu: {window}."
    if material.flow is not None:
        text += (
            " Riêng số liệu về văn bản đi và lượt gửi, nhận nội bộ được tính thêm cho khoảng thời gian {flow}; khoảng thời gian áp dụng được ghi rõ"
            " tại"
            " từng số liệu và không so sánh số liệu của hai khoảng thời gian với nhau."
        )
    flow = window(material.flow) if material.flow else ""
    return [say("days", text, window=window(material.period), flow=flow)]


def _cut_off(material: Material) -> list[Block]:
    info = material.info
    text = (
        "Số liệu được tổng hợp tự động từ dữ liệu của phần mềm cập nhật đến {cutoff}. Mỗi tỷ lệ đều ghi kèm tử số và mẫu số; “không phát sinh” nghĩa"
        " là mẫu"
        " số bằng 0, “chưa có số liệu” nghĩa là dữ liệu nguồn không phản ánh nội dung đó; cả hai trường hợp đều không phải là 0%. Văn bản mang bí"
        " mật nhà nước"
        " không được đưa vào hệ thống số liệu."
    )
    if info.is_synthetic:
        text += " Toàn bộ dữ liệu của báo cáo này là dữ liệu mô phỏng, dùng để thử nghiệm, không phải số liệu thật."
    return [say("cutoff", text, cutoff=clock(info.cutoff_at, info.time_zone))]

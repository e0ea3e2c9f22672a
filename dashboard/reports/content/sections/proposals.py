"""IV. What to do next, each proposal resting on a figure of the report; what is done already is not proposed."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Paragraph
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.comparison import in_need
from dashboard.reports.content.text import aim, in_a_row, item, say
from dashboard.reports.layout.printable_text import printable
from dashboard.ui.format import number

MOST_NAMED = 6


def write(material: Material) -> list[Block]:
    """Proposals in the order of the report: accounts, documents, signatures, deadlines, declarations, data."""
    issuing = printable(material.inputs.settings.issuing_organ) or "Đơn vị lập báo cáo"
    items = [*_accounts(material), *_documents(material), *_on_time(material), *_declarations(material), *_data(material)]
    if not items:
        text = "Các nội dung được theo dõi trong kỳ đã đạt yêu cầu; {issuing} đề nghị các đơn vị tiếp tục duy trì kết quả đạt được."
        return [say("proposals.none", text, issuing=issuing)]
    lead = say("proposals.lead", "Từ kết quả trên, {issuing} đề nghị các đơn vị thực hiện một số nội dung sau:", issuing=issuing)
    return [lead, *items]


def _accounts(material: Material) -> list[Paragraph]:
    items = []
    activation, login = material.figure("activation_rate"), material.figure("login_rate")
    if activation.value is not None and activation.numerator != activation.denominator:
        target, missing = material.target(activation), material.missing(activation)
        helped = in_need([one for one in material.standings("activation_rate") if one.figure.denominator])
        text = "Tiếp tục rà soát, kích hoạt các tài khoản đã được cấp"
        if target is not None and missing:
            text += "; để đạt chỉ tiêu {aim} cần kích hoạt thêm {missing} tài khoản"
        if helped:
            text += ", trước hết tại {names}"
        names = in_a_row([material.called(one.unit) for one in helped], most=MOST_NAMED) if helped else ""
        items.append(item("proposals.activation", text + ".", aim=aim(target or 0), missing=number(missing or 0, "vi"), names=names))
    if login.value is not None and login.numerator != login.denominator:
        left = number((login.denominator or 0) - (login.numerator or 0), "vi")
        text = (
            "Yêu cầu công chức đã kích hoạt tài khoản nhưng chưa đăng nhập trong kỳ ({left} tài khoản) sử dụng phần mềm trong xử lý công việc hằng"
            " ngày."
        )
        items.append(item("proposals.login", text, left=left))
    return items


def _documents(material: Material) -> list[Paragraph]:
    items = []
    parallel, signed = material.figure("parallel_ratio"), material.figure("fully_signed_ratio")
    if parallel.numerator:
        text = "Hạn chế gửi song song bản giấy đối với văn bản đã ký số đủ theo quy định; trong kỳ, tỷ lệ gửi song song là {figure}."
        items.append(item("proposals.parallel", text, figure=parallel))
    if signed.value is not None and signed.numerator != signed.denominator:
        text = "Thực hiện ký số đầy đủ của người có thẩm quyền và của cơ quan đối với văn bản điện tử phát hành; hiện tỷ lệ ký số đủ là {figure}."
        items.append(item("proposals.signed", text, figure=signed))
    return items


def _on_time(material: Material) -> list[Paragraph]:
    figure = material.figure("on_time_ratio")
    if figure.value is None or figure.numerator == figure.denominator or material.missing(figure) == 0:
        return []
    text = "Rà soát, xử lý dứt điểm các văn bản đã quá hạn; theo dõi hạn xử lý trên phần mềm để nâng tỷ lệ đúng hạn, hiện đạt {figure}."
    return [item("proposals.on_time", text, figure=figure)]


def _declarations(material: Material) -> list[Paragraph]:
    _, undeclared = material.reader.declarations(material.request.selection)
    codes = [code for code in undeclared["unit_code"] if code in material.units]
    if not codes:
        return []
    names = in_a_row([material.called(code) for code in codes], most=MOST_NAMED)
    text = "Khai báo đầy đủ tổng số văn bản hành chính của kỳ; các đơn vị có phát hành văn bản nhưng chưa khai báo phủ kín kỳ gồm {names}."
    return [item("proposals.declared", text, names=names)]


def _data(material: Material) -> list[Paragraph]:
    codes = list(dict.fromkeys(code for check in material.checks() if not check.is_passed for code in check.unit_codes if code in material.units))
    if not codes:
        return []
    names = in_a_row([material.called(code) for code in codes], most=MOST_NAMED)
    told = f" nêu tại {annex}" if (annex := material.annex("consistency")) else ""
    return [item("proposals.data", "Đề nghị {names} kiểm tra lại số liệu chưa nhất quán{told}.", names=names, told=told)]

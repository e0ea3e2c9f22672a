"""Whose rows are counted: what a metric of each population counts, and what is left out of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from metrics.model import Population
from metrics.rows import (
    account,
    account_history,
    account_use,
    activation,
    axis_sending,
    completed_delivery,
    delivery,
    document,
    due_delivery,
    login,
    open_delivery,
    paper,
    registered,
    retention,
)

_SECRECY = "Văn bản {secret} không vào hệ thống số liệu"
_SECRECY_EN = "Documents {secret} never enter the figures"
_RECALLED_APART = f"{_SECRECY}; văn bản thu hồi tính riêng"
_RECALLED_APART_EN = f"{_SECRECY_EN}; recalled documents are counted apart"

AXIS_CODES = "Mã nghiệp vụ và mã trạng thái của gói tin trên Trục liên thông (data/reference/edxml_codes.csv)"
AXIS_CODES_EN = "Codes of business and status of messages on the exchange platform (data/reference/edxml_codes.csv)"

_accounts = partial(Population, unit="tài khoản", unit_en="accounts")
_documents = partial(Population, of="document", unit="văn bản", unit_en="documents")
_deliveries = partial(Population, unit="lượt nhận", unit_en="deliveries", exclusions=_RECALLED_APART, exclusions_en=_RECALLED_APART_EN)

OFFICERS = _accounts(of="account", name="officers", label="{Staff}", label_en="{Staff}", where=account.is_officer)
CLERKS = _accounts(
    of="account", name="clerks", label="Văn thư", label_en="Clerks", where=account.is_officer & account.is_clerk, needs=account.is_clerk
)
"""Officers too: so group 2 is a part of the whole, and a whole never has fewer accounts than its group."""

LEADERS = _accounts(
    of="account",
    name="leaders",
    label="Lãnh đạo",
    label_en="Leaders",
    where=account.is_officer & account.is_leader,
    needs=account.is_leader,
    exclusions="Không ghi tên ai: nguồn chỉ cho biết tài khoản có phải của lãnh đạo hay không; đơn vị khác không xem được số của từng đơn vị",
    exclusions_en="No names: the source tells only whether an account is a leader's; other units do not see the figures of single units",
)
"""Of a unit they are a handful, so that peers see none of their figures (`dashboard.session.small_cells`)."""

DAYS_OF_USE = Population(
    name="days_of_use",
    label="Ngày làm việc của tài khoản đã kích hoạt",
    label_en="Working days of activated accounts",
    of="account_use",
    unit="ngày",
    unit_en="days",
    where=account_use.is_officer,
)
HISTORY = _accounts(
    name="history",
    label="{Staff}, từ trước đến ngày cuối kỳ",
    label_en="{Staff}, up to the last day of the period",
    of="account_history",
    where=account_history.is_officer,
)
ACTIVATIONS = _accounts(
    name="activations",
    label="Tài khoản kích hoạt trong kỳ đã qua 30 ngày",
    label_en="Accounts activated in the period, 30 days ago or more",
    of="activation",
    where=activation.is_officer & activation.is_ripe,
    ripens_after=31,
)
_begun = partial(_accounts, of="retention")
BEGUN_60_DAYS_AGO = _begun(
    name="begun_60_days_ago",
    label="Tài khoản kích hoạt trong kỳ đã qua 60 ngày",
    label_en="Accounts activated in the period, 60 days ago or more",
    where=retention.is_officer & retention.is_ripe_after_60_days,
    ripens_after=61,
)
BEGUN_120_DAYS_AGO = _begun(
    name="begun_120_days_ago",
    label="Tài khoản kích hoạt trong kỳ đã qua 120 ngày",
    label_en="Accounts activated in the period, 120 days ago or more",
    where=retention.is_officer & retention.is_ripe_after_120_days,
    ripens_after=121,
)
BEGUN_210_DAYS_AGO = _begun(
    name="begun_210_days_ago",
    label="Tài khoản kích hoạt trong kỳ đã qua 210 ngày",
    label_en="Accounts activated in the period, 210 days ago or more",
    where=retention.is_officer & retention.is_ripe_after_210_days,
    ripens_after=211,
)

LOGINS = Population(
    name="logins",
    label="Lượt đăng nhập của {staff}",
    label_en="Logins of {staff}",
    of="login",
    unit="lượt đăng nhập",
    unit_en="logins",
    where=login.is_officer,
)
LOGIN_DAYS = replace(
    LOGINS,
    name="login_days",
    label="Ngày có đăng nhập của {staff}",
    label_en="Days with a login of {staff}",
    unit="ngày",
    unit_en="days",
    exclusions="Không ghi tài khoản nào bị nghi vấn: chỉ có số ngày của từng đơn vị",
    exclusions_en="Which account is suspect is not kept: there are only the numbers of days of each unit",
)

ISSUED = _documents(
    name="issued",
    label="Văn bản đi không bị thu hồi",
    label_en="Outgoing documents not recalled",
    where=~document.is_recalled,
    exclusions=_RECALLED_APART,
    exclusions_en=_RECALLED_APART_EN,
)
ALL_DOCUMENTS = _documents(
    name="all_documents", label="Mọi văn bản đi", label_en="All outgoing documents", exclusions=_SECRECY, exclusions_en=_SECRECY_EN
)
_registered = partial(
    Population,
    of="registered",
    unit="văn bản",
    unit_en="documents",
    exclusions=f"{_SECRECY}; văn bản thu hồi không tính",
    exclusions_en=f"{_SECRECY_EN}; recalled documents do not count",
)
INCOMING = _registered(
    name="incoming",
    label="Văn bản đến",
    label_en="Incoming documents",
    where=registered.is_incoming & ~registered.is_recalled,
    needs=registered.is_incoming,
)
INTERNAL = _registered(
    name="internal",
    label="Văn bản nội bộ",
    label_en="Internal documents",
    where=registered.is_internal_document & ~registered.is_recalled,
    needs=registered.is_internal_document,
)
SENT_ON_NO_PAPER = Population(
    name="sent_on_no_paper",
    label="Văn bản hoàn toàn điện tử có nơi nhận",
    label_en="Fully electronic documents with a receiver",
    of="paper",
    unit="trang",
    unit_en="pages",
    where=~paper.is_recalled,
    exclusions=_RECALLED_APART,
    exclusions_en=_RECALLED_APART_EN,
)
COVERED_UNITS = Population(
    name="covered_units",
    label="Đơn vị khai báo đủ cả kỳ",
    label_en="Units that declared the whole period",
    of="declared",
    unit="văn bản",
    unit_en="documents",
    exclusions=_RECALLED_APART,
    exclusions_en=_RECALLED_APART_EN,
)
WORK_FILES = Population(
    name="work_files",
    label="Đơn vị khai báo đủ cả kỳ cả hai số hồ sơ",
    label_en="Units that declared both numbers of files for the whole period",
    of="work_file",
    unit="hồ sơ",
    unit_en="files",
    exclusions="Hồ sơ {secret} không khai báo",
    exclusions_en="Files {secret} are not declared",
)
HEADCOUNT = Population(
    name="headcount",
    label="Đơn vị khai báo biên chế vào ngày cuối kỳ",
    label_en="Units with a declared headcount on the last day",
    of="headcount",
    unit="người",
    unit_en="people",
    exclusions="Đơn vị chưa khai báo biên chế không có ở tử số lẫn mẫu số",
    exclusions_en="Units that declared no headcount are in neither count",
)

ARRIVED = _deliveries(
    name="arrived", label="Lượt nhận không bị thu hồi", label_en="Deliveries not recalled", of="delivery", where=~delivery.is_recalled
)
SENT_BY_AXIS = Population(
    name="sent_by_axis",
    label="Lượt gửi qua Trục đã qua ba ngày làm việc",
    label_en="Sendings through the exchange platform, three working days ago or more",
    of="axis_sending",
    unit="lượt gửi",
    unit_en="sendings",
    where=~axis_sending.is_recalled,
    exclusions=f"{_RECALLED_APART}; lượt gửi chưa qua ba ngày làm việc ở thời điểm chốt thì chưa tính",
    exclusions_en=f"{_RECALLED_APART_EN}; sendings of which three working days have not passed at the cut-off do not count yet",
)
UNITS = Population(
    name="units",
    label="Đơn vị có vào ngày cuối kỳ",
    label_en="Units that are there on the last day of the period",
    of="axis_unit",
    unit="đơn vị",
    unit_en="units",
    exclusions=_RECALLED_APART,
    exclusions_en=_RECALLED_APART_EN,
)
DUE = _deliveries(
    name="due",
    label="Lượt nhận đến hạn trong kỳ",
    label_en="Deliveries due in the period",
    of="due_delivery",
    where=~due_delivery.is_recalled & due_delivery.is_settled,
    needs=due_delivery.is_settled,
    ripens_after=1,  # whether a due date was kept is known on the day after it
)
OPEN = _deliveries(
    name="open",
    label="Lượt nhận chưa xử lý xong vào ngày cuối kỳ",
    label_en="Deliveries open on the last day of the period",
    of="open_delivery",
    where=~open_delivery.is_recalled,
)
COMPLETED = Population(
    name="completed",
    label="Lượt nhận xử lý xong trong kỳ",
    label_en="Deliveries completed in the period",
    of="completed_delivery",
    unit="ngày làm việc",
    unit_en="working days",
    where=~completed_delivery.is_recalled,
    exclusions=f"{_RECALLED_APART}; ngày làm việc là thứ Hai đến thứ Sáu trừ ngày nghỉ lễ, cộng ngày làm bù (data/reference/holidays.csv)",
    exclusions_en=f"{_RECALLED_APART_EN}; working days are Monday to Friday less public holidays, plus days worked in exchange"
    " (data/reference/holidays.csv)",
)

POPULATIONS: tuple[Population, ...] = (
    OFFICERS,
    CLERKS,
    LEADERS,
    DAYS_OF_USE,
    HISTORY,
    ACTIVATIONS,
    BEGUN_60_DAYS_AGO,
    BEGUN_120_DAYS_AGO,
    BEGUN_210_DAYS_AGO,
    LOGINS,
    LOGIN_DAYS,
    ISSUED,
    ALL_DOCUMENTS,
    INCOMING,
    INTERNAL,
    ARRIVED,
    SENT_BY_AXIS,
    UNITS,
    DUE,
    OPEN,
    COMPLETED,
    SENT_ON_NO_PAPER,
    COVERED_UNITS,
    WORK_FILES,
    HEADCOUNT,
)

"""METRICS: every published figure, declared once. Add a metric here, and nowhere else."""

from __future__ import annotations

import csv
import difflib
from functools import cache

from data.errors import ConfigurationError
from data.paths import REFERENCE
from metrics.model import Count, Duration, Metric, Population, Ratio, WrongDeclaration, condition_sql
from metrics.rows import ROWS

DECREE_30 = "Nghị định 30/2020/NĐ-CP, Điều 5 khoản 1"
SECRECY = "Văn bản mang bí mật nhà nước không vào hệ thống số liệu"
RECALLED_APART = f"{SECRECY}; văn bản thu hồi tính riêng"

POPULATIONS: tuple[Population, ...] = (
    Population("officers", "Công chức", "Officers", of="account", where="is_officer"),
    # Clerks are officers too: so group 2 is a part of the whole, and a whole never has fewer accounts than its group.
    Population("clerks", "Văn thư", "Clerks", of="account", where="is_officer & is_clerk"),
    Population("issued", "Văn bản đi không bị thu hồi", "Outgoing documents not recalled", of="document", where="~is_recalled"),
    Population("all_documents", "Mọi văn bản đi", "All outgoing documents", of="document"),
    Population("arrived", "Lượt nhận không bị thu hồi", "Deliveries not recalled", of="delivery", where="~is_recalled"),
    Population("due", "Lượt nhận đến hạn trong kỳ", "Deliveries due in the period", of="due_delivery", where="~is_recalled & is_settled"),
    Population("completed", "Lượt nhận xử lý xong trong kỳ", "Deliveries completed in the period", of="completed_delivery", where="~is_recalled"),
    Population(
        "sent_on_no_paper", "Văn bản hoàn toàn điện tử có nơi nhận", "Fully electronic documents with a receiver", of="paper", where="~is_recalled"
    ),
    Population("covered_units", "Đơn vị khai báo đủ cả kỳ", "Units that declared the whole period", of="declared"),
)

METRICS: tuple[Metric, ...] = (
    Ratio(
        name="activation_rate",
        label="Tỷ lệ kích hoạt tài khoản",
        label_en="Account activation rate",
        definition="Tài khoản đã kích hoạt / tài khoản được cấp, vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        numerator="is_activated",
    ),
    Ratio(
        name="login_rate",
        label="Tỷ lệ đăng nhập ít nhất một lần",
        label_en="Logged in at least once, of activated accounts",
        definition="Tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        numerator="is_activated & has_logged_in",
        denominator="is_activated",
    ),
    Ratio(
        name="login_rate_of_provisioned",
        label="Tỷ lệ đăng nhập trên tổng tài khoản",
        label_en="Logged in at least once, of provisioned accounts",
        definition="Tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ / tài khoản được cấp vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        numerator="is_activated & has_logged_in",
    ),
    Ratio(
        name="weekly_active_rate",
        label="Tỷ lệ sử dụng hằng tuần",
        label_en="Weekly active rate",
        definition="Tài khoản đã kích hoạt có đăng nhập trong 7 ngày cuối kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        min_days=7,
        numerator="is_activated & is_weekly_active",
        denominator="is_activated",
    ),
    Ratio(
        name="habitual_rate",
        label="Tỷ lệ sử dụng thường xuyên",
        label_en="Habitual use rate",
        definition="Tài khoản đã kích hoạt có đăng nhập trong ít nhất 3 của 4 tuần cuối kỳ (mỗi tuần 7 ngày, tính lùi từ ngày cuối kỳ)"
        " / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        min_days=28,
        numerator="is_activated & is_habitual",
        denominator="is_activated",
    ),
    Ratio(
        name="processing_rate",
        label="Tỷ lệ có xử lý văn bản",
        label_en="Processing rate",
        definition="Tài khoản đã kích hoạt có ít nhất một thao tác xử lý văn bản trong kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        numerator="is_activated & has_processed",
        denominator="is_activated",
    ),
    Ratio(
        name="electronic_issue_ratio",
        label="Tỷ lệ văn bản điện tử phát hành",
        label_en="Electronic issue ratio",
        definition="Văn bản phát hành điện tử trên phần mềm (hoàn toàn điện tử hoặc song song bản giấy) / văn bản hành chính không mật"
        " do đơn vị khai báo; chỉ tính những đơn vị có khai báo phủ kín kỳ, ở cả tử số và mẫu số.",
        of="declared",
        population="covered_units",
        unit="văn bản",
        good="up",
        exclusions=RECALLED_APART,
        numerator="issued_electronically",
        denominator="declared_documents",
    ),
    Ratio(
        name="fully_electronic_ratio",
        label="Tỷ lệ hoàn toàn điện tử",
        label_en="Fully electronic ratio",
        definition="Văn bản đi hoàn toàn điện tử / văn bản đi phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="up",
        exclusions=RECALLED_APART,
        numerator="is_electronic",
    ),
    Ratio(
        name="parallel_ratio",
        label="Tỷ lệ song song bản giấy",
        label_en="Parallel paper ratio",
        definition="Văn bản đi điện tử có gửi song song bản giấy / văn bản đi phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="down",
        exclusions=RECALLED_APART,
        numerator="is_parallel",
    ),
    Ratio(
        name="digitally_signed_ratio",
        label="Tỷ lệ văn bản có ký số",
        label_en="Digitally signed ratio",
        definition="Văn bản đi có ít nhất một chữ ký số (của người ký hoặc của cơ quan) / văn bản đi phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="up",
        exclusions=RECALLED_APART,
        numerator="is_organ_signed | is_signer_signed",
    ),
    Ratio(
        name="fully_signed_ratio",
        label="Tỷ lệ ký số đủ (người ký và cơ quan)",
        label_en="Fully signed ratio (signer and organisation)",
        definition="Văn bản đi có đủ chữ ký số của người ký và của cơ quan / văn bản đi phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="up",
        exclusions=RECALLED_APART,
        source=DECREE_30,
        numerator="is_organ_signed & is_signer_signed",
    ),
    Ratio(
        name="on_time_ratio",
        label="Tỷ lệ xử lý đúng hạn",
        label_en="On-time ratio",
        definition="Lượt nhận xử lý xong không muộn hơn hạn / lượt nhận có hạn trong kỳ;"
        " lượt chưa xong mà chưa quá hạn ở thời điểm chốt thì chưa tính.",
        of="due_delivery",
        population="due",
        unit="lượt nhận",
        good="up",
        exclusions=RECALLED_APART,
        numerator="is_on_time",
    ),
    Ratio(
        name="axis_success_ratio",
        label="Tỷ lệ gửi Trục thành công",
        label_en="Axis success ratio",
        definition="Văn bản đi gửi qua Trục liên thông có phản hồi đã nhận / văn bản đi gửi qua Trục, phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="up",
        exclusions=RECALLED_APART,
        numerator="is_sent_by_axis & is_axis_acknowledged",
        denominator="is_sent_by_axis",
    ),
    Count(
        name="provisioned_accounts",
        label="Tài khoản được cấp",
        label_en="Provisioned accounts",
        definition="Tài khoản được cấp và chưa khóa vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
    ),
    Count(
        name="activated_accounts",
        label="Tài khoản đã kích hoạt",
        label_en="Activated accounts",
        definition="Tài khoản đã kích hoạt vào ngày cuối kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        where="is_activated",
    ),
    Count(
        name="logged_in_accounts",
        label="Tài khoản có đăng nhập",
        label_en="Accounts that logged in",
        definition="Tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        where="is_activated & has_logged_in",
    ),
    Count(
        name="processing_accounts",
        label="Tài khoản có xử lý văn bản",
        label_en="Accounts that processed documents",
        definition="Tài khoản đã kích hoạt có ít nhất một thao tác xử lý văn bản trong kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        where="is_activated & has_processed",
    ),
    Count(
        name="signing_accounts",
        label="Tài khoản có ký số",
        label_en="Accounts that signed",
        definition="Tài khoản đã kích hoạt có ký số ít nhất một lần trong kỳ.",
        of="account",
        population="officers",
        unit="tài khoản",
        good="up",
        where="is_activated & has_signed",
    ),
    Count(
        name="outgoing_documents",
        label="Văn bản đi",
        label_en="Outgoing documents",
        definition="Văn bản đi phát hành trong kỳ, mỗi văn bản tính một lần ở đơn vị ban hành.",
        of="document",
        population="issued",
        unit="văn bản",
        exclusions=RECALLED_APART,
    ),
    Count(
        name="outgoing_electronic",
        label="Văn bản đi hoàn toàn điện tử",
        label_en="Fully electronic documents",
        definition="Văn bản đi hoàn toàn điện tử phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="up",
        exclusions=RECALLED_APART,
        where="is_electronic",
    ),
    Count(
        name="outgoing_parallel",
        label="Văn bản đi song song bản giấy",
        label_en="Documents issued electronically and on paper",
        definition="Văn bản đi điện tử có gửi song song bản giấy, phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="down",
        exclusions=RECALLED_APART,
        where="is_parallel",
    ),
    Count(
        name="outgoing_paper",
        label="Văn bản đi chỉ có bản giấy",
        label_en="Documents on paper only",
        definition="Văn bản đi chỉ có bản giấy, phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="down",
        exclusions=RECALLED_APART,
        where="is_paper",
    ),
    Count(
        name="outgoing_signed",
        label="Văn bản đi có ký số",
        label_en="Digitally signed documents",
        definition="Văn bản đi có ít nhất một chữ ký số, phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="up",
        exclusions=RECALLED_APART,
        where="is_organ_signed | is_signer_signed",
    ),
    Count(
        name="outgoing_not_signed",
        label="Văn bản đi chưa ký số",
        label_en="Documents without a digital signature",
        definition="Văn bản đi không có chữ ký số nào, phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        good="down",
        exclusions=RECALLED_APART,
        where="~(is_organ_signed | is_signer_signed)",
    ),
    Count(
        name="internal_outgoing",
        label="Văn bản đi nội bộ",
        label_en="Internal outgoing documents",
        definition="Văn bản đi gửi đến ít nhất một đơn vị trong ngành, phát hành trong kỳ; mỗi văn bản tính một lần.",
        of="document",
        population="issued",
        unit="văn bản",
        exclusions=RECALLED_APART,
        where="is_sent_internally",
    ),
    Count(
        name="internal_incoming",
        label="Lượt nhận nội bộ",
        label_en="Internal deliveries received",
        definition="Lượt nhận văn bản từ đơn vị trong ngành, đến trong kỳ; một văn bản gửi nhiều nơi là nhiều lượt.",
        of="delivery",
        population="arrived",
        unit="lượt nhận",
        exclusions=RECALLED_APART,
        where="is_internal",
    ),
    Count(
        name="axis_outgoing",
        label="Văn bản đi qua Trục",
        label_en="Documents sent through the axis",
        definition="Văn bản đi gửi qua Trục liên thông văn bản quốc gia, phát hành trong kỳ.",
        of="document",
        population="issued",
        unit="văn bản",
        exclusions=RECALLED_APART,
        where="is_sent_by_axis",
    ),
    Count(
        name="axis_incoming",
        label="Lượt nhận qua Trục",
        label_en="Deliveries received through the axis",
        definition="Lượt nhận văn bản từ Trục liên thông văn bản quốc gia, đến trong kỳ.",
        of="delivery",
        population="arrived",
        unit="lượt nhận",
        exclusions=RECALLED_APART,
        where="is_from_axis",
    ),
    Count(
        name="recalled_documents",
        label="Văn bản thu hồi",
        label_en="Recalled documents",
        definition="Văn bản đi phát hành trong kỳ rồi bị thu hồi.",
        of="document",
        population="all_documents",
        unit="văn bản",
        good="down",
        exclusions=SECRECY,
        where="is_recalled",
    ),
    Count(
        name="overdue",
        label="Lượt nhận quá hạn",
        label_en="Overdue deliveries",
        definition="Lượt nhận có hạn trong kỳ mà xử lý xong muộn hơn hạn, hoặc đã quá hạn mà chưa xong ở thời điểm chốt.",
        of="due_delivery",
        population="due",
        unit="lượt nhận",
        good="down",
        exclusions=RECALLED_APART,
        where="~is_on_time",
    ),
    Duration(
        name="median_working_days",
        label="Thời gian xử lý trung vị (ngày làm việc)",
        label_en="Median working days to completion",
        definition="Một nửa số lượt nhận xử lý xong trong kỳ mất không quá ngần ấy ngày làm việc (thứ Hai đến thứ Sáu), kể từ ngày nhận.",
        of="completed_delivery",
        population="completed",
        unit="ngày làm việc",
        good="down",
        exclusions=f"{RECALLED_APART}; chưa trừ ngày lễ",
        days="working_days",
        share=0.5,
    ),
    Duration(
        name="p90_working_days",
        label="Thời gian xử lý của 90% lượt nhận (ngày làm việc)",
        label_en="90th percentile of working days to completion",
        definition="90% số lượt nhận xử lý xong trong kỳ mất không quá ngần ấy ngày làm việc (thứ Hai đến thứ Sáu), kể từ ngày nhận.",
        of="completed_delivery",
        population="completed",
        unit="ngày làm việc",
        good="down",
        exclusions=f"{RECALLED_APART}; chưa trừ ngày lễ",
        days="working_days",
        share=0.9,
    ),
    Count(
        name="paper_pages_saved",
        label="Số trang giấy tiết kiệm (ước tính)",
        label_en="Pages of paper saved (estimate)",
        definition="Số trang x số nơi nhận trong ngành của các văn bản hoàn toàn điện tử phát hành trong kỳ;"
        " giả định mỗi nơi nhận lẽ ra được gửi một bản giấy in một mặt, văn bản không ghi số trang không tính.",
        of="paper",
        population="sent_on_no_paper",
        unit="trang",
        good="up",
        exclusions=RECALLED_APART,
        where="pages",
    ),
)

_METRIC = {metric.name: metric for metric in METRICS}
_POPULATION = {population.name: population for population in POPULATIONS}


def metric(name: str) -> Metric:
    """The declaration of that name; raises ConfigurationError with the closest names."""
    try:
        return _METRIC[name]
    except KeyError:
        close = difflib.get_close_matches(name, _METRIC, n=3, cutoff=0.4)
        hint = f"Closest: {', '.join(close)}." if close else "`vanban metrics --help` lists them."
        raise ConfigurationError(f"There is no metric {name!r}. {hint}") from None


def population(name: str) -> Population:
    """The population of that name; raises WrongDeclaration, since only declarations name populations."""
    try:
        return _POPULATION[name]
    except KeyError:
        raise WrongDeclaration(f"There is no population {name!r}; known: {', '.join(_POPULATION)}.") from None


@cache
def population_of_group(group: int) -> Population:
    """Whose accounts count in a pilot group (`data/reference/populations.csv`); officers where the file does not say."""
    with (REFERENCE / "populations.csv").open(encoding="utf-8", newline="") as file:
        accounts = {int(row["pilot_group"]): row["accounts"] for row in csv.DictReader(file)}
    return population(accounts.get(group, "officers"))


def _verify() -> None:
    """Every declaration fits its row kind, or importing fails."""
    for one in POPULATIONS:
        condition_sql(one.where, ROWS[one.of].booleans, f"population {one.name}")
    for declared in METRICS:
        rows = ROWS[declared.of]
        if population(declared.population).of != declared.of:
            raise WrongDeclaration(f"{declared.name}: its population is of another row kind.")
        conditions = (declared.numerator, declared.denominator) if isinstance(declared, Ratio) else (declared.where,)
        if isinstance(declared, Duration) and declared.days not in rows.dimensions:
            raise WrongDeclaration(f"{declared.name}: {declared.days!r} is not a dimension of its row kind.")
        for condition in conditions:
            if condition not in rows.measures:
                condition_sql(condition, rows.booleans, declared.name)
    if len(_METRIC) != len(METRICS) or len(_POPULATION) != len(POPULATIONS):
        raise WrongDeclaration("Two declarations have the same name.")


_verify()

"""How deep the use of accounts goes, beside whether there is any: leaders, signing, days of use, cohorts, and those who stay away."""

from __future__ import annotations

from metrics.catalog.populations import (
    ACTIVATIONS,
    BEGUN_60_DAYS_AGO,
    BEGUN_120_DAYS_AGO,
    BEGUN_210_DAYS_AGO,
    DAYS_OF_USE,
    HEADCOUNT,
    HISTORY,
    LEADERS,
    OFFICERS,
)
from metrics.model import Duration, Metric, Ratio
from metrics.rows import account, account_history, account_use, activation, headcount, retention

_ONLINE_BY_ALL = "Thông báo 56/TB-VPCP ngày 23/2/2025: lãnh đạo, cán bộ, công chức các cấp xử lý công việc trên môi trường số và dùng chữ ký số"
_ONLINE_BY_ALL_EN = "Notice 56/TB-VPCP of 23 February 2025: leaders and staff of all levels deal with their work online and sign digitally"
_ACTIVE_USERS = "Tỷ số DAU/MAU (người dùng theo ngày trên người dùng theo tháng), tính trên ngày làm việc"
_ACTIVE_USERS_EN = "The ratio DAU/MAU (daily by monthly active users), over working days"
_COHORT = "Phân tích theo lứa (cohort): theo dõi những tài khoản bắt đầu cùng lúc"
_COHORT_EN = "Cohort analysis: accounts that began together are followed together"

METRICS: tuple[Metric, ...] = (
    Ratio(
        name="leader_login_rate",
        label="Lãnh đạo có đăng nhập",
        label_en="Leaders who logged in",
        definition="Tài khoản lãnh đạo đã kích hoạt có đăng nhập ít nhất một lần trong kỳ / tài khoản lãnh đạo được cấp vào ngày cuối kỳ.",
        definition_en="Activated accounts of leaders that logged in at least once within the period / leaders' accounts provisioned on the last day"
        " of the period.",
        population=LEADERS,
        good="up",
        law=_ONLINE_BY_ALL,
        law_en=_ONLINE_BY_ALL_EN,
        numerator=account.is_activated & account.has_logged_in,
    ),
    Ratio(
        name="leader_processing_rate",
        label="Lãnh đạo có xử lý văn bản",
        label_en="Leaders who processed documents",
        definition="Tài khoản lãnh đạo đã kích hoạt có ít nhất một thao tác xử lý văn bản trong kỳ / tài khoản lãnh đạo được cấp vào ngày cuối kỳ.",
        definition_en="Activated accounts of leaders with at least one action of document processing within the period / leaders' accounts"
        " provisioned on the last day of the period.",
        population=LEADERS,
        good="up",
        law=_ONLINE_BY_ALL,
        law_en=_ONLINE_BY_ALL_EN,
        numerator=account.is_activated & account.has_processed,
    ),
    Ratio(
        name="leader_signing_rate",
        label="Lãnh đạo có ký số",
        label_en="Leaders who signed digitally",
        definition="Tài khoản lãnh đạo đã kích hoạt có ký số ít nhất một lần trong kỳ / tài khoản lãnh đạo được cấp vào ngày cuối kỳ.",
        definition_en="Activated accounts of leaders that signed digitally at least once within the period / leaders' accounts provisioned on the"
        " last day of the period.",
        population=LEADERS,
        good="up",
        law=_ONLINE_BY_ALL,
        law_en=_ONLINE_BY_ALL_EN,
        numerator=account.is_activated & account.has_signed,
    ),
    Ratio(
        name="personal_signing_rate",
        label="Tài khoản có ký số trên tài khoản được cấp",
        label_en="Accounts that signed, of provisioned accounts",
        definition="Tài khoản đã kích hoạt có ký số ít nhất một lần trong kỳ / tài khoản được cấp vào ngày cuối kỳ.",
        definition_en="Activated accounts that signed digitally at least once within the period / accounts provisioned on the last day of the"
        " period.",
        population=OFFICERS,
        good="up",
        law=_ONLINE_BY_ALL,
        law_en=_ONLINE_BY_ALL_EN,
        numerator=account.is_activated & account.has_signed,
    ),
    Ratio(
        name="headcount_coverage_ratio",
        label="Độ phủ tài khoản trên biên chế",
        label_en="Accounts to headcount",
        definition="Tài khoản được cấp và chưa khóa của đơn vị / biên chế do đơn vị khai báo, đều vào ngày cuối kỳ; chỉ tính đơn vị có khai báo.",
        definition_en="Accounts provisioned and not disabled of the unit / headcount that the unit declares, both on the last day of the period;"
        " only units that declared count.",
        population=HEADCOUNT,
        good="up",
        law=_ONLINE_BY_ALL,
        law_en=_ONLINE_BY_ALL_EN,
        numerator=headcount.accounts,
        denominator=headcount.posts,
    ),
    Ratio(
        name="headcount_activation_ratio",
        label="Tài khoản đã kích hoạt trên biên chế",
        label_en="Activated accounts to headcount",
        definition="Tài khoản đã kích hoạt của đơn vị / biên chế do đơn vị khai báo, đều vào ngày cuối kỳ; chỉ tính đơn vị có khai báo.",
        definition_en="Activated accounts of the unit / headcount that the unit declares, both on the last day of the period; only units that"
        " declared count.",
        population=HEADCOUNT,
        good="up",
        law=_ONLINE_BY_ALL,
        law_en=_ONLINE_BY_ALL_EN,
        numerator=headcount.activated,
        denominator=headcount.posts,
    ),
    Ratio(
        name="daily_use_rate",
        label="Mức sử dụng theo ngày làm việc",
        label_en="Use by working day",
        definition="Số ngày làm việc trong kỳ mà tài khoản đã kích hoạt có đăng nhập / số ngày làm việc trong kỳ kể từ ngày tài khoản kích hoạt,"
        " cộng trên mọi tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Working days of the period on which activated accounts logged in / working days of the period since each was activated,"
        " summed over the accounts activated on the last day of the period.",
        population=DAYS_OF_USE,
        good="up",
        source=_ACTIVE_USERS,
        source_en=_ACTIVE_USERS_EN,
        numerator=account_use.days_used,
        denominator=account_use.days_to_use,
    ),
    Duration(
        name="median_login_days",
        label="Số ngày có đăng nhập trung vị",
        label_en="Median days with a login",
        definition="Một nửa số tài khoản có đăng nhập trong kỳ đăng nhập vào không quá ngần ấy ngày khác nhau.",
        definition_en="Half of the accounts that logged in within the period did so on no more than this many different days.",
        population=DAYS_OF_USE,
        good="up",
        source=_ACTIVE_USERS,
        source_en=_ACTIVE_USERS_EN,
        days=account_use.login_days,
        share=0.5,
        where=account_use.has_logged_in,
    ),
    Ratio(
        name="regular_processing_rate",
        label="Xử lý văn bản đều đặn",
        label_en="Regular processing",
        definition="Tài khoản đã kích hoạt có xử lý văn bản vào ít nhất 8 ngày trong 28 ngày cuối kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Activated accounts that processed documents on at least 8 of the last 28 days of the period / accounts activated on the last"
        " day of the period.",
        population=OFFICERS,
        good="up",
        min_days=28,
        numerator=account.is_activated & account.is_regular,
        denominator=account.is_activated,
    ),
    Ratio(
        name="one_day_only_rate",
        label="Chỉ đăng nhập một ngày",
        label_en="Logged in on one day only",
        definition="Tài khoản đã kích hoạt chỉ đăng nhập vào đúng một ngày trong kỳ / tài khoản đã kích hoạt có đăng nhập trong kỳ.",
        definition_en="Activated accounts that logged in on exactly one day of the period / activated accounts that logged in within the period.",
        population=OFFICERS,
        good="down",
        min_days=28,
        numerator=account.has_one_login_day,
        denominator=account.is_activated & account.has_logged_in,
    ),
    Ratio(
        name="view_only_rate",
        label="Đăng nhập mà không xử lý",
        label_en="Logged in without processing",
        definition="Tài khoản đã kích hoạt có đăng nhập mà không có thao tác xử lý văn bản nào trong kỳ / tài khoản đã kích hoạt có đăng nhập"
        " trong kỳ.",
        definition_en="Activated accounts that logged in and processed nothing within the period / activated accounts that logged in within the"
        " period.",
        population=OFFICERS,
        good="down",
        numerator=~account.has_processed,
        denominator=account.is_activated & account.has_logged_in,
    ),
    Ratio(
        name="first_login_30_days_rate",
        label="Đăng nhập trong 30 ngày đầu",
        label_en="Logged in within 30 days of activation",
        definition="Tài khoản có đăng nhập không muộn hơn 30 ngày sau ngày kích hoạt / tài khoản kích hoạt trong kỳ mà 30 ngày ấy đã qua ở thời"
        " điểm chốt.",
        definition_en="Accounts that logged in no later than 30 days after their activation / accounts activated in the period whose 30 days have"
        " passed at the cut-off.",
        population=ACTIVATIONS,
        good="up",
        source=_COHORT,
        source_en=_COHORT_EN,
        numerator=activation.has_logged_in_soon,
    ),
    Ratio(
        name="first_processing_30_days_rate",
        label="Xử lý văn bản trong 30 ngày đầu",
        label_en="Processed within 30 days of activation",
        definition="Tài khoản có xử lý văn bản không muộn hơn 30 ngày sau ngày kích hoạt / tài khoản kích hoạt trong kỳ mà 30 ngày ấy đã qua ở"
        " thời điểm chốt.",
        definition_en="Accounts that processed documents no later than 30 days after their activation / accounts activated in the period whose 30"
        " days have passed at the cut-off.",
        population=ACTIVATIONS,
        good="up",
        source=_COHORT,
        source_en=_COHORT_EN,
        numerator=activation.has_processed_soon,
    ),
    Ratio(
        name="retention_1_month_rate",
        label="Còn đăng nhập sau 1 tháng",
        label_en="Still logging in after 1 month",
        definition="Tài khoản có đăng nhập trong khoảng từ ngày thứ 31 đến ngày thứ 60 sau ngày kích hoạt / tài khoản kích hoạt trong kỳ mà 60"
        " ngày ấy đã qua ở thời điểm chốt.",
        definition_en="Accounts that logged in on any of the days 31 to 60 after their activation / accounts activated in the period whose"
        " 60 days have passed at the cut-off.",
        population=BEGUN_60_DAYS_AGO,
        good="up",
        source=_COHORT,
        source_en=_COHORT_EN,
        numerator=retention.is_back_after_30_days,
    ),
    Ratio(
        name="retention_3_months_rate",
        label="Còn đăng nhập sau 3 tháng",
        label_en="Still logging in after 3 months",
        definition="Tài khoản có đăng nhập trong khoảng từ ngày thứ 91 đến ngày thứ 120 sau ngày kích hoạt / tài khoản kích hoạt trong kỳ mà 120"
        " ngày ấy đã qua ở thời điểm chốt.",
        definition_en="Accounts that logged in on any of the days 91 to 120 after their activation / accounts activated in the period whose"
        " 120 days have passed at the cut-off.",
        population=BEGUN_120_DAYS_AGO,
        good="up",
        source=_COHORT,
        source_en=_COHORT_EN,
        numerator=retention.is_back_after_90_days,
    ),
    Ratio(
        name="retention_6_months_rate",
        label="Còn đăng nhập sau 6 tháng",
        label_en="Still logging in after 6 months",
        definition="Tài khoản có đăng nhập trong khoảng từ ngày thứ 181 đến ngày thứ 210 sau ngày kích hoạt / tài khoản kích hoạt trong kỳ mà 210"
        " ngày ấy đã qua ở thời điểm chốt.",
        definition_en="Accounts that logged in on any of the days 181 to 210 after their activation / accounts activated in the period whose"
        " 210 days have passed at the cut-off.",
        population=BEGUN_210_DAYS_AGO,
        good="up",
        source=_COHORT,
        source_en=_COHORT_EN,
        numerator=retention.is_back_after_180_days,
    ),
    Ratio(
        name="never_used_rate",
        label="Đã kích hoạt mà chưa từng đăng nhập",
        label_en="Activated and never logged in",
        definition="Tài khoản đã kích hoạt chưa đăng nhập lần nào kể từ khi có dữ liệu đến ngày cuối kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Activated accounts without a single login from the first day of the data to the last day of the period / accounts activated"
        " on the last day of the period.",
        population=HISTORY,
        good="down",
        source=_COHORT,
        source_en=_COHORT_EN,
        numerator=~account_history.has_ever_logged_in,
        denominator=account_history.is_activated,
    ),
    Ratio(
        name="dormant_rate",
        label="Thôi sử dụng 90 ngày",
        label_en="Dormant for 90 days",
        definition="Tài khoản đã kích hoạt từng đăng nhập nhưng không đăng nhập trong 90 ngày cuối kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Activated accounts that have logged in before, but not in the last 90 days of the period / accounts activated on the last day"
        " of the period.",
        population=HISTORY,
        good="down",
        source=_COHORT,
        source_en=_COHORT_EN,
        numerator=account_history.is_dormant,
        denominator=account_history.is_activated,
    ),
)

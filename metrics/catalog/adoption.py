"""How accounts are used: from provisioned to signing."""

from __future__ import annotations

from metrics.catalog.populations import LOGIN_DAYS, LOGINS, OFFICERS
from metrics.model import Count, Metric, Ratio
from metrics.rows import account, login

METRICS: tuple[Metric, ...] = (
    Ratio(
        name="activation_rate",
        label="Tỷ lệ kích hoạt tài khoản",
        label_en="Account activation rate",
        definition="Tài khoản đã kích hoạt / tài khoản được cấp, vào ngày cuối kỳ.",
        definition_en="Accounts activated / accounts provisioned, on the last day of the period.",
        population=OFFICERS,
        good="up",
        numerator=account.is_activated,
    ),
    Ratio(
        name="login_rate",
        label="Tỷ lệ đăng nhập ít nhất một lần",
        label_en="Logged in at least once, of activated accounts",
        definition="Tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Activated accounts that logged in at least once within the period / accounts activated on the last day of the period.",
        population=OFFICERS,
        good="up",
        numerator=account.is_activated & account.has_logged_in,
        denominator=account.is_activated,
    ),
    Ratio(
        name="login_rate_of_provisioned",
        label="Tỷ lệ đăng nhập trên tổng tài khoản",
        label_en="Logged in at least once, of provisioned accounts",
        definition="Tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ / tài khoản được cấp vào ngày cuối kỳ.",
        definition_en="Activated accounts that logged in at least once within the period / accounts provisioned on the last day of the period.",
        population=OFFICERS,
        good="up",
        numerator=account.is_activated & account.has_logged_in,
    ),
    Ratio(
        name="login_rate_of_existing",
        label="Tỷ lệ đăng nhập trên tài khoản hiện có",
        label_en="Logged in at least once, of existing accounts",
        definition="Tài khoản có đăng nhập ít nhất một lần trong kỳ, đã kích hoạt hay chưa / tài khoản được cấp và chưa khóa vào ngày cuối kỳ.",
        definition_en="Accounts that logged in at least once within the period, activated or not / accounts provisioned and not disabled on the last"
        " day of the period.",
        population=OFFICERS,
        good="up",
        numerator=account.has_logged_in,
    ),
    Ratio(
        name="weekly_active_rate",
        label="Tỷ lệ sử dụng hằng tuần",
        label_en="Weekly active rate",
        definition="Tài khoản đã kích hoạt có đăng nhập trong 7 ngày cuối kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Activated accounts that logged in during the last 7 days of the period / accounts activated on the last day of the period.",
        population=OFFICERS,
        good="up",
        min_days=7,
        numerator=account.is_activated & account.is_weekly_active,
        denominator=account.is_activated,
    ),
    Ratio(
        name="habitual_rate",
        label="Tỷ lệ sử dụng thường xuyên",
        label_en="Habitual use rate",
        definition="Tài khoản đã kích hoạt có đăng nhập trong ít nhất 3 của 4 tuần gần nhất có từ 3 ngày làm việc (mỗi tuần 7 ngày, tính lùi từ"
        " ngày cuối kỳ; tuần nghỉ lễ, Tết không tính) / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Activated accounts that logged in during at least 3 of the latest 4 weeks with 3 working days or more (weeks of 7 days,"
        " counted back from the last day of the period; weeks of public holidays are passed over) / accounts activated on the last day of the"
        " period.",
        version=2,  # 1 counted weeks of public holidays
        population=OFFICERS,
        good="up",
        min_days=28,
        numerator=account.is_activated & account.is_habitual,
        denominator=account.is_activated,
    ),
    Ratio(
        name="processing_rate",
        label="Tỷ lệ có xử lý văn bản",
        label_en="Processing rate",
        definition="Tài khoản đã kích hoạt có ít nhất một thao tác xử lý văn bản trong kỳ / tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Activated accounts with at least one action of document processing within the period / accounts activated on the last day of"
        " the period.",
        population=OFFICERS,
        good="up",
        numerator=account.is_activated & account.has_processed,
        denominator=account.is_activated,
    ),
    Count(
        name="provisioned_accounts",
        label="Tài khoản được cấp",
        label_en="Provisioned accounts",
        definition="Tài khoản được cấp và chưa khóa vào ngày cuối kỳ.",
        definition_en="Accounts provisioned and not disabled on the last day of the period.",
        population=OFFICERS,
    ),
    Count(
        name="activated_accounts",
        label="Tài khoản đã kích hoạt",
        label_en="Activated accounts",
        definition="Tài khoản đã kích hoạt vào ngày cuối kỳ.",
        definition_en="Accounts activated on the last day of the period.",
        population=OFFICERS,
        good="up",
        where=account.is_activated,
    ),
    Count(
        name="logged_in_accounts",
        label="Tài khoản có đăng nhập",
        label_en="Accounts that logged in",
        definition="Tài khoản đã kích hoạt có đăng nhập ít nhất một lần trong kỳ.",
        definition_en="Activated accounts that logged in at least once within the period.",
        population=OFFICERS,
        good="up",
        where=account.is_activated & account.has_logged_in,
    ),
    Count(
        name="processing_accounts",
        label="Tài khoản có xử lý văn bản",
        label_en="Accounts that processed documents",
        definition="Tài khoản đã kích hoạt có ít nhất một thao tác xử lý văn bản trong kỳ.",
        definition_en="Activated accounts with at least one action of document processing within the period.",
        population=OFFICERS,
        good="up",
        where=account.is_activated & account.has_processed,
    ),
    Count(
        name="signing_accounts",
        label="Tài khoản có ký số",
        label_en="Accounts that signed",
        definition="Tài khoản đã kích hoạt có ký số ít nhất một lần trong kỳ.",
        definition_en="Activated accounts that signed digitally at least once within the period.",
        population=OFFICERS,
        good="up",
        where=account.is_activated & account.has_signed,
    ),
    Ratio(
        name="plain_login_day_rate",
        label="Ngày đăng nhập không có dấu hiệu nghi vấn",
        label_en="Days of login without suspect use",
        definition="Ngày có đăng nhập của từng tài khoản mà không dấu hiệu nghi vấn nào khớp (đăng nhập rồi không đọc, không xử lý gì trong ngày;"
        " nhiều tài khoản đăng nhập từ một địa chỉ trong vài phút rồi không xử lý; đăng nhập cách đều như máy; chưa đọc gì mà đã xử lý trong một giây"
        " sau lần đăng nhập đầu) / ngày có đăng nhập của các tài"
        " khoản trong kỳ.",
        definition_en="Days with a login of each account on which no sign of suspect use was found (logged in and read or did nothing that day;"
        " many accounts from one address within minutes, and nothing processed; logins at fixed intervals, as by a clock;"
        " something processed within a second of the first login, before anything was read) / days with a login of"
        " the accounts within the period.",
        population=LOGIN_DAYS,
        good="up",
        version=2,  # 1 had no rule of what is processed at once
        source="Quy tắc của phần mềm (etl/model/suspect_use.toml)",
        source_en="Rules of this software (etl/model/suspect_use.toml)",
        numerator=login.plain_days,
        denominator=login.account_days,
    ),
    Count(
        name="login_events",
        label="Lượt đăng nhập",
        label_en="Logins",
        definition="Số lần đăng nhập thành công trong kỳ, tính ở đơn vị của tài khoản vào ngày đăng nhập.",
        definition_en="Successful logins within the period, each at the unit where the account stood on that day.",
        population=LOGINS,
        where=login.logins,
    ),
)

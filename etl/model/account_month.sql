-- What an account did on which days of a calendar month: one bit per day (the first day is bit 0), so that any window of days is counted
-- exactly from a few numbers instead of one row per day.
SELECT
    account.account_no,
    CAST(date_trunc('month', account_day.day_on) AS DATE) AS month_on,
    bit_or(CASE WHEN account_day.has_logged_in THEN 1 << (day(account_day.day_on) - 1) ELSE 0 END) AS login_days,
    bit_or(CASE WHEN account_day.has_processed THEN 1 << (day(account_day.day_on) - 1) ELSE 0 END) AS processing_days,
    bit_or(CASE WHEN account_day.has_signed THEN 1 << (day(account_day.day_on) - 1) ELSE 0 END) AS signing_days
FROM input.active_day AS account_day
INNER JOIN (SELECT DISTINCT account_no, account_key FROM core.account_stay) AS account
    ON account.account_key = account_day.account_key
GROUP BY account.account_no, CAST(date_trunc('month', account_day.day_on) AS DATE)

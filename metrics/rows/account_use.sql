-- One row per account activated on the last day of the period, at the unit where it stood on it, with the days on which it logged in.
-- `days_to_use` are the working days of the period on which it was activated, `days_used` those of them on which it logged in: an account that
-- was activated late is asked for no day before. `login_days` are the days with a login, worked or not.
SELECT
    month_of_use.period_no,
    MIN(month_of_use.unit_code) AS unit_code,
    MIN(month_of_use.tree_on) AS tree_on,
    CAST(MIN(month_of_use.account_key) AS VARCHAR) AS row_key,
    BOOL_OR(month_of_use.is_officer) AS is_officer,
    BOOL_OR(month_of_use.is_clerk) AS is_clerk,
    BOOL_OR(month_of_use.is_leader) AS is_leader,
    BOOL_OR(month_of_use.is_shared) AS is_shared,
    SUM(BIT_COUNT(month_of_use.login_days & month_of_use.days)) > 0 AS has_logged_in,
    CAST(SUM(BIT_COUNT(month_of_use.login_days & month_of_use.worked)) AS BIGINT) AS days_used,
    CAST(SUM(BIT_COUNT(month_of_use.worked)) AS BIGINT) AS days_to_use,
    CAST(SUM(BIT_COUNT(month_of_use.login_days & month_of_use.days)) AS INTEGER) AS login_days
FROM (
    SELECT
        stay.*,
        period_month.days,
        COALESCE(account_month.login_days, 0) AS login_days,
        CASE
            WHEN stay.activated_on <= period_month.month_on THEN period_month.worked
            WHEN stay.activated_on >= period_month.month_on + INTERVAL 1 MONTH THEN 0
            ELSE (period_month.worked >> (day(stay.activated_on) - 1)) << (day(stay.activated_on) - 1)
        END AS worked
    FROM stay
    INNER JOIN period_month
        ON period_month.period_no = stay.period_no
        AND period_month.days <> 0  -- months before it are there for the weeks of habit alone
    LEFT JOIN account_month
        ON account_month.account_no = stay.account_no
        AND account_month.month_on = period_month.month_on
    WHERE stay.activated_on <= stay.tree_on
) AS month_of_use
GROUP BY month_of_use.period_no, month_of_use.stay_no

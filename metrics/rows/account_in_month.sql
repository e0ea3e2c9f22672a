-- The rows of account.sql for periods that each lie within one month: an account then meets one mask, and nothing has to be put together.
SELECT
    period.period_no,
    account_stay.unit_code,
    period.to_on AS tree_on,
    account_stay.account_key AS row_key,
    account_stay.is_officer,
    account_stay.is_clerk,
    account_stay.is_leader,
    (account_stay.activated_on IS NOT NULL AND account_stay.activated_on <= period.to_on) AS is_activated,
    COALESCE((account_month.login_days & period_month.days) <> 0, FALSE) AS has_logged_in,
    COALESCE((account_month.processing_days & period_month.days) <> 0, FALSE) AS has_processed,
    COALESCE((account_month.signing_days & period_month.days) <> 0, FALSE) AS has_signed,
    COALESCE((account_month.login_days & period_month.week_1) <> 0, FALSE) AS is_weekly_active,
    (
        CASE WHEN (account_month.login_days & period_month.week_1) <> 0 THEN 1 ELSE 0 END
        + CASE WHEN (account_month.login_days & period_month.week_2) <> 0 THEN 1 ELSE 0 END
        + CASE WHEN (account_month.login_days & period_month.week_3) <> 0 THEN 1 ELSE 0 END
        + CASE WHEN (account_month.login_days & period_month.week_4) <> 0 THEN 1 ELSE 0 END >= 3
    ) AS is_habitual
FROM period
INNER JOIN period_month
    ON period_month.period_no = period.period_no
INNER JOIN account_stay
    ON account_stay.valid_from <= period.to_on
    AND account_stay.valid_to >= period.to_on
LEFT JOIN account_month
    ON account_month.account_no = account_stay.account_no
    AND account_month.month_on = period_month.month_on
{scope account_stay.unit_code period.to_on}

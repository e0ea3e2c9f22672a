-- The rows of account.sql for periods that each lie within one month: an account then meets one mask, and nothing has to be put together.
SELECT
    stay.period_no,
    stay.unit_code,
    stay.tree_on,
    stay.account_key AS row_key,
    stay.is_officer,
    stay.is_clerk,
    stay.is_leader,
    stay.is_shared,
    (stay.activated_on IS NOT NULL AND stay.activated_on <= stay.tree_on) AS is_activated,
    COALESCE((account_month.login_days & period_month.days) <> 0, FALSE) AS has_logged_in,
    COALESCE((account_month.processing_days & period_month.days) <> 0, FALSE) AS has_processed,
    COALESCE((account_month.signing_days & period_month.days) <> 0, FALSE) AS has_signed,
    COALESCE((account_month.login_days & period_month.week) <> 0, FALSE) AS is_weekly_active,
    (
        CASE WHEN (account_month.login_days & period_month.habit_1) <> 0 THEN 1 ELSE 0 END
        + CASE WHEN (account_month.login_days & period_month.habit_2) <> 0 THEN 1 ELSE 0 END
        + CASE WHEN (account_month.login_days & period_month.habit_3) <> 0 THEN 1 ELSE 0 END
        + CASE WHEN (account_month.login_days & period_month.habit_4) <> 0 THEN 1 ELSE 0 END >= 3
    ) AS is_habitual,
    COALESCE(BIT_COUNT(account_month.login_days & period_month.days), 0) = 1 AS has_one_login_day,
    COALESCE(BIT_COUNT(account_month.processing_days & period_month.four_weeks), 0) >= 8 AS is_regular
FROM stay
INNER JOIN period_month
    ON period_month.period_no = stay.period_no
    AND period_month.days <> 0  -- months before it are there for the weeks of habit alone
LEFT JOIN account_month
    ON account_month.account_no = stay.account_no
    AND account_month.month_on = period_month.month_on

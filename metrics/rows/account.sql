-- One row per account provisioned on the last day of the period, at the unit where it was assigned on that day (`stay`, the scope's only).
-- Stock (is_activated) is read on the last day, flow (has_logged_in ...) within the period.
-- An account without an assignment on that day keeps an empty unit: the whole counts it, and the check on sums of units tells of it.
-- A bit of `login_days` is a day of the month; `period_month` has the bits that lie in the period, in its last 7 days (`week`) and in each of
-- the 4 weeks with work on which habit is judged (`habit_1` the newest); these may lie before the period. `four_weeks` are its last 28 days.
-- A stay has one row for each month: MIN and BOOL_OR of what belongs to the stay only name it. An account that is in several units has several stays.
SELECT
    stay.period_no,
    MIN(stay.unit_code) AS unit_code,
    MIN(stay.tree_on) AS tree_on,
    CAST(MIN(stay.account_key) AS VARCHAR) AS row_key,
    BOOL_OR(stay.is_officer) AS is_officer,
    BOOL_OR(stay.is_clerk) AS is_clerk,
    BOOL_OR(stay.is_leader) AS is_leader,
    BOOL_OR(stay.is_shared) AS is_shared,
    BOOL_OR(stay.activated_on IS NOT NULL AND stay.activated_on <= stay.tree_on) AS is_activated,
    COALESCE(BOOL_OR((account_month.login_days & period_month.days) <> 0), FALSE) AS has_logged_in,
    COALESCE(BOOL_OR((account_month.processing_days & period_month.days) <> 0), FALSE) AS has_processed,
    COALESCE(BOOL_OR((account_month.signing_days & period_month.days) <> 0), FALSE) AS has_signed,
    COALESCE(BOOL_OR((account_month.login_days & period_month.week) <> 0), FALSE) AS is_weekly_active,
    -- At least 3 of the last 4 weeks of 7 days with work, counted back from the last day.
    (
        MAX(CASE WHEN (account_month.login_days & period_month.habit_1) <> 0 THEN 1 ELSE 0 END)
        + MAX(CASE WHEN (account_month.login_days & period_month.habit_2) <> 0 THEN 1 ELSE 0 END)
        + MAX(CASE WHEN (account_month.login_days & period_month.habit_3) <> 0 THEN 1 ELSE 0 END)
        + MAX(CASE WHEN (account_month.login_days & period_month.habit_4) <> 0 THEN 1 ELSE 0 END) >= 3
    ) AS is_habitual,
    COALESCE(SUM(BIT_COUNT(account_month.login_days & period_month.days)), 0) = 1 AS has_one_login_day,
    COALESCE(SUM(BIT_COUNT(account_month.processing_days & period_month.four_weeks)), 0) >= 8 AS is_regular
FROM stay
INNER JOIN period_month
    ON period_month.period_no = stay.period_no
LEFT JOIN account_month
    ON account_month.account_no = stay.account_no
    AND account_month.month_on = period_month.month_on
GROUP BY stay.period_no, stay.stay_no

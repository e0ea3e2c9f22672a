-- One row per account provisioned on the last day of the period, at the unit where it was assigned on that day.
-- Stock (is_activated) is read on the last day, flow (has_logged_in ...) within the period.
-- An account without an assignment on that day keeps an empty unit: the whole counts it, and the check on sums of units tells of it.
SELECT
    period.period_no,
    account_assignment.unit_code,
    period.to_on AS tree_on,
    account.account_key AS row_key,
    account.is_officer,
    account.is_clerk,
    account.is_leader,
    (account.activated_on IS NOT NULL AND account.activated_on <= period.to_on) AS is_activated,
    COALESCE(activity.has_logged_in, FALSE) AS has_logged_in,
    COALESCE(activity.has_processed, FALSE) AS has_processed,
    COALESCE(activity.has_signed, FALSE) AS has_signed,
    COALESCE(activity.is_active_in_week_1, FALSE) AS is_weekly_active,
    -- At least 3 of the last 4 full weeks, counted back from the last day.
    COALESCE(
        CASE WHEN activity.is_active_in_week_1 THEN 1 ELSE 0 END
        + CASE WHEN activity.is_active_in_week_2 THEN 1 ELSE 0 END
        + CASE WHEN activity.is_active_in_week_3 THEN 1 ELSE 0 END
        + CASE WHEN activity.is_active_in_week_4 THEN 1 ELSE 0 END >= 3,
        FALSE
    ) AS is_habitual
FROM period
INNER JOIN account
    ON account.provisioned_on <= period.to_on
    AND (account.disabled_on IS NULL OR account.disabled_on > period.to_on)
LEFT JOIN account_assignment
    ON account_assignment.account_key = account.account_key
    AND account_assignment.valid_from <= period.to_on
    AND account_assignment.valid_to >= period.to_on
LEFT JOIN (
    SELECT
        period_day.period_no,
        account_day.account_key,
        COUNT(*) FILTER (WHERE account_day.has_logged_in) > 0 AS has_logged_in,
        COUNT(*) FILTER (WHERE account_day.has_processed) > 0 AS has_processed,
        COUNT(*) FILTER (WHERE account_day.has_signed) > 0 AS has_signed,
        COUNT(*) FILTER (WHERE account_day.has_logged_in AND period_day.week_no = 1) > 0 AS is_active_in_week_1,
        COUNT(*) FILTER (WHERE account_day.has_logged_in AND period_day.week_no = 2) > 0 AS is_active_in_week_2,
        COUNT(*) FILTER (WHERE account_day.has_logged_in AND period_day.week_no = 3) > 0 AS is_active_in_week_3,
        COUNT(*) FILTER (WHERE account_day.has_logged_in AND period_day.week_no = 4) > 0 AS is_active_in_week_4
    FROM period_day
    INNER JOIN account_day
        ON account_day.day_on = period_day.day_on
    GROUP BY period_day.period_no, account_day.account_key
) AS activity
    ON activity.period_no = period.period_no
    AND activity.account_key = account.account_key

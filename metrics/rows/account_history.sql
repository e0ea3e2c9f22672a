-- One row per account provisioned on the last day of the period, at the unit where it stood on it, with what it did at any time up to that day.
-- Dormant: it logged in once, but on none of the last 90 days (`last_90_days` has their bits by month).
SELECT
    stay.period_no,
    stay.unit_code,
    stay.tree_on,
    CAST(stay.account_key AS VARCHAR) AS row_key,
    stay.is_officer,
    stay.is_clerk,
    stay.is_leader,
    stay.is_shared,
    (stay.activated_on IS NOT NULL AND stay.activated_on <= stay.tree_on) AS is_activated,
    COALESCE(first_use.login_on <= stay.tree_on, FALSE) AS has_ever_logged_in,
    COALESCE(first_use.login_on <= stay.tree_on, FALSE) AND latest.account_no IS NULL AS is_dormant
FROM stay
LEFT JOIN first_use
    ON first_use.account_no = stay.account_no
LEFT JOIN (
    SELECT DISTINCT
        last_90_days.period_no,
        account_month.account_no
    FROM last_90_days
    INNER JOIN account_month
        ON account_month.month_on = last_90_days.month_on
    WHERE (account_month.login_days & last_90_days.days) <> 0
) AS latest
    ON latest.period_no = stay.period_no
    AND latest.account_no = stay.account_no

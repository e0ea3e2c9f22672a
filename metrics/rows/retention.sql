-- One row per account on the day of its activation, at the unit where it stood on it, and whether it logged in in the second, fourth and seventh
-- 30 days after it: what became of those who began together once the beginning was over. Ripe: these days have passed at the cut-off, whose own day is not over.
SELECT
    account_stay.activated_on AS day_on,
    account_stay.unit_code,
    CAST(account_stay.account_key AS VARCHAR) AS row_key,
    account_stay.is_officer,
    account_stay.is_clerk,
    account_stay.is_leader,
    account_stay.is_shared,
    account_stay.activated_on + 60 < cutoff.cutoff_on AS is_ripe_after_60_days,
    account_stay.activated_on + 120 < cutoff.cutoff_on AS is_ripe_after_120_days,
    account_stay.activated_on + 210 < cutoff.cutoff_on AS is_ripe_after_210_days,
    COALESCE(later.is_back_after_30_days, FALSE) AS is_back_after_30_days,
    COALESCE(later.is_back_after_90_days, FALSE) AS is_back_after_90_days,
    COALESCE(later.is_back_after_180_days, FALSE) AS is_back_after_180_days
FROM cutoff
INNER JOIN account_stay
    ON account_stay.activated_on >= account_stay.valid_from
    AND account_stay.activated_on <= account_stay.valid_to
LEFT JOIN (
    SELECT
        account.account_key,
        BOOL_OR(account_day.day_on <= account.activated_on + 60) AS is_back_after_30_days,
        BOOL_OR(account_day.day_on > account.activated_on + 90 AND account_day.day_on <= account.activated_on + 120) AS is_back_after_90_days,
        BOOL_OR(account_day.day_on > account.activated_on + 180 AND account_day.day_on <= account.activated_on + 210) AS is_back_after_180_days
    FROM account
    INNER JOIN account_day
        ON account_day.account_key = account.account_key
        AND account_day.day_on > account.activated_on + 30
        AND account_day.day_on <= account.activated_on + 210
    WHERE account_day.has_logged_in
    GROUP BY account.account_key
) AS later
    ON later.account_key = account_stay.account_key

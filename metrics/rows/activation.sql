-- One row per account on the day of its activation, at the unit where it stood on it: by month these are the cohorts of accounts.
-- Ripe: 30 days have passed at the cut-off, so that what it did in them is known to the end. The day of the cut-off is not over.
SELECT
    account_stay.activated_on AS day_on,
    account_stay.unit_code,
    CAST(account_stay.account_key AS VARCHAR) AS row_key,
    account_stay.is_officer,
    account_stay.is_clerk,
    account_stay.is_leader,
    account_stay.is_shared,
    account_stay.activated_on + 30 < cutoff.cutoff_on AS is_ripe,
    COALESCE(first_use.login_on <= account_stay.activated_on + 30, FALSE) AS has_logged_in_soon,
    COALESCE(first_use.processing_on <= account_stay.activated_on + 30, FALSE) AS has_processed_soon
FROM cutoff
INNER JOIN account_stay
    ON account_stay.activated_on >= account_stay.valid_from
    AND account_stay.activated_on <= account_stay.valid_to
LEFT JOIN first_use
    ON first_use.account_no = account_stay.account_no

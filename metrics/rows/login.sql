-- One row per day and unit on which accounts that stood there logged in, with the number of times; accounts in several units at once each by themselves.
-- An account counts where it stood on that day, also before it was provisioned or after it was disabled: that it logged in is a fact.
SELECT
    day_on,
    CASE WHEN unit_code <> '' THEN unit_code END AS unit_code,
    shared_key || ' ' || CAST(day_on AS VARCHAR) AS row_key,
    is_officer,
    is_clerk,
    shared_key <> '' AS is_shared,
    logins,
    account_days,
    plain_days
FROM login_day

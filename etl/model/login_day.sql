-- How often accounts of a unit logged in on a day, at the unit where they stood on it; an empty code where they stood in none.
-- `plain_days` are the accounts' days of login that no rule of suspect_use.toml finds suspect.
-- One that is or was in several units at once has a row of its own at each, by which the units above count it once.
SELECT
    account_day.day_on,
    coalesce(assignment.unit_code, '') AS unit_code,
    account.is_officer,
    account.is_clerk,
    CASE WHEN shared.account_key IS NOT NULL THEN CAST(account_day.account_key AS VARCHAR) ELSE '' END AS shared_key,
    sum(account_day.login_count) AS logins,
    count(*) AS account_days,
    count(*) FILTER (WHERE suspect_day.account_key IS NULL) AS plain_days
FROM input.login_day AS account_day
INNER JOIN core.account AS account
    ON account.account_key = account_day.account_key
LEFT JOIN core.account_assignment AS assignment
    ON assignment.account_key = account_day.account_key
    AND assignment.valid_from <= account_day.day_on
    AND assignment.valid_to >= account_day.day_on
LEFT JOIN core.suspect_day AS suspect_day
    ON suspect_day.account_key = account_day.account_key
    AND suspect_day.day_on = account_day.day_on
LEFT JOIN (SELECT DISTINCT account_key FROM core.account_assignment WHERE is_shared) AS shared
    ON shared.account_key = account_day.account_key
WHERE account_day.login_count > 0
GROUP BY
    account_day.day_on,
    coalesce(assignment.unit_code, ''),
    account.is_officer,
    account.is_clerk,
    CASE WHEN shared.account_key IS NOT NULL THEN CAST(account_day.account_key AS VARCHAR) ELSE '' END

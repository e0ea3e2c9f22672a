-- Where an account belonged on which days, never in two units on one day: a later assignment ends the one before it.
-- Of two that begin on one day the longer one counts (then the greater code, so that the order of rows does not matter).
-- An account that the source assigns nowhere is in the unit that its own row names, for all time.
WITH stated AS (
    SELECT
        account_key,
        unit_code,
        valid_from,
        coalesce(valid_to, DATE '9999-12-31') AS valid_to
    FROM canonical.account_assignment
    WHERE valid_to IS NULL OR valid_to >= valid_from
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY account_key, valid_from ORDER BY valid_to DESC, unit_code DESC) AS place
    FROM stated
),
followed AS (
    SELECT account_key, unit_code, valid_from, valid_to, lead(valid_from) OVER (PARTITION BY account_key ORDER BY valid_from) AS next_from
    FROM ranked
    WHERE place = 1
)
SELECT
    account_key,
    unit_code,
    valid_from,
    CASE WHEN next_from IS NOT NULL AND next_from <= valid_to THEN CAST(next_from - INTERVAL 1 DAY AS DATE) ELSE valid_to END AS valid_to
FROM followed
UNION ALL
SELECT account_key, unit_code, DATE '0001-01-01', DATE '9999-12-31'
FROM canonical.account
WHERE account_key NOT IN (SELECT account_key FROM stated)

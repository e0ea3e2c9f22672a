-- Where an account belonged on which days. A source that says membership = "each" may have it in several units on one day. Of any other it is in one:
-- a later assignment ends the one before it; of two that begin on one day the longer one counts (then the greater code, so that the order of rows
-- does not matter). Two stays in one unit are put in order likewise, whatever the source says.
-- An account that the source assigns nowhere is in the unit that its own row names, for all time; without one it is in no unit.
WITH stated AS (
    SELECT
        assignment.account_key,
        assignment.unit_code,
        assignment.valid_from,
        coalesce(assignment.valid_to, DATE '9999-12-31') AS valid_to,
        CASE WHEN each_unit.source IS NOT NULL THEN assignment.unit_code ELSE '' END AS apart
    FROM canonical.account_assignment assignment
    LEFT JOIN canonical.in_each_unit each_unit ON each_unit.source = assignment.source
    WHERE assignment.valid_to IS NULL OR assignment.valid_to >= assignment.valid_from
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY account_key, apart, valid_from ORDER BY valid_to DESC, unit_code DESC) AS place
    FROM stated
),
followed AS (
    SELECT account_key, unit_code, valid_from, valid_to, lead(valid_from) OVER (PARTITION BY account_key, apart ORDER BY valid_from) AS next_from
    FROM ranked
    WHERE place = 1
),
placed AS (
    SELECT
        account_key,
        unit_code,
        valid_from,
        CASE WHEN next_from IS NOT NULL AND next_from <= valid_to THEN CAST(next_from - INTERVAL 1 DAY AS DATE) ELSE valid_to END AS valid_to
    FROM followed
    UNION ALL
    SELECT account_key, unit_code, DATE '0001-01-01', DATE '9999-12-31'
    FROM canonical.account
    WHERE unit_code IS NOT NULL AND account_key NOT IN (SELECT account_key FROM stated)
),
bounded AS (
    SELECT
        *,
        max(valid_to) OVER (PARTITION BY account_key ORDER BY valid_from, unit_code ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS to_before,
        lead(valid_from) OVER (PARTITION BY account_key ORDER BY valid_from, unit_code) AS next_from
    FROM placed
)
SELECT
    account_key,
    unit_code,
    valid_from,
    valid_to,
    coalesce(to_before >= valid_from, false) OR coalesce(next_from <= valid_to, false) AS is_shared
FROM bounded

-- Where each account counted on which days, with all that is asked of it: one row per account and span of days in which it was provisioned,
-- in use and in one unit. Days without an assignment have an empty unit, so that the whole still counts the account; one that is in several units
-- on some day of the span is shared.
WITH assigned AS (
    SELECT
        account_key,
        unit_code,
        valid_from,
        valid_to,
        is_shared,
        max(valid_to) OVER (PARTITION BY account_key ORDER BY valid_from, unit_code ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS to_before
    FROM core.account_assignment
),
placed AS (
    SELECT account_key, unit_code, valid_from, valid_to, is_shared FROM assigned
    UNION ALL
    SELECT account_key, NULL, CAST(to_before + INTERVAL 1 DAY AS DATE), CAST(valid_from - INTERVAL 1 DAY AS DATE), false
    FROM assigned
    WHERE to_before + INTERVAL 1 DAY < valid_from
    UNION ALL
    SELECT account_key, NULL, DATE '0001-01-01', CAST(min(valid_from) - INTERVAL 1 DAY AS DATE), false
    FROM assigned
    GROUP BY account_key
    HAVING min(valid_from) > DATE '0001-01-01'
    UNION ALL
    SELECT account_key, NULL, CAST(max(valid_to) + INTERVAL 1 DAY AS DATE), DATE '9999-12-31', false
    FROM assigned
    GROUP BY account_key
    HAVING max(valid_to) < DATE '9999-12-31'
    UNION ALL
    SELECT account_key, NULL, DATE '0001-01-01', DATE '9999-12-31', false
    FROM core.account
    WHERE account_key NOT IN (SELECT account_key FROM core.account_assignment)
),
numbered AS (
    -- A number is joined and grouped several times faster than a hash of 64 letters.
    SELECT *, row_number() OVER (ORDER BY account_key) AS account_no
    FROM core.account
),
stay AS (
    SELECT
        numbered.account_no,
        numbered.account_key,
        placed.unit_code,
        greatest(placed.valid_from, numbered.provisioned_on) AS valid_from,
        CASE
            WHEN numbered.disabled_on <= placed.valid_to THEN CAST(numbered.disabled_on - INTERVAL 1 DAY AS DATE)
            ELSE placed.valid_to
        END AS valid_to,
        numbered.is_officer,
        numbered.is_clerk,
        numbered.is_leader,
        numbered.activated_on,
        placed.is_shared
    FROM numbered
    INNER JOIN placed
        ON placed.account_key = numbered.account_key
)
SELECT
    row_number() OVER (ORDER BY account_no, valid_from, unit_code) AS stay_no,
    account_no,
    account_key,
    unit_code,
    valid_from,
    valid_to,
    is_officer,
    is_clerk,
    is_leader,
    activated_on,
    is_shared
FROM stay
WHERE valid_from <= valid_to

"""The peer: SQL as a careful analyst writes it by hand on the account-day table and the documents of the same snapshot.

It counts for the trees and accounts of the generated data only, and does not look at what our statements must (units that begin and end,
accounts without a unit, days of the tree), so it is given less to do than we are.
"""

from __future__ import annotations

ADOPTION = """
WITH stock AS (
    SELECT account.account_key, {group} AS unit_code, account.activated_on IS NOT NULL AND account.activated_on <= DATE '{to_on}' AS activated
    FROM account
    JOIN account_assignment assigned ON assigned.account_key = account.account_key
        AND DATE '{to_on}' BETWEEN assigned.valid_from AND assigned.valid_to
    {join}
    WHERE account.is_officer AND account.provisioned_on <= DATE '{to_on}' AND (account.disabled_on IS NULL OR account.disabled_on > DATE '{to_on}')
),
used AS (
    SELECT account_key, bool_or(has_logged_in) AS logged_in, bool_or(has_processed) AS processed,
        bool_or(has_logged_in AND day_on > DATE '{to_on}' - 7) AS week_1,
        bool_or(has_logged_in AND day_on BETWEEN DATE '{to_on}' - 13 AND DATE '{to_on}' - 7) AS week_2,
        bool_or(has_logged_in AND day_on BETWEEN DATE '{to_on}' - 20 AND DATE '{to_on}' - 14) AS week_3,
        bool_or(has_logged_in AND day_on BETWEEN DATE '{to_on}' - 27 AND DATE '{to_on}' - 21) AS week_4
    FROM account_day
    WHERE day_on BETWEEN DATE '{from_on}' AND DATE '{to_on}' AND account_key IN (SELECT account_key FROM stock)
    GROUP BY account_key
)
SELECT unit_code, count(*), count(*) FILTER (activated), count(*) FILTER (activated AND logged_in), count(*) FILTER (activated AND week_1),
    count(*) FILTER (activated AND week_1::INT + week_2::INT + week_3::INT + week_4::INT >= 3), count(*) FILTER (activated AND processed)
FROM stock LEFT JOIN used USING (account_key)
GROUP BY unit_code
"""

LOGIN_RATE = """
WITH stock AS (
    SELECT account.account_key, above.ancestor_code AS unit_code
    FROM account
    JOIN account_assignment assigned ON assigned.account_key = account.account_key
        AND DATE '{to_on}' BETWEEN assigned.valid_from AND assigned.valid_to
    JOIN org_unit_ancestor above ON above.unit_code = assigned.unit_code
    WHERE account.is_officer AND account.provisioned_on <= DATE '{to_on}' AND account.activated_on <= DATE '{to_on}'
        AND (account.disabled_on IS NULL OR account.disabled_on > DATE '{to_on}')
),
used AS (
    SELECT DISTINCT account_key FROM account_day WHERE has_logged_in AND day_on BETWEEN DATE '{from_on}' AND DATE '{to_on}'
)
SELECT stock.unit_code, count(used.account_key), count(*)
FROM stock LEFT JOIN used USING (account_key)
GROUP BY stock.unit_code
"""

DOCUMENTS = """
SELECT count(*), count(*) FILTER (is_electronic), count(*) FILTER (is_organ_signed OR is_signer_signed)
FROM document
WHERE issued_on BETWEEN DATE '{from_on}' AND DATE '{to_on}' AND NOT is_recalled
    AND unit_code IN (SELECT unit_code FROM org_unit_ancestor WHERE ancestor_code = '{unit_code}')
"""

SUBTREE = "JOIN org_unit_ancestor above ON above.unit_code = assigned.unit_code AND above.ancestor_code = '{unit_code}'"

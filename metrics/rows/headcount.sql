-- One row per unit with a declared headcount on the last day of the period, of several the one that began last: the posts of the unit itself, and
-- the accounts that stood in it on that day. So a unit that declared nothing is in neither count.
WITH declaration AS (
    SELECT
        period.period_no,
        period.to_on,
        declared_total.unit_code,
        MAX(declared_total.from_on) AS from_on
    FROM period
    INNER JOIN declared_total
        ON declared_total.from_on <= period.to_on
        AND declared_total.to_on >= period.to_on
        AND declared_total.metric_base = 'headcount'
    GROUP BY period.period_no, period.to_on, declared_total.unit_code
),
posts AS (
    SELECT
        declaration.period_no,
        declaration.to_on,
        declaration.unit_code,
        MAX(declared_total.value) AS posts
    FROM declaration
    INNER JOIN declared_total
        ON declared_total.unit_code = declaration.unit_code
        AND declared_total.from_on = declaration.from_on
        AND declared_total.to_on >= declaration.to_on
        AND declared_total.metric_base = 'headcount'
    GROUP BY declaration.period_no, declaration.to_on, declaration.unit_code
)
SELECT
    posts.period_no,
    posts.unit_code,
    posts.to_on AS tree_on,
    posts.unit_code AS row_key,
    CAST(COUNT(DISTINCT account_stay.account_no) AS BIGINT) AS accounts,
    CAST(COUNT(DISTINCT CASE WHEN account_stay.activated_on <= posts.to_on THEN account_stay.account_no END) AS BIGINT) AS activated,
    posts.posts
FROM posts
LEFT JOIN account_stay
    ON account_stay.unit_code = posts.unit_code
    AND account_stay.valid_from <= posts.to_on
    AND account_stay.valid_to >= posts.to_on
    AND account_stay.is_officer
GROUP BY posts.period_no, posts.unit_code, posts.to_on, posts.posts

-- The rows of account.sql over usual periods, those of one unit and combination of facts together, with their number (`metrics.query.usual_sums`).
SELECT
    period.period_no,
    period.to_on AS tree_on,
    account_usual.*
FROM period
INNER JOIN account_usual
    ON account_usual.from_on = period.from_on
    AND account_usual.to_on = period.to_on

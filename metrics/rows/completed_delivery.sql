-- One row per delivery completed in the period, at its receiver, with the working days from arrival to completion.
-- Counted are the days after the day of arrival up to the day of completion: Monday to Friday less public holidays, plus Saturdays worked
-- for another day off (`metrics.working_days` puts these in place of `exceptions`).
-- Weekdays before a day = 5 per full week since a Monday, and at most 5 of the days that remain.
-- Days are subtracted as days (an integer here): an engine that does it otherwise refuses, where date_diff would answer something else.
SELECT
    spent.period_no,
    spent.unit_code,
    spent.tree_on,
    spent.row_key,
    spent.is_recalled,
    CAST(
        FLOOR(spent.completed_day / 7) * 5 + LEAST(spent.completed_day % 7, 5) - FLOOR(spent.arrived_day / 7) * 5 - LEAST(spent.arrived_day % 7, 5)
        AS INTEGER
    )
    + {exceptions spent.completed_on}
    - {exceptions spent.tree_on}
    AS working_days
FROM (
    SELECT
        span.period_no,
        delivery.receiver_code AS unit_code,
        delivery.arrived_on AS tree_on,
        delivery.document_key AS row_key,
        delivery.is_recalled,
        delivery.completed_on,
        -- 1 January 1900 was a Monday; one day is added because the day itself is among the days before the next.
        delivery.completed_on - DATE '1900-01-01' + 1 AS completed_day,
        delivery.arrived_on - DATE '1900-01-01' + 1 AS arrived_day
    FROM span
    INNER JOIN delivery
        ON {in span delivery.completed_on}
        AND delivery.completed_on >= delivery.arrived_on
    {scope delivery.receiver_code delivery.arrived_on}
) AS spent

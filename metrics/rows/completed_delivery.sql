-- One row per completed delivery, at its receiver, on the day of completion, with the working days from arrival to completion.
-- Counted are the days after the day of arrival up to the day of completion: Monday to Friday less public holidays, plus Saturdays worked
-- for another day off (`holiday` has -1 for the former and 1 for the latter).
-- Weekdays before a day = 5 per full week since a Monday, and at most 5 of the days that remain.
-- Days are subtracted as days (an integer here): an engine that does it otherwise refuses, where date_diff would answer something else.
SELECT
    delivery.completed_on AS day_on,
    delivery.receiver_code AS unit_code,
    delivery.arrived_on,
    delivery.document_key AS row_key,
    delivery.is_recalled,
    spell.working_days
FROM delivery
INNER JOIN (
    SELECT
        pair.arrived_on,
        pair.completed_on,
        CAST(
            FLOOR(pair.completed_day / 7) * 5 + LEAST(pair.completed_day % 7, 5) - FLOOR(pair.arrived_day / 7) * 5 - LEAST(pair.arrived_day % 7, 5)
            AS INTEGER
        )
        + CAST(COALESCE(SUM(holiday.change), 0) AS INTEGER) AS working_days
    FROM (
        SELECT DISTINCT
            arrived_on,
            completed_on,
            -- 1 January 1900 was a Monday; one day is added because the day itself is among the days before the next.
            completed_on - DATE '1900-01-01' + 1 AS completed_day,
            arrived_on - DATE '1900-01-01' + 1 AS arrived_day
        FROM delivery
        WHERE completed_on >= arrived_on
    ) AS pair
    LEFT JOIN holiday
        ON holiday.day_on > pair.arrived_on
        AND holiday.day_on <= pair.completed_on
    GROUP BY pair.arrived_on, pair.completed_on, pair.completed_day, pair.arrived_day
) AS spell
    ON spell.arrived_on = delivery.arrived_on
    AND spell.completed_on = delivery.completed_on

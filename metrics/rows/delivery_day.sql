-- The rows of delivery.sql, those of one unit, day and combination of facts together, with their number.
SELECT
    *,
    receiver_code AS unit_code,
    arrived_on AS day_on
FROM delivery_day

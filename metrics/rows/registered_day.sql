-- The rows of registered.sql, those of one unit, day and combination of facts together, with their number.
SELECT
    *,
    registered_on AS day_on
FROM registered_day

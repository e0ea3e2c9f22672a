-- The rows of document.sql, those of one unit, day and combination of facts together, with their number.
SELECT
    *,
    issued_on AS day_on
FROM document_day

-- One row per outgoing document, at the unit that issued it, on the day of issue.
SELECT
    *,
    issued_on AS day_on,
    document_key AS row_key
FROM document

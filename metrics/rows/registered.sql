-- One row per incoming or internal document, at the unit that registered it, on the day of registration.
SELECT
    *,
    registered_on AS day_on,
    document_key AS row_key
FROM registered_document

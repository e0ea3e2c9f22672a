-- One row per delivery, at its receiver, on the day of arrival.
SELECT
    *,
    receiver_code AS unit_code,
    arrived_on AS day_on,
    document_key AS row_key
FROM delivery

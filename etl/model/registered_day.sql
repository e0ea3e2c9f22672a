-- How many documents of one combination of facts a unit registered on a day.
SELECT
    registered_on,
    unit_code,
    is_incoming,
    is_internal_document,
    has_electronic_form,
    has_form,
    is_recalled,
    is_assigned,
    is_processed,
    has_due_date,
    is_on_time,
    count(*) AS row_count
FROM input.registered
GROUP BY ALL

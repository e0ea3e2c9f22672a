-- Documents that units registered without sending them out: incoming ones, and those made for use within. Drafts are left out, as of outgoing ones.
-- What became of one is told by its deliveries to our units, where there are any: it is dealt with when all of them are, and on time when none was late.
WITH handling AS (
    SELECT
        document_key,
        count(completed_on) = count(*) AS is_processed,
        bool_or(due_on IS NOT NULL) AS has_due_date,
        bool_and(due_on IS NULL OR (completed_on IS NOT NULL AND completed_on <= due_on)) AS is_on_time
    FROM input.delivery
    WHERE receiver_code IN (SELECT unit_code FROM core.org_unit)
        AND coalesce(status, 'sent') NOT IN ('failed', 'recalled')
    GROUP BY document_key
),
recall AS (
    SELECT document_key
    FROM input.axis_message
    WHERE kind = 'document' AND business_type = 'recall' AND document_key IS NOT NULL
    GROUP BY document_key
)
SELECT
    document.document_key,
    document.unit_code,
    document.issued_on AS registered_on,
    document.doc_type,
    document.direction = 'incoming' AS is_incoming,
    document.direction = 'internal' AS is_internal_document,
    coalesce(document.form IN ('electronic', 'parallel'), false) AS has_electronic_form,
    document.form IS NOT NULL AS has_form,
    coalesce(document.status = 'recalled', false) OR recall.document_key IS NOT NULL AS is_recalled,
    handling.document_key IS NOT NULL AS is_assigned,
    coalesce(handling.is_processed, false) AS is_processed,
    coalesce(handling.has_due_date, false) AS has_due_date,
    coalesce(handling.is_processed AND handling.has_due_date AND handling.is_on_time, false) AS is_on_time
FROM input.document document
LEFT JOIN handling ON handling.document_key = document.document_key
LEFT JOIN recall ON recall.document_key = document.document_key
WHERE document.direction <> 'outgoing'
    AND coalesce(document.status, 'issued') <> 'draft'

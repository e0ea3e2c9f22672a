-- Outgoing documents that were issued; recalled ones stay, marked. Drafts were never issued and are left out.
-- A document without a form is neither electronic nor parallel nor paper (a check warns of it).
WITH sent AS (
    SELECT
        document_key,
        bool_or(channel = 'internal') AS is_sent_internally,
        bool_or(channel = 'axis') AS is_sent_by_axis,
        bool_or(channel = 'axis' AND status = 'acknowledged') AS is_axis_acknowledged
    FROM canonical.delivery
    GROUP BY document_key
)
SELECT
    document.document_key,
    document.unit_code,
    document.issued_on,
    document.doc_type,
    document.number,
    document.page_count,
    coalesce(document.form = 'electronic', false) AS is_electronic,
    coalesce(document.form = 'parallel', false) AS is_parallel,
    coalesce(document.form = 'paper', false) AS is_paper,
    document.organ_signed_at IS NOT NULL AS is_organ_signed,
    document.signer_signed_at IS NOT NULL AS is_signer_signed,
    coalesce(document.status = 'recalled', false) AS is_recalled,
    coalesce(sent.is_sent_internally, false) AS is_sent_internally,
    coalesce(sent.is_sent_by_axis, false) AS is_sent_by_axis,
    coalesce(sent.is_axis_acknowledged, false) AS is_axis_acknowledged
FROM canonical.document document
LEFT JOIN sent ON sent.document_key = document.document_key
WHERE document.direction = 'outgoing'
    AND coalesce(document.status, 'issued') <> 'draft'

-- Outgoing documents that were issued; recalled ones stay, marked. Drafts were never issued and are left out.
-- A document without a form is neither electronic nor parallel nor paper (a check warns of it).
-- Messages on the axis tell what became of a document there; of one that no source lists they are all that is known: it was issued when it was first sent.
WITH sent AS (
    SELECT
        document_key,
        bool_or(channel = 'internal') AS is_sent_internally,
        bool_or(channel = 'axis') AS is_sent_by_axis,
        bool_or(channel = 'axis' AND status = 'acknowledged') AS is_axis_acknowledged
    FROM input.delivery
    GROUP BY document_key
),
message AS (
    SELECT
        axis_message.document_key,
        bool_or(axis_message.kind = 'document' AND coalesce(axis_message.business_type, 'new') <> 'recall' AND sender.unit_code IS NOT NULL) AS is_sent,
        bool_or(axis_message.kind = 'document' AND axis_message.business_type = 'recall') AS is_recalled,
        bool_or(axis_message.kind = 'document' AND axis_message.business_type = 'update' AND sender.unit_code IS NOT NULL) AS is_updated,
        bool_or(axis_message.kind = 'document' AND axis_message.business_type = 'replace' AND sender.unit_code IS NOT NULL) AS is_replacement,
        -- data/reference/edxml_codes.csv: arrived, received, assigned, being dealt with, done
        bool_or(axis_message.kind = 'status' AND axis_message.status_code IN ('01', '03', '04', '05', '06')) AS is_acknowledged
    FROM input.axis_message AS axis_message
    LEFT JOIN core.org_unit AS sender ON sender.unit_code = axis_message.from_code
    WHERE axis_message.document_key IS NOT NULL
    GROUP BY axis_message.document_key
),
sending AS (
    SELECT document_key, from_code, at_on, row_number() OVER (PARTITION BY document_key ORDER BY "at", from_code) AS place
    FROM input.axis_message
    WHERE kind = 'document'
        AND document_key IS NOT NULL
        AND coalesce(business_type, 'new') <> 'recall'
        AND from_code IN (SELECT unit_code FROM core.org_unit)
),
listed AS (
    SELECT
        document_key,
        unit_code,
        issued_on,
        doc_type,
        number,
        page_count,
        form,
        organ_signed_at IS NOT NULL OR coalesce(is_organ_signed, false) AS is_organ_signed,
        signer_signed_at IS NOT NULL OR coalesce(is_signer_signed, false) AS is_signer_signed,
        coalesce(status = 'recalled', false) AS is_recalled
    FROM input.document
    WHERE direction = 'outgoing'
        AND coalesce(status, 'issued') <> 'draft'
    UNION ALL
    SELECT sending.document_key, sending.from_code, sending.at_on, NULL, NULL, NULL, NULL, false, false, false
    FROM sending
    LEFT JOIN input.document known ON known.document_key = sending.document_key
    WHERE sending.place = 1
        AND known.document_key IS NULL
)
SELECT
    listed.document_key,
    listed.unit_code,
    listed.issued_on,
    listed.doc_type,
    listed.number,
    listed.page_count,
    coalesce(listed.form = 'electronic', false) AS is_electronic,
    coalesce(listed.form = 'parallel', false) AS is_parallel,
    coalesce(listed.form = 'paper', false) AS is_paper,
    listed.is_organ_signed,
    listed.is_signer_signed,
    listed.is_recalled OR coalesce(message.is_recalled, false) AS is_recalled,
    coalesce(sent.is_sent_internally, false) AS is_sent_internally,
    coalesce(sent.is_sent_by_axis, false) OR coalesce(message.is_sent, false) AS is_sent_by_axis,
    coalesce(sent.is_axis_acknowledged, false)
        OR (coalesce(message.is_acknowledged, false) AND (coalesce(sent.is_sent_by_axis, false) OR coalesce(message.is_sent, false)))
        AS is_axis_acknowledged,
    coalesce(message.is_updated, false) AS is_axis_updated,
    coalesce(message.is_replacement, false) AS is_axis_replacement
FROM listed
LEFT JOIN sent ON sent.document_key = listed.document_key
LEFT JOIN message ON message.document_key = listed.document_key

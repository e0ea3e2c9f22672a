{% from "contract.sql" import heading %}
{{ heading(entity) }}
-- Tables, all text: message (one row per file), receiver (file and addressee), reference (earlier documents);
-- docs/connecting.md lists their columns.
SELECT
    message.message_key,
    message.document_id AS document_key,
    message.kind,
    message.business_type,
    message.from_code,
    receiver.to_code,
    message.sent_at AS at,
    message.status_code,
    -- The standard has no marking, as secret documents may not travel on the axis. Where a vendor marks all the same,
    -- see which marking is the ordinary one.
    CASE WHEN message.security_marking IS NULL THEN 'ordinary' ELSE 'higher' END AS security_level
FROM message
LEFT JOIN receiver ON receiver.file_number = message.file_number

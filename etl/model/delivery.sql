-- One document arriving at one of our units, counted there; what failed on the way never arrived. Sent twice to one unit on one day, it arrived once that day:
-- the earliest due date binds, and it is done when all of it is.
-- What a message on the axis brought to one of our units has arrived there too, unless a source lists that delivery.
WITH recall AS (
    SELECT document_key
    FROM input.axis_message
    WHERE kind = 'document' AND business_type = 'recall' AND document_key IS NOT NULL
    GROUP BY document_key
),
arrival AS (
    SELECT
        delivery.document_key,
        delivery.receiver_code,
        coalesce(delivery.received_on, delivery.sent_on) AS arrived_on,
        delivery.due_on,
        delivery.completed_on,
        delivery.channel,
        true AS is_listed,
        coalesce(delivery.received_on = delivery.sent_on, false) AS is_received_same_day,
        coalesce(delivery.status = 'recalled', false) OR coalesce(document.status = 'recalled', false) OR recall.document_key IS NOT NULL AS is_recalled
    FROM input.delivery delivery
    LEFT JOIN input.document document ON document.document_key = delivery.document_key
    LEFT JOIN recall ON recall.document_key = delivery.document_key
    WHERE delivery.receiver_code IN (SELECT unit_code FROM core.org_unit)
        AND coalesce(delivery.status, 'sent') <> 'failed'
    UNION ALL
    SELECT
        message.document_key,
        message.to_code,
        message.at_on,
        NULL,
        NULL,
        'axis',
        false,
        false,
        coalesce(document.status = 'recalled', false) OR recall.document_key IS NOT NULL
    FROM input.axis_message message
    LEFT JOIN input.delivery known ON known.document_key = message.document_key AND known.receiver_code = message.to_code
    LEFT JOIN input.document document ON document.document_key = message.document_key
    LEFT JOIN recall ON recall.document_key = message.document_key
    WHERE message.kind = 'document'
        AND message.document_key IS NOT NULL
        AND coalesce(message.business_type, 'new') NOT IN ('recall', 'update')
        AND message.to_code IN (SELECT unit_code FROM core.org_unit)
        AND known.document_key IS NULL
)
SELECT
    document_key,
    receiver_code,
    arrived_on,
    min(due_on) AS due_on,
    CASE WHEN count(completed_on) = count(*) THEN max(completed_on) END AS completed_on,
    bool_or(channel = 'internal') AS is_internal,
    bool_or(channel = 'axis') AS is_from_axis,
    bool_and(is_recalled) AS is_recalled,
    bool_or(is_listed) AS is_listed,
    bool_and(is_received_same_day) AS is_received_same_day
FROM arrival
GROUP BY document_key, receiver_code, arrived_on

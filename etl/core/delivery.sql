-- One document arriving at one of our units, counted there; what failed on the way never arrived. Sent twice to one unit on one day, it arrived once that day:
-- the earliest due date binds, and it is done when all of it is.
WITH arrival AS (
    SELECT
        delivery.document_key,
        delivery.receiver_code,
        coalesce(delivery.received_on, delivery.sent_on) AS arrived_on,
        delivery.due_on,
        delivery.completed_on,
        delivery.channel,
        coalesce(delivery.status = 'recalled', false) OR coalesce(document.status = 'recalled', false) AS is_recalled
    FROM canonical.delivery delivery
    LEFT JOIN canonical.document document ON document.document_key = delivery.document_key
    WHERE delivery.receiver_code IN (SELECT unit_code FROM core.org_unit)
        AND coalesce(delivery.status, 'sent') <> 'failed'
)
SELECT
    document_key,
    receiver_code,
    arrived_on,
    min(due_on) AS due_on,
    CASE WHEN count(completed_on) = count(*) THEN max(completed_on) END AS completed_on,
    bool_or(channel = 'internal') AS is_internal,
    bool_or(channel = 'axis') AS is_from_axis,
    bool_and(is_recalled) AS is_recalled
FROM arrival
GROUP BY document_key, receiver_code, arrived_on

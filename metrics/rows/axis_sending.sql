-- One row per outgoing document and receiver that it was sent to through the axis, at the unit that issued it, on the day on which it was first sent.
SELECT
    sent_on AS day_on,
    unit_code,
    document_key || ' ' || receiver_code AS row_key,
    receiver_code AS receiver,
    is_acknowledged,
    is_refused,
    is_completed,
    is_recalled
FROM axis_sending
